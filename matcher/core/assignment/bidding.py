"""Mentors bid for leavers: most free places are filled before any search.

A mentor with a free place looks at as many of the cheapest leavers as they
have places, and bids for each of them up to where the next one would be as
cheap. The highest bid gets the leaver, and its price stands. What a mentor has
is always the cheapest for them at the prices; a leaver whom somebody has is
never let go of again, and one whom nobody has is free of charge. So what comes
out is as far as it goes a cheapest way to fill the places, for a solver to go
on from (Bertsekas' auction without an increment, Jonker and Volgenant's
augmenting row reduction; all who want a leaver bid at once).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.core.assignment.cohort import runs
from matcher.core.assignment.plan_input import Integers

NOBODY = -1
DEAR = 2**61
"""More than any leaver costs."""

PAIRS_LOOKED_AT = 2
"""Bidding ends when this many times all pairs have been looked at."""

CHEAPEST = 16
"""Pairs of a mentor that are looked at first; twice as many whenever they are too few."""

OWN, FREE, TAKEN = range(3)
"""Which of equally cheap leavers comes first."""


@dataclass(frozen=True, eq=False)
class Market:
    """Mentors who must fill all their places, and what each eligible leaver costs them.

    Pairs are in the order of their mentors, and of each the cheapest first:
    those of mentor ``m`` from ``first[m]`` up to ``first[m + 1]``.
    """

    first: Integers
    leaver: Integers
    cost: Integers
    places: Integers


def market_of(mentors: Integers, leavers: Integers, costs: Integers, places: Integers) -> Market:
    """Put pairs in order for the bidding; costs are whole numbers from 0."""
    width = int(costs.max(initial=0)) + 1
    if places.size * width < DEAR:
        order = np.argsort(mentors * width + costs)
    else:
        order = np.lexsort((costs, mentors))
    first = np.searchsorted(mentors[order], np.arange(places.size + 1))
    return Market(first, leavers[order], costs[order], places)


def bid(market: Market, holder: Integers) -> tuple[Integers, Integers]:
    """Return per leaver who has them after the bidding, and their price.

    holder: per leaver who has them before; each the cheapest for that mentor
    """
    holder, prices = holder.copy(), np.zeros_like(holder)
    mentors = market.places.size
    seen = np.minimum(np.diff(market.first), CHEAPEST)
    looked_at = 0
    while looked_at < PAIRS_LOOKED_AT * market.leaver.size:
        filled = np.bincount(holder[holder >= 0], minlength=mentors)
        bidding = np.flatnonzero((filled < market.places) & (seen > 0))
        looked_at += int(seen[bidding].sum())
        if not bidding.size or not _round(market, bidding, seen, holder, prices):
            break
    return holder, prices


def _round(
    market: Market, bidding: Integers, seen: Integers, holder: Integers, prices: Integers
) -> bool:
    """Let these mentors bid once; return whether anything changed."""
    pairs, at = _looked_at(market, bidding, seen)
    picked, limit = _picked(market, bidding, pairs, at, holder, prices)
    end = market.first[bidding] + seen[bidding]
    more = end < market.first[bidding + 1]
    beyond = np.where(more, market.cost[np.minimum(end, market.cost.size - 1)], DEAR)
    too_few = bidding[limit > beyond]
    seen[too_few] = np.minimum(2 * seen[too_few], np.diff(market.first)[too_few])
    limit = np.minimum(limit, beyond)
    leaver = market.leaver[pairs[picked]]
    bids = limit[at[picked]] - market.cost[pairs[picked]]
    able = bids >= prices[leaver]
    changed = _sell(bidding[at[picked]][able], leaver[able], bids[able], holder, prices)
    return changed or too_few.size > 0


def _looked_at(market: Market, bidding: Integers, seen: Integers) -> tuple[Integers, Integers]:
    """Return the pairs that these mentors look at, and for each the place of its mentor."""
    lengths = seen[bidding]
    return runs(market.first[bidding], lengths), np.repeat(np.arange(bidding.size), lengths)


def _picked(
    market: Market,
    bidding: Integers,
    pairs: Integers,
    at: Integers,
    holder: Integers,
    prices: Integers,
) -> tuple[Integers, Integers]:
    """Return which pairs are the cheapest of each mentor, and what the next one costs.

    As many as the mentor has places. Where there is no next one, what the
    last of them costs.
    """
    leavers, places = market.leaver[pairs], market.places[bidding]
    standing = np.where(holder[leavers] == bidding[at], OWN, TAKEN)
    standing[holder[leavers] == NOBODY] = FREE
    keys = 4 * (market.cost[pairs] + prices[leavers]) + standing
    first = np.searchsorted(at, np.arange(bidding.size))
    picked, limit = [], np.zeros(bidding.size, np.int64)
    for taken in range(int(places.max()) + 1):
        cheapest = np.minimum.reduceat(keys, first)
        there = (cheapest < DEAR) & (places >= taken)
        limit[there] = cheapest[there] // 4
        wanted = there & (places > taken)
        found = np.flatnonzero((keys == cheapest[at]) & wanted[at])
        found = found[np.diff(at[found], prepend=-1) > 0]
        keys[found] = DEAR
        picked.append(found)
    return np.concatenate(picked), limit


def _sell(
    bidder: Integers, leaver: Integers, bids: Integers, holder: Integers, prices: Integers
) -> bool:
    """Give each leaver to the highest bid above their price, or any if nobody has them.

    Who has a leaver already keeps them at the same price.
    """
    own = holder[leaver] == bidder
    order = np.lexsort((bidder, ~own, -bids, leaver))
    leaver, at = np.unique(leaver[order], return_index=True)
    bidder, bids = bidder[order][at], bids[order][at]
    counts = (bids > prices[leaver]) | (holder[leaver] == NOBODY)
    leaver = leaver[counts]
    holder[leaver], prices[leaver] = bidder[counts], bids[counts]
    return leaver.size > 0
