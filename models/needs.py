"""What a mentor needs to go on: a coach, forums of the region, and to say how heavy it is.

What a mentor says of the load is never asked for by a rule or by the score.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.contacts import Line
from models.need_words import Load
from models.rows import Record, Recorded, Versioned
from models.sealed import sealed_text
from models.vetting import OfMentor
from models.vocabulary import Region


class MentorCoach(OfMentor, table=True):
    """Who coaches a mentor, and how to ring them; the newest stands, an empty name is nobody."""

    __table_args__ = (UniqueConstraint("mentor_id", "recorded_at"),)

    name: Line = Field(default="", sa_type=sealed_text())
    phone: Line = Field(default="", sa_type=sealed_text())


class LoadSaid(OfMentor, table=True):
    """How heavy it felt to a mentor when they said so, with a sentence if they like."""

    __table_args__ = (one_of("load", Load), UniqueConstraint("mentor_id", "recorded_at"))

    load: Load = Field(sa_type=stored_as(WordColumn(Load)))
    text: str = Field(default="", sa_type=sealed_text())


class ForumDate(Versioned, Recorded, Record, table=True):
    """When and where the mentors of a region meet."""

    __table_args__ = (one_of("region", Region), UniqueConstraint("region", "starts_at"))

    region: Region = Field(foreign_key="region.code", sa_type=stored_as(WordColumn(Region)))
    starts_at: datetime
    place: Line = Field(default="", sa_type=sealed_text())
