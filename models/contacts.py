"""How to reach people: leavers after release, mentors, and the practitioner of a leaver.

Each is kept with its history; what was recorded last stands.
"""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.desk_words import ContactWay
from models.facts import Facts, Name
from models.rows import OfPerson, Record, Recorded, of_one_person
from models.sealed import sealed_text

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class ContactFacts(Facts):
    """Phone, e-mail and address of someone; for a leaver, those after the release.

    `shares` is the one way that a leaver lets the mentor have; None is none.
    """

    phone: Line = Field(default="", sa_type=sealed_text())
    email: Line = Field(default="", sa_type=sealed_text())
    address: Line = Field(default="", sa_type=sealed_text())
    shares: ContactWay | None = Field(default=None, sa_type=stored_as(WordColumn(ContactWay)))


class PractitionerFacts(Facts):
    """The community probation practitioner of a leaver on licence, who has no account."""

    name: Name = Field(default="", sa_type=sealed_text())
    email: Line = Field(default="", sa_type=sealed_text())
    phone: Line = Field(default="", sa_type=sealed_text())


class Contact(ContactFacts, OfPerson, Recorded, Record, table=True):
    """How to reach one person, as it stood when recorded."""

    __table_args__ = (
        of_one_person(),
        one_of("shares", ContactWay),
        UniqueConstraint("leaver_id", "recorded_at"),
        UniqueConstraint("mentor_id", "recorded_at"),
    )

    phone_index: str | None = None
    email_index: str | None = None


class Practitioner(PractitionerFacts, Recorded, Record, table=True):
    """The practitioner of one leaver, as it stood when recorded."""

    __table_args__ = (UniqueConstraint("leaver_id", "recorded_at"),)

    leaver_id: UUID = Field(foreign_key="leaver.id")
