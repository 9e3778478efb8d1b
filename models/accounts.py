"""Who may sign in, as what, and for which prison, region or mentor."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.facts import Name, PrisonCode
from models.rows import Record, Versioned
from models.states import Role
from models.vocabulary import Region


class Account(Versioned, Record, table=True):
    """One person's account; it is disabled, never deleted, so that what they did stays theirs.

    Its scope follows from its role: peers and liaison belong to a prison, a
    manager to a region, a mentor to their own row, an administrator to none.
    """

    __table_args__ = (
        one_of("role", Role),
        one_of("region", Region),
        CheckConstraint("(role IN ('peer', 'liaison')) = (prison IS NOT NULL)", name="prison_desk"),
        CheckConstraint("(role = 'manager') = (region IS NOT NULL)", name="region_desk"),
        CheckConstraint("(role = 'mentor') = (mentor_id IS NOT NULL)", name="own_mentor"),
        UniqueConstraint("email"),
        UniqueConstraint("mentor_id"),
        ForeignKeyConstraint(["prison"], ["prison.code"]),
    )

    role: Role = Field(sa_type=stored_as(WordColumn(Role)))
    name: Name = ""
    email: str | None = None
    prison: PrisonCode | None = None
    region: Region | None = Field(
        default=None, foreign_key="region.code", sa_type=stored_as(WordColumn(Region))
    )
    mentor_id: UUID | None = Field(default=None, foreign_key="mentor.id")
    created_at: datetime
    disabled_at: datetime | None = None
