"""A checker that solves nothing finds no way to better a plan, and finds one where there is one."""

import numpy as np
import pytest
from hypothesis import given, settings

from matcher.core.assignment import assign
from tests.matcher.core.assignment.checker import is_best
from tests.matcher.core.assignment.cohorts import of_hundreds, questions
from tests.matcher.core.assignment.oracle import Question, best_by_trying_all


def pairs_of(plan):
    return [tuple(pair) for pair in plan.pairs.tolist()]


def greedy(question):
    """The plan of one who takes the best free pair until there is none."""
    left, alone, taken = list(question.places), set(range(len(question.urgency))), []
    for leaver, mentor in sorted(question.pairs, key=lambda pair: -question.points(*pair)):
        if leaver in alone and left[mentor]:
            alone.remove(leaver)
            left[mentor] -= 1
            taken.append((leaver, mentor))
    return sorted(taken)


@settings(max_examples=200)
@given(questions(most_leavers=9, most_mentors=6))
def test_no_round_of_moves_makes_a_plan_better(question):
    assert is_best(question, pairs_of(assign(**question.asked())))


@settings(max_examples=200)
@given(questions())
def test_the_checker_finds_a_way_to_better_every_plan_that_is_not_the_best(question):
    pairs = greedy(question)

    assert is_best(question, pairs) == (question.added_up(pairs) == best_by_trying_all(question))


@pytest.mark.parametrize(("supply", "degree"), [(0.8, 3), (0.95, 8), (1.3, 5)])
def test_no_round_of_moves_makes_a_plan_of_hundreds_better(supply, degree):
    question = of_hundreds(250, np.random.default_rng(degree), supply, degree)
    plan = assign(**question.asked())

    assert question.added_up(pairs_of(plan)) == (plan.urgency, round(plan.total * 1000))
    assert is_best(question, pairs_of(plan))
    assert not is_best(question, greedy(question))


def test_where_greedy_leaves_somebody_alone_the_plan_covers_all():
    steps = 200
    pairs = {(one, one): 10_000 for one in range(steps)}
    pairs |= {(one, one + 1): 11_000 for one in range(steps - 1)}
    question = Question(pairs, (1,) * steps, (1,) * steps, (0,) * steps)

    plan = assign(**question.asked())

    assert (plan.covered, plan.total) == (steps, 10 * steps)
    assert question.added_up(greedy(question)) == (steps - 1, 11_000 * (steps - 1))
