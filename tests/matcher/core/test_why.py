"""Why a pair, why not, the runner-up and what choices cost: in words, and against every plan."""

from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.core.conditions import Conditions
from matcher.core.planning import PlanSettings, make_plan
from matcher.core.why import Stand, why
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


def test_a_pair_has_its_strongest_parts_and_its_runner_up_with_the_cost():
    plan = plan_of(leavers({}), mentors({}, {"home": "LS28", "needs": {"work"}}))

    told = why(plan, "L1", "M1")

    assert told.stand is Stand.PAIRED
    assert told.sentences[0].startswith("L1 and Alex (M1) are paired, at ")
    assert len(told.reasons) == 3
    assert told.runner_up.mentor.code == "M2"
    assert told.runner_up.cost.after.total < told.runner_up.cost.before.total
    [mine] = told.runner_up.cost.losers
    assert mine.leaver.code == "L1"
    assert mine.after.mentor.code == "M2"


def test_choosing_the_runner_up_says_who_would_be_left_without_a_mentor():
    near, soon = {"resettling_in": "LS6"}, {"release_date": date(2026, 12, 10)}
    plan = plan_of(leavers(near, near | soon), mentors({"places": 1}, {"places": 1, "home": "LS7"}))
    [row] = [r for r, m in plan.plan.pairs.tolist() if m == 0]

    told = why(plan, plan.leavers[row].code, "M1")

    assert told.runner_up.mentor.code == "M2"
    assert [one.leaver.code for one in told.runner_up.cost.left_alone] == []
    assert len(told.runner_up.cost.pairs_moved) == 2


def test_a_leaver_with_one_fitting_mentor_has_no_runner_up():
    told = why(plan_of(leavers({}), mentors({}, {"state": "paused"})), "L1", "M1")

    assert told.runner_up is None
    assert told.sentences[-1] == "No other mentor fits this leaver."


def test_two_who_may_not_be_paired_read_every_gate_and_rule():
    plan = plan_of(leavers({"consented_on": None}), mentors({"state": "paused"}))

    told = why(plan, "L1", "M1")

    assert told.stand is Stand.BARRED
    assert told.sentences == [
        "L1 and Alex (M1) may not be paired.",
        "Consent is not on file.",
        "M1 is not active.",
        "One of the two has not consented.",
    ]


def test_an_eligible_mentor_who_was_not_chosen_reads_what_it_lost_by_and_who_would_bear_it():
    soon = {"release_date": date(2026, 12, 10)}
    plan = plan_of(leavers({}, soon), mentors({"places": 1}))

    told = why(plan, "L1", "M1")

    assert told.stand is Stand.NOT_CHOSEN
    assert [one.leaver.code for one in told.lost_by.left_alone] == ["L2"]
    assert told.lost_by.after.urgency < told.lost_by.before.urgency
    assert "L2 would be left without a mentor." in told.sentences
    assert "With this pair:" in told.sentences


@pytest.mark.parametrize("pair", [("L9", "M1"), ("L1", "M9")])
def test_a_code_that_is_not_in_the_plan_is_named(pair):
    plan = plan_of(leavers({}), mentors({}))

    with pytest.raises(KeyError, match=r"[LM]9"):
        why(plan, *pair)


def every_plan(plan):
    """Every way to give each leaver an eligible mentor or none, with its urgency and total."""
    values, free = plan.values.toarray(), plan.mentor_columns.free_places
    eligible = {(row, column) for row, column in zip(*plan.values.nonzero(), strict=True)}
    eligible |= set(zip(plan.scores.row.tolist(), plan.scores.column.tolist(), strict=True))
    people = range(len(plan.leavers))
    options = [[-1, *(c for r, c in sorted(eligible) if r == row)] for row in people]
    for chosen in product(*options):
        filled = np.bincount([c for c in chosen if c >= 0], minlength=len(free))
        if (filled > free).any():
            continue
        taken = plan.mentor_columns.taken
        load = sum(
            plan.settings.load * (taken[c] + k) for c in range(len(free)) for k in range(filled[c])
        )
        worths = sum(round(values[r, c], 3) for r, c in enumerate(chosen) if c >= 0)
        kept = sum((r, c) in plan.kept for r, c in enumerate(chosen)) * plan.settings.bonus
        urgency = sum(int(plan.urgency[r]) for r, c in enumerate(chosen) if c >= 0)
        yield chosen, (urgency, round((worths + kept - load) * 1000))


@st.composite
def small_cohorts(draw):
    """Three leavers and three mentors, in order but for a trouble or two, and a pair to keep."""
    people = [draw(strategies.leavers(code)) for code in strategies.LEAVER_CODES[:3]]
    able = [draw(strategies.mentors(code)) for code in strategies.MENTOR_CODES[:3]]
    return people, able, draw(st.sampled_from([[], [("L0", "M0")], [("L1", "M2")]]))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(small_cohorts())
def test_what_a_pair_lost_by_and_who_runs_up_are_those_found_by_trying_every_plan(cohort):
    people, able, keep = cohort
    plan = make_plan(people, able, strategies.conditions(), PlanSettings(), keep=keep)
    plans = list(every_plan(plan))

    for row, column in zip(plan.scores.row.tolist(), plan.scores.column.tolist(), strict=True):
        told = why(plan, plan.leavers[row].code, plan.mentors[column].code)
        if told.stand is Stand.NOT_CHOSEN:
            best = max(worth for chosen, worth in plans if chosen[row] == column)
            assert (told.lost_by.after.urgency, told.lost_by.after.total) == best
        elif told.runner_up is None:
            assert not [chosen for chosen, _ in plans if chosen[row] not in (-1, column)]
        else:
            best = max(worth for chosen, worth in plans if chosen[row] not in (-1, column))
            cost = told.runner_up.cost
            assert (cost.after.urgency, cost.after.total) == best
            assert {one.leaver.code for one in cost.moved} >= {plan.leavers[row].code}
