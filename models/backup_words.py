"""What the parts of a backup tell one another: what was copied, what was put back, what is wrong.

Beside it stands what both kinds of database are asked before one is replaced.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select

from models.post import ClockHealth

JUST_NOW = timedelta(minutes=2)
"""A clock that looked within this time is taken to run: it looks every few seconds."""


class BackupError(Exception):
    """A backup cannot be made or put back; its text is one clear sentence or two."""


@dataclass(frozen=True)
class Copied:
    """At which revision a copy is, and the version of pg_dump that made it, "" for SQLite."""

    revision: str
    made_with: str = ""


@dataclass(frozen=True)
class Restored:
    """When the backup was made (UTC), at which revision, and where what was there before is."""

    made_at: datetime
    revision: str
    kept: str


def refuse_while_a_clock_runs(connection: Connection, now: datetime) -> None:
    """Raise BackupError if a clock has looked at the database just now, by its own row."""
    if not inspect(connection).has_table(str(ClockHealth.__tablename__)):
        return
    last: datetime | None = connection.scalar(select(func.max(ClockHealth.last_look_at)))
    if last is not None and abs(now - last) < JUST_NOW:
        raise BackupError(
            f"A clock looked at this database {round(abs(now - last).total_seconds())} seconds "
            "ago. Stop every clock and all pages first, and wait two minutes."
        )


def see_onto_the_disk(folder: Path) -> None:
    """Let the names in a folder be on the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
