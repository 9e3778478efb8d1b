"""Who can be covered: the greatest sum of urgency, before any value is looked at.

The leavers that some plan covers together form a transversal matroid, so that
a plan of the greatest sum of urgency also covers the greatest number, and only
the order of the urgencies matters, not how far apart they are.

What one more place of a mentor would add to the urgency covered is that
mentor's urgency price. It says more than the plan it came from: a plan has
the greatest urgency exactly when every pair in it is tight (the leaver's
standing is the mentor's price), every leaver of more urgency than their
standing is covered, and every place that has a price is filled (complementary
slackness). So from here on urgency is a matter of which pairs and places to
use, and never mixes with points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.core.assignment.cohort import Cohort
from matcher.core.assignment.full_matching import cheapest_full_matching
from matcher.core.assignment.plan_input import Integers
from matcher.core.assignment.prices import least_prices


@dataclass(frozen=True, eq=False)
class Coverage:
    """What every plan of the greatest urgency has in common.

    prices: per mentor, the urgency that one more place would add
    tight: the numbers of the pairs such a plan may use
    sure: per leaver, whether every such plan covers them
    """

    prices: Integers
    tight: Integers
    sure: NDArray[np.bool_]


def greatest_coverage(cohort: Cohort) -> Coverage:
    """Find the greatest sum of urgency that the places allow, and what it asks of a plan."""
    held = _most_urgent(cohort)
    everyone = np.arange(cohort.leaver.size)
    prices = least_prices(
        cohort,
        everyone,
        np.zeros_like(cohort.value),
        held,
        floor=np.zeros_like(cohort.places),
        alone=cohort.urgency,
    )
    standing = cohort.of_their_mentor(prices, held, alone=cohort.urgency)
    tight = np.flatnonzero(standing[cohort.leaver] == prices[cohort.mentor])
    return Coverage(prices, tight, cohort.urgency > standing)


def _most_urgent(cohort: Cohort) -> Integers:
    """Return who has whom in a plan of the greatest urgency.

    Each leaver has a column of their own beside the places: to stay alone,
    which costs the rank of their urgency.
    """
    leavers = np.arange(cohort.urgency.size)
    ranks = np.unique(cohort.urgency, return_inverse=True)[1] + 1
    # The most urgent first: it spares the solver half its search.
    rows = np.empty_like(leavers)
    rows[np.argsort(-ranks, kind="stable")] = leavers
    owners, _ = cohort.place_owners()
    pairs, places = cohort.place_by_place(np.arange(cohort.leaver.size))
    columns = cheapest_full_matching(
        np.concatenate([rows[cohort.leaver[pairs]], rows]),
        np.concatenate([places, owners.size + leavers]),
        np.concatenate([np.ones_like(places), 1 + ranks]),
        (leavers.size, owners.size + leavers.size),
    )[rows]
    held = np.full_like(leavers, -1)
    covered = np.flatnonzero(columns < owners.size)
    held[covered] = cohort.pair_numbers(covered, owners[columns[covered]])
    return held
