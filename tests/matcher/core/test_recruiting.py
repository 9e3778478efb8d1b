"""Mentors to look for, supposed one after the other, and rules that are supposed easier."""

import pytest

from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.eligibility import RULES
from matcher.core.planning import PlanSettings, make_plan
from matcher.core.recruiting import PLACES, recruits
from matcher.core.relaxing import NEVER, RELAXATIONS, Relaxation
from matcher.core.what_if import Supposed, what_if
from matcher.gazetteer import england_and_wales
from models.vocabulary import Experience, Sex
from tests.factories import TODAY, a_leaver, a_mentor

CONDITIONS = Conditions(TODAY, england_and_wales(), RuleSettings())
TUESDAY = range(33, 41)


def a_plan(leavers, mentors=()):
    return make_plan(leavers, mentors, CONDITIONS, PlanSettings())


def test_one_mentor_is_told_of_by_place_and_by_the_day_that_is_enough():
    lived = {"hours": TUESDAY, "experiences": {Experience.CARE}, "resettling_in": "LS6"}
    plan = a_plan([a_leaver(code=f"L{number}", **lived) for number in range(3)])

    [found] = recruits(plan, range(3))

    assert (found.home, found.day, found.matched) == ("LS6", 1, 3)
    assert found.experiences == (Experience.CARE,)


def test_a_mentor_of_the_sex_that_is_asked_for_is_looked_for():
    plan = a_plan([a_leaver(code=f"L{number}", wants={"female"}) for number in range(2)])

    [found] = recruits(plan, range(2))

    assert found.sex is Sex.FEMALE


def test_more_mentors_are_told_of_until_everybody_has_one():
    plan = a_plan([a_leaver(code=f"L{number}") for number in range(PLACES + 2)])

    found = recruits(plan, range(PLACES + 2))

    assert [one.matched for one in found] == [PLACES, 2]


def test_whom_no_new_mentor_would_help_is_no_advice():
    held = a_leaver(code="L1", consented_on=None)
    barred = a_leaver(code="L2", no_one_to_one=True)

    assert recruits(a_plan([held, barred]), range(2)) == []


def test_no_way_leads_around_a_rule_that_is_never_relaxed():
    with pytest.raises(ValueError, match="never relaxed"):
        Relaxation("none", 4, "No")

    assert {one.rule for one in RELAXATIONS}.isdisjoint(NEVER)
    assert {one.rule for one in RELAXATIONS} <= {rule.number for rule in RULES if rule.relaxable}


@pytest.mark.parametrize(
    ("code", "of_leaver", "of_mentor"),
    [
        ("one_more_place", {}, {"places": 1, "taken": 1}),
        ("renewals", {}, {"supervision_until": TODAY.replace(year=TODAY.year - 1)}),
        ("renewals", {}, {"assessed_on": TODAY.replace(year=TODAY.year - 1)}),
        ("renewals", {}, {"term_ends_on": TODAY.replace(year=TODAY.year - 1, month=12)}),
        ("clear_time", {}, {"offence_free_since": TODAY.replace(year=TODAY.year - 1, month=6)}),
        ("interpreters", {"languages": {"pl"}}, {}),
        ("farther", {}, {"home": "LS7", "travel_limit_km": 0}),
    ],
)
def test_an_easier_rule_gives_those_a_mentor_whom_it_kept_from_one(code, of_leaver, of_mentor):
    plan = a_plan([a_leaver(**of_leaver)], [a_mentor(**of_mentor)])
    [way] = [one for one in RELAXATIONS if one.code == code]

    found = what_if(plan, Supposed(relaxed=[way]))

    assert (found.before.plan.covered, found.after.plan.covered) == (0, 1)


def test_easier_rules_open_no_pair_that_a_lasting_rule_bars():
    pairs = [
        (a_leaver(no_one_to_one=True), a_mentor()),
        (a_leaver(hours=TUESDAY), a_mentor(hours=range(9, 17))),
        (a_leaver(ruled_out={"M1"}), a_mentor()),
        (a_leaver(licence_bars_contact=True), a_mentor()),
    ]

    for leaver, mentor in pairs:
        found = what_if(a_plan([leaver], [mentor]), Supposed(relaxed=RELAXATIONS))
        assert found.after.plan.covered == 0
