"""New keys for everyone, and every sealed value sealed anew with them, while the service runs.

A kill at any point leaves rows that open: the old keys are destroyed last,
when under a lock that no writer shares nothing is sealed with them any more.
Whoever rotates next goes on where the last one stopped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Engine,
    String,
    Table,
    func,
    literal,
    select,
    tuple_,
    type_coerce,
    update,
)

from models.holders import row_id_of
from models.key_ring import ERASED, INDEX, KeyRing, place_of
from models.person_store import Wrapped
from models.row_seals import seal_anew
from models.sealed import SealedColumn
from models.sealing import LOCK
from models.tables import METADATA

AT_ONCE = 500
TOKEN = re.compile(r"s1:(?P<label>[0-9a-f.+]+|erased):[A-Za-z0-9+/=]*")
"""A sealed value, alone or within the text of a tree."""


@dataclass(frozen=True)
class Rotated:
    """What a rotation did: to which version, how many values anew, how many old keys destroyed."""

    version: int
    values: int
    destroyed: int


Step = Callable[[str], None]


def rotate(
    engine: Engine,
    ring: KeyRing,
    *,
    audit_key: bytes,
    now: datetime,
    step: Step = lambda _: None,
) -> Rotated:
    """Give everyone a new key and seal everything anew; goes on with a rotation that was stopped.

    The seals of the rows are made with `audit_key` and go along. `step` is
    told what is done, after each commit.
    """
    version = ring.store.begin_round(now=now).version
    step("begun")
    _make_keys(ring, version, step)
    values = 0
    for table in sealed_tables():
        last = None
        while True:
            with engine.begin() as connection:
                rows = _rows(connection, table, last, hold=True)
                values += sum(_seal_anew(connection, ring, audit_key, table, row) for row in rows)
            if not rows:
                break
            last = _key(table, rows[-1])
            step(f"sealed {table.name}")
    values += _seal_what_is_left(engine, ring, audit_key, version)
    step("all sealed")
    destroyed = ring.store.end_round(version, now=now)
    ring.refresh()
    return Rotated(version, values, destroyed)


def sealed_tables() -> list[Table]:
    """Return the tables that have sealed columns, in the order of their names."""
    tables = sorted(METADATA.tables.values(), key=lambda one: one.name)
    return [table for table in tables if _columns(table)]


def labels_in(connection: Connection) -> Counter[tuple[str, str]]:
    """Return with which keys values are sealed: how many, by table and label."""
    found: Counter[tuple[str, str]] = Counter()
    for table, row in _everything(connection, hold=False):
        for name in _columns(table):
            for token in TOKEN.finditer(row[name] or ""):
                found[table.name, token["label"]] += 1
    return found


def missing_keys(connection: Connection, ring: KeyRing) -> Counter[str]:
    """Return how many values of each table have a key that is neither there nor destroyed."""
    there = {f"{one.holder.hex}.{one.version}" for one in ring.store.everything()}
    erased = {holder.hex for holder in ring.store.erased()}
    missing: Counter[str] = Counter()
    for (table, label), count in labels_in(connection).items():
        parts = [] if label == ERASED else label.split("+")
        if any(part not in there and part.partition(".")[0] not in erased for part in parts):
            missing[table] += count
    return missing


def _make_keys(ring: KeyRing, version: int, step: Step) -> None:
    """Keep a key of this version for everyone who has none; the blind indexes keep their key."""
    newest: dict[UUID, Wrapped] = {one.holder: one for one in ring.store.everything()}
    lacking = [one for one in newest.values() if one.version < version]
    for start in range(0, len(lacking), AT_ONCE):
        some = lacking[start : start + AT_ONCE]
        ring.store.keep(
            ring.wrapped(one.holder, version, ring.unwrapped(one) if one.holder == INDEX else None)
            for one in some
        )
        step("keys made")
    ring.store.note_replaced()
    ring.refresh()


def _seal_what_is_left(engine: Engine, ring: KeyRing, audit_key: bytes, version: int) -> int:
    """Seal what was written meanwhile with older keys, when nobody else is writing."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        _make_keys(ring, version, lambda _: None)
        return sum(
            _seal_anew(connection, ring, audit_key, table, row)
            for table, row in _everything(connection, hold=True)
        )


def _everything(connection: Connection, *, hold: bool) -> Iterator[tuple[Table, Any]]:
    for table in sealed_tables():
        last = None
        while rows := _rows(connection, table, last, hold=hold):
            yield from ((table, row) for row in rows)
            last = _key(table, rows[-1])


def _rows(
    connection: Connection, table: Table, last: tuple[Any, ...] | None, *, hold: bool
) -> list[Any]:
    """Return some rows after the last one; `hold` keeps others off them meanwhile."""
    key = list(table.primary_key.columns)
    sealed = [type_coerce(table.c[name], String).label(name) for name in _columns(table)]
    others = [one for one in table.columns if one.name not in _columns(table)]
    asked = select(*others, *sealed).order_by(*key).limit(AT_ONCE)
    asked = asked.with_for_update() if hold else asked
    if last is not None:
        asked = asked.where(tuple_(*key) > tuple_(*_bound(table, last)))
    return list(connection.execute(asked).mappings())


def _bound(table: Table, last: tuple[Any, ...]) -> list[Any]:
    key = table.primary_key.columns
    return [literal(value, one.type) for one, value in zip(key, last, strict=True)]


def _key(table: Table, row: Any) -> tuple[Any, ...]:
    return tuple(row[one.name] for one in table.primary_key.columns)


def _seal_anew(
    connection: Connection, ring: KeyRing, audit_key: bytes, table: Table, row: Any
) -> int:
    """Seal the values of a row anew that have older keys; return how many."""
    new = {}
    for name in _columns(table):
        place = place_of(table.name, name, row_id_of(table.name, row.__getitem__))
        text = row[name] or ""
        anew = TOKEN.sub(lambda found, at=place: ring.sealed_anew(found[0], at), text)
        if anew != text:
            new[name] = anew
    if new:
        where = [one == row[one.name] for one in table.primary_key.columns]
        values = {name: type_coerce(text, String) for name, text in new.items()}
        connection.execute(update(table).where(*where).values(**values))
        seal_anew(connection, audit_key, table, row, new)
    return len(new)


def _columns(table: Table) -> list[str]:
    return [one.name for one in table.columns if isinstance(one.type, SealedColumn)]
