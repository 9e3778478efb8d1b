"""Column types for words, sets of words, weighted words, codes, days and hours.

Plain SQLAlchemy enums store the names of members and change their CHECK on
no migration; these store the words' values as text, so that a row reads the
same in any database client. Sets and mappings come back frozen: a change is
always a new value, so that none is lost by changing one in place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.types import TypeDecorator

from models.hours import HOURS_IN_WEEK, read_hours, write_hours
from models.vocabulary import Word

WEEK = frozenset(range(HOURS_IN_WEEK))


class WordColumn(TypeDecorator[Word]):
    """One word of a closed list, stored by its value."""

    impl = String(40)
    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        """Hold the class whose words may stand in the column."""
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """Refuse anything that is not one of the words."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any, dialect: Any) -> Word | None:
        """Return the word itself."""
        return None if value is None else self.words(value)


class TextColumn(TypeDecorator[Any]):
    """A frozen value kept as text in one canonical form; NULL stays None."""

    impl = Text
    cache_ok = True

    def write(self, value: Any) -> str:
        """Return the canonical text of `value`."""
        raise TypeError(f"{type(self).__name__} says nothing of how it is written")

    def read(self, text: str) -> Any:
        """Return the frozen value that `text` stands for."""
        raise TypeError(f"{type(self).__name__} says nothing of how it is read")

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """Write the value in its canonical form."""
        return None if value is None else self.write(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        """Read the value back, frozen."""
        return None if value is None else self.read(value)


class WordText(TextColumn):
    """One word of a closed list, as text to be sealed; the empty text is no word."""

    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        """Hold the class whose words may be said."""
        super().__init__()
        self.words = words

    def write(self, value: Any) -> str:
        """Return the value of the word; anything that is not one of the words is refused."""
        return self.words(value).value

    def read(self, text: str) -> Word | None:
        """Return the word itself."""
        return self.words(text) if text else None


class CodeSetColumn(TextColumn):
    """A frozen set of codes, stored sorted with one blank around each: " LS1 LS2 ".

    The blanks let a query find a code with LIKE '% LS1 %'.
    """

    cache_ok = True

    def write(self, value: Iterable[str]) -> str:
        """Return the codes sorted; a code with a blank in it is refused."""
        codes = sorted(str(code) for code in value)
        if any(not code or " " in code for code in codes):
            raise ValueError(f"a code may not be empty or hold a blank: {codes}")
        return f" {' '.join(codes)} " if codes else ""

    def read(self, text: str) -> frozenset[str]:
        """Return the codes."""
        return frozenset(text.split())


class WordSetColumn(CodeSetColumn):
    """A frozen set of words of one or more closed lists."""

    cache_ok = True

    def __init__(self, *lists: type[Word]) -> None:
        """Hold the classes whose words may stand in the set."""
        super().__init__()
        self.lists = lists
        self._known = {word.value: word for words in reversed(lists) for word in words}

    def write(self, value: Iterable[str]) -> str:
        """Return the words sorted; anything else is refused."""
        return super().write(self._word(str(word)) for word in value)

    def read(self, text: str) -> frozenset[str]:
        """Return the words."""
        return frozenset(self._word(word) for word in text.split())

    def _word(self, value: str) -> Word:
        if value not in self._known:
            names = [words.__name__ for words in self.lists]
            raise ValueError(f'"{value}" is not a word of {names}')
        return self._known[value]


class WordMapColumn(TextColumn):
    """A frozen mapping from words to words, stored as "home:high work:low"."""

    cache_ok = True

    def __init__(self, keys: type[Word], values: type[Word]) -> None:
        """Hold the classes of the keys and of the values."""
        super().__init__()
        self.keys = keys
        self.values = values

    def write(self, value: Mapping[str, str]) -> str:
        """Return the entries sorted by key."""
        return " ".join(sorted(f"{self.keys(k)}:{self.values(v)}" for k, v in value.items()))

    def read(self, text: str) -> Mapping[Word, Word]:
        """Return the mapping."""
        entries = (entry.split(":") for entry in text.split())
        return MappingProxyType({self.keys(k): self.values(v) for k, v in entries})


class HoursColumn(TextColumn):
    """A frozen set of hours of the week, stored as "mon 9-17; tue 9-12"."""

    cache_ok = True

    def write(self, value: Iterable[int]) -> str:
        """Return the hours as spans; what is no hour of the week is refused."""
        hours = frozenset(value)
        if not hours <= WEEK:
            raise ValueError(f"not hours of the week: {sorted(hours - WEEK)}")
        return write_hours(hours)

    def read(self, text: str) -> frozenset[int]:
        """Return the hours."""
        return read_hours(text)


class JsonColumn(TextColumn):
    """A frozen tree of mappings, lists and plain values, kept as JSON with its keys sorted."""

    cache_ok = True

    def write(self, value: Any) -> str:
        """Return the canonical JSON; what JSON cannot hold is refused with TypeError."""
        return json.dumps(value, sort_keys=True, allow_nan=False, default=_thawed)

    def read(self, text: str) -> Any:
        """Return the tree: mappings that cannot be changed, and tuples for lists."""
        return _frozen(json.loads(text))


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be kept as JSON")


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(inner) for key, inner in value.items()})
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value


def one_of(column: str, words: type[Word]) -> CheckConstraint:
    """Return the CHECK that keeps `column` to the values of `words`, in the database too."""
    values = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({values})", name=f"{column}_word")


def stored_as(column_type: TextColumn | WordColumn) -> Any:
    """Return a column type in the shape that SQLModel's `Field(sa_type=...)` is typed for."""
    return column_type
