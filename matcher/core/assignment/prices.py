"""Prices of mentors' places, and the proof that they carry.

A price is what one more place of a mentor would be worth if it cost nothing:
what its new leaver brings, and what the place that they leave is worth in turn.
That is a longest path in the residual graph of a plan.

The price of each filled place, and what each pair is worth beyond the price of
its mentor, together add up to a plan. So the best of every place and of every
leaver at any prices, added up, is more than any plan has, or as much (weak
duality). This bound looks at every eligible pair and at no plan; a plan that
reaches it is proved best.

Urgency and points are kept as two numbers that are compared one after the
other, never as one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.core.assignment.cohort import Cohort, runs
from matcher.core.assignment.plan_input import Integers

UNREACHED = -(2**61)
"""A price below every true one, far enough from the end of int64 to be added to."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Per mentor, the urgency and the thousandths of a point that a place is worth."""

    urgency: Integers
    value: Integers


def least_prices(
    cohort: Cohort,
    pairs: Integers,
    gains: Integers,
    held: Integers,
    floor: Integers,
    alone: Integers,
) -> Integers:
    """Return the least prices at which nobody would gain by a move.

    A mentor's price is the greatest of its `floor` and, over its `pairs`, of
    the pair's gain and what the leaver leaves: for one who holds a pair, the
    price of that mentor less the gain of that pair; for the others `alone`.
    Sweeps like Bellman and Ford's, each over the pairs of the leavers whose
    mentor's price has just risen. Where the plan can be bettered prices rise
    for ever; they are left as they are after one sweep for each mentor, and
    the bound from them tells.
    """
    first = np.searchsorted(pairs, cohort.first)
    mentors, gains_here = cohort.mentor[pairs], gains[pairs]
    holding = np.flatnonzero((held >= 0) & (np.diff(first) > 0))
    own_mentor, own_gain = cohort.mentor[held[holding]], gains[held[holding]]
    left = alone.copy()
    left[holding] = floor[own_mentor] - own_gain
    prices = floor.copy()
    moved = np.arange(held.size)
    for _ in range(prices.size + 1):
        lengths = first[moved + 1] - first[moved]
        asked = runs(first[moved], lengths)
        before = prices.copy()
        np.maximum.at(prices, mentors[asked], gains_here[asked] + np.repeat(left[moved], lengths))
        risen = np.flatnonzero((prices > before)[own_mentor])
        if not risen.size:
            break
        moved = holding[risen]
        left[moved] = prices[own_mentor[risen]] - own_gain[risen]
    return prices


def bound(cohort: Cohort, prices: Prices) -> tuple[int, int]:
    """Return the urgency that no plan exceeds, and the thousandths no plan of that urgency does.

    Every place counts for its price above its cost, every leaver for the best
    of all their pairs above the mentor's price, and none for less than nothing.
    """
    of_places = _gains_of_places(cohort, prices)
    of_leavers = _gains_of_leavers(cohort, prices)
    return of_places[0] + of_leavers[0], of_places[1] + of_leavers[1]


def _gains_of_places(cohort: Cohort, prices: Prices) -> tuple[int, int]:
    if cohort.load:
        cheaper = -((cohort.costs(np.zeros_like(cohort.places)) - prices.value) // cohort.load)
        cheaper = np.clip(cheaper, 0, cohort.places)
    else:
        cheaper = np.where(prices.value > 0, cohort.places, 0)
    counted = np.where(prices.urgency > 0, cohort.places, cheaper)
    value = (prices.value * counted).sum() - cohort.cost_of_filling(counted)
    return int((prices.urgency * cohort.places).sum()), int(value)


def _gains_of_leavers(cohort: Cohort, prices: Prices) -> tuple[int, int]:
    able = np.flatnonzero(np.diff(cohort.first))
    if not able.size:
        return 0, 0
    starts = cohort.first[able]
    asked = prices.urgency[cohort.mentor]
    least = np.minimum.reduceat(asked, starts)
    gains = cohort.value - prices.value[cohort.mentor]
    gains[asked > np.repeat(least, np.diff(cohort.first)[able])] = UNREACHED
    value = np.maximum.reduceat(gains, starts)
    urgency = cohort.urgency[able] - least
    value[(urgency < 0) | ((urgency == 0) & (value < 0))] = 0
    return int(urgency[urgency > 0].sum()), int(value.sum())


def worth_of_one_more(cohort: Cohort, prices: Prices) -> Prices:
    """Return what one more place of each mentor adds, once the place itself is paid for."""
    value = prices.value - cohort.costs(cohort.places)
    return Prices(prices.urgency, np.where((prices.urgency == 0) & (value < 0), 0, value))
