"""Drawing lots: every topic draws from a stream of its own.

A topic's stream depends on the seed and the topic's name alone, so that a
new topic changes nothing that others drew, and the same seed always gives
the same people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]
Shares = float | NDArray[np.float64]
T = TypeVar("T")


Columns = dict[str, Sequence[Any]]
"""The facts of many people: a list for each fact, one entry for each person."""


class Lots:
    """Draws for `count` people on one topic."""

    def __init__(self, seed: int, topic: str, count: int) -> None:
        self.count = count
        self.stream = np.random.default_rng([seed, crc32(topic.encode())])

    def hit(self, shares: Shares) -> Mask:
        """Return who is among those of whom something is true; `shares` from 0 to 1."""
        drawn: Mask = self.stream.random(self.count) < shares
        return drawn

    def pick(self, weights: Sequence[float] | NDArray[np.float64]) -> Indices:
        """Return one index for each person, drawn by weights that need not add up to 1."""
        bounds = np.cumsum(np.asarray(weights, dtype=np.float64))
        drawn = self.stream.random(self.count) * bounds[-1]
        index: Indices = np.searchsorted(bounds, drawn, side="right").astype(np.intp)
        return index

    def choose(self, options: Sequence[T], weights: Sequence[float]) -> list[T]:
        """Return one of the options for each person, drawn by weight."""
        return [options[index] for index in self.pick(weights).tolist()]

    def between(self, low: int, high: int) -> NDArray[np.int64]:
        """Return a whole number for each person, from `low` to `high`, both included."""
        return self.stream.integers(low, high, size=self.count, endpoint=True)

    def sets(self, words: Sequence[T], shares: NDArray[np.float64]) -> list[frozenset[T]]:
        """Return a set of words for each person; `shares` is words, or people × words."""
        drawn = self.stream.random((self.count, len(words)))
        return sets_of(words, drawn < shares)


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people being drawn: leavers or mentors, how many, on which day."""

    name: str
    count: int
    seed: int
    today: date

    def lots(self, topic: str) -> Lots:
        """Return the lots for one topic about these people."""
        return Lots(self.seed, f"{self.name}: {topic}", self.count)

    def days_ago(self, topic: str, low: int, high: int) -> list[date]:
        """Return a day for each person, `low` to `high` days before today."""
        return [self.today - timedelta(days=int(d)) for d in self.lots(topic).between(low, high)]

    def days_ahead(self, topic: str, low: int, high: int) -> list[date]:
        """Return a day for each person, `low` to `high` days after today."""
        return self.days_ago(topic, -high, -low)


def sets_of(words: Sequence[T], ticked: Mask) -> list[frozenset[T]]:
    """Return the words that each row of `ticked`, people × words, marks."""
    rows, columns = np.nonzero(ticked)
    ends = np.cumsum(np.bincount(rows, minlength=len(ticked)))
    chosen = [words[column] for column in columns.tolist()]
    starts = [0, *ends[:-1]] if len(ends) else []
    return [frozenset(chosen[a:b]) for a, b in zip(starts, ends, strict=True)]


def where(mask: Mask, values: Sequence[Any], others: Sequence[Any] | None = None) -> list[Any]:
    """Return each person's value where the mask is true, else their entry of `others`, or None."""
    if others is None:
        others = [None] * len(values)
    chosen = zip(mask, values, others, strict=True)
    return [value if is_true else other for is_true, value, other in chosen]
