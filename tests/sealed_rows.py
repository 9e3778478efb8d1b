"""Rows as the database holds them, with what is sealed opened: to be compared with plain ones."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, String, Text
from sqlalchemy.types import TypeDecorator

from models.holders import row_id_of
from models.key_ring import MARK, keys, place_of
from models.sealed import DayText, SealedColumn, SealedTree
from models.tables import METADATA


class BeforeSealing(TypeDecorator[Any]):
    """What a column was before it was sealed: the value as it is written."""

    impl = Text
    cache_ok = False

    def __init__(self, sealed: SealedColumn) -> None:
        super().__init__()
        self.sealed = sealed

    def process_bind_param(self, value: Any, _dialect: Any) -> Any:
        return None if value is None else self.sealed.inner.write(value)


def type_before(kind: Any, there: Any) -> Any:
    """The type with which a value goes into a column that may not be sealed yet."""
    if not isinstance(kind, SealedColumn):
        return kind
    if isinstance(there, Date):
        return Date()
    return BeforeSealing(kind) if isinstance(kind.inner, DayText) or _tree(kind) else String()


def opened(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its sealed values opened, and its days written out."""
    return {name: _opened(table, name, value, row) for name, value in row.items()}


def _tree(kind: SealedColumn) -> bool:
    return isinstance(kind, SealedTree)


def _opened(table: str, name: str, value: Any, row: Mapping[str, Any]) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if name.endswith("_index"):
        return value and "index"
    if not isinstance(value, str) or MARK not in value:
        return value
    kind = METADATA.tables[table].c[name].type
    assert isinstance(kind, SealedColumn)
    place = place_of(table, name, row_id_of(table, lambda named: _as_told(named, row[named])))
    return kind.inner.write(kind.opened(value, lambda one: keys().open(one, place)))


def _as_told(name: str, value: Any) -> Any:
    if name == "id" or name.endswith("_id"):
        return value if isinstance(value, UUID) else UUID(str(value))
    if name == "moved_at" and isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value
