"""Other ways to find a whole plan, each given the same problem.

Urgency comes first, by a factor that is exact for what is asked here and not
for any input; then points less the load of each further place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

LOAD = 2.0
"""Points that a mentor's k-th place costs, times k - 1."""

Numbers = NDArray[np.int64]

Found = tuple[int, int]
"""The urgency covered, and how many leavers."""


class Cohort(NamedTuple):
    """What a plan is made from: points of leavers × mentors, places, urgency."""

    values: sparse.csr_array
    places: Numbers
    urgency: Numbers

    @property
    def thousandths(self) -> Numbers:
        """Return the points of each pair in whole thousandths."""
        return np.rint(self.values.data * 1000).astype(np.int64)

    @property
    def owners(self) -> Numbers:
        """Return the mentor of each place."""
        return np.repeat(np.arange(self.places.size), self.places)

    @property
    def place_costs(self) -> Numbers:
        """Return the load of each place, in thousandths."""
        before = np.arange(self.owners.size) - np.repeat(
            np.cumsum(self.places) - self.places, self.places
        )
        return int(1000 * LOAD) * before

    @property
    def factor(self) -> int:
        """Return what a unit of urgency counts for, in thousandths: more than all points."""
        most = int(self.thousandths.max() + self.place_costs.max(initial=0))
        return self.urgency.size * most + 1


def greedy(cohort: Cohort) -> Found:
    """Take the best free pair until there is none."""
    table = cohort.values.tocoo()
    best_first = np.argsort(-table.data, kind="stable")
    free, alone = cohort.places.tolist(), np.ones(cohort.urgency.size, dtype=bool)
    for leaver, mentor in zip(
        table.row[best_first].tolist(), table.col[best_first].tolist(), strict=True
    ):
        if alone[leaver] and free[mentor]:
            alone[leaver] = False
            free[mentor] -= 1
    return int(cohort.urgency[~alone].sum()), int((~alone).sum())


def _place_by_place(cohort: Cohort) -> sparse.csr_array:
    """Return what each pair costs at each place, 1 or more."""
    points, place_costs = cohort.thousandths, cohort.place_costs
    costs = sparse.csr_array(
        (1.0 + points.max() - points, cohort.values.indices, cohort.values.indptr),
        shape=cohort.values.shape,
    )[:, cohort.owners]
    costs.data += place_costs[costs.indices]
    return costs


def _covered(cohort: Cohort, columns: Numbers) -> Found:
    covered = columns < cohort.owners.size
    return int(cohort.urgency[covered].sum()), int(covered.sum())


def whole_graph(cohort: Cohort) -> Found:
    """Solve all in one bare call."""
    alone = sparse.diags_array(float(cohort.factor) * cohort.urgency)
    costs = sparse.hstack([_place_by_place(cohort), alone], format="csr")
    return _covered(cohort, min_weight_full_bipartite_matching(costs)[1])


def dense(cohort: Cohort) -> Found:
    """Solve all as a full table."""
    size, places = cohort.urgency.size, cohort.owners.size
    table = np.full((size, places + size), np.inf)
    costs = _place_by_place(cohort).tocoo()
    table[costs.row, costs.col] = costs.data
    alone = np.arange(size)
    table[alone, places + alone] = float(cohort.factor) * cohort.urgency
    return _covered(cohort, linear_sum_assignment(table)[1])


def min_cost_flow(cohort: Cohort) -> Found:
    """Solve all as one flow: leavers, mentors, and an end that takes everybody."""
    size, owners, points = cohort.urgency.size, cohort.owners, cohort.thousandths
    leavers, end = np.arange(size), 2 * size
    tails = [np.repeat(leavers, np.diff(cohort.values.indptr)), size + owners, leavers]
    heads = [size + cohort.values.indices, np.full(owners.size + size, end)]
    costs = np.concatenate([-points, cohort.place_costs, cohort.factor * cohort.urgency])
    flow = SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(tails), np.concatenate(heads), np.ones_like(costs), costs
    )
    flow.set_nodes_supplies(np.append(leavers, end), np.append(np.ones(size, np.int64), -size))
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("OR-Tools found no best flow")
    covered = flow.flows(np.arange(costs.size))[-size:] == 0
    return int(cohort.urgency[covered].sum()), int(covered.sum())
