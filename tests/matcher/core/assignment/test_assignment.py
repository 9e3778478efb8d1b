import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matcher.core.assignment import assign, solving
from tests.matcher.core.assignment.cohorts import of_hundreds, questions
from tests.matcher.core.assignment.oracle import (
    Question,
    best_by_dense_assignment,
    best_by_integer_programming,
    best_by_trying_all,
)


def planned(question):
    """The plan for a question, seen to be a plan that adds up to what it says."""
    plan = assign(**question.asked())
    pairs = [tuple(pair) for pair in plan.pairs.tolist()]
    urgency, thousandths = question.added_up(pairs)
    assert pairs == sorted(pairs)
    assert plan.covered == len(pairs)
    assert (plan.urgency, plan.total) == (urgency, thousandths / 1000)
    assert plan.bound == plan.total
    return plan


def best_of(question, oracle=best_by_trying_all):
    urgency, thousandths = oracle(question)
    return urgency, thousandths / 1000


@settings(max_examples=1000)
@given(questions())
def test_a_plan_is_the_best_of_all_plans_and_is_proved_so(question):
    plan = planned(question)

    assert (plan.urgency, plan.total) == best_of(question)


@settings(max_examples=60)
@given(questions(least_leavers=10, most_leavers=30, most_mentors=20, most_places=4))
def test_a_larger_plan_is_the_one_that_integer_programming_finds(question):
    plan = planned(question)

    assert (plan.urgency, plan.total) == best_of(question, best_by_integer_programming)


@settings(max_examples=12)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.7, 0.95, 1.2]), st.sampled_from([3, 9]))
def test_a_plan_of_hundreds_is_the_one_that_a_dense_solver_finds(seed, supply, degree):
    question = of_hundreds(400, np.random.default_rng(seed), supply, degree)

    plan = planned(question)

    assert (plan.urgency, plan.total) == best_of(question, best_by_dense_assignment)


@settings(max_examples=300)
@given(questions())
def test_prices_are_what_one_more_place_of_each_mentor_would_add(question):
    plan = planned(question)
    urgency, total = best_by_trying_all(question)

    for mentor, price in enumerate(plan.prices):
        more_urgency, more_total = best_by_trying_all(question.with_one_more_place(mentor))
        assert tuple(price) == (more_urgency - urgency, (more_total - total) / 1000)


@settings(max_examples=200)
@given(
    questions(),
    st.randoms(use_true_random=False),
    st.sampled_from(["coo", "csr", "csc"]),
    st.sampled_from([sparse.coo_array, sparse.coo_matrix]),
)
def test_neither_the_order_nor_the_format_of_the_entries_changes_who_meets_whom(
    question, chance, form, kind
):
    plan = planned(question)
    entries = list(question.pairs.items())
    chance.shuffle(entries)
    asked = question.asked(entries)

    again = assign(**{**asked, "values": kind(asked["values"]).asformat(form)})

    assert np.array_equal(again.pairs, plan.pairs)
    assert np.array_equal(again.prices, plan.prices)


@settings(max_examples=200)
@given(
    questions(
        values=st.one_of(st.integers(0, 10**12), st.just(10**12)),
        urgencies=st.one_of(st.integers(1, 10**6), st.integers(10**6 - 2, 10**6)),
    )
)
def test_great_values_and_urgencies_stay_exact(question):
    plan = planned(question)

    assert (plan.urgency, plan.total) == best_of(question)


@settings(max_examples=150)
@given(questions(most_leavers=14, most_mentors=2, most_places=14))
def test_mentors_with_very_many_places_are_planned_as_well(question):
    plan = planned(question)

    assert (plan.urgency, plan.total) == best_of(question)


@settings(max_examples=150)
@given(questions(most_places=6))
def test_looking_at_few_places_first_changes_nothing(question):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "FEW", 1)
        plan = planned(question)

    assert (plan.urgency, plan.total) == best_of(question)


@settings(max_examples=10)
@given(st.lists(questions(most_leavers=4, most_mentors=3), min_size=3, max_size=12))
def test_many_groups_that_share_nobody_are_planned_as_well_as_each_alone(groups):
    groups = [group for group in groups * 60 if group.urgency]
    pairs, urgency, places, taken = {}, (), (), ()
    for group in groups:
        for (leaver, mentor), value in group.pairs.items():
            pairs[leaver + len(urgency), mentor + len(places)] = value
        urgency, places, taken = (urgency + group.urgency, places + group.places,
                                  taken + group.taken)  # fmt: skip
    whole = Question(pairs, places, urgency, taken, load=2000)
    apart = [Question(each.pairs, each.places, each.urgency, each.taken, load=2000)
             for each in groups]  # fmt: skip

    plan = planned(whole)

    best = [best_by_trying_all(each) for each in apart]
    assert plan.urgency == sum(covered for covered, _ in best)
    assert plan.total == sum(thousandths for _, thousandths in best) / 1000
