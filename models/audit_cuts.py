"""Where the oldest end of the audit was cut off, once it was older than it may be kept.

A mark is the only thing that lets the database delete an entry, and it is
signed: it says up to which entry, how its chain stood there, and when. The
chain that is left is verified from the newest mark on.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.rows import Row


class AuditCut(Row, table=True):
    """One cut: every entry up to `number` is gone; `chain` was the chain value of that one.

    `kept_from` is the moment before which entries were too old. Added to
    only, as the audit is.
    """

    __table_args__ = (
        CheckConstraint("number >= 0", name="number_range"),
        CheckConstraint("length(chain) = 64 AND length(seal) = 64", name="seal_length"),
    )

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    chain: str
    kept_from: datetime
    cut_at: datetime
    seal: str


def seal_of_cut(key: bytes, number: int, chain: str, kept_from: datetime, cut_at: datetime) -> str:
    """Return the signature of a mark: the HMAC-SHA-256 of all it says."""
    moments = [moment.astimezone(UTC).isoformat() for moment in (kept_from, cut_at)]
    told = "\n".join(["cut", str(number), chain, *moments])
    return hmac.new(key, told.encode(), "sha256").hexdigest()
