"""How many candidate pairs a second pass every rule and get all six parts of their score.

A candidate pair is one whose travel distance lies within the mentor's limit;
pairs that a block looks at beside those are not counted. Beside them stand the
pairs of one region, which is what is decided on where distance is not asked
first. Beside the columns,
in the same run: the same rules and parts in plain Python on a sample of the
candidate pairs, and the rate of matrix products in 32 bits on one processor,
in pairs of 58 ticks a second. Each time is the least of some runs, by the
clock and by the processors; memory is the peak of the whole process.
"""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Callable
from datetime import date
from math import log
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from matcher.core.candidates import eligible_pairs
from matcher.core.conditions import Conditions
from matcher.core.eligibility import RULES
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.gates import GATES
from matcher.core.rarity import TickRarity
from matcher.core.readings import TICKS
from matcher.core.similarity import MentorSimilarity, Scores, Weights
from matcher.example import ExamplePeople, example_people
from matcher.gazetteer import england_and_wales
from models.profiles import LeaverProfile, MentorProfile
from models.reference import districts
from tests.matcher.core.rules_in_plain_words import Pair, free_hours

SIZES = (500, 2_000, 5_000, 10_000, 20_000)
RUNS = 5
SAMPLE = 1_000
CONDITIONS = Conditions(date(2026, 11, 22), england_and_wales())
CODES = [each.code for each in (*GATES, *RULES)]
RANKS = {"low": 0, "medium": 1, "high": 2, "very_high": 3}

Rarity = dict[str, float]


class Figures(NamedTuple):
    """What one size takes: pairs in reach, of one region, eligible; seconds by clock and busy."""

    candidates: int
    regional: int
    eligible: int
    seconds: float
    busy: float


def main() -> None:
    """Print a line for each size, the growth, and what it is held against."""
    print(
        "  people  candidates   eligible  seconds     busy  million/s  per busy s"
        "  of one region  million/s  plain/s  peak MB"
    )
    points = []
    for size in SIZES:
        people = example_people(size, size, 7, CONDITIONS.today)
        found, plain = figures(people), plain_rate(people)
        points.append((log(found.candidates), log(found.busy)))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{size:8,} {found.candidates:11,} {found.eligible:10,} {found.seconds:8.3f}"
            f" {found.busy:8.3f} {found.candidates / found.seconds / 1e6:10.1f}"
            f" {found.candidates / found.busy / 1e6:11.1f} {found.regional:14,}"
            f" {found.regional / found.seconds / 1e6:10.1f} {plain:8,.0f} {memory:8,}",
            flush=True,
        )
    slope = np.polyfit(*np.array(points[1:]).T, 1)[0]
    print(f"Processor time grows with candidate pairs to the power of {slope:.2f} (from 2,000 on).")
    print(f"Matrix products alone: {product_rate() / 1e6:,.0f} million pairs a second.")


def figures(people: ExamplePeople) -> Figures:
    """Measure rules and parts together, columns to scores."""
    leavers = LeaverColumns.of(people.leavers, CONDITIONS)
    mentors = MentorColumns.of(people.mentors, CONDITIONS)
    seconds, busy, scores = least(lambda: decided(leavers, mentors))
    candidates = sum(int(reach.sum()) for reach in reaches(leavers, mentors))
    return Figures(candidates, regional_pairs(people), len(scores.row), seconds, busy)


def regional_pairs(people: ExamplePeople) -> int:
    """Return how many pairs live, or will live, in one probation region."""
    leavers = Counter(districts()[one.resettling_in].region for one in people.leavers)
    mentors = Counter(districts()[one.home].region for one in people.mentors)
    return sum(count * mentors[region] for region, count in leavers.items())


def decided(leavers: LeaverColumns, mentors: MentorColumns) -> Scores:
    """Apply every rule, and score what is left."""
    eligible = eligible_pairs(leavers, mentors)
    return MentorSimilarity().fit(mentors).score_pairs(leavers, eligible)


def reaches(leavers: LeaverColumns, mentors: MentorColumns) -> Any:
    """Return for each leaver the mentors whose travel limit covers the resettlement district."""
    km = CONDITIONS.places.km
    return (km[there, mentors.district] <= mentors.travel_km for there in leavers.district)


def least(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return the least seconds of some runs, by clock and processors, and what came out."""
    clock, busy, done = [], [], None
    for _ in range(RUNS):
        started, worked = perf_counter(), process_time()
        done = work()
        clock.append(perf_counter() - started)
        busy.append(process_time() - worked)
    return min(clock), min(busy), done


def product_rate() -> float:
    """Return how many pairs a second one processor multiplies, ticks by ticks."""
    ticks = np.ones((1_000, len(TICKS)), dtype=np.float32)
    with threadpool_limits(1, user_api="blas"):
        return len(ticks) ** 2 / least(lambda: ticks @ ticks.T)[1]


def plain_rate(people: ExamplePeople) -> float:
    """Return how many candidate pairs a second plain Python decides, one after the other."""
    leavers = LeaverColumns.of(people.leavers, CONDITIONS)
    mentors = MentorColumns.of(people.mentors, CONDITIONS)
    chance = np.random.default_rng(len(people.leavers))
    some = chance.permutation(len(people.leavers))[: SAMPLE // 10]
    near = [np.flatnonzero(reach)[:10] for reach in reaches(leavers.take(some), mentors)]
    sample = [
        (people.leavers[row], people.mentors[column])
        for row, columns in zip(some, near, strict=True)
        for column in columns
    ]
    rarity = TickRarity().fit(mentors.ticks).rarity_
    weighed = dict(zip(map(str, TICKS), map(float, rarity), strict=True))
    started = process_time()
    for leaver, mentor in sample:
        pair = Pair(leaver, mentor, CONDITIONS.today, CONDITIONS.places, {})
        if not any(getattr(pair, code)() for code in CODES):
            plain_parts(pair, leaver, mentor, weighed)
    return len(sample) / (process_time() - started)


def plain_parts(
    pair: Pair, leaver: LeaverProfile, mentor: MentorProfile, rarity: Rarity
) -> list[float]:
    """Return the six parts of one pair, from the profiles alone."""
    ticks = {str(need): RANKS[str(much)] + 1 for need, much in leaver.needs.items()}
    ticks |= {str(word): 2 for word in leaver.experiences}
    lived = {str(word) for word in mentor.needs | mentor.experiences}
    whole = sum(much * rarity[word] for word, much in ticks.items())
    both = sum(much * rarity[word] for word, much in ticks.items() if word in lived)
    limit = max(mentor.travel_limit_km, 1)
    near = max(0.0, 1 - pair.km(leaver.resettling_in, mentor.home) / limit)
    inside = leaver.prison in mentor.clearances and not mentor.licence_bars_prisons
    shared = len(free_hours(leaver) & free_hours(mentor))
    above = RANKS[str(mentor.risk_limit)] > RANKS[str(leaver.risk)]
    values = [
        both / whole if whole else 0.0,
        (inside + near) / 2,
        min(shared / 3, 1.0),
        1.0 if above else 0.5,
        len(leaver.wishes & (mentor.languages | mentor.cultures)) / max(len(leaver.wishes), 1),
        len(leaver.interests & mentor.interests) / max(len(leaver.interests), 1),
    ]
    parts = Weights().parts
    return [part.weight * value for part, value in zip(parts, values, strict=True)]


if __name__ == "__main__":
    main()
