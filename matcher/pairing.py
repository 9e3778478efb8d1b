"""One pair from the manager's yes to the mentor's answer, and how a manager stops it.

Verbs: they take the session and `now`, never commit and never read the
clock. A move that the pair's state does not allow raises IllegalMove; a rule
in the way raises NotAllowed. What NotAllowed says to a manager has reasons;
what it says to a mentor never has.

Where a pair ends, nobody is proposed here: the next best comes of a plan for
all whom the end touches, which is more than a page should wait for. The clock
makes it within the minute (`planning_again`).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher import journey, post
from matcher.endings import end_pair
from matcher.locks import hold_leavers, hold_pair
from matcher.mentors_for import Candidate, MentorsFor, candidates
from matcher.open_offers import open_offer
from matcher.pausing import what_pauses
from matcher.practitioner_news import tell_practitioner
from matcher.refusing import NotAllowed
from matcher.single_proposals import override, refuse_unless_waiting
from matcher.standings import STOPPED, standing_of
from matcher.tasks import settle
from models.database import wait_for_other_runs
from models.desk_words import DeclineReason, TaskKind
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import (
    Move,
    PairForm,
    PairState,
    ReferralMove,
    ReferralState,
)

__all__ = [
    "Candidate",
    "accept",
    "approve",
    "candidates",
    "decline",
    "expire_offers",
    "override",
    "resume",
    "stop",
]

GONE = "This is no longer available."
"""All that a mentor reads, whatever the reason."""

OFFERED = "It was approved, and the mentor is asked."
"""How the task to approve a proposal ends."""


def approve(db: Session, pair: Pair, *, by: UUID | None, now: datetime) -> None:
    """Offer a proposed pair to its mentor, after asking every rule and gate once more.

    The mentor has until 17:00 of the last day for an answer, counted from the
    day the letter goes, and never into the day of release. NotAllowed names
    each rule or gate now in the way, or says that the leaver waits no more.
    """
    referral = hold_pair(db, pair)
    refuse_unless_waiting(referral)
    people = MentorsFor.of(db, referral, now=now, only=[pair.mentor_id])
    broken = people.in_the_way(pair.mentor_id)
    if broken:
        raise NotAllowed(*(rule.sentence for rule in broken))
    pair.move(Move.APPROVE, by=by, now=now)
    pair.move(Move.OFFER, by=None, now=now)
    pair.form = _form(people, pair)
    open_offer(db, pair, now=now)
    settle(db, {TaskKind.FIRST_OFFER}, outcome=OFFERED, by=by, now=now, pair_id=pair.id)
    db.flush()


def accept(db: Session, pair: Pair, *, by: UUID | None, now: datetime) -> None:
    """The mentor says yes: the meetings are planned, and the practitioner is told.

    NotAllowed if the offer has lapsed or the two may no longer be a pair.
    """
    referral = hold_pair(db, pair)
    people = MentorsFor.of(db, referral, now=now, only=[pair.mentor_id])
    stopped = standing_of(db, db.get_one(Leaver, pair.leaver_id)).frozen
    waits = referral.state is ReferralState.WAITING or pair.state is not PairState.OFFERED
    if stopped or not waits or _has_lapsed(pair, now) or people.in_the_way(pair.mentor_id):
        raise NotAllowed(GONE)
    pair.move(Move.ACCEPT, by=by, now=now)
    pair.form = _form(people, pair)
    referral.move(ReferralMove.MATCH, by=by, now=now)
    post.cancel_letters(db, now=now, pair_id=pair.id)
    db.flush()
    journey.plan(db, pair, now=now)
    tell_practitioner(db, pair, now=now)
    db.flush()


def decline(
    db: Session,
    pair: Pair,
    *,
    why: DeclineReason,
    words: str = "",
    by: UUID | None,
    now: datetime,
) -> None:
    """The mentor says no; whom this touches, the clock plans again within the minute."""
    wait_for_other_runs(db)
    hold_pair(db, pair)
    reason = ": ".join(filter(None, [why.label, words.strip()]))
    end_pair(db, pair, Move.DECLINE, by=by, now=now, reason=reason)


def expire_offers(db: Session, *, now: datetime) -> list[Pair]:
    """End every offer whose time for an answer is over, the first to lapse first."""
    wait_for_other_runs(db)
    lapsed = select(Pair).where(Pair.state == PairState.OFFERED, col(Pair.answer_by) <= now)
    hold_leavers(db, {pair.leaver_id for pair in db.exec(lapsed)})
    expired = list(
        db.exec(lapsed.order_by(col(Pair.answer_by), col(Pair.score).desc(), col(Pair.id)))
    )
    for pair in expired:
        end_pair(db, pair, Move.EXPIRE, by=None, now=now)
    return expired


def stop(db: Session, pair: Pair, *, reason: str, by: UUID | None, now: datetime) -> None:
    """End a pair for a manager; the leaver waits again, and not for this mentor.

    A mentor who had accepted is told at once, and a task asks to ring them.
    """
    if not reason.strip():
        raise NotAllowed("Say why this pair ends.")
    wait_for_other_runs(db)
    hold_pair(db, pair)
    move = Move.STAND_DOWN if pair.accepted_at else Move.WITHDRAW
    end_pair(db, pair, move, by=by, now=now, reason=reason.strip())
    referral = db.get_one(Referral, pair.referral_id)
    if referral.state is ReferralState.MATCHED:
        referral.move(ReferralMove.UNMATCH, by=by, now=now)
    db.flush()


def resume(db: Session, pair: Pair, *, by: UUID | None, now: datetime) -> None:
    """Let a paused pair go on, and plan what is ahead of it.

    NotAllowed if it is still barred, or an event still stops the leaver's plan.
    """
    hold_pair(db, pair)
    if standing_of(db, db.get_one(Leaver, pair.leaver_id)).frozen:
        raise NotAllowed(STOPPED)
    pausing = what_pauses(db, pair, now=now)
    if pausing:
        raise NotAllowed(*(rule.sentence for rule in pausing))
    pair.move(Move.RESUME, by=by, now=now)
    db.flush()
    journey.plan(db, pair, now=now)


def _has_lapsed(pair: Pair, now: datetime) -> bool:
    return pair.answer_by is not None and pair.answer_by <= now


def _form(people: MentorsFor, pair: Pair) -> PairForm:
    return PairForm.IN_PRISON if people.may_visit(pair.mentor_id) else PairForm.VIDEO
