"""Managers who are away for some days, and the colleague who stands in for them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.rows import Record, Versioned
from models.vocabulary import Region


class ManagerAway(Versioned, Record, table=True):
    """Days, the first and the last among them, on which a manager is away.

    `region` is the one whose work waits. The deputy, another manager, sees it
    on these days and on no other, and only once they said yes. `ended_at`
    says that the manager is back early, or the deputy stands in no more.
    """

    __table_args__ = (
        one_of("region", Region),
        CheckConstraint("starts_on <= ends_on", name="in_order"),
        CheckConstraint("account_id <> deputy_id", name="two_people"),
        CheckConstraint("agreed_at IS NULL OR deputy_id IS NOT NULL", name="agreed_by_someone"),
    )

    account_id: UUID = Field(foreign_key="account.id", index=True)
    deputy_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    region: Region = Field(foreign_key="region.code", sa_type=stored_as(WordColumn(Region)))
    starts_on: date
    ends_on: date
    asked_at: datetime
    agreed_at: datetime | None = None
    ended_at: datetime | None = None
