"""Each night the plans follow the days that have gone by, and nothing else has happened."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from matcher import journey
from matcher.following import tell
from matcher.locks import hold_leavers
from matcher.plan_changes import Changes
from matcher.stood import stood
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import MeetingKind, PairState

LIVING = (PairState.ACCEPTED, PairState.SUSPENDED)


def keep_up(db: Session, *, now: datetime) -> int:
    """Plan every pair again as the days go by; return how many were looked at.

    Meetings not held in time find other days, pairs whose date has come near
    go on, and those with nothing ahead are completed. A gate that moves by
    this alone was not told of, so it is told like one whose date was given.
    """
    living = select(Pair).where(col(Pair.state).in_(LIVING)).order_by(col(Pair.id))
    pairs = db.exec(living).all()
    # Held by the session, so that none is read pair by pair.
    about = select(Leaver, Referral).where(Referral.leaver_id == Leaver.id)
    db.exec(about.where(col(Referral.id).in_([one.referral_id for one in pairs]))).all()
    behind = [pair for pair in pairs if _is_behind(db, pair, now=now)]
    hold_leavers(db, {pair.leaver_id for pair in behind})
    for pair in behind:
        if pair.state in LIVING:
            _bring_up(db, pair, now=now)
    return len(pairs)


def _is_behind(db: Session, pair: Pair, *, now: datetime) -> bool:
    """Say, without a lock, whether a pair is to move or its plan to change."""
    release = db.get_one(Leaver, pair.leaver_id).release_date
    state, anchor = journey.followed(db, pair, release, now=now)
    found = journey.changes(db, pair, anchor, now=now)
    return state is not pair.state or _changes_rows(found) or journey.is_over(db, pair, now=now)


def _bring_up(db: Session, pair: Pair, *, now: datetime) -> None:
    leaver = db.get_one(Leaver, pair.leaver_id)
    was_paused, before = pair.state is PairState.SUSPENDED, stood(db, leaver)
    found = journey.follow_date(db, pair, by=None, now=now)
    if was_paused and pair.state is PairState.ACCEPTED:
        journey.tell_of_change(db, pair, now=now)
    elif _moves_the_gate(found):
        tell(db, leaver, before, now=now)
    journey.close_if_over(db, pair, now=now)


def _changes_rows(found: Changes) -> bool:
    meetings = (*found.moved, *found.unbooked, *found.dropped, *found.meetings_added)
    return bool(meetings or found.letters_dropped or found.letters_added)


def _moves_the_gate(found: Changes) -> bool:
    """Say whether the gate of a pair that goes on gets other days."""
    given = {meeting.kind for meeting, _ in (*found.moved, *found.unbooked)}
    taken = {meeting.kind for meeting in found.dropped}
    new = {planned.key.kind for planned in found.meetings_added}
    return MeetingKind.GATE in given or MeetingKind.GATE in taken & new
