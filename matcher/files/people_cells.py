"""How each kind of fact about a person is written in one cell, and read from it.

A kind reads tidy text and raises ValueError with what is wrong and what to
write; what it writes, it reads back the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from matcher.files.cells import folded, is_empty, shown
from matcher.files.date_order import DateOrder, read_day
from models.hours import read_hours, write_hours
from models.vocabulary import Word

NONE = "none"
"""Written for a set that is empty although an empty cell would mean something else."""

SHORT_LIST = 8
"""So many words are said in a sentence; more of them are a list."""

_YEAR_IN_FULL = re.compile(r"\d{4}")
_YES_NO = {"yes": True, "y": True, "true": True, "1": True}
_YES_NO |= {"no": False, "n": False, "false": False, "0": False}


class Kind(Protocol):
    """One way of writing a fact in a cell."""

    @property
    def about(self) -> str:
        """Return what to write, as `docs/files.md` says it."""

    def read(self, cell: str, order: DateOrder | None) -> Any:
        """Return the fact; `order` is the order of days in the file."""

    def write(self, value: Any) -> str:
        """Return the cell."""


@dataclass(frozen=True)
class Text:
    """A text with a form of its own, such as a code; `adapter` checks it."""

    hint: Any
    about: str
    adapt: Callable[[str], str] = str

    @cached_property
    def _check(self) -> Callable[[object], Any]:
        return TypeAdapter(self.hint).validate_python

    def read(self, cell: str, order: DateOrder | None = None) -> Any:
        """Return the text in its one form."""
        try:
            return self._check(self.adapt(cell))
        except ValidationError:
            raise ValueError(f"this is not {self.about}.") from None

    def write(self, value: str) -> str:
        """Return the text."""
        return value


@dataclass(frozen=True)
class Day:
    """A day of the calendar, its year in full."""

    about: str = "a day, such as 1990-03-28"

    def read(self, cell: str, order: DateOrder | None) -> date:
        """Return the day; its year must be written in full."""
        day = read_day(cell, order)
        if day is None or not _YEAR_IN_FULL.search(cell):
            raise ValueError("the year is not written in full. Write it like 1990-03-28.")
        return day

    def write(self, value: date) -> str:
        """Return the day as 2027-02-28."""
        return value.isoformat()


@dataclass(frozen=True)
class YesNo:
    """Yes or no."""

    about: str = "yes or no"

    def read(self, cell: str, order: DateOrder | None = None) -> bool:
        """Return whether it says yes."""
        if cell.casefold() not in _YES_NO:
            raise ValueError("this is neither yes nor no. Write yes or no.")
        return _YES_NO[cell.casefold()]

    def write(self, value: object) -> str:
        """Return yes or no."""
        return "yes" if value else "no"


@dataclass(frozen=True)
class Number:
    """A whole number within bounds, both counted."""

    least: int
    most: int

    @property
    def about(self) -> str:
        """Return what to write."""
        return f"a whole number from {self.least} to {self.most}"

    def read(self, cell: str, order: DateOrder | None = None) -> int:
        """Return the number."""
        if not re.fullmatch(r"[0-9]{1,9}", cell) or not self.least <= int(cell) <= self.most:
            raise ValueError(f"this is not {self.about}. Write one in figures.")
        return int(cell)

    def write(self, value: int) -> str:
        """Return the number."""
        return str(value)


@dataclass(frozen=True)
class OneWord:
    """A word of one or more closed lists, by its value or by its label."""

    lists: tuple[type[Word], ...]

    @property
    def words(self) -> list[Word]:
        """Return every word that may stand here."""
        return [word for words in self.lists for word in words]

    @property
    def about(self) -> str:
        """Return what to write; long lists stand in docs/files.md under their own names."""
        if len(self.words) <= SHORT_LIST:
            return f"one of {', '.join(word.value for word in self.words)}"
        return f"one of the words under {' or '.join(map(list_name, self.lists))}"

    @cached_property
    def _known(self) -> Mapping[str, Word]:
        """Return the words by value and by label; where two share a text, by its value.

        Values stand as they are too: nearly every cell is one, and need not be folded.
        """
        labels = {folded(word.label): word for word in reversed(self.words)}
        values = {folded(word.value): word for word in reversed(self.words)}
        return labels | values | {word.value: word for word in reversed(self.words)}

    def read(self, cell: str, order: DateOrder | None = None) -> Word:
        """Return the word."""
        word = self._known.get(cell) or self._known.get(folded(cell))
        if word is None:
            raise ValueError(
                f"{shown(cell, 40)} is none of the words known here. {self._nearest(cell)}"
            )
        return word

    def write(self, value: Word) -> str:
        """Return the word's value."""
        return value.value

    def _nearest(self, cell: str) -> str:
        if len(self.words) <= SHORT_LIST:
            return f"Write {self.about}."
        begins = folded(cell)[:3]
        near = [
            word.value for word in self.words if begins and folded(word.label).startswith(begins)
        ]
        listed = f"Did you mean {' or '.join(near[:3])}? " if near else ""
        return f"{listed}The words are listed in docs/files.md and in the template."


@dataclass(frozen=True)
class Several:
    """A set of things of one kind, parted by semicolons: "LS1; LS2"."""

    item: Kind

    @property
    def about(self) -> str:
        """Return what to write."""
        many = self.item.about.removeprefix("one of ")
        several = "any of " if many != self.item.about else "any number, each "
        return f"{several}{many}; parted by semicolons"

    def read(self, cell: str, order: DateOrder | None) -> frozenset[Any]:
        """Return the set; "none" is the empty one."""
        items = [] if is_empty(cell) else split(cell)
        return frozenset(self.item.read(item, order) for item in items)

    def write(self, value: Iterable[Any]) -> str:
        """Return the items in the order of their texts; one that reads as nothing is marked."""
        cell = join(sorted(map(self.item.write, value)))
        return f"{cell};" if cell and is_empty(cell) else cell


@dataclass(frozen=True)
class Hours:
    """Hours of the week."""

    about: str = "hours of the week, such as mon-fri 9-17; sat 10-13, or daily 19-7"

    def read(self, cell: str, order: DateOrder | None = None) -> frozenset[int]:
        """Return the hours."""
        return frozenset() if is_empty(cell) else frozenset().union(*map(_span, split(cell)))

    def write(self, value: frozenset[int]) -> str:
        """Return the hours as spans."""
        return _spans(frozenset(value))


@dataclass(frozen=True)
class Each:
    """Things, each with something said of it: "work: high; gp", "LEI 2027-05-01"."""

    key: Kind
    value: Kind
    sign: str
    about: str
    unsaid: Any = None

    def read(self, cell: str, order: DateOrder | None) -> dict[Any, Any]:
        """Return what is said of each; the same thing twice is an error."""
        told: dict[Any, Any] = {}
        for item in [] if is_empty(cell) else split(cell):
            key, value = self._remembered(item, order)
            if told.get(key, value) != value:
                raise ValueError(f"{shown(item)} says something else of the same thing. Keep one.")
            told[key] = value
        return told

    def write(self, value: Mapping[Any, Any]) -> str:
        """Return each with what is said of it, in the order of their texts."""
        gap = self.sign if self.sign == " " else f"{self.sign} "
        return join(
            sorted(f"{self.key.write(k)}{gap}{self.value.write(v)}" for k, v in value.items())
        )

    @cached_property
    def _remembered(self) -> Callable[[str, DateOrder | None], tuple[Any, Any]]:
        """Return what reads one item and remembers it: items repeat where whole cells do not."""
        return lru_cache(maxsize=20_000)(self._pair)

    def _pair(self, item: str, order: DateOrder | None) -> tuple[Any, Any]:
        key, _, value = (part.strip() for part in item.rpartition(self.sign))
        if key:
            return self.key.read(key, order), self.value.read(value, order)
        if self.unsaid is None:
            raise ValueError(f"{shown(item)} says only half. Write {self.about}.")
        return self.key.read(value, order), self.unsaid


@lru_cache(maxsize=20_000)
def _span(text: str) -> frozenset[int]:
    """Return the hours of one span; remembered, as a week has few spans and a file many."""
    return read_hours(text)


@lru_cache(maxsize=20_000)
def _spans(hours: frozenset[int]) -> str:
    return write_hours(hours)


def list_name(words: type[Word]) -> str:
    """Return the name under which a list of words is shown: "Needs"."""
    return f"{words.__name__}s"


def split(cell: str) -> list[str]:
    """Return the items of a cell."""
    return [item.strip() for item in cell.split(";") if item.strip()]


def join(items: Iterable[str]) -> str:
    """Return the items as one cell that `split` takes apart again."""
    return "; ".join(items)
