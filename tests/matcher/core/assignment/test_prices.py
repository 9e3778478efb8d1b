"""The proof stands on its own: no prices let a bound fall below a plan, no worse plan passes."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matcher.core.assignment import assign, solving
from matcher.core.assignment.cohort import cohort_of
from matcher.core.assignment.coverage import greatest_coverage
from matcher.core.assignment.filling import best_pairs
from matcher.core.assignment.prices import Prices, bound
from tests.matcher.core.assignment.cohorts import questions
from tests.matcher.core.assignment.oracle import best_by_trying_all

VALUES = st.lists(st.integers(-150_000, 150_000), min_size=4, max_size=4)
URGENCIES = st.one_of(st.none(), st.lists(st.integers(0, 20), min_size=4, max_size=4))
"""The urgency prices of a best plan where none are drawn: only there does the value matter."""


@settings(max_examples=400)
@given(questions(), URGENCIES, VALUES)
def test_at_any_prices_whatever_the_bound_is_as_much_as_the_best_plan_or_more(
    question, urgencies, values
):
    cohort, mentors = cohort_of(**question.asked()), len(question.places)
    prices = Prices(
        np.array(urgencies[:mentors]) if urgencies else greatest_coverage(cohort).prices,
        np.array(values[:mentors]),
    )

    assert bound(cohort, prices) >= best_by_trying_all(question)


@settings(max_examples=200)
@given(questions(), st.randoms(use_true_random=False))
def test_a_plan_that_is_not_the_best_is_never_let_through(question, chance):
    best = best_by_trying_all(question)
    leavers = list(range(len(question.urgency)))
    chance.shuffle(leavers)

    def first_come_first_served(cohort, coverage):
        held, left = np.full(len(leavers), -1), cohort.places.copy()
        for leaver in leavers:
            for pair in range(cohort.first[leaver], cohort.first[leaver + 1]):
                if held[leaver] < 0 < left[cohort.mentor[pair]]:
                    held[leaver] = pair
                    left[cohort.mentor[pair]] -= 1
        return held

    cohort = cohort_of(**question.asked())
    held = first_come_first_served(cohort, None)
    pairs = held[held >= 0]
    assume(
        question.added_up([(int(cohort.leaver[p]), int(cohort.mentor[p])) for p in pairs]) < best
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "best_pairs", first_come_first_served)

        with pytest.raises(RuntimeError, match="not proved best"):
            assign(**question.asked())

    assert solving.best_pairs is best_pairs
