"""A proposal made for one leaver alone: a manager's own choice against the plan."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.endings import live_pair_of
from matcher.locks import hold_two
from matcher.mentors_for import SETTINGS, MentorsFor
from matcher.pair_reasons import reasons_of
from matcher.proposals import is_fixed
from matcher.refusing import NotAllowed
from models.database import wait_for_other_runs
from models.pairs import Pair, PairHistory
from models.people import Mentor
from models.places import MentorPlace, free_places
from models.referrals import Referral
from models.standbys import Standby
from models.states import Move, PairState, ReferralState


def override(
    db: Session, referral: Referral, mentor: Mentor, *, reason: str, by: UUID, now: datetime
) -> Pair:
    """Propose the mentor whom a manager chose against the plan; no run replaces the pair.

    It takes the place of the leaver's own proposal, and where the mentor has
    no other place left, of the weakest proposal that nobody has approved.
    NotAllowed if the reason is missing, or a rule or gate stands in the way.
    """
    if not reason.strip():
        raise NotAllowed("Say why you choose this mentor.")
    wait_for_other_runs(db)
    hold_two(db, referral.leaver_id, mentor.id)
    refuse_unless_waiting(referral)
    standing = live_pair_of(db, referral.leaver_id)
    if standing and is_fixed(standing):
        raise NotAllowed("This leaver has a pair that is approved or chosen. Stop it first.")
    people = MentorsFor.of(db, referral, now=now)
    broken = people.in_the_way(mentor.id)
    if broken:
        raise NotAllowed(*(rule.sentence for rule in broken))
    if standing:
        standing.move(Move.REPLACE, by=by, now=now)
    place = _place_made(db, mentor.id, by=by, now=now)
    pair = propose_one(db, people, mentor.id, place, now=now, by=by, reason=reason.strip())
    if standing:
        hand_standbys_on(db, standing, pair, now=now)
    return pair


def refuse_unless_waiting(referral: Referral) -> None:
    """Raise NotAllowed for a leaver who is looked for no more, or not yet."""
    if referral.state is not ReferralState.WAITING:
        raise NotAllowed(f'This leaver is "{referral.state.label}", not waiting for a mentor.')


def propose_one(
    db: Session,
    people: MentorsFor,
    mentor_id: UUID,
    place: int,
    *,
    now: datetime,
    by: UUID | None = None,
    reason: str | None = None,
) -> Pair:
    """Keep one proposal, scored and explained like any of the plan."""
    leaver, told = people.leaver, people.explained(mentor_id)
    version = SETTINGS.weights.version
    pair = Pair(
        leaver_id=leaver.leaver_id,
        referral_id=leaver.referral_id,
        mentor_id=mentor_id,
        place_number=place,
        proposed_at=now,
        state_since=now,
        overridden_by=by,
        override_reason=reason,
        **reasons_of(told, leaver.profile, people.mentors[mentor_id], version),
    )
    db.add(pair)
    line = PairHistory(pair_id=pair.id, to_state=pair.state, moved_at=now, moved_by=by)
    line.reason = reason
    db.add(line)
    db.flush()
    return pair


def free_place(db: Session, mentor_id: UUID) -> int | None:
    """Return the number of the mentor's lowest free place."""
    db.flush()
    of_mentor = free_places().where(col(MentorPlace.mentor_id) == mentor_id)
    return next((number for _mentor, number in db.execute(of_mentor)), None)


def _place_made(db: Session, mentor_id: UUID, *, by: UUID, now: datetime) -> int:
    """Return a free place of the mentor; their weakest proposals give way until there is one."""
    while (place := free_place(db, mentor_id)) is None:
        proposed = select(Pair).where(
            Pair.mentor_id == mentor_id,
            Pair.state == PairState.PROPOSED,
            col(Pair.overridden_by).is_(None),
        )
        weakest = db.exec(proposed.order_by(col(Pair.score), col(Pair.id))).first()
        if weakest is None:
            raise NotAllowed("This mentor has no free place.")
        weakest.move(Move.REPLACE, by=by, now=now)
    return place


def open_standbys(db: Session, pair: Pair) -> list[Standby]:
    """Return who stands by for a pair, the first in turn first."""
    beside = select(Standby).where(Standby.pair_id == pair.id, col(Standby.slot).is_not(None))
    return list(db.exec(beside.order_by(col(Standby.turn))))


def hand_standbys_on(db: Session, before: Pair, pair: Pair, *, now: datetime) -> None:
    """Let the standbys of the pair before stand beside the new one; its own mentor no longer."""
    for standby in open_standbys(db, before):
        if standby.mentor_id == pair.mentor_id:
            standby.close(now=now)
        else:
            standby.pair_id = pair.id
    db.flush()
