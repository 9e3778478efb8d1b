"""A second mentor chosen beside a pair: takes no place, is told nothing until called."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from models.rows import Record, Versioned

STANDBYS_PER_MENTOR = 2
_IS_OPEN = text("slot IS NOT NULL")


class Standby(Versioned, Record, table=True):
    """One mentor standing by for one pair.

    `turn` 1 is called first. `slot` is which of the mentor's two standbys
    this is; the database lets no two share one, so a mentor stands by for at
    most two. `score` is in whole thousandths of a point.
    """

    __table_args__ = (
        CheckConstraint(f"slot BETWEEN 1 AND {STANDBYS_PER_MENTOR}", name="slot_range"),
        CheckConstraint("(closed_at IS NULL) = (slot IS NOT NULL)", name="open_has_slot"),
        CheckConstraint("called_at IS NULL OR closed_at IS NOT NULL", name="called_is_closed"),
        CheckConstraint("turn >= 1", name="turn_range"),
        CheckConstraint("score BETWEEN 0 AND 100000", name="score_range"),
        UniqueConstraint("mentor_id", "slot"),
        *(
            Index(
                f"uq_standby_open_{column}",
                "pair_id",
                column,
                unique=True,
                sqlite_where=_IS_OPEN,
                postgresql_where=_IS_OPEN,
            )
            for column in ("mentor_id", "turn")
        ),
    )

    pair_id: UUID = Field(foreign_key="pair.id", index=True)
    mentor_id: UUID = Field(foreign_key="mentor.id")
    turn: int = 1
    slot: int | None
    score: int
    chosen_at: datetime
    called_at: datetime | None = None
    closed_at: datetime | None = None

    def call(self, *, now: datetime) -> None:
        """Record that the mentor is asked; the offer itself is an ordinary pair."""
        self.close(now=now)
        self.called_at = now

    def close(self, *, now: datetime) -> None:
        """Let the slot go. A standby already closed stays as it was."""
        self.closed_at = self.closed_at or now
        self.slot = None
