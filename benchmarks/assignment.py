"""How long a whole plan takes, proof included, beside two other ways to make one.

Cohorts have as many leavers as mentors, about 106 eligible mentors for each
leaver and 5% fewer places than leavers. People live in 12 regions; where some
pairs reach across borders, everybody hangs together in one part. Beside each
plan, in the same run: greedy (the best free pair first), and scipy's solver on
the whole graph at once, without a proof. Seconds are the processor's, so that
others at work on the machine count little; they differ from machine to
machine; the ratios are there to be compared.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from matcher.core.assignment import assign, worth

SIZES = (2_000, 5_000, 10_000, 20_000)
ELIGIBLE = 106
PLACES = 0.95
REGIONS = 12
ACROSS = 0.003
"""The share of pairs that reach over a border, where some do."""

URGENCIES = (1, 2, 4, 8, 16)
SHARES = (0.4, 0.25, 0.2, 0.1, 0.05)

Numbers = NDArray[np.int64]


class Cohort(NamedTuple):
    """What a plan is made from: points of leavers × mentors, places, urgency."""

    values: sparse.csr_array
    places: Numbers
    urgency: Numbers


def drawn(size: int, across: float) -> Cohort:
    """Draw a cohort of so many leavers and as many mentors, the same each time."""
    chance = np.random.default_rng(size)
    leaver_regions, mentor_regions = chance.integers(0, REGIONS, (2, size))
    pairs = [chance.integers(0, size, (2, int(across * ELIGIBLE * size)))]
    for region in range(REGIONS):
        here, there = (np.flatnonzero(each == region) for each in (leaver_regions, mentor_regions))
        near = _near(chance, here.size, there.size)
        pairs.append(np.stack([here[near[0]], there[near[1]]]))
    leavers, mentors = np.unique(np.concatenate(pairs, axis=1), axis=1)
    scores = 100 * chance.beta(3, 4, leavers.size)
    return Cohort(
        worth(sparse.csr_array((scores, (leavers, mentors)), shape=(size, size))),
        np.bincount(chance.integers(0, size, int(PLACES * size)), minlength=size),
        chance.choice(URGENCIES, size, p=SHARES),
    )


def _near(chance: np.random.Generator, leavers: int, mentors: int) -> tuple[Numbers, Numbers]:
    """Draw the eligible pairs of one region: near enough, and not ruled out otherwise.

    Some leavers are hard to find a mentor for and some easy, some mentors are
    asked for much and some little.
    """
    homes, others = chance.random((leavers, 1, 2)), chance.random((1, mentors, 2))
    apart = np.hypot(*(homes - others).transpose(2, 0, 1))
    near = min(1.0, 4 * ELIGIBLE / mentors)
    ease = chance.gamma(0.8, 1 / 0.8, (leavers, 1)) * chance.gamma(2, 1 / 2, (1, mentors))
    allowed = chance.random(apart.shape) < 1.15 * ELIGIBLE / mentors / near * ease
    return np.nonzero((apart <= np.quantile(apart, near)) & allowed)


def greedy(cohort: Cohort) -> int:
    """Take the best free pair until there is none; return how many leavers it covers."""
    table = cohort.values.tocoo()
    best_first = np.argsort(-table.data, kind="stable")
    free, alone = cohort.places.tolist(), [True] * cohort.urgency.size
    for leaver, mentor in zip(
        table.row[best_first].tolist(), table.col[best_first].tolist(), strict=True
    ):
        if alone[leaver] and free[mentor]:
            alone[leaver] = False
            free[mentor] -= 1
    return alone.count(False)


def whole_graph(cohort: Cohort) -> int:
    """Solve all in one call; return how many leavers it covers.

    Places are copies of columns, a column for each leaver means staying alone,
    and a factor keeps urgency above points (not exactly for any input).
    """
    size = cohort.urgency.size
    owners = np.repeat(np.arange(size), cohort.places)
    points = np.rint(cohort.values.data * 1000)
    costs = sparse.csr_array(
        (points.max() + 1 - points, cohort.values.indices, cohort.values.indptr),
        shape=cohort.values.shape,
    )
    alone = points.max() + 1 + size * points.max() * cohort.urgency
    _, columns = min_weight_full_bipartite_matching(
        sparse.hstack([costs[:, owners], sparse.diags_array(alone)], format="csr")
    )
    return int((columns < owners.size).sum())


def seconds(work: Callable[[Cohort], Any], cohort: Cohort, times: int) -> tuple[float, Any]:
    """Return the median of so many times, in seconds of the processor, and what came out."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        done = work(cohort)
        taken.append(time.process_time() - start)
    return median(taken), done


def plan(cohort: Cohort, load: float = 2.0) -> Any:
    """Make the whole plan, as every night."""
    return assign(cohort.values, cohort.places, urgency=cohort.urgency, load=load)


def main() -> None:
    """Print a line for each size, first in regions, then all in one part."""
    print(
        "  people  across    pairs  assign s  greedy/assign  whole graph/assign"
        "  covered  greedy loses  proved  peak MB"
    )
    for across in (0.0, ACROSS):
        for size in SIZES:
            cohort = drawn(size, across)
            ours, made = seconds(plan, cohort, 3)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            theirs, covered = seconds(greedy, cohort, 3)
            whole, _ = seconds(whole_graph, cohort, 1)
            print(
                f"{size:8} {across:7.1%} {cohort.values.nnz:8} {ours:9.2f} {theirs / ours:14.2f}"
                f" {whole / ours:19.2f} {made.covered:8} {made.covered - covered:13}"
                f" {made.total == made.bound!s:>7} {memory:8}",
                flush=True,
            )


if __name__ == "__main__":
    main()
