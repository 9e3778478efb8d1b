"""Reading what is sensitive, kept in the audit, on a page that is asked for or comes back."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g, request

from models.rows import Row
from web.guard import note_read


def keep_read(row: Row, fields: Iterable[str]) -> None:
    """Keep in the audit that fields of a row are shown; call it before the page is read.

    Where a form came back, the session of the request writes: a second one
    would wait for it. Nothing else of that request is left to be kept.
    """
    if request.method == "GET":
        note_read(row, fields)
        return
    g.db.rollback()
    g.db.note_read(row, fields)
    g.db.commit()
