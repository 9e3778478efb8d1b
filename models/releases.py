"""Who is about to leave according to a prison's reports, and every release date ever given."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.facts import Name, PrisonCode, PrisonNumber
from models.people import SentenceFacts
from models.release_words import DateKind, SentenceKind
from models.rows import Record, Recorded
from models.sealed import sealed_day, sealed_text


class ExpectedFacts(SentenceFacts):
    """What an uploaded report says of someone: a name and dates, nothing more.

    `release_date` is the effective one, worked out from the dates reported.
    """

    prison_number: PrisonNumber = Field(sa_type=sealed_text())
    first_name: Name = Field(default="", sa_type=sealed_text())
    surname: Name = Field(default="", sa_type=sealed_text())
    birth_date: date | None = Field(default=None, sa_type=sealed_day())
    prison: PrisonCode
    release_date: date
    sentence_kind: SentenceKind = Field(
        default=SentenceKind.DETERMINATE, sa_type=stored_as(WordColumn(SentenceKind))
    )


class ExpectedLeaver(ExpectedFacts, Recorded, Record, table=True):
    """Someone in a report; the row goes 24 hours after the release date.

    `last_seen_at` is when a report last named them: who is no longer in the
    newest report has gone.
    """

    __table_args__ = (
        one_of("sentence_kind", SentenceKind),
        UniqueConstraint("prison_number_index"),
        ForeignKeyConstraint(["prison"], ["prison.code"]),
    )

    last_seen_at: datetime
    prison_number_index: str | None = None


class ReleaseDate(Recorded, Record, table=True):
    """One release date as given, kept for good: which date, by whom, from which source.

    `day` None says that the date was taken away. Of each kind the date
    recorded last stands.
    """

    __table_args__ = (
        one_of("kind", DateKind),
        CheckConstraint("(leaver_id IS NULL) <> (expected_leaver_id IS NULL)", name="one_person"),
        UniqueConstraint("leaver_id", "kind", "recorded_at"),
        UniqueConstraint("expected_leaver_id", "kind", "recorded_at"),
    )

    leaver_id: UUID | None = Field(default=None, foreign_key="leaver.id")
    expected_leaver_id: UUID | None = Field(
        default=None, foreign_key="expected_leaver.id", ondelete="CASCADE"
    )
    kind: DateKind = Field(sa_type=stored_as(WordColumn(DateKind)))
    day: date | None = None
    source: str = Field(sa_type=sealed_text())
    given_by: Name = Field(default="", sa_type=sealed_text())
