"""What happens to a leaver or mentor and may change the plan, recorded once and for good."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.rows import OfPerson, Record, Recorded, of_one_person
from models.sealed import sealed_entries
from models.states import EventKind

FREE_WORDS = ("said_by", "given_by", "source", "detail", "note", "words")
"""Facts of an event that someone typed, or that name someone; the others are words and days."""


class Event(OfPerson, Recorded, Record, table=True):
    """One thing that happened to one person.

    `key` is the event's own: taken again from its row, nothing is recorded.
    `happened_at` may lie before events recorded earlier: they come in any
    order. Of one person each `recorded_at` is later than the one before, so
    that of two words about one day the last is known. `applied_at` None means
    that the plan has yet to follow.
    """

    __table_args__ = (one_of("kind", EventKind), UniqueConstraint("key"), of_one_person())

    key: str
    kind: EventKind = Field(sa_type=stored_as(WordColumn(EventKind)))
    facts: Mapping[str, Any] = Field(default={}, sa_type=sealed_entries(only=FREE_WORDS))
    happened_at: datetime
    applied_at: datetime | None = None
