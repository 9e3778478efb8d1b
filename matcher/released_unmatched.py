"""Whoever leaves prison before a mentor has said yes: the referral is closed and counted."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.endings import end_pair, let_standbys_go, live_pair_of
from matcher.locks import hold_leavers
from matcher.tasks import settle
from models.desk_words import TaskKind
from models.people import Leaver
from models.referrals import BEFORE_MATCH, Referral
from models.states import Move, PairState, ReferralMove

OUTCOME = "They have left prison without a mentor."


def close_released(db: Session, *, now: datetime) -> list[Referral]:
    """Close the referrals of those whose day of release is over, and end what was on offer.

    A date that moves later opens nothing again: the person is put forward anew.
    """
    over = select(Referral, Leaver).where(
        Referral.leaver_id == Leaver.id,
        col(Referral.state).in_(BEFORE_MATCH),
        col(Leaver.release_date) < local_day(now),
    )
    hold_leavers(db, {leaver.id for _referral, leaver in db.exec(over)})
    closed = [referral for referral, _leaver in db.exec(over.order_by(col(Referral.id)))]
    for referral in closed:
        _end_offer(db, referral, now=now)
        referral.move(ReferralMove.RELEASE_UNMATCHED, by=None, now=now)
        cover = {TaskKind.NO_GATE_COVER}
        settle(db, cover, outcome=OUTCOME, by=None, now=now, leaver_id=referral.leaver_id)
    db.flush()
    return closed


def _end_offer(db: Session, referral: Referral, *, now: datetime) -> None:
    pair = live_pair_of(db, referral.leaver_id)
    if pair is not None:
        move = Move.EXPIRE if pair.state is PairState.OFFERED else Move.WITHDRAW
        end_pair(db, pair, move, by=None, now=now)
        let_standbys_go(db, pair, now=now)
