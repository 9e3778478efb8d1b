"""The leaver's own say: profiles of mentors without names, and which they would like or not."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import JsonColumn, WordColumn, one_of, stored_as
from models.rows import Record, Recorded
from models.vocabulary import Word


class Wish(Word):
    """What a leaver says of one profile."""

    CHOSEN = "chosen", "This one"
    RULED_OUT = "ruled_out", "Not this one"
    NO_WISH = "no_wish", "No wish"


class OwnSay(Recorded, Record, table=True):
    """One mentor who was shown to one leaver as a profile without a name.

    `number` is which profile it is, told as a letter and never given twice.
    `told` is what the profile says, as it was when it was drawn: a sheet of
    paper goes on being right. `gone_at` is when it was no longer asked about.
    The mentor is never told.
    """

    __table_args__ = (
        one_of("wish", Wish),
        UniqueConstraint("referral_id", "number"),
        CheckConstraint("number >= 1", name="number_range"),
        CheckConstraint("(wish IS NULL) = (said_at IS NULL)", name="said_whole"),
    )

    leaver_id: UUID = Field(foreign_key="leaver.id", index=True)
    referral_id: UUID = Field(foreign_key="referral.id", index=True)
    mentor_id: UUID = Field(foreign_key="mentor.id", index=True)
    number: int
    told: Mapping[str, Any] = Field(default={}, sa_type=stored_as(JsonColumn()))
    gone_at: datetime | None = None
    wish: Wish | None = Field(default=None, sa_type=stored_as(WordColumn(Wish)))
    said_at: datetime | None = None
    said_by: UUID | None = Field(default=None, foreign_key="account.id")

    @property
    def letter(self) -> str:
        """Return the letter that stands for the profile on paper and on screen."""
        return chr(ord("A") + self.number - 1)
