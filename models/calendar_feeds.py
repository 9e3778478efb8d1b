"""A link by which a calendar follows a mentor's appointments without signing in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.rows import Record

GOOD = text("revoked_at IS NULL")


class CalendarFeed(Record, table=True):
    """One link: `token_hash` is the SHA-256 of what is secret of it, shown once and not kept.

    An account has one that leads somewhere; `fetched_at` is when a calendar
    came by, to within ten minutes. All in real time.
    """

    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index(
            "uq_calendar_feed_one_good",
            "account_id",
            unique=True,
            sqlite_where=GOOD,
            postgresql_where=GOOD,
        ),
    )

    account_id: UUID = Field(foreign_key="account.id", index=True)
    token_hash: str
    made_at: datetime
    fetched_at: datetime | None = None
    revoked_at: datetime | None = None
