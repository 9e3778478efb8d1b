"""A plan, and the proof that no other is better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.core.assignment.cohort import Cohort
from matcher.core.assignment.plan_input import THOUSANDTHS, Integers
from matcher.core.assignment.prices import Prices, bound, worth_of_one_more


@dataclass(frozen=True, eq=False)
class Plan:
    """Who walks with whom, and the proof that no other plan is better.

    pairs: n × 2 whole numbers, (leaver, mentor), sorted; leavers and mentors
        are numbered from 0 as in what was given
    covered: how many leavers have a mentor, the greatest number possible
    urgency: the sum of their urgency, the greatest possible
    total: points, the sum over the pairs of value + bonus - load; a whole
        number of thousandths divided by 1,000
    bound: points, the least upper bound on `total` at that urgency, from the
        dual prices alone
    prices: mentors × 2, what one more place of each mentor would add to
        `urgency` and to `total` (points; below nothing where covering one
        leaver more costs others some of theirs)
    """

    pairs: Integers
    covered: int
    urgency: int
    total: float
    bound: float
    prices: NDArray[np.float64]


def proved(cohort: Cohort, held: Integers, prices: Prices) -> Plan:
    """Return the plan, or refuse one that is not proved to be the best."""
    covered = np.flatnonzero(held >= 0)
    pairs = held[covered]
    urgency = int(cohort.urgency[covered].sum())
    total = int(cohort.value[pairs].sum()) - cohort.cost_of_filling(cohort.filled(held))
    most_urgency, most_value = bound(cohort, prices)
    if (urgency, total) != (most_urgency, most_value):
        raise RuntimeError(
            f"The plan is not proved best: its urgency is {urgency} and the bound {most_urgency}, "
            f"its total {total} thousandths and the bound {most_value}."
        )
    more = worth_of_one_more(cohort, prices)
    return Plan(
        pairs=np.stack([covered, cohort.mentor[pairs]], axis=1),
        covered=covered.size,
        urgency=urgency,
        total=total / THOUSANDTHS,
        bound=most_value / THOUSANDTHS,
        prices=np.stack([more.urgency, more.value / THOUSANDTHS], axis=1),
    )
