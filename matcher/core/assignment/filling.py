"""Which pairs: the greatest sum of points among the plans of the greatest urgency.

The solver is quick where the rows it inserts are the scarce side, and slow
where they are too many: the last of them look far and wide for nothing. So the
leavers who are sure of a place choose among the places first; then, from where
that left them, the places that must be filled choose among the leavers.
"""

from __future__ import annotations

import numpy as np

from matcher.core.assignment.bidding import NOBODY, bid, market_of
from matcher.core.assignment.cohort import Cohort
from matcher.core.assignment.coverage import Coverage
from matcher.core.assignment.full_matching import cheapest_full_matching
from matcher.core.assignment.many_chains import fill
from matcher.core.assignment.plan_input import Integers
from matcher.core.assignment.prices import least_prices


def best_pairs(cohort: Cohort, coverage: Coverage) -> Integers:
    """Return who has whom in a plan of the most points among those of the greatest urgency."""
    tight = coverage.tight
    of_the_sure = tight[coverage.sure[cohort.leaver[tight]]]
    held = _places_for_the_sure(cohort, coverage, of_the_sure)
    prices = value_prices(cohort, of_the_sure, held, cohort.last_place_costs(held))
    filled = _leavers_for_the_places(cohort, coverage, held, prices)
    return np.where(filled >= 0, filled, held)


def value_prices(cohort: Cohort, pairs: Integers, held: Integers, floor: Integers) -> Integers:
    """Return the least prices in thousandths over these pairs; see `least_prices`."""
    alone = np.zeros_like(held)
    return least_prices(cohort, pairs, cohort.value, held, floor, alone)


def _places_for_the_sure(cohort: Cohort, coverage: Coverage, pairs: Integers) -> Integers:
    """Return the best way to cover the sure leavers; nobody else holds a pair yet."""
    sure = np.flatnonzero(coverage.sure)
    owners, before = cohort.place_owners()
    pairs, places = cohort.place_by_place(pairs)
    place_costs = cohort.load * (cohort.taken[owners] + before)
    columns = cheapest_full_matching(
        np.searchsorted(sure, cohort.leaver[pairs]),
        places,
        1 + cohort.value.max(initial=0) - cohort.value[pairs] + place_costs[places],
        (sure.size, owners.size),
    )
    held = np.full(cohort.urgency.size, -1)
    held[sure] = cohort.pair_numbers(sure, owners[columns])
    return held


def _leavers_for_the_places(
    cohort: Cohort, coverage: Coverage, held: Integers, prices: Integers
) -> Integers:
    """Return the best way to fill all places that have an urgency price.

    Such places are filled in every plan and their load is paid in every plan,
    so nothing changes when an amount is added to all costs of a place or of a
    sure leaver, or one amount to all who are not sure. `_costs` adds them so
    that for the places filled so far nothing is as cheap as the sure leavers.
    Bidding and shortest augmenting paths that start from there never let go of
    a leaver: so the cheapest way to fill all places takes every sure leaver,
    and everyone whom the bidding found a place for.
    """
    pairs = coverage.tight[coverage.prices[cohort.mentor[coverage.tight]] > 0]
    places = np.where(coverage.prices > 0, cohort.places, 0)
    costs = _costs(cohort, coverage, held, prices)[pairs]
    covered = np.flatnonzero(held >= 0)
    covered = covered[places[cohort.mentor[held[covered]]] > 0]
    before = np.full_like(held, NOBODY)
    before[covered] = cohort.mentor[held[covered]]
    market = market_of(cohort.mentor[pairs], cohort.leaver[pairs], costs, places)
    holder = fill(market, *bid(market, before))
    chosen = np.full_like(held, -1)
    leavers = np.flatnonzero(holder != NOBODY)
    chosen[leavers] = cohort.pair_numbers(leavers, holder[leavers])
    return chosen


def _costs(cohort: Cohort, coverage: Coverage, held: Integers, prices: Integers) -> Integers:
    """Return for each tight pair what it costs: 1 if it is held, as much or more if not.

    A pair of a leaver who is not sure costs 2 or more.
    """
    sure = np.flatnonzero(coverage.sure)
    surplus = np.zeros_like(held)
    surplus[sure] = cohort.value[held[sure]] - prices[cohort.mentor[held[sure]]]
    costs = 1 + surplus[cohort.leaver] + prices[cohort.mentor] - cohort.value
    unsure = coverage.tight[~coverage.sure[cohort.leaver[coverage.tight]]]
    costs[unsure] += 2 - costs[unsure].min(initial=2)
    return costs
