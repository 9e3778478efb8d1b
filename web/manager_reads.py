"""What the manager's lists show of many people, kept in the audit."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import g

from matcher.desks.rows_shown import leavers_shown, mentors_shown
from web.lists_asked import ListAsked
from web.reading_noted import Reads, note_page, note_reads

NAMED_IN_LISTS = ("first_name", "release_date")
"""What a list shows of each leaver. The first names of mentors are no secret from a manager."""

FOUND = "found_by_search"
"""That somebody is on a page because they were looked for tells what they are called."""


def note_list(
    asked: ListAsked, *more: Reads, leavers: Iterable[UUID | None], mentors: Iterable[UUID | None]
) -> None:
    """Keep in the audit whom a list names and, if they were looked for, that they were found."""
    if not asked.find:
        note_page(leavers_named(leavers), *more)
        return
    note_page(
        (leavers_shown(g.db, leavers), (*NAMED_IN_LISTS, FOUND)),
        (mentors_shown(g.db, mentors), ("first_name", FOUND)),
        *more,
    )


def note_leavers(ids: Iterable[UUID | None]) -> None:
    """Keep in the audit that a list names these leavers."""
    note_reads(*leavers_named(ids))


def leavers_named(ids: Iterable[UUID | None]) -> Reads:
    """Return what a page reads that names these leavers."""
    return leavers_shown(g.db, ids), NAMED_IN_LISTS
