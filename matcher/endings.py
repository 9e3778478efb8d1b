"""How a pair ends before its time: nothing more is sent about it, and its diary is cleared."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher import journey, post
from matcher.ringing import OF_LIVE_PAIRS, raise_ring, settle_rings
from matcher.tasks import PAIR_ENDED
from models.desk_words import RingReason
from models.outbox import Letter
from models.pairs import LIVE, Pair
from models.standbys import Standby
from models.states import Channel, LetterKind, LetterState, Move, PairState

NEVER_SAID = (LetterState.CANCELLED, LetterState.SKIPPED, LetterState.DEAD)
"""A letter in one of these states has told nobody anything and will not."""


def live_pair_of(db: Session, leaver_id: UUID) -> Pair | None:
    """Return the live pair of a leaver; the database lets there be one at most."""
    live = select(Pair).where(Pair.leaver_id == leaver_id, col(Pair.state).in_(LIVE))
    return db.exec(live).first()


def end_pair(
    db: Session, pair: Pair, move: Move, *, by: UUID | None, now: datetime, reason: str = ""
) -> None:
    """End a pair by a legal move: letters not yet sent are cancelled, meetings ahead too.

    A mentor who had accepted is told at once, and a manager rings them.
    """
    close_pair(db, pair, move, by=by, now=now, reason=reason)
    if pair.accepted_at is not None:
        stand_down(db, pair, RingReason.STOOD_DOWN, now=now)
    db.flush()


def close_pair(
    db: Session, pair: Pair, move: Move, *, by: UUID | None, now: datetime, reason: str = ""
) -> None:
    """End a pair and tell nobody: whoever does this sees to it that the mentor hears."""
    pair.move(move, by=by, now=now, reason=reason or None)
    clear_diary(db, pair, now=now)
    settle_rings(db, OF_LIVE_PAIRS, outcome=PAIR_ENDED, by=by, now=now, pair_id=pair.id)
    db.flush()


def clear_diary(db: Session, pair: Pair, *, now: datetime) -> None:
    """Cancel what is ahead of a pair that has ended or is paused: meetings, and letters unsent."""
    post.cancel_letters(db, now=now, pair_id=pair.id)
    journey.plan(db, pair, now=now)


def let_standbys_go(db: Session, pair: Pair, *, now: datetime) -> None:
    """Close the standbys of a pair; none of them was told anything."""
    beside = select(Standby).where(Standby.pair_id == pair.id, col(Standby.slot).is_not(None))
    for standby in db.exec(beside):
        standby.close(now=now)


def is_stood_down(db: Session, pair: Pair) -> bool:
    """Say whether the mentor of a pair on pause was told since it paused not to set out."""
    told = select(Letter.id).where(
        Letter.pair_id == pair.id,
        Letter.kind == LetterKind.STOOD_DOWN,
        Letter.recipient == post.to_mentor(pair.mentor_id),
        col(Letter.state).not_in(NEVER_SAID),
        Letter.due_at >= pair.state_since,
    )
    return pair.state is PairState.SUSPENDED and db.exec(told).first() is not None


def stand_down(db: Session, pair: Pair, why: RingReason, *, now: datetime) -> None:
    """Tell a mentor at once not to set out, at any hour, and ask the manager to ring them."""
    kind = LetterKind.STOOD_DOWN
    post.plan_letter(
        db,
        kind,
        Channel.EMAIL,
        post.to_mentor(pair.mentor_id),
        now=now,
        mentor_id=pair.mentor_id,
        pair_id=pair.id,
        generation=journey.next_generation(db, kind, pair.id),
    )
    raise_ring(db, pair, why, now=now)
