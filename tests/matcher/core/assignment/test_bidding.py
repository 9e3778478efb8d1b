"""After the bidding everyone has what is cheapest for them, and nobody has been let go of."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.assignment import bidding
from matcher.core.assignment.bidding import NOBODY, bid, market_of


@st.composite
def markets(draw):
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mentors, leavers = draw(st.integers(1, 8)), draw(st.integers(1, 16))
    costs = chance.integers(1, draw(st.sampled_from([2, 5, 1000])), (mentors, leavers))
    eligible = chance.random(costs.shape) < draw(st.sampled_from([0.3, 0.7, 1.0]))
    mentor, leaver = np.nonzero(eligible)
    return mentor, leaver, costs[eligible], chance.integers(0, 4, mentors)


@settings(max_examples=300)
@given(markets(), st.sampled_from([1, 2, 16]))
def test_everyone_has_what_is_cheapest_for_them_at_the_prices(drawn, cheapest):
    mentor, leaver, cost, places = drawn
    nobody = np.full(leaver.max(initial=0) + 1, NOBODY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bidding, "CHEAPEST", cheapest)
        holder, prices = bid(market_of(mentor, leaver, cost, places), nobody)

    assert np.all(np.bincount(holder[holder >= 0], minlength=places.size) <= places)
    assert np.all(prices >= 0)
    assert not prices[holder == NOBODY].any()
    for one in range(places.size):
        own = mentor == one
        asked = cost[own] + prices[leaver[own]]
        assert np.all(asked[holder[leaver[own]] == one] == asked.min(initial=10**6))
        assert np.count_nonzero(holder == one) == np.count_nonzero(holder[leaver[own]] == one)


@settings(max_examples=200)
@given(markets())
def test_whoever_is_held_is_still_held_when_bidding_goes_on(drawn):
    mentor, leaver, cost, places = drawn
    nobody = np.full(leaver.max(initial=0) + 1, NOBODY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bidding, "PAIRS_LOOKED_AT", 1)
        early, _ = bid(market_of(mentor, leaver, cost, places), nobody)
    late, _ = bid(market_of(mentor, leaver, cost, places), nobody)

    assert np.all(late[early >= 0] >= 0)


def test_a_free_place_that_has_its_pick_is_filled_by_bidding_alone():
    mentor, leaver = np.divmod(np.arange(9), 3)
    cost = np.array([1, 5, 9, 1, 2, 9, 1, 5, 4])

    holder, _ = bid(market_of(mentor, leaver, cost, np.ones(3, int)), np.full(3, NOBODY))

    assert holder.tolist() == [0, 1, 2]


def test_costs_too_great_for_one_key_are_put_in_the_same_order():
    mentor, leaver = np.array([1, 0, 0]), np.array([0, 1, 0])
    small, great = np.array([5, 4, 3]), np.array([5, 4, 3]) * 2**58

    orders = [market_of(mentor, leaver, cost, np.ones(2, int)).leaver for cost in (small, great)]

    assert orders[0].tolist() == orders[1].tolist() == [0, 1, 0]
