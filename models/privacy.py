"""What is kept for the sake of privacy: consents, holds, periods, reasons, tombstones, counts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import CodeSetColumn, WordColumn, one_of, stored_as
from models.privacy_words import ErasedBecause, PersonKind, Purpose, ReasonFor
from models.rows import OfPerson, Record, Recorded, Row, of_one_person
from models.sealed import sealed_text
from models.states import EndReason
from models.vocabulary import Region


class Consent(OfPerson, Recorded, Record, table=True):
    """What one person said to one purpose, as it stood when recorded; the newest row stands.

    `told_on` is the day on which they said it.
    """

    __table_args__ = (
        of_one_person(),
        one_of("purpose", Purpose),
        CheckConstraint(
            "(purpose IN ('walking', 'own_words', 'texts')) = (mentor_id IS NOT NULL)",
            name="purpose_of_person",
        ),
        UniqueConstraint("leaver_id", "purpose", "recorded_at"),
        UniqueConstraint("mentor_id", "purpose", "recorded_at"),
    )

    purpose: Purpose = Field(sa_type=stored_as(WordColumn(Purpose)))
    given: bool
    told_on: date


class LegalHold(OfPerson, Recorded, Record, table=True):
    """Someone must keep the record of a person: nothing of it is deleted until this is lifted."""

    __table_args__ = (
        of_one_person(),
        CheckConstraint("lifted_at IS NOT NULL OR lifted_by IS NULL", name="lifted_has_time"),
    )

    why: str = Field(sa_type=sealed_text())
    lifted_at: datetime | None = None
    lifted_by: UUID | None = Field(default=None, foreign_key="account.id")


class ChangeReason(OfPerson, Recorded, Record, table=True):
    """Why a manager changed what is most sensitive; `row_id` is the row that they changed or made.

    Kept here and not in the audit, which holds no word of anyone.
    """

    __table_args__ = (of_one_person(), one_of("about", ReasonFor))

    about: ReasonFor = Field(sa_type=stored_as(WordColumn(ReasonFor)))
    row_id: str = Field(index=True)
    text: str = Field(sa_type=sealed_text())


class RetentionPeriod(Recorded, Row, table=True):
    """How long the controller keeps one kind of record, in days, in the place of our own rule."""

    __table_args__ = (CheckConstraint("days BETWEEN 0 AND 36525", name="days_range"),)

    code: str = Field(primary_key=True)
    days: int


class Tombstone(Record, table=True):
    """A person who was erased: the id that the audit still tells of, and nothing else of them.

    `marks` are keyed hashes of the code and the numbers they were known by,
    so that a backup or a file that still has them is found.
    """

    __table_args__ = (one_of("kind", PersonKind), one_of("because", ErasedBecause))

    kind: PersonKind = Field(sa_type=stored_as(WordColumn(PersonKind)))
    because: ErasedBecause = Field(sa_type=stored_as(WordColumn(ErasedBecause)))
    erased_at: datetime
    erased_by: UUID | None = None
    marks: frozenset[str] = Field(default=frozenset(), sa_type=stored_as(CodeSetColumn()))


class PairCount(Row, table=True):
    """What is left of pairs whose people are no longer on file: how many ended how, by month."""

    __table_args__ = (
        one_of("region", Region),
        one_of("end_reason", EndReason),
        CheckConstraint("pairs >= 0 AND held >= 0 AND missed >= 0", name="counts_range"),
    )

    month: date = Field(primary_key=True)
    region: Region = Field(primary_key=True, sa_type=stored_as(WordColumn(Region)))
    end_reason: EndReason = Field(primary_key=True, sa_type=stored_as(WordColumn(EndReason)))
    pairs: int = 0
    held: int = 0
    missed: int = 0
