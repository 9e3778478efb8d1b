"""Reading what is sensitive, kept in the audit: of one person, or of a page full of them.

Each person shown has an entry of their own, also where a page lists a
hundred. "Who has looked at this person?" is asked of the audit by person: an
entry has room for one row and one person, and an index finds it. One entry
that named a whole page could only be found by reading them all. So that pages
stay quick, the entries of a page are one transaction: the lock of the chain
is taken once, and all of them go in with one statement.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import g, request

from models.audit import AuditedSession, Hand
from models.rows import Row
from web.guard import READING
from web.surroundings import surroundings

NAMED_IN_REPORTS = ("first_name", "surname", "prison_number", "release_date")
"""What a page that lists people of a release report shows of each."""


Reads = tuple[Iterable[Row], Iterable[str]]
"""Some rows, and which sensitive fields of each of them a page shows."""


def note_reads(rows: Iterable[Row], fields: Iterable[str]) -> None:
    """Keep in the audit that sensitive fields of rows are shown, each row once."""
    note_page((rows, fields))


def note_page(*reads: Reads) -> None:
    """Keep in the audit all that a page shows, in one transaction.

    Call it before the page is read. Where a form came back, the session of
    the request writes: a second one would wait for it. Nothing else of that
    request is left to be kept, and what is shown is read anew.
    """
    shown = [({id(row): row for row in rows}, frozenset(fields)) for rows, fields in reads]
    if not any(rows for rows, _ in shown):
        return
    if request.method in READING:
        with surroundings().writing() as db:
            db.write_as(Hand(g.account.id, at=g.now, origin=request.remote_addr or ""))
            _note(db, shown)
        return
    g.db.rollback()
    _note(g.db, shown)


def _note(db: AuditedSession, shown: list[tuple[dict[int, Row], frozenset[str]]]) -> None:
    for rows, fields in shown:
        for row in rows.values():
            db.note_read(row, fields)
    db.commit()
