import random
from datetime import date, timedelta

import pytest

from matcher.core.conditions import Conditions
from matcher.core.in_the_way import idle_mentors, in_the_way
from matcher.core.planning import PlanSettings, make_plan
from matcher.gazetteer import england_and_wales
from tests.factories import TODAY, a_leaver, a_mentor

CONDITIONS = Conditions(TODAY, england_and_wales())
SOON = TODAY + timedelta(days=21)


def leavers(*told):
    return [
        a_leaver(**{"code": f"L{n}", "prison_number": f"A{n:04d}BC"} | facts)
        for n, facts in enumerate(told, start=1)
    ]


def mentors(*told):
    return [a_mentor(**{"code": f"M{n}"} | facts) for n, facts in enumerate(told, start=1)]


def plan_of(leavers, mentors, **told):
    return make_plan(leavers, mentors, CONDITIONS, PlanSettings(), **told)


def codes(plan, pairs):
    return {(plan.leavers[row].code, plan.mentors[column].code) for row, column in pairs}


def test_the_whole_plan_beats_giving_each_their_favourite_in_turn():
    people = leavers({"resettling_in": "LS7"}, {"resettling_in": "LS7", "hours": {9}})
    able = mentors({"places": 1, "hours": {9}}, {"places": 1, "hours": {10}})

    plan = plan_of(people, able)

    assert codes(plan, plan.plan.pairs) == {("L1", "M2"), ("L2", "M1")}


def test_when_places_are_short_the_most_urgent_is_covered():
    people = leavers({}, {"release_date": SOON}, {})
    able = mentors({"places": 1})

    plan = plan_of(people, able)

    assert codes(plan, plan.plan.pairs) == {("L2", "M1")}
    assert plan.plan.total == plan.plan.bound


def test_the_order_of_people_never_changes_who_meets_whom():
    people = leavers(*[{"resettling_in": f"LS{n % 9 + 1}"} for n in range(20)])
    able = mentors(*[{"home": f"LS{n % 7 + 10}", "places": n % 3} for n in range(15)])
    first = plan_of(people, able)

    for seed in range(5):
        random.Random(seed).shuffle(people)
        random.Random(seed + 1).shuffle(able)
        again = plan_of(people, able)

        assert codes(again, again.plan.pairs) == codes(first, first.plan.pairs)
        assert codes(again, again.standbys) == codes(first, first.standbys)


def test_a_standing_proposal_is_kept_when_another_is_hardly_better():
    people = leavers({"resettling_in": "LS6"})
    able = mentors({"home": "LS6"}, {"home": "LS7"})
    fresh = plan_of(people, able)

    kept = plan_of(people, able, keep=[("L1", "M2")])

    assert codes(fresh, fresh.plan.pairs) == {("L1", "M1")}
    assert codes(kept, kept.plan.pairs) == {("L1", "M2")}


def test_a_kept_pair_whose_people_are_gone_is_forgotten():
    plan = plan_of(leavers({}), mentors({}), keep=[("GONE", "M1"), ("L1", "GONE")])

    assert codes(plan, plan.plan.pairs) == {("L1", "M1")}


def test_the_work_is_shared_between_equal_mentors():
    people = leavers({}, {})
    able = mentors({"places": 2}, {"places": 2})

    plan = plan_of(people, able)

    assert {mentor for _, mentor in codes(plan, plan.plan.pairs)} == {"M1", "M2"}


def test_a_standby_is_another_mentor_who_stands_by_for_two_pairs_at_most():
    people = leavers({}, {}, {}, {})
    able = mentors({"places": 4}, {"places": 0}, {"places": 1})

    plan = plan_of(people, able)
    standbys = codes(plan, plan.standbys)

    assert not standbys & codes(plan, plan.plan.pairs)
    for mentor in ("M1", "M2", "M3"):
        assert sum(standby == mentor for _, standby in standbys) <= 2
    assert len(standbys) == 3


def test_standing_by_for_a_fixed_pair_counts_against_the_two():
    people = leavers({}, {})
    able = mentors({"places": 2, "home": "LS6"}, {"places": 1})

    plan = plan_of(people, able, standing_by={"M1": 2, "M2": 2})

    assert len(plan.standbys) == 0


def test_two_people_with_one_code_are_refused_by_name():
    with pytest.raises(ValueError, match="two people have the code L1"):
        plan_of([a_leaver(), a_leaver()], mentors({}))


def test_nobody_at_all_makes_an_empty_plan():
    for people, able in (([], []), (leavers({}), []), ([], mentors({}))):
        plan = plan_of(people, able)

        assert plan.plan.covered == len(plan.plan.pairs) == len(plan.standbys) == 0
        assert plan.plan.total == plan.plan.bound == 0
        assert len(in_the_way(plan)) == len(people)


def sentences(plan):
    return {plan.leavers[found.leaver].code: found.sentences for found in in_the_way(plan)}


def test_a_leaver_on_hold_reads_why_and_meets_nobody():
    people = leavers({"consented_on": None, "risk": None})

    plan = plan_of(people, mentors({}))

    assert sentences(plan)["L1"] == [
        "On hold. Consent is not on file.",
        (
            "On hold. The screening is not complete: "
            "risk, MAPPA level, flags, licence, assessor and date."
        ),
    ]


def test_the_rules_in_the_way_are_told_fewest_first():
    people = leavers({"languages": {"pl"}})
    able = mentors({"supervision_until": date(2026, 1, 1)}, {}, {})

    plan = plan_of(people, able)

    assert sentences(plan)["L1"] == [
        "One thing is in the way of 2 mentors: no language in common (rule 10).",
        (
            "2 things are in the way of 1 mentor: supervision out of date (rule 9) "
            "and no language in common (rule 10)."
        ),
    ]


def test_a_leaver_whom_no_mentor_lives_anywhere_near_reads_that():
    plan = plan_of(leavers({"resettling_in": "TR1"}), mentors({}))

    assert sentences(plan)["L1"] == ["There is no mentor but over 50 km beyond their travel limit."]


def test_a_leaver_who_only_lost_out_reads_that_places_are_short():
    plan = plan_of(leavers({"release_date": SOON}, {}), mentors({"places": 1}))

    assert sentences(plan)["L2"] == ["1 mentor fits, but every place is needed by someone else."]


def test_a_mentor_without_a_pair_has_a_reason_too():
    able = mentors({}, {"supervision_until": None}, {"home": "TR1"}, {"home": "LS11"})

    plan = plan_of(leavers({}), able)

    assert {plan.mentors[row].code: why for row, why in idle_mentors(plan)} == {
        "M2": "Cannot be paired with anyone: supervision out of date (rule 9).",
        "M3": "No leaver of this plan fits.",
        "M4": "1 leaver fits, and the whole plan serves them better with other mentors.",
    }
