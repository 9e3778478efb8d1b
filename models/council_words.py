"""What a council writes of a leaver that no rule or score looks at: drafts, notes, who to avoid."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.rows import Record, Recorded
from models.sealed import sealed_day, sealed_entries, sealed_text


class Draft(Record, table=True):
    """A form begun and not yet sent, as typed: answers by the name of the page, then the field.

    One begun at a kiosk is `stay_id`'s: that stay alone finds it, and nobody
    afterwards.
    """

    account_id: UUID = Field(foreign_key="account.id", index=True)
    stay_id: UUID | None = Field(default=None, foreign_key="sign_in.id", index=True)
    answers: Mapping[str, Any] = Field(default={}, sa_type=sealed_entries(but=("",)))
    created_at: datetime
    changed_at: datetime


class Note(Recorded, Record, table=True):
    """A note about a leaver; only one marked `shareable` may be shown to the mentor."""

    leaver_id: UUID = Field(foreign_key="leaver.id", index=True)
    text: str = Field(sa_type=sealed_text())
    shareable: bool = False


class PersonToAvoid(Recorded, Record, table=True):
    """Someone a leaver must not meet, as told to the council, until a manager has settled it.

    Settling makes a link of it, or says why none is needed.
    """

    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_someone"),
        CheckConstraint("link_id IS NULL OR settled_at IS NOT NULL", name="linked_is_settled"),
    )

    leaver_id: UUID = Field(foreign_key="leaver.id", index=True)
    name: str = Field(sa_type=sealed_text())
    birth_date: date | None = Field(default=None, sa_type=sealed_day())
    why: str = Field(default="", sa_type=sealed_text())
    settled_at: datetime | None = None
    settled_by: UUID | None = Field(default=None, foreign_key="account.id")
    link_id: UUID | None = Field(default=None, foreign_key="link.id")


class AvoidNote(Recorded, Record, table=True):
    """What a manager asked of whom, or found out, about someone a leaver must not meet."""

    leaver_id: UUID = Field(foreign_key="leaver.id", index=True)
    person_id: UUID = Field(foreign_key="person_to_avoid.id", index=True)
    text: str = Field(sa_type=sealed_text())
