"""What the mentor's pages show of the people they walk with, kept in the audit."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import g
from sqlmodel import col

from matcher.desks.rows_shown import leavers_shown
from models.access import pairs_seen_by
from models.pairs import Pair
from web.reading_noted import note_reads

WALKED_WITH = ("first_name", "release_date", "meeting_place")
"""What a mentor reads of someone once they have said yes."""


def note_pairs(pair_ids: Iterable[UUID]) -> None:
    """Keep in the audit that a page shows the people of these pairs."""
    wanted = set(pair_ids)
    if wanted:
        seen = pairs_seen_by(g.account, g.now).where(col(Pair.id).in_(wanted))
        ids = [pair.leaver_id for pair in g.db.exec(seen)]
        note_reads(leavers_shown(g.db, ids), WALKED_WITH)
