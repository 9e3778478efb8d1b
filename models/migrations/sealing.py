"""How a migration seals and opens what is there. What it means may never change.

The steps say which columns of which tables, and whose; the keys are those of
the process that migrates. A table without a row asks for no key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from models.key_ring import ERASED, KeyRing, keys, place_of

AT_ONCE = 500
EMPTY = ("", "[]", "{}")
MARK = "s1:"
LONG_AGO = "1900-01-01"
"""What stands for a day that was erased, once it must be a day again."""


@dataclass(frozen=True)
class ToSeal:
    """The sealed columns of one table.

    `whose` are the columns that name the people; "pair_id" counts where
    those before it name nobody. `key` is the primary key, `row_id` what says
    which row it is, where that is not the `id`. `only` and `but` are as in
    `SealedColumn`, `found_by` the columns that have a blind index.
    """

    columns: tuple[str, ...]
    whose: tuple[str, ...]
    key: str = "id"
    row_id: tuple[str, ...] = ("id",)
    days: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    found_by: Mapping[str, str] | None = None


def seal_rows(bind: sa.Connection, told: Mapping[str, ToSeal]) -> bool:
    """Seal every value of these columns, and keep the blind indexes; say if there was any row."""
    found = False
    for name, one in told.items():
        for rows in _rows(bind, name, one):
            found = True
            ring = keys()
            whose = [_holders(bind, row, one) for row in rows]
            ring.have_keys_for({UUID(int=0), *(holder for some in whose for holder in some)})
            changed = [
                _sealed(ring, name, one, row, some) for row, some in zip(rows, whose, strict=True)
            ]
            _write(bind, name, one, changed)
    return found


def open_rows(bind: sa.Connection, told: Mapping[str, ToSeal]) -> None:
    """Open every value of these columns; what was erased says so."""
    for name, one in told.items():
        for rows in _rows(bind, name, one):
            _write(bind, name, one, [_opened(keys(), name, one, row) for row in rows])


def _table(name: str, one: ToSeal) -> sa.TableClause:
    indexes = (f"{found}_index" for found in one.found_by or ())
    names = {one.key, *one.row_id, *one.whose, *one.columns, *indexes}
    return sa.table(name, *(sa.column(each, _kind(each)) for each in sorted(names)))


def _kind(name: str) -> Any:
    if name == "id" or name.endswith("_id"):
        return sa.Uuid()
    return {"number": sa.Integer(), "moved_at": sa.DateTime(timezone=True)}.get(name, sa.String())


def _rows(bind: sa.Connection, name: str, one: ToSeal) -> Iterator[list[Any]]:
    """Yield the rows of a table, some at a time, in the order of their keys."""
    table = _table(name, one)
    key, last = table.c[one.key], None
    while True:
        asked = sa.select(table).order_by(key).limit(AT_ONCE)
        rows = list(bind.execute(asked if last is None else asked.where(key > last)).mappings())
        if not rows:
            return
        yield rows
        last = rows[-1][one.key]


def _holders(bind: sa.Connection, row: Any, one: ToSeal) -> Collection[UUID]:
    people = {row[name] for name in one.whose if name != "pair_id"} - {None}
    if not people and "pair_id" in one.whose and row["pair_id"]:
        ids = [sa.column(name, sa.Uuid()) for name in ("id", "leaver_id", "mentor_id")]
        pair = sa.table("pair", *ids)
        asked = sa.select(pair.c.leaver_id, pair.c.mentor_id).where(pair.c.id == row["pair_id"])
        people = set(bind.execute(asked).one())
    return sorted(people)


def _sealed(
    ring: KeyRing, name: str, one: ToSeal, row: Any, holders: Collection[UUID]
) -> dict[str, Any]:
    def seal(column: str, text: str) -> str:
        if text.startswith(MARK):
            return text
        return ring.seal(text, place_of(name, column, _row_id(row, one)), holders)

    new: dict[str, Any] = {
        column: _changed(one, column, row[column], partial(seal, column), sealing=True)
        for column in one.columns
    }
    for column, alike in (one.found_by or {}).items():
        if row[column] and not row[column].startswith(MARK):
            new[f"{column}_index"] = ring.blind(alike, row[column])
    return new | {"the_key": row[one.key]}


def _opened(ring: KeyRing, name: str, one: ToSeal, row: Any) -> dict[str, Any]:
    def open_one(column: str, text: str) -> str:
        if not text.startswith(MARK):
            return text
        told = ring.open(text, place_of(name, column, _row_id(row, one)))
        if told is not None:
            return told
        if column in one.days:
            return LONG_AGO
        return json.dumps(ERASED) if column in one.entries else ERASED

    new = {
        column: _changed(one, column, row[column], partial(open_one, column))
        for column in one.columns
    }
    return new | {"the_key": row[one.key]}


def _changed(
    one: ToSeal, column: str, value: str | None, how: Callable[[str], str], *, sealing: bool = False
) -> str | None:
    """Return a value sealed or opened; of a mapping that is sealed in part, its entries."""
    if value is None or value in EMPTY:
        return value
    if column not in one.entries:
        return how(value)
    entries = json.loads(value)
    for name, entry in entries.items():
        if (name in one.only if one.only else name not in one.but) and entry not in ("", None):
            if sealing:
                entries[name] = how(json.dumps(entry, sort_keys=True))
            elif isinstance(entry, str) and entry.startswith(MARK):
                entries[name] = json.loads(how(entry))
    return json.dumps(entries, sort_keys=True)


def _row_id(row: Any, one: ToSeal) -> str:
    return "/".join(_said(row[name]) for name in one.row_id)


def _said(value: Any) -> str:
    if not isinstance(value, datetime):
        return str(value)
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _write(bind: sa.Connection, name: str, one: ToSeal, changed: list[dict[str, Any]]) -> None:
    table = _table(name, one)
    names = sorted({key for row in changed for key in row} - {"the_key"})
    for row in changed:
        row |= {column: row.get(column) for column in names}
    values: dict[str, Any] = {column: sa.bindparam(f"new_{column}") for column in names}
    told = [{f"new_{key}": value for key, value in row.items()} for row in changed]
    where = table.c[one.key] == sa.bindparam("new_the_key", type_=table.c[one.key].type)
    bind.execute(sa.update(table).where(where).values(**values), told)
