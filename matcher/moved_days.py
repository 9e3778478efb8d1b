"""Days that have moved: their mentor is asked whether the new ones suit, and says yes or no.

Asked with the one letter that says "something has changed". Whatever moves
before the answer is part of the same question. A no is for the manager, who
rings the mentor: nothing of the plan changes by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.refusing import NotAllowed
from matcher.ringing import raise_ring, settle_rings
from models.desk_words import RingReason
from models.meetings import DaysAsked
from models.pairs import Pair
from models.states import PairState

ABOUT_DAYS = (RingReason.GATE_CHANGED, RingReason.DAYS_DO_NOT_SUIT)
"""Calls that a mentor whom the new days suit has no need of."""


def ask(db: Session, pair: Pair, *, now: datetime) -> None:
    """Ask the mentor of a pair whether the new days suit; an open question is asked anew.

    A pair on pause has no days: its mentor is asked when it goes on.
    """
    if pair.state is not PairState.ACCEPTED:
        return
    last = asked_of(db, [pair.id]).get(pair.id)
    if last and last.answered_at is None:
        last.asked_at = max(now, last.asked_at)
        db.add(last)
        return
    moment = max(now, last.asked_at + timedelta(microseconds=1)) if last else now
    db.add(DaysAsked(pair_id=pair.id, asked_at=moment))


def answer(
    db: Session, pair: Pair, asked: DaysAsked, *, suits: bool, by: UUID | None, now: datetime
) -> None:
    """Keep what the mentor says; a no puts a call on the manager's desk.

    What has been answered stays. NotAllowed while the pair does not go on.
    """
    if asked.answered_at:
        return
    if pair.state is not PairState.ACCEPTED:
        raise NotAllowed("This is on pause or has ended. You do not need to answer.")
    asked.suits, asked.answered_at, asked.answered_by = suits, now, by
    db.add(asked)
    if suits:
        outcome = "The mentor said that the new days suit them."
        settle_rings(db, ABOUT_DAYS, outcome=outcome, by=by, now=now, pair_id=pair.id)
    else:
        raise_ring(db, pair, RingReason.DAYS_DO_NOT_SUIT, now=now)
    db.flush()


def asked_of(db: Session, pair_ids: Collection[UUID]) -> Mapping[UUID, DaysAsked]:
    """Return what the mentors of some pairs were asked last, by the pair's id."""
    asked = select(DaysAsked).where(col(DaysAsked.pair_id).in_(pair_ids))
    in_order = asked.order_by(col(DaysAsked.asked_at))
    return {one.pair_id: one for one in db.exec(in_order)}
