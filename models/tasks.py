"""What only a person can settle, as rows: raised once, done by someone."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.desk_words import TaskKind
from models.facts import PrisonCode
from models.rows import Record, Versioned
from models.sealed import sealed_text
from models.vocabulary import Region


class Task(Versioned, Record, table=True):
    """One thing to do at one desk: the liaison's of a prison, or the manager's of a region.

    `key` says the same task again in the same words; a second one is not
    raised. `outcome` is what whoever did it wrote.
    """

    __table_args__ = (
        one_of("kind", TaskKind),
        one_of("region", Region),
        UniqueConstraint("key"),
        CheckConstraint("(prison IS NULL) <> (region IS NULL)", name="one_desk"),
        ForeignKeyConstraint(["prison"], ["prison.code"]),
    )

    key: str
    kind: TaskKind = Field(sa_type=stored_as(WordColumn(TaskKind)))
    prison: PrisonCode | None = Field(default=None, index=True)
    region: Region | None = Field(
        default=None,
        foreign_key="region.code",
        index=True,
        sa_type=stored_as(WordColumn(Region)),
    )
    leaver_id: UUID | None = Field(default=None, foreign_key="leaver.id", index=True)
    mentor_id: UUID | None = Field(default=None, foreign_key="mentor.id", index=True)
    pair_id: UUID | None = Field(default=None, foreign_key="pair.id", index=True)
    meeting_id: UUID | None = Field(default=None, foreign_key="meeting.id", index=True)
    letter_id: UUID | None = Field(default=None, foreign_key="letter.id", index=True)
    raised_at: datetime
    due_on: date
    done_at: datetime | None = None
    done_by: UUID | None = Field(default=None, foreign_key="account.id")
    outcome: str = Field(default="", sa_type=sealed_text())
