"""People as columns: one array per fact, one row per person.

Rules and scores read these arrays only, so that the same definition serves a
block of a million pairs and a single pair. Sets of words become bits of one
64-bit number; names and codes become 64-bit keys; days become whole days
since 1970. A missing first day lies after every real day and a missing last
day before it, so that what nobody recorded never passes a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.core.conditions import Conditions, RuleSettings, months_before
from matcher.core.places import Places
from models.vocabulary import Word

NOT_YET = 10**6
"""A first day that nobody recorded: later than every real day."""

NEVER = -(10**6)
"""A last day that nobody recorded: earlier than every real day."""

Bits = NDArray[np.uint64]
Keys = NDArray[np.uint64]
Days = NDArray[np.int32]
Flags = NDArray[np.bool_]
Grid = NDArray[np.bool_]
"""Leavers × mentors, or a shape that broadcasts to it."""

PairArray = sparse.csr_array[Any, tuple[int, int]]
"""A sparse array of leavers × mentors, whose stored entries are pairs."""

P = TypeVar("P")


@dataclass(frozen=True, eq=False)
class Columns:
    """Arrays whose first axis is people, and the conditions they are read under.

    A subclass names each array once, with `each` or `whole` saying how it is
    read from the profiles: to add a column, add a line.
    """

    conditions: Conditions

    @classmethod
    def of(cls, people: Sequence[Any], conditions: Conditions) -> Self:
        """Return the columns of these profiles, in their order.

        Raises KeyError for a district or prison that the places do not hold.
        """
        arrays = {
            f.name: f.metadata["build"](people, conditions.places)
            for f in fields(cls)
            if f.name != "conditions"
        }
        return cls(conditions=conditions, **arrays)

    def __len__(self) -> int:
        """Return how many people there are."""
        return len(next(iter(self._arrays().values())))

    def take(self, rows: Any) -> Self:
        """Return the people at `rows`, an index, slice or mask, in that order."""
        arrays = {name: array[rows] for name, array in self._arrays().items()}
        return type(self)(conditions=self.conditions, **arrays)

    @property
    def settings(self) -> RuleSettings:
        """Return the settings of the rules."""
        return self.conditions.settings

    @property
    def today(self) -> int:
        """Return the day on which the people are looked at."""
        return day_number(self.conditions.today)

    def months_ago(self, months: int) -> int:
        """Return the day that many calendar months before today."""
        return day_number(months_before(self.conditions.today, months))

    def fresh(self, assessed_on: Days) -> Flags:
        """Return which assessments are not too old by the settings, nor from the future.

        One is too old once its months had passed by yesterday.
        """
        yesterday = self.conditions.today - timedelta(days=1)
        too_old = day_number(months_before(yesterday, self.settings.assessment_months))
        return (assessed_on > too_old) & (assessed_on <= self.today)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {name: value for name, value in vars(self).items() if name != "conditions"}


def each(read: Callable[[Any], Any], kind: type) -> Any:
    """Declare a column that holds what `read` says of each profile, as `kind`."""
    return whole(lambda people, _places: column(people, read, kind))


def whole(build: Callable[[Sequence[Any], Places], NDArray[Any]]) -> Any:
    """Declare a column that `build` makes of all profiles at once."""
    return field(metadata={"build": build})


def column(people: Sequence[P], read: Callable[[P], Any], kind: type) -> NDArray[Any]:
    """Return what `read` says of each of the people, as one array of `kind`."""
    return np.fromiter((read(person) for person in people), dtype=kind, count=len(people))


def day_number(day: date) -> int:
    """Return whole days since 1970-01-01."""
    return day.toordinal() - 719_163


def day_of(number: int) -> date:
    """Return the day of a number of whole days since 1970-01-01."""
    return date.fromordinal(number + 719_163)


def first_day(day: date | None) -> int:
    """Return the day since when something holds, or `NOT_YET`."""
    return NOT_YET if day is None else day_number(day)


def last_day(day: date | None) -> int:
    """Return the day until when something holds, or `NEVER`."""
    return NEVER if day is None else day_number(day)


def bits(words: Iterable[Word]) -> int:
    """Return a number with one bit for each of the words of one list."""
    return sum(1 << word.rank for word in words)


def key(text: str) -> int:
    """Return the 64-bit key of a code or name; 0 is never a key."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") or 1


def key_rows(people: Sequence[Collection[str]]) -> Keys:
    """Return the keys of each collection as a row, filled up with 0: people × widest."""
    widest = max((len(collection) for collection in people), default=0)
    table = np.zeros((len(people), widest), dtype=np.uint64)
    for row, collection in enumerate(people):
        table[row, : len(collection)] = [key(text) for text in sorted(collection)]
    return table


def hour_bits(people: Sequence[Collection[int]]) -> Bits:
    """Return the hours of the week of each person as bits: people × 3."""
    table = np.zeros((len(people), 192), dtype=np.uint8)
    for row, hours in enumerate(people):
        table[row, list(hours)] = 1
    return np.packbits(table, axis=1).view(np.uint64)


def district_rows(people: Sequence[Collection[str]], places: Places) -> NDArray[np.int16]:
    """Return the indices of each collection of districts, filled up with -1."""
    widest = max((len(collection) for collection in people), default=0)
    table = np.full((len(people), widest), -1, dtype=np.int16)
    for row, collection in enumerate(people):
        table[row, : len(collection)] = sorted(places.district_index[code] for code in collection)
    return table


def multi_hot(people: Sequence[Collection[Word]], words: Sequence[Word]) -> NDArray[np.float32]:
    """Return 1 where a person ticked a word: people × words."""
    index = {word: position for position, word in enumerate(words)}
    table = np.zeros((len(people), len(words)), dtype=np.float32)
    for row, ticked in enumerate(people):
        table[row, [index[word] for word in ticked]] = 1
    return table


def in_common(some: Bits, others: Bits) -> Grid:
    """Return where two people share at least one word: rows of `some` × rows of `others`."""
    common: Grid = (some[:, None] & others[None, :]) != 0
    return common


def any_shared(some: Keys, others: Keys) -> Grid:
    """Return where any key of a row of `some` stands in a row of `others`.

    Links are rare, so rows without a hit anywhere are passed over at once.
    """
    grid = np.zeros((len(some), len(others)), dtype=np.bool_)
    rows = np.flatnonzero(some.any(axis=1))
    if not len(rows):
        return grid
    hits = np.isin(some[rows], others) & (some[rows] != 0)
    for row, hit in zip(rows, hits, strict=True):
        if hit.any():
            grid[row] = np.isin(others, some[row][hit]).any(axis=1)
    return grid
