"""How long the best whole plan takes, proof included, beside other ways to find it.

Cohorts have as many leavers as mentors, about 106 eligible mentors for each
leaver and 5% fewer places than leavers. People live in 12 regions; where some
pairs reach across borders, everybody hangs together in one part. Everyone gets
the same problem: urgency first, then points, and a load on each further place.

- assign: both levels and the proof
- scipy sparse: one bare call on the whole graph, places as copies, a column
  for each leaver to stay alone, urgency by a factor, no proof
- scipy dense: the same as a full table
- OR-Tools: min-cost flow on the whole graph, urgency by a factor
- greedy: the best free pair first, which is no best plan

All in one run, turn by turn, each in a process of its own; the least of several
times. CPU seconds, so that others at work on the machine count little, and
seconds on the wall; memory is what the peak adds to the process that holds the
cohort. Figures differ from machine to machine; the ratios are there to be
compared. Sizes may be named: `benchmarks/assignment.py 500 2000`. OR-Tools
needs the benchmark extra: `make bench`.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
from peers.whole_plans import (
    LOAD,
    Cohort,
    Found,
    Numbers,
    dense,
    greedy,
    min_cost_flow,
    whole_graph,
)
from scipy import sparse

from matcher.core.assignment import assign, solve, worth

SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 100_000)
ELIGIBLE = 106
PLACES = 0.95
REGIONS = 12
ACROSS = 0.003
"""The share of pairs that reach over a border, where some do."""

LARGEST_FUSED = 20_000
FITTED_FROM = 5_000
"""People from which on growth is fitted: below, a region has too few for 106 eligible each."""

ROWS = 500
"""Leavers whose pairs are drawn together."""

URGENCIES = (1, 2, 4, 8, 16)
SHARES = (0.4, 0.25, 0.2, 0.1, 0.05)


class Taken(NamedTuple):
    """What one way took, and the urgency covered by what came out."""

    cpu: float
    wall: float
    megabytes: float
    urgency: int
    covered: int


def drawn(size: int, across: float) -> Cohort:
    """Draw a cohort of so many leavers and as many mentors, the same each time."""
    chance = np.random.default_rng(size)
    leaver_regions, mentor_regions = chance.integers(0, REGIONS, (2, size))
    pairs = [chance.integers(0, size, (2, int(across * ELIGIBLE * size)))]
    for region in range(REGIONS):
        here, there = (np.flatnonzero(each == region) for each in (leaver_regions, mentor_regions))
        near = _near(chance, here.size, there.size)
        pairs += [np.stack([here[rows], there[columns]]) for rows, columns in near]
    keys = np.unique(np.concatenate([one[0] * size + one[1] for one in pairs]))
    scores = 100 * chance.beta(3, 4, keys.size)
    return Cohort(
        worth(sparse.csr_array((scores, np.divmod(keys, size)), shape=(size, size))),
        np.bincount(chance.integers(0, size, int(PLACES * size)), minlength=size),
        chance.choice(URGENCIES, size, p=SHARES),
    )


def _near(
    chance: np.random.Generator, leavers: int, mentors: int
) -> Iterator[tuple[Numbers, Numbers]]:
    """Draw the eligible pairs of one region: near enough, and not ruled out otherwise.

    Some leavers are hard to find a mentor for and some easy, some mentors are
    asked for much and some little.
    """
    homes, others = (chance.random((2, people), dtype=np.float32) for people in (leavers, mentors))
    near = min(1.0, 4 * ELIGIBLE / mentors)
    ease = chance.gamma(0.8, 1 / 0.8, leavers), chance.gamma(2, 1 / 2, mentors)
    limit = None
    for top in range(0, leavers, ROWS):
        rows = slice(top, top + ROWS)
        apart = np.hypot(*(homes[:, rows, None] - others[:, None, :]))
        limit = limit or np.quantile(apart, near)
        row, column = np.nonzero(apart <= limit)
        likely = 1.15 * ELIGIBLE / mentors / near * ease[0][top + row] * ease[1][column]
        allowed = chance.random(row.size) < likely
        yield top + row[allowed], column[allowed]


def plan(cohort: Cohort) -> Found:
    """Make the whole plan, as every night."""
    made = assign(cohort.values, cohort.places, urgency=cohort.urgency, load=LOAD)
    return made.urgency, made.covered


WAYS: dict[str, tuple[Callable[[Cohort], Found], int]] = {
    "assign": (plan, 100_000),
    "scipy sparse": (whole_graph, 20_000),
    "scipy dense": (dense, 5_000),
    "OR-Tools": (min_cost_flow, 20_000),
    "greedy": (greedy, 100_000),
}
"""Each way, and the most leavers that it is tried on."""


def _work(way: Callable[[Cohort], Found], cohort: Cohort, told: Connection) -> None:
    # What the drawing left free would be used again, and so not be seen (Linux, glibc).
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before = _peak()
    cpu, wall = time.process_time(), time.perf_counter()
    found = way(cohort)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    told.send(Taken(cpu, wall, _peak() - before, *found))


def _peak() -> float:
    """Return the most memory held since the peak was last forgotten, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(peak) / 1024


def taken(way: Callable[[Cohort], Found], cohort: Cohort) -> Taken:
    """Return what one way takes on a cohort, in a process of its own."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    process = fork.Process(target=_work, args=(way, cohort, theirs))
    process.start()
    told: Taken = ours.recv()
    process.join()
    return told


def side_by_side(cohort: Cohort) -> dict[str, Taken]:
    """Return the least that each way takes, turn by turn."""
    size = cohort.urgency.size
    turns = 3 if size <= 5_000 else 2 if size <= 20_000 else 1
    ways = {name: way for name, (way, largest) in WAYS.items() if size <= largest}
    rounds = [{name: taken(way, cohort) for name, way in ways.items()} for _ in range(turns)]
    return {name: min(each[name] for each in rounds) for name in ways}


def questions(cohort: Cohort) -> None:
    """Print how long answers from a solved plan take: the median and the longest of ten."""
    solved = solve(cohort.values, cohort.places, urgency=cohort.urgency, load=LOAD)
    chance, size = np.random.default_rng(1), cohort.urgency.size
    eligible = cohort.values.tocoo()
    able = chance.permutation(np.flatnonzero(cohort.places[eligible.col] > 0))[:10]
    some = np.stack([eligible.row, eligible.col], axis=1)[able].tolist()
    made = chance.permutation(solved.plan.pairs)[:10].tolist()
    new, points = int(chance.integers(0, size)), 100 * chance.random()
    asked: dict[str, Callable[[int], object]] = {
        "with a pair": lambda turn: solved.if_paired(*some[turn]),
        "without a pair": lambda turn: solved.if_apart(*made[turn]),
        "runner-up": lambda turn: solved.runner_up(made[turn][0]),
        "one more place": lambda turn: solved.with_one_more_place(some[turn][1]),
        "one more pair": lambda turn: solved.with_pairs(some[turn][0], [new], [points]),
    }
    for name, question in asked.items():
        seconds = []
        for turn in range(len(some)):
            start = time.process_time()
            question(turn)
            seconds.append(time.process_time() - start)
        print(f"    what if, {name:15} {median(seconds):6.3f} s, at most {max(seconds):.3f} s")


def exponent(points: list[tuple[int, float]]) -> float:
    """Return how steeply seconds grow: twice as many people take 2 to this power as long."""
    sizes, seconds = np.log(points).T
    return float(np.polyfit(sizes, seconds, 1)[0])


def main() -> None:
    """Print each way's figures for each size, first in regions, then all in one part."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    for across in (0.0, ACROSS):
        print("all in one part" if across else f"in {REGIONS} regions")
        print(
            "  people     pairs  way           CPU s  wall s   ratio  added MB  covered   urgency"
        )
        grown: dict[str, list[tuple[int, float]]] = {}
        for size in (size for size in sizes if not across or size <= LARGEST_FUSED):
            cohort = drawn(size, across)
            figures = side_by_side(cohort)
            for name, one in figures.items():
                grown.setdefault(name, []).append((size, one.cpu))
                print(
                    f"{size:8} {cohort.values.nnz:9}  {name:12} {one.cpu:6.2f} {one.wall:7.2f}"
                    f" {one.cpu / figures['assign'].cpu:7.2f} {one.megabytes:9.0f}"
                    f" {one.covered:8} {one.urgency:9}",
                    flush=True,
                )
            if size == LARGEST_FUSED:
                questions(cohort)
        for name, points in grown.items():
            larger = [(size, cpu) for size, cpu in points if size >= FITTED_FROM]
            if len(larger) > 1:
                print(f"growth exponent of {name}: {exponent(larger):.2f}")


if __name__ == "__main__":
    main()
