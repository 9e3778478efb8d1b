"""Many chains of moves at once: the places that bidding left free are filled.

A chain starts from a mentor with a free place, who takes a leaver from another
mentor, who takes one from a third, until one takes a leaver whom nobody has.
At the prices a pair costs its mentor as much as their cheapest, or is dearer,
and whom they have is never dearer. One search from all leavers whom nobody has
tells for every mentor how dear the cheapest chain is. Prices raised by as much
keep all this true, and the cheapest chain from anyone is then not dear at all.
So of all chains that end with one leaver any may be gone along, and those that
end with different leavers share nobody (the Hungarian method, searched from the
side that need not be filled, so that chains of any length go at once).

A search looks no further than its reach, and prices rise by no more. So pairs
dearer than that cannot matter to it, and most pairs are dearer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from matcher.core.assignment.bidding import DEAR, NOBODY, Market
from matcher.core.assignment.components import Table
from matcher.core.assignment.plan_input import Integers

REACH = 1000
"""How dear chains may be that are looked for at first; twice as dear whenever too few are found."""

SEARCHES = 4
"""Searches before all pairs are looked at again: the more, the more pairs each has to look at."""


def fill(market: Market, holder: Integers, prices: Integers) -> Integers:
    """Return per leaver who has them once all places are filled, at the least cost.

    holder, prices: per leaver, from `bid`; nobody is let go of. Where the
    places cannot all be filled, some stay free.
    """
    mentor = np.repeat(np.arange(market.places.size), np.diff(market.first))
    pairs = _Pairs(mentor, market.leaver, market.cost)
    chains = _Chains(market.places, holder.copy(), prices.copy(), _levels(market, prices))
    reach = REACH
    while reach < DEAR and chains.free().any():
        near = pairs.at(np.flatnonzero(chains.dearer(pairs) < SEARCHES * reach))
        for _ in range(SEARCHES):
            if not chains.free().any():
                break
            filled, out_of_reach = chains.go_along(near, reach)
            if out_of_reach > filled:
                reach *= 2
                break
    return chains.holder


def _levels(market: Market, prices: Integers) -> Integers:
    """Return what each mentor's cheapest leaver costs at the prices."""
    levels = np.zeros_like(market.places)
    able = np.flatnonzero(np.diff(market.first))
    if able.size:
        at_prices = market.cost + prices[market.leaver]
        levels[able] = np.minimum.reduceat(at_prices, market.first[able])
    return levels


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Eligible pairs, mentor after mentor."""

    mentor: Integers
    leaver: Integers
    cost: Integers

    def at(self, numbers: Integers) -> _Pairs:
        """Return the pairs of these numbers."""
        return _Pairs(self.mentor[numbers], self.leaver[numbers], self.cost[numbers])


@dataclass(frozen=True, eq=False)
class _Chains:
    """Who has whom so far, and the prices and levels that prove it cheapest; both only rise."""

    places: Integers
    holder: Integers
    prices: Integers
    levels: Integers

    def free(self) -> Integers:
        """Return how many places of each mentor are free."""
        held = self.holder[self.holder != NOBODY]
        return self.places - np.bincount(held, minlength=self.levels.size)

    def dearer(self, pairs: _Pairs) -> Integers:
        """Return how much dearer each pair is than the cheapest of its mentor."""
        dearer: Integers = pairs.cost + self.prices[pairs.leaver]
        dearer -= self.levels[pairs.mentor]
        return dearer

    def go_along(self, pairs: _Pairs, reach: int) -> tuple[int, int]:
        """Search once; return how many places are filled, and how many mentors found no chain."""
        dearer = self.dearer(pairs)
        cheap = np.flatnonzero(dearer < reach)
        pairs, dearer = pairs.at(cheap), dearer[cheap]
        takers, holders = pairs.mentor, self.holder[pairs.leaver]
        far, onward = _ways_to_nobody(takers, holders, dearer, reach, self.levels.size)
        on_the_way = (onward[takers] == holders) & (far[takers] == dearer + far[holders])
        taken = np.full_like(self.levels, NOBODY)
        taken[takers[on_the_way]] = pairs.leaver[on_the_way]
        self.levels[:] += far[:-1]
        self.prices[:] += far[self.holder]
        starts = np.flatnonzero(self.free() > 0)
        found = starts[taken[starts] != NOBODY]
        return self._move(found, taken), starts.size - found.size

    def _move(self, starts: Integers, taken: Integers) -> int:
        """Go along chains that end with different leavers; return how many."""
        ends = starts.copy()
        while (ongoing := np.flatnonzero(self.holder[taken[ends]] != NOBODY)).size:
            ends[ongoing] = self.holder[taken[ends[ongoing]]]
        _, first = np.unique(taken[ends], return_index=True)
        mentors = starts[first]
        while mentors.size:
            leavers = taken[mentors]
            others = self.holder[leavers]
            self.holder[leavers] = mentors
            mentors = others[others != NOBODY]
        return first.size


def _ways_to_nobody(
    takers: Integers, holders: Integers, dearer: Integers, reach: int, mentors: int
) -> tuple[Integers, Integers]:
    """Return how dear each mentor's cheapest chain is, at most `reach`, and who comes next in it.

    Nobody stands behind the last mentor, where NOBODY as an index finds them.
    """
    size = mentors + 1
    first = np.searchsorted(takers, np.arange(size + 1))
    stored = (dearer.astype(np.float64), holders % size, first)
    table: Table = sparse.csr_array(stored, shape=(size, size))
    [far], [onward] = dijkstra(
        table.T.tocsr(), indices=[mentors], limit=reach, return_predecessors=True
    )
    return np.minimum(far, reach).astype(np.int64), np.where(onward == mentors, NOBODY, onward)
