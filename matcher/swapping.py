"""Two proposed pairs exchange their mentors, in one step, where every rule holds for both.

Only proposals of the plan that nobody has approved can be swapped: what a manager chose by hand
is stopped first, with a reason. Both new pairs are a manager's own choice: no run replaces them.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from sqlmodel import Session

from matcher.locks import hold_several
from matcher.mentors_for import MentorsFor
from matcher.proposals import is_fixed
from matcher.refusing import NotAllowed
from matcher.single_proposals import (
    free_place,
    hand_standbys_on,
    propose_one,
    refuse_unless_waiting,
)
from models.database import wait_for_other_runs
from models.pairs import Pair
from models.referrals import Referral
from models.states import Move

FIXED = "One of the two pairs is approved, was chosen by hand or has ended. Look at both again."


def swap(
    db: Session, one: Pair, other: Pair, *, reason: str, by: UUID, now: datetime
) -> tuple[Pair, Pair]:
    """Let two proposed pairs exchange their mentors; both wait for approval again.

    NotAllowed if the reason is missing, one of the two may not be swapped, or a rule or gate
    stands in the way of either new pair; then nothing is changed.
    """
    if not reason.strip():
        raise NotAllowed("Say why you swap these mentors.")
    wait_for_other_runs(db)
    both = (one, other)
    hold_several(db, {pair.leaver_id for pair in both}, {pair.mentor_id for pair in both})
    _refuse_unless_proposed(one, other)
    referrals = [db.get_one(Referral, pair.referral_id) for pair in both]
    people = []
    for referral, theirs in zip(referrals, (other, one), strict=True):
        refuse_unless_waiting(referral)
        people.append(MentorsFor.of(db, referral, now=now, only=[theirs.mentor_id]))
        broken = people[-1].in_the_way(theirs.mentor_id)
        if broken:
            raise NotAllowed(*(rule.sentence for rule in broken))
    for pair in both:
        pair.move(Move.REPLACE, by=by, now=now)
    db.flush()
    propose = partial(_proposed, db, by=by, now=now, reason=reason.strip())
    first = propose(one, people[0], other.mentor_id)
    return first, propose(other, people[1], one.mentor_id)


def may_be_swapped(pair: Pair) -> bool:
    """Say whether a pair is a proposal of the plan that nobody has approved."""
    return pair.is_live and not is_fixed(pair)


def _refuse_unless_proposed(one: Pair, other: Pair) -> None:
    if one.id == other.id or one.mentor_id == other.mentor_id:
        raise NotAllowed("Choose a pair with another mentor.")
    if not (may_be_swapped(one) and may_be_swapped(other)):
        raise NotAllowed(FIXED)


def _proposed(
    db: Session,
    before: Pair,
    people: MentorsFor,
    mentor_id: UUID,
    *,
    by: UUID,
    now: datetime,
    reason: str,
) -> Pair:
    """Propose the new pair of a leaver; the standbys of the one before stay, but for its mentor."""
    place = free_place(db, mentor_id)
    if place is None:
        raise NotAllowed("One of the two mentors has no free place any more.")
    pair = propose_one(db, people, mentor_id, place, now=now, by=by, reason=reason)
    hand_standbys_on(db, before, pair, now=now)
    return pair
