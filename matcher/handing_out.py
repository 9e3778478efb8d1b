"""Letters that are due are handed out to workers, each held by one alone for a while.

A worker that dies gives nothing back: once its lease is over, another does it
in its place. Whoever holds a letter holds it by name, attempt and lease.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from matcher import attempts
from matcher.channels import PAUSES, channels_to_try, is_being_tried
from matcher.clock_health import SET_BACK
from matcher.post_hold import is_on_hold
from models.outbox import TO_BE_TRIED, Letter
from models.states import Channel, LetterMove, LetterState

LEASE = timedelta(seconds=120)
"""How long a letter is held; longer than the slowest server is waited for."""

AT_ONCE = 10
"""How many letters one claim takes."""


def claim(
    db: Session,
    *,
    now: datetime,
    worker: str,
    lease: timedelta = LEASE,
    channels: Collection[Channel],
    most: int = AT_ONCE,
) -> Sequence[UUID]:
    """Let letters fall due and claim some of these channels, urgent ones first; return their ids.

    No two workers ever hold the same letter: each passes over rows that
    another is just now claiming. For a channel that was shut one letter is
    claimed, to try it; while the post is on hold, printed letters alone.
    """
    _forget_the_future(db, now, lease)
    _fall_due(db, now)
    if is_on_hold(db):
        channels = {Channel.PRINT} & set(channels)
    working, resting = channels_to_try(db, channels, now, max(lease, PAUSES[-1]))
    claimed = _claim(db, working, most, now=now, worker=worker, lease=lease)
    for state in resting:
        trying = _claim(db, [state.channel], 1, now=now, worker=worker, lease=lease)
        if trying:
            is_being_tried(state, until=now + lease)
        claimed += trying
    return claimed


def give_back(db: Session, *, now: datetime) -> int:
    """Give back letters whose lease ran out: those being sent are unknown; return how many."""
    letters = free(db, _held(), col(Letter.lease_until) <= now)
    for letter in letters:
        if letter.state is LetterState.CLAIMED:
            release(letter, now=now)
        else:
            # Still under the worker's name: its yes, if it comes after all, is to count.
            letter.move(LetterMove.LOSE_SIGHT, now=now)
            letter.lease_until = None
            attempts.lose_sight(db, letter, now=now)
    return len(letters)


def hand_back(db: Session, *, now: datetime, worker: str) -> int:
    """Give back what this worker has claimed and not begun, as it stops; return how many."""
    letters = free(db, Letter.state == LetterState.CLAIMED, Letter.claimed_by == worker)
    for letter in letters:
        release(letter, now=now)
    return len(letters)


def release(letter: Letter, *, now: datetime) -> None:
    """Let a claimed letter be due again, held by nobody."""
    letter.move(LetterMove.RELEASE, now=now)
    letter.claimed_by = letter.lease_until = None


def free(db: Session, *conditions: ColumnElement[bool] | bool) -> Sequence[Letter]:
    """Return the letters that meet the conditions, but for rows that someone is just now at."""
    found = select(Letter).where(*conditions).with_for_update(skip_locked=True)
    return db.exec(found.execution_options(populate_existing=True)).all()


def _claim(
    db: Session,
    channels: Collection[Channel],
    most: int,
    *,
    now: datetime,
    worker: str,
    lease: timedelta,
) -> list[UUID]:
    """Claim letters that are due in one statement; return their ids, the most pressing first."""
    due = (
        select(Letter.id)
        .where(
            Letter.state == LetterState.DUE,
            col(Letter.due_at) <= now,
            col(Letter.channel).in_(channels),
        )
        .order_by(col(Letter.urgent).desc(), col(Letter.due_at), col(Letter.id))
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("claimable")
    )
    held = {"state": LetterState.CLAIMED, "claimed_by": worker, "lease_until": now + lease}
    claimed = (
        update(Letter)
        .where(col(Letter.id).in_(select(due.c.id)))
        .values(**held, state_since=now)
        .returning(col(Letter.urgent), col(Letter.due_at), col(Letter.id))
        .execution_options(synchronize_session=False)
    )
    rows = db.execute(claimed).all()
    return [row.id for row in sorted(rows, key=lambda row: (not row.urgent, row.due_at, row.id))]


def _held() -> ColumnElement[bool]:
    return col(Letter.state).in_([LetterState.CLAIMED, LetterState.SENDING])


def _forget_the_future(db: Session, now: datetime, lease: timedelta) -> None:
    """Let no letter wait for a time that was told before the machine's clock was set back.

    A lease that ends later than any can lasts one lease from now. A letter
    that was tried, or told to wait, at a time that is yet to come is due now.
    """
    for letter in free(db, _held(), col(Letter.lease_until) > now + lease):
        letter.lease_until = now + lease
    tried = col(Letter.state).in_([LetterState.RETRY, LetterState.UNKNOWN])
    told_to_wait = (col(Letter.state) == LetterState.DUE) & (
        col(Letter.due_at) > col(Letter.state_since)
    )
    since_later = col(Letter.state_since) > now + SET_BACK
    for letter in free(db, tried | told_to_wait, since_later, col(Letter.due_at) > now):
        letter.due_at = now


def _fall_due(db: Session, now: datetime) -> None:
    ready = (
        select(Letter.id)
        .where(col(Letter.state).in_(TO_BE_TRIED), col(Letter.due_at) <= now)
        .with_for_update(skip_locked=True)
        .cte("ready")
    )
    fallen = (
        update(Letter)
        .where(col(Letter.id).in_(select(ready.c.id)))
        .values(state=LetterState.DUE, state_since=now)
        .execution_options(synchronize_session=False)
    )
    db.execute(fallen)
