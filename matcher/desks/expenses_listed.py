"""Claims of mentors as lists: a mentor's own, and those of a manager's region by state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from matcher.core.sending import local_day
from matcher.core.words import day_in_words, pounds
from matcher.desks.mentor_pairs import pair_cards
from matcher.desks.paging import Paged, paged
from matcher.files.mending import write_csv
from models.access import expenses_seen_by
from models.accounts import Account
from models.expenses import Expense, Receipt
from models.need_words import ExpenseState
from models.people import Mentor
from models.states import MeetingState

MEETINGS_BACK = timedelta(weeks=8)
"""How far back a claim may name a meeting."""

HEAD = ("Code", "First name", "Surname", "Day", "What for", "Miles", "Pounds", "State", "Since")


@dataclass(frozen=True)
class ExpenseRow:
    """One claim of the list, with whose it is and whether there is a receipt."""

    expense: Expense
    mentor: Mentor
    has_receipt: bool


def own_expenses(db: Session, account: Account, page: int) -> Paged[ExpenseRow]:
    """Return a page of what this account's mentor claimed, the newest on top."""
    return paged(db, _rows(account).order_by(*_NEWEST), page, _row)


def region_expenses(
    db: Session, account: Account, state: ExpenseState | None, page: int
) -> Paged[ExpenseRow]:
    """Return a page of the claims of the region's mentors, those that wait longest on top."""
    rows = _rows(account)
    if state:
        rows = rows.where(Expense.state == state)
    return paged(db, rows.order_by(col(Expense.state_since), col(Expense.id)), page, _row)


def waiting_expenses(db: Session, account: Account) -> int:
    """Count the claims of the region that nobody has decided on."""
    seen = expenses_seen_by(account).where(Expense.state == ExpenseState.CLAIMED)
    return db.exec(select(func.count()).select_from(seen.subquery())).one()


def expenses_to_pay(
    db: Session, account: Account, state: ExpenseState
) -> Sequence[tuple[Expense, Mentor]]:
    """Return the claims of a region in one state with their mentors, the oldest first."""
    seen = expenses_seen_by(account).where(Expense.state == state)
    with_mentors = seen.join(Mentor, col(Expense.mentor_id) == col(Mentor.id)).add_columns(Mentor)
    in_order = with_mentors.order_by(col(Expense.spent_on), col(Expense.id))
    return [(expense, mentor) for expense, mentor in db.execute(in_order)]


def expenses_as_csv(rows: Sequence[tuple[Expense, Mentor]]) -> bytes:
    """Return claims as a file for whoever pays; no spreadsheet runs any cell of it."""
    return write_csv(
        HEAD,
        [
            (
                *(mentor.code, mentor.first_name, mentor.surname, one.spent_on.isoformat()),
                *(one.kind.label, str(one.miles or ""), pounds(one.pence)),
                *(one.state.label, local_day(one.state_since).isoformat()),
            )
            for one, mentor in rows
        ],
    )


def meetings_to_name(db: Session, account: Account, now: datetime) -> dict[UUID, str]:
    """Return what a claim may say that it was for, by meeting; no name of anybody is in it."""
    today = local_day(now)
    return {
        card.id: f"{card.title}, {day_in_words(card.sorting_day)}"
        for pair in pair_cards(db, account, now)
        for card in sorted(pair.meetings, key=lambda one: one.order)
        if card.state in (MeetingState.BOOKED, MeetingState.HELD, MeetingState.MISSED)
        and _is_lately(card.sorting_day, today)
    }


def _is_lately(day: date, today: date) -> bool:
    return today - MEETINGS_BACK <= day <= today


_NEWEST = (col(Expense.claimed_at).desc(), col(Expense.id))


def _rows(account: Account) -> Any:
    """Return the SELECT of the claims an account finds, each with its mentor and a receipt's id."""
    seen = expenses_seen_by(account).join(Mentor, col(Expense.mentor_id) == col(Mentor.id))
    with_receipt = seen.outerjoin(Receipt, col(Receipt.expense_id) == col(Expense.id))
    return with_receipt.add_columns(Mentor, col(Receipt.id))


def _row(expense: Expense, mentor: Mentor, receipt_id: UUID | None) -> ExpenseRow:
    return ExpenseRow(expense, mentor, receipt_id is not None)
