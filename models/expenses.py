"""What a mentor spent and claims back, and the receipt; money is whole pence.

A claim changes by the moves of EXPENSE_STEPS alone. What was decided stays
beside who did and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.contacts import Line
from models.moves import Step, after
from models.need_words import ExpenseKind, ExpenseMove, ExpenseState, ReceiptKind
from models.rows import Record, Versioned
from models.sealed import sealed_bytes, sealed_text

EXPENSE_STEPS: Mapping[ExpenseMove, Step[ExpenseState]] = {
    ExpenseMove.APPROVE: Step({ExpenseState.CLAIMED}, ExpenseState.APPROVED),
    ExpenseMove.REFUSE: Step({ExpenseState.CLAIMED}, ExpenseState.REFUSED),
    ExpenseMove.PAY: Step({ExpenseState.APPROVED}, ExpenseState.PAID),
}

MOST_PENCE = 50_000
"""A claim of more than 500 pounds is talked about first."""

MOST_MILES = 1_000

SETTLED = (ExpenseState.REFUSED, ExpenseState.PAID)
"""Nothing more happens to a claim in one of these states."""


class Expense(Versioned, Record, table=True):
    """One claim: on which day, for what, how much, and what became of it.

    `miles` is by own car, `meeting` is what the meeting was called that it was
    for, in words that outlive it. `reason` is why a manager said no.
    """

    __table_args__ = (
        one_of("kind", ExpenseKind),
        one_of("state", ExpenseState),
        CheckConstraint("pence BETWEEN 1 AND 50000", name="pence_range"),
        CheckConstraint("miles BETWEEN 1 AND 1000", name="miles_range"),
        CheckConstraint("(state = 'claimed') = (decided_at IS NULL)", name="decided_has_time"),
        CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid_has_time"),
    )

    mentor_id: UUID = Field(foreign_key="mentor.id", index=True)
    meeting: Line = Field(default="", sa_type=sealed_text())
    spent_on: date
    kind: ExpenseKind = Field(sa_type=stored_as(WordColumn(ExpenseKind)))
    pence: int
    miles: int | None = None
    claimed_at: datetime
    claimed_by: UUID | None = Field(default=None, foreign_key="account.id")
    state: ExpenseState = Field(
        default=ExpenseState.CLAIMED, sa_type=stored_as(WordColumn(ExpenseState))
    )
    state_since: datetime
    decided_at: datetime | None = None
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    reason: str = Field(default="", sa_type=sealed_text())
    paid_at: datetime | None = None
    paid_by: UUID | None = Field(default=None, foreign_key="account.id")

    def move(self, move: ExpenseMove, *, by: UUID, now: datetime) -> None:
        """Change how far the claim has come, or raise IllegalMove."""
        self.state = after(move, self.state, EXPENSE_STEPS, noun="claim")
        self.state_since = now
        if self.state is ExpenseState.PAID:
            self.paid_at, self.paid_by = now, by
        else:
            self.decided_at, self.decided_by = now, by


class Receipt(Record, table=True):
    """The picture or PDF behind a claim, sealed with the mentor's own key."""

    __table_args__ = (one_of("kind", ReceiptKind), UniqueConstraint("expense_id"))

    expense_id: UUID = Field(foreign_key="expense.id")
    mentor_id: UUID = Field(foreign_key="mentor.id", index=True)
    kind: ReceiptKind = Field(sa_type=stored_as(WordColumn(ReceiptKind)))
    content: bytes = Field(sa_type=sealed_bytes())
    kept_at: datetime
