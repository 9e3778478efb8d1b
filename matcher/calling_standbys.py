"""Choosing who stands by for a pair, and calling them in its mentor's place.

A standby takes no place and is told nothing. Calling asks every rule and gate anew, ends the pair
there is, and makes an ordinary offer.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher import pairing
from matcher.locks import hold_several
from matcher.mentors_for import MentorsFor
from matcher.proposals import is_fixed
from matcher.refusing import NotAllowed
from matcher.single_proposals import (
    free_place,
    hand_standbys_on,
    open_standbys,
    propose_one,
    refuse_unless_waiting,
)
from models.database import wait_for_other_runs
from models.pairs import Pair
from models.referrals import Referral
from models.standbys import STANDBYS_PER_MENTOR, Standby
from models.states import Move

OVER = "This pair has ended. Nobody stands by for it any more."
GONE = "They do not stand by for this pair any more. Look again who does."


def choose_standby(db: Session, pair: Pair, mentor_id: UUID, *, now: datetime) -> Standby:
    """Let a mentor stand by for a pair, last in turn; they are told nothing.

    NotAllowed if a rule or gate stands in the way, or they stand by for as many as they may.
    """
    _hold(db, pair, mentor_id)
    standing = open_standbys(db, pair)
    if mentor_id in {pair.mentor_id, *(one.mentor_id for one in standing)}:
        raise NotAllowed("They walk with this leaver or stand by already. Choose another mentor.")
    referral = db.get_one(Referral, pair.referral_id)
    people = MentorsFor.of(db, referral, now=now, only=[mentor_id])
    _refuse_if_barred(people, mentor_id)
    taken = select(Standby.slot).where(
        Standby.mentor_id == mentor_id, col(Standby.slot).is_not(None)
    )
    free = set(range(1, STANDBYS_PER_MENTOR + 1)) - set(db.exec(taken))
    if not free:
        raise NotAllowed(f"They stand by for {STANDBYS_PER_MENTOR} pairs already, and that is all.")
    standby = Standby(
        pair_id=pair.id,
        mentor_id=mentor_id,
        turn=max((one.turn for one in standing), default=0) + 1,
        slot=min(free),
        score=sum(people.explained(mentor_id).parts),
        chosen_at=now,
    )
    db.add(standby)
    db.flush()
    return standby


def let_standby_go(db: Session, pair: Pair, standby_id: UUID, *, now: datetime) -> None:
    """Let somebody stand by for a pair no more; they were told nothing."""
    _standby(db, pair, standby_id).close(now=now)
    db.flush()


def call_standby(
    db: Session, pair: Pair, standby_id: UUID, *, reason: str, by: UUID, now: datetime
) -> Pair:
    """Offer the leaver of a pair to a standby in its mentor's place, and return the new pair.

    A mentor who had said yes is told at once, and a task asks to ring them. NotAllowed if the
    reason is missing or a rule, a gate or a place stands in the way; then nothing is changed.
    """
    if not reason.strip():
        raise NotAllowed("Say why the standby is called.")
    standby = _standby(db, pair, standby_id)
    _hold(db, pair, standby.mentor_id)
    referral = db.get_one(Referral, pair.referral_id)
    alone = [standby.mentor_id]
    _refuse_if_barred(MentorsFor.of(db, referral, now=now, only=alone), standby.mentor_id)
    if is_fixed(pair):
        pairing.stop(db, pair, reason=reason, by=by, now=now)
    else:
        pair.move(Move.REPLACE, by=by, now=now)
    refuse_unless_waiting(referral)
    place = free_place(db, standby.mentor_id)
    if place is None:
        raise NotAllowed("They have no free place any more. Choose another mentor.")
    standby.call(now=now)
    people = MentorsFor.of(db, referral, now=now, only=alone)
    called = propose_one(
        db, people, standby.mentor_id, place, now=now, by=by, reason=reason.strip()
    )
    hand_standbys_on(db, pair, called, now=now)
    pairing.approve(db, called, by=by, now=now)
    return called


def _hold(db: Session, pair: Pair, mentor_id: UUID) -> None:
    wait_for_other_runs(db)
    hold_several(db, {pair.leaver_id}, {pair.mentor_id, mentor_id})
    if not pair.is_live:
        raise NotAllowed(OVER)


def _standby(db: Session, pair: Pair, standby_id: UUID) -> Standby:
    found = [one for one in open_standbys(db, pair) if one.id == standby_id]
    if not found:
        raise NotAllowed(GONE)
    return found[0]


def _refuse_if_barred(people: MentorsFor, mentor_id: UUID) -> None:
    broken = people.in_the_way(mentor_id)
    if broken:
        raise NotAllowed(*(rule.sentence for rule in broken))
