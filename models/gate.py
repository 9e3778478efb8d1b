"""The day of release: what was agreed for the gate, and what the mentor said on the day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.desk_words import GateStep
from models.facts import Name
from models.rows import Record, Recorded, Row, Versioned
from models.sealed import sealed_text


class GatePlan(Versioned, Recorded, Record, table=True):
    """What is agreed for the gate, beside the time and place of the gate meeting.

    `bring` is what to have at hand, `ring_*` who to ring if someone is not
    there. No "home safe" by `home_by` (UTC), and the manager is rung.
    """

    __table_args__ = (UniqueConstraint("pair_id"),)

    pair_id: UUID = Field(foreign_key="pair.id")
    bring: str = Field(default="", sa_type=sealed_text())
    ring_name: Name = Field(default="", sa_type=sealed_text())
    ring_phone: str = Field(default="", sa_type=sealed_text())
    home_by: datetime


class GateMark(Row, table=True):
    """One tap of the mentor on the day: arrived, met, home safe. Each counts once."""

    __table_args__ = (one_of("step", GateStep),)

    pair_id: UUID = Field(primary_key=True, foreign_key="pair.id")
    step: GateStep = Field(primary_key=True, sa_type=stored_as(WordColumn(GateStep)))
    marked_at: datetime
    marked_by: UUID | None = Field(default=None, foreign_key="account.id")
