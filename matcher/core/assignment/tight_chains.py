"""Chains of moves that lose nothing, in a plan that is the best: how a free place is filled.

A chain goes from mentor to mentor: a leaver moves on, and frees a place for
the next. With the prices of a best plan no move gains anything, and a chain
that loses nothing is a chain of tight pairs: those whose leaver is as well off
with either mentor.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order

from matcher.core.assignment.cohort import Cohort
from matcher.core.assignment.plan_input import Integers
from matcher.core.assignment.prices import UNREACHED, Prices, least_prices


def tight_chains(cohort: Cohort, held: Integers, prices: Prices) -> Integers:
    """Return what comes before each leaver and each mentor in chains that lose nothing.

    Leavers come first, then mentors, then the beginning of all chains: a
    leaver who is alone, or a mentor's last place left empty. Below nothing
    where no such chain leads; with the least prices one leads everywhere.
    """
    leavers, mentors = held.size, cohort.places.size
    start = leavers + mentors
    alone, covered = np.flatnonzero(held < 0), np.flatnonzero(held >= 0)
    given_up = np.flatnonzero(
        (prices.urgency == 0) & (prices.value == cohort.last_place_costs(held))
    )
    tight = _tight_pairs(cohort, held, prices)
    begins = np.full(alone.size + given_up.size, start)
    moves_on, asks = leavers + cohort.mentor[held[covered]], cohort.leaver[tight]
    before = np.concatenate([begins, moves_on, asks])
    after = np.concatenate([alone, leavers + given_up, covered, leavers + cohort.mentor[tight]])
    graph = sparse.csr_array((np.ones(after.size), (before, after)), shape=(start + 1, start + 1))
    _, before_each = breadth_first_order(graph, start, return_predecessors=True)
    come_from: Integers = before_each.astype(np.int64)
    return come_from


def _tight_pairs(cohort: Cohort, held: Integers, prices: Prices) -> Integers:
    covered = np.flatnonzero(held >= 0)
    own = cohort.mentor[held[covered]]
    urgency, points = cohort.urgency.copy(), np.zeros_like(cohort.urgency)
    urgency[covered] = prices.urgency[own]
    points[covered] = prices.value[own] - cohort.value[held[covered]]
    tight = prices.value[cohort.mentor] == cohort.value + points[cohort.leaver]
    tight[held[covered]] = False
    pairs = np.flatnonzero(tight)
    as_urgent = prices.urgency[cohort.mentor[pairs]] == urgency[cohort.leaver[pairs]]
    found: Integers = pairs[as_urgent]
    return found


def fill(cohort: Cohort, held: Integers, mentor: int, come_from: Integers) -> None:
    """Fill a free place of this mentor along a chain that loses nothing, or leave it empty."""
    start = come_from.size - 1
    leaver = int(come_from[held.size + mentor])
    while leaver != start:
        before = int(come_from[leaver])
        held[leaver] = cohort.pair_number(leaver, mentor)
        if before == start:
            return
        mentor = before - held.size
        leaver = int(come_from[before])


def least_again(cohort: Cohort, held: Integers, prices: Prices) -> Prices:
    """Return the least prices of a best plan, given any at which nobody would gain by a move.

    Where a chain that loses nothing leads to a mentor, the price is the least
    already; only the others are looked at anew.
    """
    costs = cohort.last_place_costs(held)
    value = np.where(prices.urgency == 0, np.maximum(prices.value, costs), prices.value)
    chains = tight_chains(cohort, held, Prices(prices.urgency, value))
    anew = chains[held.size : -1] < 0
    if not anew.any():
        return Prices(prices.urgency, value)
    pairs = np.flatnonzero(anew[cohort.mentor])
    urgency = least_prices(
        cohort,
        pairs,
        np.zeros_like(cohort.value),
        held,
        floor=np.where(anew, 0, prices.urgency),
        alone=cohort.urgency,
    )
    standing = cohort.of_their_mentor(urgency, held, alone=cohort.urgency)
    tight = pairs[standing[cohort.leaver[pairs]] == urgency[cohort.mentor[pairs]]]
    floor = np.where(anew, np.where(urgency > 0, UNREACHED, costs), value)
    least = least_prices(cohort, tight, cohort.value, held, floor, np.zeros_like(held))
    return Prices(urgency, least)
