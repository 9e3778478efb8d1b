"""Who must not meet whom, and where and when someone may not be: a manager's words.

Links, exclusion zones, curfews, and which gang tags are opposed.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlmodel import Field

from models.columns import HoursColumn, WordColumn, one_of, stored_as
from models.facts import Code, District, Name, PrisonNumber
from models.rows import OfPerson, Record, Recorded, Row, of_one_person
from models.sealed import sealed_day, sealed_text
from models.vocabulary import LinkKind


def _named_once(end: str) -> CheckConstraint:
    ways = ("leaver_id", "mentor_id", "prison_number", "surname")
    counted = " + ".join(f"CASE WHEN {end}_{way} IS NULL THEN 0 ELSE 1 END" for way in ways)
    return CheckConstraint(f"{counted} = 1", name=f"{end}_end_named_once")


def _name_whole(end: str) -> CheckConstraint:
    parts = (f"{end}_first_name", f"{end}_birth_date")
    whole = " AND ".join(f"({end}_surname IS NULL) = ({part} IS NULL)" for part in parts)
    return CheckConstraint(whole, name=f"{end}_name_whole")


class Link(Recorded, Record, table=True):
    """What stands between two people, in both directions, until it is closed.

    Each end is named in exactly one way: a leaver, a mentor, a prison number,
    or a surname with first name and birth date.
    """

    __table_args__ = (
        one_of("kind", LinkKind),
        _named_once("one"),
        _name_whole("one"),
        _named_once("other"),
        _name_whole("other"),
    )

    kind: LinkKind = Field(sa_type=stored_as(WordColumn(LinkKind)))
    one_leaver_id: UUID | None = Field(default=None, foreign_key="leaver.id", index=True)
    one_mentor_id: UUID | None = Field(default=None, foreign_key="mentor.id", index=True)
    one_prison_number: PrisonNumber | None = Field(default=None, sa_type=sealed_text())
    one_first_name: Name | None = Field(default=None, sa_type=sealed_text())
    one_surname: Name | None = Field(default=None, sa_type=sealed_text())
    one_birth_date: date | None = Field(default=None, sa_type=sealed_day())
    other_leaver_id: UUID | None = Field(default=None, foreign_key="leaver.id", index=True)
    other_mentor_id: UUID | None = Field(default=None, foreign_key="mentor.id", index=True)
    other_prison_number: PrisonNumber | None = Field(default=None, sa_type=sealed_text())
    other_first_name: Name | None = Field(default=None, sa_type=sealed_text())
    other_surname: Name | None = Field(default=None, sa_type=sealed_text())
    other_birth_date: date | None = Field(default=None, sa_type=sealed_day())
    detail: str = Field(default="", sa_type=sealed_text())
    closed_at: datetime | None = None
    closed_by: UUID | None = Field(default=None, foreign_key="account.id")


class ExclusionZone(OfPerson, Recorded, Record, table=True):
    """One postcode district where someone may not be; no days given means always."""

    __table_args__ = (
        of_one_person(),
        CheckConstraint("starts_on <= ends_on", name="in_order"),
        ForeignKeyConstraint(["district"], ["district.code"]),
    )

    district: District
    starts_on: date | None = None
    ends_on: date | None = None


class Curfew(OfPerson, Recorded, Record, table=True):
    """Hours of the week when someone must be at home; no days given means always."""

    __table_args__ = (
        of_one_person(),
        CheckConstraint("starts_on <= ends_on", name="in_order"),
    )

    hours: frozenset[int] = Field(sa_type=stored_as(HoursColumn()))
    starts_on: date | None = None
    ends_on: date | None = None


class GangTag(Recorded, Row, table=True):
    """A tag that a manager gives, as short as a code; `name` is what it stands for."""

    code: Code = Field(primary_key=True)
    name: Name = Field(default="", sa_type=sealed_text())


class OpposedGangs(Recorded, Row, table=True):
    """Two tags whose people must not be paired, whichever is the leaver's."""

    __table_args__ = (CheckConstraint("one <> other", name="two_tags"),)

    one: Code = Field(primary_key=True, foreign_key="gang_tag.code")
    other: Code = Field(primary_key=True, foreign_key="gang_tag.code")
