"""People as columns: one array per fact, one row per person.

Rules and scores read these arrays only, element by element. Leavers laid
`down` and mentors laid `across` meet as a block, every leaver with every
mentor; as many of the one as of the other meet pair by pair; so the same
definition serves a block, a list of pairs and a single pair. Sets of words
become bits of one number; names and codes become 64-bit keys; days become
whole days since 1970. A missing first day lies after every real day and a
missing last day before it, so that what nobody recorded never passes a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.core.conditions import Conditions, RuleSettings, months_before
from matcher.core.keys import kept_keys, key_rows
from matcher.core.places import Places
from models.vocabulary import Word

NOT_YET = 10**6
"""A first day that nobody recorded: later than every real day."""

NEVER = -(10**6)
"""A last day that nobody recorded: earlier than every real day."""

Bits = NDArray[np.unsignedinteger[Any]]
Days = NDArray[np.int32]
Flags = NDArray[np.bool_]
Grid = NDArray[np.bool_]
"""One answer for each pair, or a shape that broadcasts to the pairs."""

PairArray = sparse.csr_array[Any, tuple[int, int]]
"""A sparse array of leavers × mentors, whose stored entries are pairs."""

P = TypeVar("P")


@dataclass(frozen=True, eq=False)
class Columns:
    """Arrays whose first axis is people, and the conditions they are read under.

    A subclass names each array once, with `each` or `whole` saying how it is
    read from the profiles: to add a column, add a line. A view of some people
    works each column out when it is first asked for, since few are.
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
        return int(getattr(self, fields(self)[1].name).size)

    def take(self, rows: Any) -> Self:
        """Return a view of the people at `rows`, an index, slice or mask, in that order."""
        return self._seen(lambda array: array[rows])

    def down(self, rows: Any = slice(None)) -> Self:
        """Return a view of the people at `rows` as the rows of a block: n × 1."""
        return self._seen(lambda array: array[rows, None])

    def across(self, rows: Any = slice(None)) -> Self:
        """Return a view of the people at `rows` as the columns of a block: 1 × n."""
        return self._seen(lambda array: array[None, rows])

    def with_keys_met(self, others: Columns) -> Self:
        """Return these people without nearly every key that none of the others has.

        A key stands in the way only where it meets itself in a column of the
        other side, as the declaration of its own column says.
        """
        narrowed: dict[str, Any] = {
            f.name: kept_keys(
                getattr(self, f.name),
                np.concatenate([getattr(others, name).ravel() for name in f.metadata["meets"]]),
            )
            for f in fields(self)
            if "meets" in f.metadata
        }
        return replace(self, **narrowed)

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

    def _seen(self, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Self:
        view = object.__new__(type(self))
        vars(view).update(conditions=self.conditions, _people=self, _change=change)
        return view

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NDArray[Any]:
            """Work out a column of a view."""
            if name.startswith("_"):
                raise AttributeError(name)
            value = vars(self)[name] = self._change(getattr(self._people, name))
            return value


def each(read: Callable[[Any], Any], kind: type, **more: Any) -> Any:
    """Declare a column that holds what `read` says of each profile, as `kind`."""
    return whole(lambda people, _places: column(people, read, kind), **more)


def words(read: Callable[[Any], Iterable[Word]], listed: type[Word]) -> Any:
    """Declare a column of the words that `read` gives of one list, in as few bits as it has."""
    return each(lambda person: bits(read(person)), bit_type(listed))


def keyed(read: Callable[[Any], Collection[str]], meets: Sequence[str]) -> Any:
    """Declare a table of the keys of the texts that `read` gives: people × widest.

    `meets` names every column of the other side that a rule compares it with.
    """
    return whole(lambda people, _: key_rows([read(p) for p in people]), meets=meets)


def whole(build: Callable[[Sequence[Any], Places], NDArray[Any]], **more: Any) -> Any:
    """Declare a column that `build` makes of all profiles at once."""
    return field(metadata={"build": build} | more)


def column(people: Sequence[P], read: Callable[[P], Any], kind: type) -> NDArray[Any]:
    """Return what `read` says of each of the people, as one array of `kind`."""
    return np.fromiter(map(read, people), dtype=kind, count=len(people))


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


@cache
def bit_type(listed: type[Word]) -> type[np.unsignedinteger[Any]]:
    """Return the narrowest numbers that have a bit for every word of the list."""
    return np.min_scalar_type(bits(listed)).type


def hour_bits(people: Sequence[frozenset[int]]) -> Bits:
    """Return the hours of the week of each person as bits: people × 3.

    Many people have the same hours, so each week is looked at once.
    """
    weeks = {hours: row for row, hours in enumerate(dict.fromkeys(people))}
    table = np.zeros((len(weeks), 192), dtype=np.uint8)
    for hours, row in weeks.items():
        table[row, list(hours)] = 1
    return np.packbits(table, axis=1).view(np.uint64)[[weeks[hours] for hours in people]]


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


def has_word(some: Bits, word: Word) -> Flags:
    """Return where this word is among the bits of its list."""
    return in_common(some, np.array(bits({word}), dtype=some.dtype))


def in_common(some: Bits, others: Bits) -> Grid:
    """Return where two people share at least one word."""
    common: Grid = (some & others) != 0
    return common


def hours_in_common(some: Bits, others: Bits) -> Grid:
    """Return where two people share at least one hour; the parts of the week stand last."""
    shared = some[..., 0] & others[..., 0]
    for part in range(1, some.shape[-1]):
        shared |= some[..., part] & others[..., part]
    any_hour: Grid = shared != 0
    return any_hour


def stands_in(district: NDArray[np.int16], zone: NDArray[np.int16]) -> Flags:
    """Return whether a district is one of a zone's, which stand along the last axis.

    A place that no zone fills is passed over at once.
    """
    inside: Flags = np.zeros((1,) * district.ndim, dtype=np.bool_)
    for place in range(zone.shape[-1]):
        part = zone[..., place]
        if (part >= 0).any():
            inside = inside | (district == part)
    return inside
