"""Rows on their way into the database: only what differs is written, and in a legal order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import inspect
from sqlmodel import Session

from matcher.files.date_order import LONDON
from models.rows import Row
from models.tables import METADATA


class Writing:
    """What one import writes.

    `whom` is about whom anything is written until it is set again, `changed`
    everyone about whom something was. `today` is the day in England and Wales.
    """

    def __init__(self, db: Session, *, now: datetime, by: UUID | None) -> None:
        """Hold the session, and when and by whom things are recorded."""
        self.db = db
        self.now = now
        self.by = by
        self.today = now.astimezone(LONDON).date()
        self.whom = ""
        self.changed: set[str] = set()
        self._rows: defaultdict[str, list[Row]] = defaultdict(list)

    @property
    def stamp(self) -> dict[str, Any]:
        """Return when and by whom a row is recorded."""
        return {"recorded_at": self.now, "recorded_by": self.by}

    def add(self, row: Row) -> None:
        """Add a row, when all is finished."""
        self._rows[inspect(type(row)).local_table.name].append(row)
        self.note_change()

    def update(self, row: Row, facts: Mapping[str, Any]) -> None:
        """Give the row those facts that it does not have yet."""
        for name, value in facts.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
                self.note_change()

    def note_change(self) -> None:
        """Note that something is new about whom it is now about."""
        self.changed.add(self.whom)

    def record(
        self, kind: type[Row], newest: Row | None, facts: Mapping[str, Any], **owner: UUID
    ) -> None:
        """Add a row to a history unless the newest says the same; nothing known is no row."""
        if any(value != _known(kind, newest, name) for name, value in facts.items()):
            self.add(kind(**facts, **owner, **self.stamp))

    def finish(self) -> None:
        """Write it all, each row after those it refers to."""
        self.db.flush()
        for table in METADATA.sorted_tables:
            self.db.add_all(self._rows.pop(table.name, []))
            self.db.flush()


def facts_in(person: BaseModel, *lists: type[BaseModel]) -> dict[str, Any]:
    """Return the facts of some lists that a profile holds."""
    return {name: getattr(person, name) for facts in lists for name in facts.model_fields}


def _known(kind: type[Row], newest: Row | None, name: str) -> Any:
    return kind.model_fields[name].default if newest is None else getattr(newest, name)
