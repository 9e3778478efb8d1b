"""Is this the store of keys that the rows were sealed with: looked at before anything is written.

Whoever writes with another store seals what the right one cannot open, and
finds nobody by number or name. So a few rows of each table are looked at, and
a store that lacks most of their keys, or is not there at all, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, inspect, literal_column, select, table

from models.key_ring import ERASED, KeyRing, KeysError, keys
from models.person_store import Wrapped
from models.rotation import TOKEN, sealed_tables

FEW_ROWS = 3
"""Rows of each table that are looked at: a start must be quick."""

OTHER_STORE = (
    "The store of keys that GATEMATE_KEYS names is not the one that this database was sealed with. "
    "Set GATEMATE_KEYS to that one; if it is lost, put its newest backup back with gatemate keys "
    "restore."
)


def refuse_other_keys(connection: Connection) -> None:
    """Raise KeysError where the keys of this process are not those of the rows; makes no store."""
    names = {part for label in _labels(connection) for part in label.split("+")}
    if not names:
        return
    ring = keys()
    if not ring.store.is_there():
        raise KeysError(OTHER_STORE)
    there = [name for name in names if _has(ring, name)]
    if len(there) * 2 < len(names):
        raise KeysError(OTHER_STORE)


def _labels(connection: Connection) -> Iterator[str]:
    """Yield with which keys some values are sealed, whatever revision the tables are at."""
    there = set(inspect(connection).get_table_names())
    for name in (one.name for one in sealed_tables() if one.name in there):
        asked: Any = select(literal_column("*")).select_from(table(name)).limit(FEW_ROWS)
        for row in connection.execute(asked):
            for value in row:
                found = TOKEN.finditer(value) if isinstance(value, str) else ()
                yield from (one["label"] for one in found if one["label"] != ERASED)


def _has(ring: KeyRing, name: str) -> bool:
    """Say whether a key is in the store or was destroyed; KeysError for another master key's."""
    holder, _, version = name.partition(".")
    person = UUID(holder)
    if ring.is_erased(person):
        return True
    for _, number, wrapped in ring.store.names(person):
        if number == int(version):
            ring.unwrapped(Wrapped(person, number, wrapped))
            return True
    return False
