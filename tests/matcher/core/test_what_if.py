"""What if: a mentor lost, mentors like one there is, other weights or settings; nothing is kept."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.planning import PlanSettings, make_plan
from matcher.core.similarity import Weights
from matcher.core.what_if import Supposed, what_if, with_weights
from matcher.core.what_if_difference import people_difference, points_in_words, standings
from matcher.gazetteer import england_and_wales
from tests import strategies
from tests.factories import TODAY, a_leaver, a_mentor

CONDITIONS = Conditions(TODAY, england_and_wales())


def leavers(*told):
    return [
        a_leaver(**{"code": f"L{n}", "prison_number": f"A{n:04d}BC"} | facts)
        for n, facts in enumerate(told, start=1)
    ]


def mentors(*told):
    return [a_mentor(**{"code": f"M{n}"} | facts) for n, facts in enumerate(told, start=1)]


def plan_of(leavers, mentors, **told):
    return make_plan(leavers, mentors, CONDITIONS, PlanSettings(), **told)


def test_a_lost_mentor_leaves_someone_alone_and_the_figures_say_so():
    plan = plan_of(leavers({}, {}), mentors({"places": 1}, {"places": 1}))

    found = what_if(plan, Supposed(lost=["M2"]))

    gap = found.difference
    assert (gap.before.covered, gap.after.covered) == (2, 1)
    assert gap.after.total < gap.before.total
    [alone] = gap.left_alone
    assert alone.sentence == f"{alone.leaver.code} would be left without a mentor."
    assert gap.whole == "The whole plan would cover 1 leaver in place of 2."


def test_more_mentors_like_one_there_is_have_codes_of_their_own_and_no_link_to_them():
    sam = {"first_name": "Sam", "surname": "Same", "prison_number": "A0009BC", "places": 1}
    own = {"taken": 1, "no_contact": {"L2"}, "declined": {"L3"}}
    plan = plan_of(leavers({}, {}, {}), mentors(sam | own))
    assert plan.plan.covered == 0

    found = what_if(plan, Supposed(like={"M1": 2}))

    codes = [mentor.code for mentor in found.after.mentors]
    assert codes == ["LIKE-M1-1", "LIKE-M1-2", "M1"]
    assert len(found.difference.newly_covered) == 2


def test_a_setting_changes_the_plan_and_the_plan_before_stays_as_it_is():
    people = leavers({}, {})
    able = mentors({"places": 2, "home": "LS6"}, {"places": 2, "home": "LS28"})
    plan = plan_of(people, able)
    before = plan.plan.pairs.tolist()

    found = what_if(plan, Supposed(settings=PlanSettings(load=100.0)))

    assert {code.mentor.code for code in standings(found.after).values()} == {"M1", "M2"}
    assert plan.plan.pairs.tolist() == before


def test_the_rules_settings_can_be_supposed_otherwise_too():
    plan = plan_of(leavers({}), mentors({"offence_free_since": TODAY.replace(year=2025)}))
    assert plan.plan.covered == 0

    found = what_if(plan, Supposed(rules=RuleSettings(offence_free_months=12)))

    assert found.after.plan.covered == 1


def test_proposals_that_stood_keep_their_bonus_in_both_plans():
    able = mentors({"home": "LS6"}, {"home": "LS7"})
    plan = plan_of(leavers({"resettling_in": "LS6"}), able, keep=[("L1", "M2")])

    with_bonus = what_if(plan, Supposed())
    without = what_if(plan, Supposed(settings=PlanSettings(bonus=0.0)))

    assert with_bonus.difference.moved == ()
    [moved] = without.difference.moved
    assert (moved.before.mentor.code, moved.after.mentor.code) == ("M2", "M1")


@pytest.mark.parametrize("supposed", [Supposed(lost=["M9"]), Supposed(like={"M9": 1})])
def test_a_mentor_who_is_not_there_is_named(supposed):
    with pytest.raises(KeyError, match="M9"):
        what_if(plan_of(leavers({}), mentors({})), supposed)


def test_a_weight_is_set_and_the_others_share_the_rest_as_they_did():
    weights = with_weights(Weights(), {"experience": 60})

    assert [part.weight for part in weights.parts] == [60, 16, 9, 6, 6, 3]


@pytest.mark.parametrize(
    ("wanted", "wrong", "said"),
    [
        ({"luck": 5}, KeyError, "luck"),
        ({"experience": 101}, ValueError, "101 points, and 100 is the most"),
        (dict.fromkeys(("experience", "time", "culture", "interests"), 25), ValueError, "reach"),
        (dict.fromkeys((part.name for part in Weights().parts), 1), ValueError, "these give 6"),
    ],
)
def test_weights_that_cannot_be_are_refused(wanted, wrong, said):
    with pytest.raises(wrong, match=said):
        with_weights(Weights(), wanted)


@given(st.integers(0, 99))
def test_weights_add_up_whatever_one_of_them_is(points):
    weights = with_weights(Weights(), {"reach": points})

    assert sum(part.weight for part in weights.parts) == 100


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.cohorts(), strategies.cohorts())
def test_every_leaver_whose_mentor_is_another_is_told_once_and_nobody_else(one, other):
    before = make_plan(*one, strategies.conditions(), PlanSettings())
    after = make_plan(one[0], other[1], strategies.conditions(), PlanSettings())

    gap = people_difference(before, after)

    had, has = (
        {code: one.mentor.code for code, one in standings(plan).items()} for plan in (before, after)
    )
    different = {p.code for p in before.leavers if had.get(p.code) != has.get(p.code)}
    groups = (gap.left_alone, gap.newly_covered, gap.pairs_moved)
    assert sorted(one.leaver.code for group in groups for one in group) == sorted(different)
    assert gap.after.covered - gap.before.covered == len(gap.newly_covered) - len(gap.left_alone)


@pytest.mark.parametrize(
    ("thousandths", "said"),
    [
        (0, "0 points"),
        (1000, "1 point"),
        (1500, "1.5 points"),
        (1_234_567, "1,234.6 points"),
        (49, "less than 0.1 points"),
        (51, "0.1 points"),
    ],
)
def test_points_are_written_with_no_more_decimals_than_it_takes(thousandths, said):
    assert points_in_words(thousandths) == said
