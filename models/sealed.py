"""SealedColumn: a value that lies in the database sealed, and is read as if it did not.

Before rows are written, each new or changed value is sealed with the keys of
the people its row tells of (`holders.py`); a value that comes here in any
other way is refused. A row that is loaded holds its values sealed and opens
each when it is first read. A column that is selected by itself gives a `Closed`,
which says nothing: open it with `opened`.

What is empty ("", no entries, NULL) is not sealed: there is nothing in it.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection
from datetime import date
from typing import Any, Self, SupportsIndex
from uuid import UUID

from sqlalchemy import String, Text
from sqlalchemy.types import TypeDecorator

from models.columns import JsonColumn, TextColumn, WordText
from models.key_ring import ERASED, MARK, KeysError, keys, place_of

_GONE = object()
STAYS_SEALED = "sealed"
"""What is told of a value that nobody needs to read."""


class ErasedDay(date):
    """The day that is read where a date was erased; it says so wherever it is written."""

    def __new__(cls) -> Self:
        """Return the one there is: a day on which nothing is true of anyone."""
        return super().__new__(cls, 1900, 1, 1)

    def isoformat(self) -> str:
        """Say that it is erased."""
        return ERASED

    def strftime(self, _how: str) -> str:
        """Say that it is erased."""
        return ERASED

    def __str__(self) -> str:
        """Say that it is erased."""
        return ERASED

    def __format__(self, _how: str) -> str:
        """Say that it is erased."""
        return ERASED

    def __reduce_ex__(self, _protocol: SupportsIndex) -> tuple[type[ErasedDay], tuple[()]]:
        """Be copied as what it is."""
        return ErasedDay, ()


class DayText(TextColumn):
    """A day, as text to be sealed."""

    cache_ok = True

    def write(self, value: date) -> str:
        """Return the day as 1980-01-31."""
        return value.isoformat()

    def read(self, text: str) -> date:
        """Return the day."""
        return ErasedDay() if text == ERASED else date.fromisoformat(text)


class PlainText(TextColumn):
    """A text, which is written as it is."""

    cache_ok = True

    def write(self, value: str) -> str:
        """Return the text."""
        return str(value)

    def read(self, text: str) -> str:
        """Return the text."""
        return text


class BytesText(TextColumn):
    """Bytes, as text to be sealed; what was erased is read as none."""

    cache_ok = True

    def write(self, value: bytes) -> str:
        """Return the bytes in base64."""
        return b64encode(value).decode("ascii")

    def read(self, text: str) -> bytes:
        """Return the bytes."""
        return b64decode(text)


class Closed:
    """A sealed value that was read and not opened; it says nothing of what is in it."""

    __slots__ = ("column", "sealed")

    def __init__(self, sealed: str, column: SealedColumn) -> None:
        """Hold the value and the type of the column that it came from."""
        self.sealed = sealed
        self.column = column

    def open(self, place: str) -> Any:
        """Return the value, or what stands for one that was erased."""
        return self.column.opened(self.sealed, lambda one: keys().open(one, place))

    def __repr__(self) -> str:
        """Say that it is closed."""
        return "<sealed>"


class ToSeal:
    """A value on its way into the database: sealed, and what it was before."""

    __slots__ = ("plain", "sealed")

    def __init__(self, plain: Any, sealed: str) -> None:
        """Hold both."""
        self.plain = plain
        self.sealed = sealed


class SealedColumn(TypeDecorator[Any]):
    """A value kept sealed: a text unless told how it is written.

    `erased` is what is read once the key is destroyed. Of a JSON tree only
    the entries named in `only` are sealed, or all but those in `but`.
    """

    impl: Any = String
    cache_ok = True

    def __init__(
        self,
        inner: TextColumn | None = None,
        *,
        erased: str = ERASED,
        only: tuple[str, ...] = (),
        but: tuple[str, ...] = (),
    ) -> None:
        """Hold how the value is written."""
        super().__init__()
        self.inner = inner or PlainText()
        self.erased = erased
        self.only = only
        self.but = but
        self.is_whole = not (only or but)

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """Let through what is sealed or empty, and refuse everything else."""
        if value is None:
            return None
        if isinstance(value, ToSeal):
            return value.sealed
        written = self.inner.write(value)
        if not holds_something(written):
            return written
        raise KeysError("A value that must be sealed came to the database as it is.")

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        """Return the value unopened; what is empty is read at once."""
        if value is None or not holds_something(value):
            return None if value is None else self.inner.read(value)
        return Closed(value, self)

    def sealed(self, value: Any, seal: Callable[[str], str]) -> str:
        """Return a value as it is kept."""
        written = self.inner.write(value)
        if not holds_something(written):
            return written
        if self.is_whole:
            return seal(written)
        entries = json.loads(written)
        for name in entries:
            if self._hides(name) and entries[name] not in ("", None):
                entries[name] = seal(json.dumps(entries[name], sort_keys=True))
        return json.dumps(entries, sort_keys=True)

    def opened(self, sealed: str, open_one: Callable[[str], str | None]) -> Any:
        """Return the value behind what is kept; `open_one` gives None for what was erased."""
        if self.is_whole:
            told = open_one(sealed)
            return self.erased_value if told is None else self.inner.read(told)
        entries = json.loads(sealed)
        for name, entry in entries.items():
            if self._hides(name) and isinstance(entry, str) and entry.startswith(MARK):
                told = open_one(entry)
                entries[name] = self._entry_erased if told is None else json.loads(told)
        left = {name: entry for name, entry in entries.items() if entry is not _GONE}
        return self.inner.read(json.dumps(left))

    def _hides(self, name: str) -> bool:
        return name in self.only if self.only else name not in self.but

    @property
    def _entry_erased(self) -> Any:
        """Return what is read for an entry: those named are words, others are left out."""
        return ERASED if self.only else _GONE

    @property
    def erased_value(self) -> Any:
        """Return what is read once the key is destroyed."""
        if isinstance(self.inner, DayText):
            return ErasedDay()
        return self.inner.read(self.erased)


class SealedTree(SealedColumn):
    """A tree of mappings, lists and plain values kept sealed, as long text."""

    impl = Text
    cache_ok = True


def holds_something(written: str) -> bool:
    """Say whether a written value says anything; an empty one needs no sealing."""
    return written not in ("", "[]", "{}")


def sealed_text() -> Any:
    """Return the type of a sealed text, in the shape that SQLModel's `Field` is typed for."""
    return SealedColumn()


def sealed_day() -> Any:
    """Return the type of a sealed day."""
    return SealedColumn(DayText())


def sealed_word(words: type[Any]) -> Any:
    """Return the type of a sealed word of a closed list; once erased it is as if never said."""
    return SealedColumn(WordText(words), erased="")


def sealed_bytes() -> Any:
    """Return the type of sealed bytes, such as a picture."""
    return SealedTree(BytesText(), erased="")


def sealed_entries(*, only: tuple[str, ...] = (), but: tuple[str, ...] = ()) -> Any:
    """Return the type of a sealed mapping, whole or in part."""
    return SealedTree(JsonColumn(), erased="{}", only=only, but=but)


def sealed_list() -> Any:
    """Return the type of a sealed list."""
    return SealedTree(JsonColumn(), erased="[]")


def opened(
    rows: type[Any], row_id: UUID, told: dict[str, Any], *, unread: Collection[str] = ()
) -> dict[str, Any]:
    """Return what columns of one row say that were selected by themselves, opened in place.

    Of those in `unread` it is only asked whether they say anything: they stay sealed.
    """
    row = ""
    for name, place, kind in _sealed_columns(rows):
        value = told.get(name)
        if value.__class__ is not Closed:
            continue
        if name in unread:
            told[name] = STAYS_SEALED
            continue
        row = row or str(row_id)
        if kind.is_whole:
            text = keys().open(value.sealed, place + row)
            told[name] = kind.erased_value if text is None else kind.inner.read(text)
        else:
            told[name] = value.open(place + row)
    return told


_COLUMNS: dict[type[Any], tuple[tuple[str, str, SealedColumn], ...]] = {}


def _sealed_columns(rows: type[Any]) -> tuple[tuple[str, str, SealedColumn], ...]:
    """Return the sealed columns of a table: name, where they stand but for the row, and type."""
    if rows not in _COLUMNS:
        table = rows.__table__
        sealed = [one for one in table.columns if isinstance(one.type, SealedColumn)]
        _COLUMNS[rows] = tuple(
            (one.name, place_of(table.name, one.name, ""), one.type) for one in sealed
        )
    return _COLUMNS[rows]


def is_erased(value: Any) -> bool:
    """Say whether a value is what is read where a person was erased."""
    return value == ERASED or isinstance(value, ErasedDay)
