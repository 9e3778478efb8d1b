"""Whether what was acknowledged is still there: I15.

Each change had its audit entry in the same transaction. So a row that the
audit saw added is there, or was removed by an act that has an entry too; and
a row that counts its changes has counted as many as the audit has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Table, func
from sqlalchemy import case as when
from sqlalchemy import select as of_columns
from sqlmodel import col

from matcher.doctor.case import Breach, Case, Found
from matcher.doctor.references import row_id
from models.audit import AuditEntry
from models.tables import METADATA


class Life(NamedTuple):
    """What the audit saw of one row: the last adding and removal by number, and its changes."""

    added: int
    removed: int
    changes: int


def acknowledged_writes_survive(case: Case) -> Found:
    """I15: rows that are gone or have gone back, and numbers that are missing in the audit."""
    yield from _gaps(case)
    lives = _lives(case)
    for name in sorted(lives.keys() & METADATA.tables.keys()):
        yield from _lost(case, METADATA.tables[name], lives[name])


def _gaps(case: Case) -> Iterator[Breach]:
    """Yield the numbers after which entries of the audit are missing."""
    number = col(AuditEntry.number)
    before = func.lag(number, 1, 0).over(order_by=number)
    steps = of_columns(number.label("number"), before.label("before")).subquery()
    gaps = of_columns(steps.c.before).where(steps.c.number != steps.c.before + 1)
    for last in case.db.execute(gaps.order_by(steps.c.before)).scalars():
        yield Breach("audit_entry", str(last), "the entry after this one is missing")


def _lives(case: Case) -> Mapping[str, Mapping[str, Life]]:
    """Return the life of every row that the audit knows of, by table and id."""
    noun, row, number = col(AuditEntry.noun), col(AuditEntry.row_id), col(AuditEntry.number)
    action = col(AuditEntry.action)
    told = of_columns(
        noun,
        row,
        func.max(when((action == "add", number), else_=0)),
        func.max(when((action == "remove", number), else_=0)),
        func.sum(when((action == "change", 1), else_=0)),
    )
    lives: defaultdict[str, dict[str, Life]] = defaultdict(dict)
    for name, text, *life in case.db.execute(told.group_by(noun, row)):
        lives[name][text] = Life(*life)
    return lives


def _lost(case: Case, table: Table, lives: Mapping[str, Life]) -> Iterator[Breach]:
    """Yield the rows of one table that are not as the audit left them."""
    versions = _versions(case, table)
    for text, life in sorted(lives.items()):
        if text in versions:
            version = versions[text]
            if life.removed > life.added:
                yield Breach(table.name, text, "it was removed, and is there again")
            elif version is not None and not life.removed and version < 1 + life.changes:
                yield Breach(table.name, text, "it has gone back to an earlier version")
        elif life.added > life.removed:
            yield Breach(table.name, text, "it was added, and is gone without being removed")


def _versions(case: Case, table: Table) -> dict[str, Any]:
    """Return how often each row was changed, where the table counts that, by id as text."""
    key = list(table.primary_key.columns)
    counted = [table.c.version] if "version" in table.c else []
    return {
        row_id(row[: len(key)]): row[len(key)] if counted else None
        for row in case.db.execute(of_columns(*key, *counted))
    }
