"""The smallest change: in sentences, and against every change there is, tried one by one."""

from datetime import date, timedelta
from itertools import combinations_with_replacement, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.core.candidates import broken_rules
from matcher.core.changes import LAPSES, MOST, Change, Kind, applied
from matcher.core.changes_tried import no_way_out, smallest_change
from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.gates import hold_reasons
from matcher.core.planning import PlanSettings, make_plan
from matcher.gazetteer import england_and_wales
from models.vocabulary import Module, Need
from tests import strategies
from tests.factories import TODAY, a_leaver, a_mentor

SOON = TODAY + timedelta(days=21)
MODULES = {Need.WORK: frozenset({Module.MENTAL_HEALTH})}


def leavers(*told):
    return [
        a_leaver(**{"code": f"L{n}", "prison_number": f"A{n:04d}BC"} | facts)
        for n, facts in enumerate(told, start=1)
    ]


def mentors(*told):
    return [a_mentor(**{"code": f"M{n}"} | facts) for n, facts in enumerate(told, start=1)]


def the_way_out(people, able, code="L1", modules=None):
    conditions = Conditions(TODAY, england_and_wales(), RuleSettings(modules=modules or {}))
    plan = make_plan(people, able, conditions, PlanSettings())
    return smallest_change(plan, plan.leaver_index[code])


@pytest.mark.parametrize(
    ("leaver", "mentor", "said"),
    [
        ({}, {"places": 0}, "One more place for Alex (M1)"),
        ({}, {"home": "HG1", "travel_limit_km": 19}, "5 km more to travel for Alex (M1)"),
        ({}, {"home": "HG1", "travel_limit_km": 14}, "10 km more to travel for Alex (M1)"),
        ({}, {"supervision_until": date(2026, 1, 1)}, "Supervision renewed for Alex (M1)"),
        ({}, {"term_ends_on": date(2027, 1, 1)}, "A renewed term for Alex (M1)"),
        ({}, {"assessed_on": date(2026, 1, 1)}, "A renewed risk assessment for Alex (M1)"),
        ({"languages": {"pl"}}, {}, "An interpreter for L1"),
        (
            {"languages": {"pl"}},
            {"places": 0},
            "One more place for Alex (M1) and an interpreter for L1",
        ),
    ],
)
def test_each_kind_of_change_reads_as_one_sentence(leaver, mentor, said):
    way = the_way_out(leavers(leaver), mentors(mentor))

    assert way.sentence == f"{said} would give L1 a mentor."
    assert not way.kept


def test_a_module_that_a_need_demands_can_be_done():
    way = the_way_out(leavers({}), mentors({}), modules=MODULES)

    assert way.sentence == (
        'The training module "mental health" for Alex (M1) would give L1 a mentor.'
    )


def test_fewest_changes_come_first_and_then_the_order_of_the_kinds():
    able = mentors(
        {"supervision_until": date(2026, 1, 1), "home": "HG1", "travel_limit_km": 19},
        {"supervision_until": date(2026, 1, 1)},
        {"home": "HG1", "travel_limit_km": 19},
    )

    way = the_way_out(leavers({}), able)

    assert (way.mentor.code, way.changes) == ("M3", (Change(Kind.TRAVEL),))


@pytest.mark.parametrize(
    "mentor",
    [
        {"licence_bars_contact": True},
        {"exclusion_zone": {"LS6"}, "travel_limit_km": 0, "home": "TR1"},
        {"hours": {3}, "curfew": {3}},
        {"limits": {"children"}},
        {"declined": {"L1"}},
        {"state": "paused"},
        {"offence_free_since": TODAY},
        {"basic_training_on": None},
        {"supervision_until": None},
        {"risk_limit": None},
        {"term_starts_on": TODAY + timedelta(days=1)},
        {"content_on": None, "on_licence": True},
    ],
)
def test_no_change_sets_a_rule_aside_nor_renews_what_never_was(mentor):
    people = leavers({"risk_to": {"children"}})

    assert the_way_out(people, mentors(mentor)) is None


def test_a_leaver_on_hold_has_no_way_out_by_changes():
    assert the_way_out(leavers({"consented_on": None}), mentors({"places": 0})) is None


def test_a_leaver_who_has_a_mentor_is_refused():
    with pytest.raises(ValueError, match="L1 has a mentor already"):
        the_way_out(leavers({}), mentors({}))


def test_where_nothing_helps_the_sentence_says_so():
    assert no_way_out(a_leaver()) == (
        "No change would give L1 a mentor. Up to 3 at once were tried."
    )


def test_a_place_that_the_plan_would_give_to_someone_more_urgent_must_be_kept():
    people = leavers({}, {"release_date": SOON}, {"release_date": SOON})

    way = the_way_out(people, mentors({"places": 1}))

    assert way.kept
    assert way.sentence == (
        "One more place for Alex (M1) would give L1 a mentor if a manager pairs the two; "
        "left to the plan, it may serve another."
    )


def test_others_who_would_move_are_counted():
    soon = {"release_date": SOON}
    people = leavers({"needs": {"gp": "low"}, "experiences": set()}, soon, soon)
    able = mentors(
        {"places": 1, "needs": set(), "experiences": set(), "home": "LS28"},
        {"places": 1, "home": "LS6"},
    )

    way = the_way_out(people, able)

    assert (way.mentor.code, way.kept, way.moved) == ("M2", False, 1)
    assert way.sentence == (
        "One more place for Alex (M2) would give L1 a mentor; 1 other leaver would change mentor."
    )


@st.composite
def small_cohorts(draw):
    """Three leavers and three mentors, each in order but for a trouble or two."""
    people = [draw(strategies.leavers(code)) for code in strategies.LEAVER_CODES[:3]]
    return people, [draw(strategies.mentors(code)) for code in strategies.MENTOR_CODES[:3]]


@st.composite
def scarce_cohorts(draw):
    """Three leavers and three mentors with few places, whom only what can be changed parts."""
    soon = st.sampled_from([TODAY + timedelta(days=days) for days in (20, 40, 80)])
    people = leavers(
        *(
            {
                "release_date": draw(soon),
                "resettling_in": draw(st.sampled_from(["LS6", "LS12", "BD1"])),
                "languages": draw(st.sampled_from([{"en"}, {"en"}, {"pl"}])),
                "needs": draw(st.sampled_from([{"work": "low"}, {"drug_recovery": "high"}])),
                "interests": draw(st.sampled_from([set(), {"football"}])),
            }
            for _ in range(3)
        )
    )
    lapsed = st.sampled_from([TODAY + timedelta(days=days) for days in (-1, 300, 300)])
    able = mentors(
        *(
            {
                "places": draw(st.sampled_from([0, 1, 1, 2])),
                "home": draw(st.sampled_from(["LS6", "LS7", "WF1"])),
                "travel_limit_km": draw(st.sampled_from([1, 9, 30])),
                "languages": draw(st.sampled_from([{"en"}, {"en"}, {"pl"}])),
                "supervision_until": draw(lapsed),
                "term_ends_on": draw(lapsed),
                "modules": draw(st.sampled_from([set(), {"drugs_and_alcohol"}])),
            }
            for _ in range(3)
        )
    )
    return people, able


KINDS = [
    *(Change(kind) for kind in (Kind.PLACE, Kind.TRAVEL, Kind.INTERPRETER)),
    *(Change(Kind.RENEWAL, code) for code in LAPSES),
    *(Change(Kind.MODULE, module.value) for module in (Module.DRUGS_AND_ALCOHOL,)),
]


def sets_of_changes(count):
    """Every set of so many changes; only travel may come more than once."""
    for changes in combinations_with_replacement(sorted(KINDS), count):
        again = [one for one, other in pairwise(changes) if one == other]
        if all(one.kind is Kind.TRAVEL for one in again):
            yield changes


def on_file(change, mentor):
    return change.kind is not Kind.RENEWAL or LAPSES[change.what].on_file(mentor, TODAY)


def covered(plan):
    return {plan.leavers[row].code for row, _ in plan.plan.pairs.tolist()}


def brute_force(plan, leaver):
    """Return how many changes are the fewest, whether one must be kept, and which they are."""
    before, able = covered(plan), list(plan.mentors)
    for count in range(1, MOST + 1):
        found = []
        for mentor in able:
            for changes in sets_of_changes(count):
                if not all(on_file(change, mentor) for change in changes):
                    continue
                people = applied(changes, leaver, mentor, TODAY)
                if broken_rules(*people, plan.conditions):
                    continue
                found += _judged(plan, people, before, changes)
        if found:
            return count, *min(found)
    return None


def _judged(plan, people, before, changes):
    """Return that some changes are enough by themselves, or kept for the leaver, or neither."""
    leaver, mentor = people
    everyone = [leaver if one.code == leaver.code else one for one in plan.leavers]
    able = [mentor if one.code == mentor.code else one for one in plan.mentors]
    after = make_plan(everyone, able, plan.conditions, plan.settings)
    if covered(after) >= before | {leaver.code}:
        return [(False, changes)]
    others = [one for one in everyone if one.code in before]
    held = mentor.model_copy(update={"taken": mentor.taken + 1})
    kept = [held if one.code == mentor.code else one for one in able]
    rest = make_plan(others, kept, plan.conditions, plan.settings)
    return [(True, changes)] if covered(rest) == before else []


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(scarce_cohorts(), small_cohorts()))
def test_the_smallest_change_is_that_found_by_trying_every_change(cohort):
    plan = make_plan(*cohort, strategies.conditions(), PlanSettings())
    held = hold_reasons(plan.leaver_columns)

    for row in plan.uncovered.tolist():
        way = smallest_change(plan, row)
        if not held[row]:
            found = way and (len(way.changes), way.kept, way.changes)
            assert found == brute_force(plan, plan.leavers[row])
