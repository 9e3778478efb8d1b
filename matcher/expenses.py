"""What mentors spent: claimed with a receipt, decided by the region's manager, paid by others.

Nobody decides on what they claimed themselves. A claim that is sent twice by
a double press is kept once.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.files.receipts import ReceiptFile
from matcher.refusing import InTheWay, NotAllowed
from models.accounts import Account
from models.expenses import Expense, Receipt
from models.need_words import ExpenseKind, ExpenseMove, ExpenseState
from models.people import Mentor

AT_ONCE = timedelta(minutes=2)
"""Two claims in the same words within this time are one that was sent twice."""

LONGEST_AGO = timedelta(days=183)

TOO_OLD = "This was more than six months ago. Ring us before you claim it."
NOT_YET = "This day is still to come. Claim it once you have spent the money."
ONLY_TRAVEL = "Miles are for travel by car. Choose “Travel”, or leave the miles empty."
NO_RECEIPT = (
    "Choose a picture of the receipt. You need none for miles by car. If you lost it, ring us."
)
OWN = "This is your own claim. Ask another manager of the region to decide on it."
NO_REASON = "Write why, in one sentence. The mentor reads it."


@dataclass(frozen=True)
class Claim:
    """What a mentor claims; `meeting` is what they call the meeting it was for, "" for none."""

    spent_on: date
    kind: ExpenseKind
    pence: int
    miles: int | None = None
    meeting: str = ""


def claim(
    db: Session,
    mentor: Mentor,
    told: Claim,
    receipt: ReceiptFile | None,
    *,
    by: UUID | None,
    now: datetime,
) -> Expense:
    """Keep a claim and its receipt; NotAllowed says what is missing or cannot be."""
    _check(told, receipt, local_day(now))
    db.get_one(Mentor, mentor.id, with_for_update=True)
    for before in _just_sent(db, mentor, told, now):
        if _content_of(db, before) == (receipt.content if receipt else None):
            return before
    words: dict[str, Any] = {**asdict(told), "mentor_id": mentor.id, "claimed_by": by}
    row = Expense(**words, claimed_at=now, state_since=now)
    db.add(row)
    if receipt:
        db.add(Receipt(**asdict(receipt), expense_id=row.id, mentor_id=mentor.id, kept_at=now))
    db.flush()
    return row


def approve(db: Session, expense: Expense, *, by: Account, now: datetime) -> None:
    """Say yes to a claim; IllegalMove if somebody has decided already."""
    _move(db, expense, ExpenseMove.APPROVE, by=by, now=now)


def refuse(db: Session, expense: Expense, *, reason: str, by: Account, now: datetime) -> None:
    """Say no to a claim, with a sentence that the mentor reads."""
    if not reason.strip():
        raise NotAllowed(InTheWay(NO_REASON, "reason"))
    _move(db, expense, ExpenseMove.REFUSE, by=by, now=now)
    expense.reason = reason.strip()
    db.flush()


def pay(db: Session, expense: Expense, *, by: Account, now: datetime) -> None:
    """Note that the finance people have paid an approved claim."""
    _move(db, expense, ExpenseMove.PAY, by=by, now=now)


def receipt_of(db: Session, expense: Expense) -> Receipt | None:
    """Return the receipt of a claim; None if there is none, or it is no longer kept."""
    return db.exec(select(Receipt).where(Receipt.expense_id == expense.id)).first()


def has_receipt(db: Session, expense: Expense) -> bool:
    """Say whether a receipt of a claim is kept, without reading it."""
    return db.exec(select(Receipt.id).where(Receipt.expense_id == expense.id)).first() is not None


def is_own(db: Session, expense: Expense, account: Account) -> bool:
    """Say whether a claim is that of whoever looks, by this account or another of theirs."""
    if account.id == expense.claimed_by or account.mentor_id == expense.mentor_id:
        return True
    if account.email_index is None:
        return False
    theirs = select(Account.id).where(
        Account.mentor_id == expense.mentor_id, Account.email_index == account.email_index
    )
    return db.exec(theirs).first() is not None


def _check(told: Claim, receipt: ReceiptFile | None, today: date) -> None:
    wrong = []
    if told.spent_on > today:
        wrong.append(InTheWay(NOT_YET, "spent_on"))
    elif told.spent_on < today - LONGEST_AGO:
        wrong.append(InTheWay(TOO_OLD, "spent_on"))
    if told.miles and told.kind is not ExpenseKind.TRAVEL:
        wrong.append(InTheWay(ONLY_TRAVEL, "miles"))
    elif receipt is None and not told.miles:
        wrong.append(InTheWay(NO_RECEIPT, "receipt"))
    if wrong:
        raise NotAllowed(*wrong)


def _just_sent(db: Session, mentor: Mentor, told: Claim, now: datetime) -> list[Expense]:
    same = select(Expense).where(
        Expense.mentor_id == mentor.id,
        Expense.state == ExpenseState.CLAIMED,
        Expense.spent_on == told.spent_on,
        Expense.kind == told.kind,
        Expense.pence == told.pence,
        col(Expense.miles).is_not_distinct_from(told.miles),
        col(Expense.claimed_at) > now - AT_ONCE,
    )
    return [row for row in db.exec(same) if row.meeting == told.meeting]


def _content_of(db: Session, expense: Expense) -> bytes | None:
    kept = receipt_of(db, expense)
    return kept.content if kept else None


def _move(db: Session, expense: Expense, move: ExpenseMove, *, by: Account, now: datetime) -> None:
    if is_own(db, expense, by):
        raise NotAllowed(InTheWay(OWN, "reason" if move is ExpenseMove.REFUSE else None))
    expense.move(move, by=by.id, now=now)
    db.add(expense)
    db.flush()
