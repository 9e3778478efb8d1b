"""What the manager's lists show of many people, kept in the audit."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import g

from matcher.desks.rows_shown import leavers_shown
from web.reading_noted import Reads, note_reads

NAMED_IN_LISTS = ("first_name", "release_date")
"""What a list shows of each leaver. The first names of mentors are no secret from a manager."""


def note_leavers(ids: Iterable[UUID | None]) -> None:
    """Keep in the audit that a list names these leavers."""
    note_reads(*leavers_named(ids))


def leavers_named(ids: Iterable[UUID | None]) -> Reads:
    """Return what a page reads that names these leavers."""
    return leavers_shown(g.db, ids), NAMED_IN_LISTS
