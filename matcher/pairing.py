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

from datetime import date, datetime, time
from uuid import UUID

from sqlmodel import Session, col, select

from matcher import journey, post
from matcher.core.offer_days import offer_days
from matcher.core.pathway_rows import OfferTerms
from matcher.core.schedule import form_for
from matcher.core.sending import closing_of, local_day, opening_of, sending_window
from matcher.core.working_days import official_calendar
from matcher.endings import end_pair
from matcher.meeting_days import in_utc
from matcher.mentors_for import Candidate, MentorsFor, candidates
from matcher.pair_days import TABLE, referred_on
from matcher.pausing import what_pauses
from matcher.practitioner_news import tell_practitioner
from matcher.refusing import NotAllowed
from matcher.single_proposals import override
from matcher.standings import STOPPED, standing_of
from matcher.tasks import settle
from models.database import wait_for_other_runs
from models.desk_words import DeclineReason, TaskKind
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import (
    Channel,
    LetterKind,
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
    each rule or gate now in the way.
    """
    referral = db.get_one(Referral, pair.referral_id)
    people = MentorsFor.of(db, referral, now=now, only=[pair.mentor_id])
    broken = people.in_the_way(pair.mentor_id)
    if broken:
        raise NotAllowed(*(rule.sentence for rule in broken))
    pair.move(Move.APPROVE, by=by, now=now)
    pair.move(Move.OFFER, by=None, now=now)
    pair.form = _form(people, pair)
    release = db.get_one(Leaver, referral.leaver_id).release_date
    _plan_offer_letters(db, pair, _terms(referral, release), release, now=now)
    settle(db, {TaskKind.FIRST_OFFER}, outcome=OFFERED, by=by, now=now, pair_id=pair.id)
    db.flush()


def accept(db: Session, pair: Pair, *, by: UUID | None, now: datetime) -> None:
    """The mentor says yes: the meetings are planned, and the practitioner is told.

    NotAllowed if the offer has lapsed or the two may no longer be a pair.
    """
    referral = db.get_one(Referral, pair.referral_id)
    people = MentorsFor.of(db, referral, now=now, only=[pair.mentor_id])
    stopped = standing_of(db, db.get_one(Leaver, pair.leaver_id)).frozen
    if stopped or _has_lapsed(pair, now) or people.in_the_way(pair.mentor_id):
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
    reason = ": ".join(filter(None, [why.label, words.strip()]))
    end_pair(db, pair, Move.DECLINE, by=by, now=now, reason=reason)


def expire_offers(db: Session, *, now: datetime) -> list[Pair]:
    """End every offer whose time for an answer is over, the first to lapse first."""
    wait_for_other_runs(db)
    lapsed = select(Pair).where(Pair.state == PairState.OFFERED, col(Pair.answer_by) <= now)
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


def _terms(referral: Referral, release: date | None) -> OfferTerms:
    """Return how long this leaver's offers stay open: less at short notice."""
    if release is None:
        return TABLE.forms[0].offer
    return form_for(TABLE, release, referred_on(referral), official_calendar()).offer


def _before_release(release: date, now: datetime) -> datetime:
    """Return the last moment for an answer: 17:00 of the working day before the release.

    Where that is over, 17:00 of today, or else the moment the day of release
    begins. On that day itself there is nothing left but 17:00.
    """
    today = local_day(now)
    begins = in_utc(datetime.combine(release, time()))
    usual = closing_of(official_calendar().before(release))
    if now < usual or today >= release:
        return usual if now < usual else closing_of(today)
    return closing_of(today) if now < closing_of(today) else begins


def _plan_offer_letters(
    db: Session, pair: Pair, terms: OfferTerms, release: date | None, *, now: datetime
) -> None:
    """Plan the offer and its reminder, and set when it lapses.

    The days count from when the letter may go: an offer made in the evening
    is an offer of the next working day.
    """
    calendar = official_calendar()
    offered_on = local_day(sending_window(LetterKind.OFFER, now, calendar).not_before)
    days = offer_days(terms, offered_on, calendar)
    pair.answer_by = closing_of(days.answer_by)
    if release:
        pair.answer_by = min(pair.answer_by, _before_release(release, now))
    wanted = {LetterKind.OFFER: now}
    if days.remind_on and opening_of(days.remind_on) < pair.answer_by:
        wanted[LetterKind.OFFER_REMINDER] = opening_of(days.remind_on)
    for kind, moment in wanted.items():
        post.plan_letter(
            db,
            kind,
            Channel.EMAIL,
            post.to_mentor(pair.mentor_id),
            now=now,
            wanted=moment,
            leaver_id=pair.leaver_id,
            mentor_id=pair.mentor_id,
            pair_id=pair.id,
        )
