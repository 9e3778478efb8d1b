"""Canaries: a value of its own in every column that can hold one, and how to know it again.

`fill` gives each text of a row a value that stands nowhere else, in a form that the column
takes. `canaries_of` reads every row of a database as the service does and returns each value that
is one row's alone: texts, ids, and days in every way that a page may say them.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, inspect
from sqlmodel import AutoString, Session, select

from models.columns import WordText
from models.facts import _PNC_LETTERS
from models.people import Leaver
from models.sealed import DayText, PlainText, SealedColumn

OTHERS_WORDS = frozenset(
    {"zone", "key", "noun", "row_id", "recipient", "chain", "chain_before", "seal", "home"}
    | {"prison", "district", "resettling_in", "desk", "job", "period", "town", "local_authority"}
    | {"kind", "weights_version", "rules_version", "model_version", "facts_version", "sent_to"}
)
"""Columns of text whose words are a code or another row's: they keep what they hold."""

_numbers = [count(1)]


def start_over() -> None:
    """Number from 1 again for a new world: the forms of canaries have room for 9,999."""
    _numbers[0] = count(1)


def fill(row: Any, *, but: frozenset[str] = frozenset()) -> Any:
    """Give every text and every birthday of a row a value of its own."""
    for column in type(row).__table__.columns:
        name = column.name
        if name in but or name in OTHERS_WORDS or name.endswith("_index") or column.foreign_keys:
            continue
        value = _value(name, column.type, next(_numbers[0]))
        if value is not None:
            setattr(row, name, value)
    return row


def _value(name: str, kind: Any, number: int) -> Any:
    if isinstance(kind, SealedColumn):
        if isinstance(kind.inner, DayText):
            return date(1950, 1, 1) + timedelta(days=number * 11)
        if isinstance(kind.inner, WordText):
            return _word(kind.inner.words, number)
        return _text(name, number) if isinstance(kind.inner, PlainText) else None
    return _text(name, number) if isinstance(kind, AutoString) else None


def _word(words: Any, number: int) -> Any:
    """Return a word that is kept and read back, but stands in no list that anybody is offered."""
    value = _text("", number)
    word = str.__new__(words, value)
    word._value_, word.label, word.rank = value, value, len(words)
    words._value2member_map_[value] = word
    return word


_SHAPES: tuple[tuple[str, Callable[[int], str]], ...] = (
    ("prison_number", lambda number: f"X{number:04d}QZ"),
    ("crn", lambda number: f"X{number:06d}"),
    ("pnc", lambda number: f"2002/{number:07d}{_PNC_LETTERS[int(f'02{number:07d}') % 23]}"),
    ("code", lambda number: f"ZQ{number}"),
    ("email", lambda number: f"zq{number}@example.org"),
    ("phone", lambda number: f"07700 9{number:05d}"),
    ("_hash", lambda number: f"{number:064x}"),
    ("", lambda number: f"Zq{number:04d}q"),
)
"""What the value of a column looks like, by how its name ends."""


def _text(name: str, number: int) -> str:
    return next(shape(number) for end, shape in _SHAPES if name.endswith(end))


@dataclass(frozen=True, eq=False)
class Canary:
    """One value of one column of one row, and the ways in which it may be said."""

    table: str
    column: str
    row: Any
    said: tuple[str, ...]


def canaries_of(db: Session) -> list[Canary]:
    """Return every value of a database that is one row's alone."""
    owners: defaultdict[str, set[int]] = defaultdict(set)
    found: list[Canary] = []
    for mapper in inspect(Leaver).registry.mappers:
        kind: Any = mapper.class_
        for row in db.exec(select(kind)):
            for column, value in _values(row):
                said = ways_of_saying(value)
                if said:
                    found.append(Canary(str(kind.__tablename__), column, row, said))
                    owners[said[0]].add(len(found))
    return [one for one in found if len(owners[one.said[0]]) == 1]


def _values(row: Any) -> Iterator[tuple[str, Any]]:
    for column in type(row).__table__.columns:
        value = getattr(row, column.name)
        if column.foreign_keys:
            continue
        for one in value if isinstance(value, tuple) else [value]:
            if isinstance(value, Mapping):
                yield from ((column.name, text) for text in _texts(value))
            elif column.name == "text" and getattr(row, "shareable", True) is False:
                yield "text, not shareable", one
            elif isinstance(column.type, SealedColumn | Uuid | Date | AutoString):
                yield column.name, one


def _texts(tree: Any) -> Iterator[Any]:
    for one in tree.values() if isinstance(tree, Mapping) else tree:
        if isinstance(one, Mapping | list | tuple):
            yield from _texts(one)
        else:
            yield one


def ways_of_saying(value: Any) -> tuple[str, ...]:
    """Return how a page may say a value; nothing for what cannot be told from another's."""
    if isinstance(value, UUID):
        return (str(value),)
    if isinstance(value, date):
        long = f"{value.day} {value:%B %Y}"
        return (value.isoformat(), long, f"{value.day} {value:%b %Y}", f"{value:%d/%m/%Y}")
    return (value,) if isinstance(value, str) and _IS_CANARY.search(value) else ()


_IS_CANARY = re.compile(
    r"^(Zq\d{4}q|ZQ\d+|X\d{4}QZ|X\d{6}|2002/\d{7}.|zq\d+@|07700 9|[0-9a-f]{64})"
)
