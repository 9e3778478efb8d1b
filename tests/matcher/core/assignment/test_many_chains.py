"""Chains fill every place that can be filled, at the least cost, and let go of nobody."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matcher.core.assignment import bidding, many_chains
from matcher.core.assignment.bidding import NOBODY, bid, market_of
from matcher.core.assignment.many_chains import fill

BARRED = 10**6


@st.composite
def cost_tables(draw):
    """Draw costs, mentors × leavers with BARRED where not eligible, and places."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mentors, leavers = draw(st.integers(1, 8)), draw(st.integers(1, 16))
    costs = chance.integers(1, draw(st.sampled_from([2, 5, 5000])), (mentors, leavers))
    costs[chance.random(costs.shape) > draw(st.sampled_from([0.3, 0.7, 1.0]))] = BARRED
    return costs, chance.integers(0, 4, mentors)


def market_in(costs, places):
    mentor, leaver = np.nonzero(costs < BARRED)
    return market_of(mentor, leaver, costs[mentor, leaver], places)


def least_cost(costs, places):
    """Return the least cost of all places filled, BARRED or more where they cannot be."""
    by_place = np.repeat(costs, places, axis=0)
    rows, columns = linear_sum_assignment(by_place)
    return by_place[rows, columns].sum() + BARRED * (len(by_place) - len(rows))


@settings(max_examples=400)
@given(cost_tables(), st.sampled_from([0, 2]), st.sampled_from([1, 1000]), st.sampled_from([1, 4]))
def test_all_places_are_filled_at_the_least_cost(drawn, looked_at, reach, searches):
    costs, places = drawn
    market, nobody = market_in(costs, places), np.full(costs.shape[1], NOBODY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bidding, "PAIRS_LOOKED_AT", looked_at)
        patch.setattr(many_chains, "REACH", reach)
        patch.setattr(many_chains, "SEARCHES", searches)
        before, prices = bid(market, nobody)
        holder = fill(market, before, prices)

    held = np.flatnonzero(holder != NOBODY)
    filled = np.bincount(holder[held], minlength=places.size)
    assert np.all(holder[before != NOBODY] != NOBODY)
    assert np.all(filled <= places)
    assert np.all(costs[holder[held], held] < BARRED)
    if least_cost(costs, places) < BARRED:
        assert filled.tolist() == places.tolist()
        assert costs[holder[held], held].sum() == least_cost(costs, places)


def test_a_place_is_filled_by_others_moving_on():
    costs = np.array([[1, 2, BARRED], [1, BARRED, BARRED], [BARRED, 1, 9]])
    market = market_in(costs, np.ones(3, int))

    holder = fill(market, np.array([0, 2, NOBODY]), np.array([2, 8, 0]))

    assert holder.tolist() == [1, 0, 2]


def test_what_was_given_is_left_as_it_was():
    market = market_in(np.array([[1, 2], [1, 3]]), np.ones(2, int))
    holder, prices = np.array([0, NOBODY]), np.array([1, 0])

    fill(market, holder, prices)

    assert holder.tolist() == [0, NOBODY]
    assert prices.tolist() == [1, 0]
