"""What each thing that a plan is asked from means, one at a time."""

import numpy as np
import pytest
from scipy import sparse

from matcher.core.assignment import assign


def plan_of(rows, **others):
    """The plan for a table of points, one place each unless said; None is not eligible."""
    cells = [(i, j, value) for i, row in enumerate(rows) for j, value in enumerate(row)]
    leavers, mentors, values = zip(*(cell for cell in cells if cell[2] is not None), strict=True)
    shape = (len(rows), len(rows[0]))
    table = sparse.coo_array((np.array(values, dtype=float), (leavers, mentors)), shape=shape)
    return assign(table, **{"places": [1] * shape[1], **others})


def pairs_of(rows, **others):
    return [tuple(pair) for pair in plan_of(rows, **others).pairs.tolist()]


def test_a_stored_zero_is_an_eligible_pair():
    assert pairs_of([[0, None], [None, None]]) == [(0, 0)]


def test_a_pair_that_is_not_stored_is_never_made():
    assert pairs_of([[None, 1], [None, 2]]) == [(1, 1)]


def test_covering_one_more_comes_before_any_number_of_points():
    assert pairs_of([[100, 0], [90, None]]) == [(0, 1), (1, 0)]


def test_the_more_urgent_leaver_comes_before_any_number_of_points():
    assert pairs_of([[100], [0]], urgency=[1, 2]) == [(1, 0)]


def test_covering_comes_first_even_where_the_load_costs_more_than_the_pair_is_worth():
    plan = plan_of([[10], [10]], places=[2], load=30)

    assert (plan.covered, plan.total, plan.bound) == (2, -10.0, -10.0)


def test_each_place_of_a_mentor_costs_the_load_once_more_than_the_one_before():
    assert plan_of([[50], [50], [50]], places=[3], load=2).total == 150 - (0 + 2 + 4)


def test_places_already_taken_count_for_the_load():
    assert plan_of([[50], [50]], places=[2], taken=[3], load=2).total == 100 - (6 + 8)


def test_the_load_shares_the_work_among_equal_mentors():
    assert pairs_of([[50, 50], [50, 50]], places=[2, 2], taken=[1, 0], load=2) in (
        [(0, 0), (1, 1)],
        [(0, 1), (1, 0)],
    )
    assert pairs_of([[50, 50]], places=[2, 2], taken=[1, 0], load=2) == [(0, 1)]


def test_a_mentor_may_have_more_places_than_there_are_leavers():
    plan = plan_of([[50, 10], [50, 10]], places=[10**12, 2**53 - 1], load=2)

    assert (plan.total, plan.prices.tolist()) == (50 + 48, [[0, 0], [0, 0]])


def test_a_mentor_who_is_better_by_more_than_the_load_still_gets_the_second_leaver():
    assert pairs_of([[50, 47], [50, 47]], places=[2, 2], load=2) == [(0, 0), (1, 0)]


def test_a_pair_that_stands_is_kept_when_a_new_one_is_better_by_less_than_the_bonus():
    assert pairs_of([[50, 54.999]], keep=[(0, 0)], bonus=5) == [(0, 0)]
    assert pairs_of([[50, 55.001]], keep=[(0, 0)], bonus=5) == [(0, 1)]


def test_the_bonus_is_part_of_the_total_and_counts_once_for_a_pair_named_twice():
    assert plan_of([[50]], keep=[(0, 0), (0, 0)], bonus=5).total == 55


def test_without_a_bonus_there_is_nothing_in_keeping():
    assert pairs_of([[50, 50.001]], keep=[(0, 0)]) == [(0, 1)]


def test_a_pair_to_keep_that_is_no_longer_eligible_has_no_effect():
    plan = plan_of([[50, None], [20, 30]], keep=[(0, 1)], bonus=40)

    assert (plan.pairs.tolist(), plan.total) == ([[0, 0], [1, 1]], 80)


@pytest.mark.parametrize("form", [list, set, tuple, frozenset, iter, np.array])
def test_pairs_to_keep_come_in_any_collection(form):
    assert pairs_of([[50, 54]], keep=form([(0, 0)]), bonus=5) == [(0, 0)]


def test_points_are_rounded_to_the_nearest_thousandth_and_whole_from_there_on():
    plan = plan_of([[0.1004], [0.1006], [0.2]], places=[3], load=0.0004)

    assert plan.total == (100 + 101 + 200) / 1000


def test_of_pairs_that_round_to_the_same_none_is_better():
    assert plan_of([[0.1004], [0.0996]]).total == 0.1
    assert plan_of([[0.1004, 0.0996]]).bound == 0.1


def test_prices_say_what_one_more_place_is_worth():
    prices = plan_of([[50, 20], [40, None], [30, None]], urgency=[4, 2, 1], load=3).prices

    # A second place for mentor 0 covers leaver 2 at a load of 3; one for mentor 1 helps nobody.
    assert prices.tolist() == [[1, 27], [0, 0]]


def test_a_price_falls_below_nothing_where_one_more_covered_costs_the_others_points():
    plan = plan_of([[9, 90], [None, 1]], places=[0, 1])

    # With a place at mentor 0, leaver 0 goes there for 9 and leaver 1 gets 1: 10 instead of 90.
    assert plan.total == 90
    assert plan.prices[0].tolist() == [1, -80]


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (2, 3)])
def test_with_nobody_eligible_the_plan_is_empty(shape):
    plan = assign(sparse.csr_array(shape), places=[1] * shape[1])

    assert (plan.covered, plan.urgency, plan.total, plan.bound) == (0, 0, 0, 0)
    assert (plan.pairs.shape, plan.prices.shape) == ((0, 2), (shape[1], 2))
    assert not plan.prices.any()


def test_with_no_places_at_all_nobody_is_covered_and_the_prices_tell_where_they_are_missing():
    plan = plan_of([[50, None], [60, 0]], places=[0, 0], urgency=[8, 1])

    assert plan.covered == 0
    assert plan.prices.tolist() == [[8, 50], [1, 0]]


def test_the_plan_is_whole_numbers_and_plain_ones():
    plan = plan_of([[50]])

    assert plan.pairs.dtype == np.int64
    assert {type(plan.covered), type(plan.urgency)} == {int}
    assert {type(plan.total), type(plan.bound)} == {float}


def test_what_is_asked_from_is_left_as_it_was():
    values = sparse.csr_array(([2.0, 1.0, 3.0], [1, 0, 1], [0, 2, 3]), shape=(2, 2))
    places, urgency = np.array([9, 9]), np.array([1, 2])

    assign(values, places, urgency=urgency, keep=[(0, 0)], bonus=7.0)

    assert (values.data.tolist(), values.indices.tolist()) == ([2, 1, 3], [1, 0, 1])
    assert (places.tolist(), urgency.tolist()) == ([9, 9], [1, 2])
