"""The best whole set of pairs, with its proof: one solve for everybody.

Two levels, in order and never mixed: first the greatest sum of urgency over
the leavers covered, which is also the greatest number covered; then the
greatest sum of value + bonus - load. All of it in whole numbers: the first
level says which pairs and places a plan of the greatest urgency uses
(`coverage`), the second is solved among those (`filling`), and prices prove
both for the very plan that comes out (`prices`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from matcher.core.assignment.cohort import Cohort, cohort_of
from matcher.core.assignment.coverage import greatest_coverage
from matcher.core.assignment.filling import best_pairs, value_prices
from matcher.core.assignment.moves import Solved
from matcher.core.assignment.plan import Plan, proved
from matcher.core.assignment.plan_input import STORED, Integers, Pairs, Sparse
from matcher.core.assignment.prices import UNREACHED, Prices, worth_of_one_more

FEW = 8
"""Places of one mentor that are looked at first; each is a copy of all their pairs."""


def worth(scores: Any) -> Any:
    """Return what scores of 0 to 100 are worth: 100·(1 - (1 - score/100)²).

    A point gained by someone badly matched counts for more than one gained by
    someone well matched. A number gives a float, an array an array, a sparse
    array a sparse array of the same format with the same stored entries.
    Raises `ValueError` for a score outside 0 to 100, or one that is no number.
    """
    if sparse.issparse(scores):
        if not isinstance(scores, STORED):
            raise ValueError("sparse scores must be in CSR, CSC or COO format.")
        worths = scores.astype(np.float64)
        worths.data = worth(worths.data)
        return worths
    score = np.asarray(scores, dtype=np.float64)
    outside = ~((score >= 0) & (score <= 100))
    if outside.any():
        raise ValueError(f"scores must be from 0 to 100, not {score[outside].flat[0]}.")
    return 100 * (1 - (1 - score / 100) ** 2)


def assign(
    values: Sparse,
    places: ArrayLike,
    taken: ArrayLike | None = None,
    urgency: ArrayLike | None = None,
    keep: Pairs = (),
    bonus: float = 0.0,
    load: float = 0.0,
) -> Plan:
    """Return the best plan: the greatest sum of urgency, and then of value + bonus - load.

    values: sparse, leavers × mentors, points, 0 or more; the stored entries
        are the eligible pairs, stored zeros included
    places: per mentor, how many leavers they can still take
    taken: per mentor, places already taken, for the load (default none)
    urgency: per leaver, 1 or more (default 1)
    keep: (leaver, mentor) pairs that get the bonus; one that is not eligible
        has no effect
    bonus: points for each pair kept
    load: points; a mentor's k-th place, counting those taken, costs load·(k - 1)

    Points are rounded to the nearest thousandth. The same input gives the same
    plan, whatever the order or the format its entries are stored in. Raises
    `ValueError`, naming what is wrong, for anything else than the above, for a
    pair stored twice, and for values too great to be added up exactly.
    """
    return solve(values, places, taken, urgency, keep, bonus, load).plan


def solve(
    values: Sparse,
    places: ArrayLike,
    taken: ArrayLike | None = None,
    urgency: ArrayLike | None = None,
    keep: Pairs = (),
    bonus: float = 0.0,
    load: float = 0.0,
) -> Solved:
    """Return the plan of `assign`, which takes the same, ready to be asked what would happen if."""
    kept = [tuple(pair) for pair in keep]
    cohort = cohort_of(values, places, taken, urgency, kept, bonus, load)
    counted = np.minimum(cohort.places, FEW)
    while True:
        few = replace(cohort, places=counted)
        held, prices = _solve(few)
        # Best among fewer places is best among all, where nobody would use one more.
        more = worth_of_one_more(few, prices)
        wanting = (counted < cohort.places) & ((more.urgency > 0) | (more.value > 0))
        if not wanting.any():
            plan = proved(cohort, held, prices)
            return Solved(plan, cohort, held, prices, frozenset(kept), bonus)
        counted = np.where(wanting, np.minimum(cohort.places, 2 * counted), counted)


def _solve(cohort: Cohort) -> tuple[Integers, Prices]:
    """Return who has whom in a best plan, and the least prices at which it is best."""
    coverage = greatest_coverage(cohort)
    held = best_pairs(cohort, coverage)
    floor = np.where(coverage.prices > 0, UNREACHED, cohort.last_place_costs(held))
    return held, Prices(coverage.prices, value_prices(cohort, coverage.tight, held, floor))
