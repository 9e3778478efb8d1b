"""Whether two people may still be a pair, asked again when something about one has changed.

An offer that is now barred is taken back. A pair that is walking together is
paused for the manager to decide; it is never ended by a machine.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.candidates import BrokenRule
from matcher.endings import (
    clear_diary,
    end_pair,
    let_standbys_go,
    live_pair_of,
)
from matcher.mentors_for import MentorsFor
from matcher.pausing import those_that_pause
from matcher.ringing import raise_ring
from models.desk_words import RingReason
from models.pairs import LIVE, Pair
from models.referrals import Referral
from models.states import Move, PairState

BEFORE_ACCEPTANCE = (PairState.PROPOSED, PairState.APPROVED, PairState.OFFERED)


def recheck_leaver(db: Session, leaver_id: UUID, *, now: datetime) -> None:
    """Ask every rule and gate again of a leaver's live pair."""
    db.flush()
    pair = live_pair_of(db, leaver_id)
    if pair:
        _recheck(db, pair, now=now)


def recheck_mentor(db: Session, mentor_id: UUID, *, now: datetime) -> None:
    """Ask every rule and gate again of a mentor's live pairs."""
    db.flush()
    of_mentor = select(Pair).where(Pair.mentor_id == mentor_id, col(Pair.state).in_(LIVE))
    for pair in db.exec(of_mentor).all():
        _recheck(db, pair, now=now)


def _recheck(db: Session, pair: Pair, *, now: datetime) -> None:
    referral = db.get_one(Referral, pair.referral_id)
    people = MentorsFor.of(db, referral, now=now, only=[pair.mentor_id])
    broken = people.in_the_way(pair.mentor_id)
    if pair.state in BEFORE_ACCEPTANCE and broken:
        end_pair(db, pair, Move.BAR, by=None, now=now, reason=_in_words(broken))
        let_standbys_go(db, pair, now=now)
    pausing = those_that_pause(people, pair)
    if pair.state is PairState.ACCEPTED and pausing:
        pair.move(Move.SUSPEND, by=None, now=now, reason=_in_words(pausing))
        clear_diary(db, pair, now=now)
        raise_ring(db, pair, RingReason.ON_PAUSE, now=now)
    db.flush()


def _in_words(broken: list[BrokenRule]) -> str:
    return " ".join(rule.sentence for rule in broken)
