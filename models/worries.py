"""What a mentor is worried about: told once, read by a manager, and kept as safeguarding is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.desk_words import WorryKind
from models.rows import Record, Versioned
from models.sealed import sealed_text
from models.vocabulary import Region


class Worry(Versioned, Record, table=True):
    """One worry of a mentor, about somebody they walk with or about nobody of them.

    `region` is that of the manager who is told first, `also_region` that of
    the mentor's own manager where it is another one. `read_at` is when the
    first of them opened it; what they did stands with their tasks.
    """

    __table_args__ = (
        one_of("kind", WorryKind),
        one_of("region", Region),
        one_of("also_region", Region),
        CheckConstraint("also_region <> region", name="two_regions"),
        CheckConstraint("(pair_id IS NULL) = (leaver_id IS NULL)", name="whose_pair"),
        CheckConstraint("(read_at IS NULL) = (read_by IS NULL)", name="read_by_someone"),
    )

    mentor_id: UUID = Field(foreign_key="mentor.id", index=True)
    leaver_id: UUID | None = Field(default=None, foreign_key="leaver.id", index=True)
    pair_id: UUID | None = Field(default=None, foreign_key="pair.id", index=True)
    region: Region = Field(
        foreign_key="region.code", index=True, sa_type=stored_as(WordColumn(Region))
    )
    also_region: Region | None = Field(
        default=None,
        foreign_key="region.code",
        index=True,
        sa_type=stored_as(WordColumn(Region)),
    )
    kind: WorryKind = Field(sa_type=stored_as(WordColumn(WorryKind)))
    text: str = Field(default="", sa_type=sealed_text())
    told_at: datetime
    told_by: UUID | None = Field(default=None, foreign_key="account.id")
    read_at: datetime | None = None
    read_by: UUID | None = Field(default=None, foreign_key="account.id")
