"""How long an offer stays open, and how it follows a release date that moves meanwhile.

The days count from when the offer may go: one made in the evening is an offer
of the next working day. None runs into the day of release.
"""

from __future__ import annotations

from datetime import date, datetime, time

from sqlmodel import Session, col, select

from matcher import journey, post
from matcher.core.offer_days import offer_days
from matcher.core.pathway_rows import OfferTerms
from matcher.core.schedule import form_for
from matcher.core.sending import closing_of, local_day, opening_of, sending_window
from matcher.core.working_days import official_calendar
from matcher.meeting_days import in_utc
from matcher.pair_days import TABLE, referred_on
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import Channel, LetterKind, LetterState, PairState


def open_offer(db: Session, pair: Pair, *, now: datetime) -> None:
    """Plan the offer and its reminder, and set when it lapses."""
    release = _release(db, pair)
    pair.answer_by, remind_at = _days(db, pair, release, offered_at=now, now=now)
    _plan(db, pair, LetterKind.OFFER, now, now=now)
    if remind_at:
        _plan(db, pair, LetterKind.OFFER_REMINDER, remind_at, now=now)


def follow_date(db: Session, pair: Pair, *, now: datetime) -> None:
    """Bring the last day for an answer up to the release date, and the reminder with it.

    Where the offer has gone and its mentor has less time than they were told,
    the reminder goes at once. Again it changes nothing.
    """
    if pair.state is not PairState.OFFERED or pair.answer_by is None:
        return
    told = pair.answer_by
    answer_by, remind_at = _days(db, pair, _release(db, pair), offered_at=pair.state_since, now=now)
    if answer_by == told:
        return
    pair.answer_by = answer_by
    if answer_by < told and _has_gone(db, pair):
        remind_at = now
    db.add(pair)
    kind = LetterKind.OFFER_REMINDER
    post.cancel_letters(db, now=now, pair_id=pair.id, kinds={kind})
    if remind_at and remind_at >= now:
        generation = journey.next_generation(db, kind, pair.id)
        _plan(db, pair, kind, remind_at, now=now, generation=generation)
    db.flush()


def _days(
    db: Session, pair: Pair, release: date | None, *, offered_at: datetime, now: datetime
) -> tuple[datetime, datetime | None]:
    """Return when an offer lapses, and when its mentor is reminded, if there is time to be."""
    calendar = official_calendar()
    offered_on = local_day(sending_window(LetterKind.OFFER, offered_at, calendar).not_before)
    days = offer_days(_terms(db.get_one(Referral, pair.referral_id), release), offered_on, calendar)
    answer_by = closing_of(days.answer_by)
    if release:
        answer_by = min(answer_by, _before_release(release, now))
    remind_at = opening_of(days.remind_on) if days.remind_on else None
    return answer_by, remind_at if remind_at and remind_at < answer_by else None


def _release(db: Session, pair: Pair) -> date | None:
    return db.get_one(Leaver, pair.leaver_id).release_date


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


def _has_gone(db: Session, pair: Pair) -> bool:
    """Say whether the mentor has been told, or may have been, until when to answer."""
    about = (Letter.pair_id == pair.id, Letter.kind == LetterKind.OFFER)
    gone = (LetterState.SENT, LetterState.SENDING, LetterState.UNKNOWN)
    found = select(Letter.id).where(*about, col(Letter.state).in_(gone))
    return db.exec(found).first() is not None


def _plan(
    db: Session,
    pair: Pair,
    kind: LetterKind,
    wanted: datetime,
    *,
    now: datetime,
    generation: int = 1,
) -> None:
    post.plan_letter(
        db,
        kind,
        Channel.EMAIL,
        post.to_mentor(pair.mentor_id),
        now=now,
        wanted=wanted,
        leaver_id=pair.leaver_id,
        mentor_id=pair.mentor_id,
        pair_id=pair.id,
        generation=generation,
    )
