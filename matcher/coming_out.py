"""They came out after all: what was told of the day of release was a mistake, and is taken back.

Nothing is deleted. The mistake stays on file, and so does the word that takes
it back, on the same day; between them the plan is as if neither had been said.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import takewhile
from uuid import UUID

from sqlmodel import Session, col, select

from matcher import gate_day, post
from matcher.bookings import Booking, book, is_the_mentor, write_booking
from matcher.core.sending import local_day
from matcher.following import follow, pair_begun
from matcher.meeting_days import key_of
from matcher.refusing import InTheWay, NotAllowed
from matcher.ringing import raise_ring, settle_rings
from matcher.standings import as_happened, events_of, standing_of
from matcher.stood import News
from models.accounts import Account
from models.desk_words import RingReason
from models.events import Event
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import EventKind, LetterKind, MeetingState, PairState, ReferralState

CAME_OUT = "They came out after all."
NOT_YOURS = "You cannot take this back yourself now. Please ring us."
NOTHING_TOLD = (
    "Nobody has told us today that they did not come out. If they have left prison, choose "
    "“They have left prison”."
)


def mistakes_of(db: Session, leaver: Leaver, now: datetime) -> list[Event]:
    """Return who told that someone did not come out today, if it still stops the plan."""
    if EventKind.NOT_RELEASED not in standing_of(db, leaver).frozen:
        return []
    told = events_of(db, leaver, EventKind.NOT_RELEASED)
    today = [one for one in told if as_happened(one).on == local_day(now)]
    return list(takewhile(lambda one: not one.facts.get("came_out"), reversed(today)))


def may_take_back(db: Session, account: Account, leaver: Leaver, now: datetime) -> bool:
    """Say whether this account may tell that someone came out after all.

    A mentor takes back their own word only: what a prison has told stands, before or after.
    """
    told = mistakes_of(db, leaver, now)
    theirs = account.mentor_id is None or all(one.recorded_by == account.id for one in told)
    return bool(told) and theirs


def refuse(db: Session, leaver: Leaver, day: date, *, by: UUID | None, now: datetime) -> None:
    """Raise NotAllowed if nothing was told of this day, today, that `by` may take back."""
    if day != local_day(now) or not mistakes_of(db, leaver, now):
        raise NotAllowed(InTheWay(NOTHING_TOLD))
    account = db.get(Account, by) if by else None
    if account and not may_take_back(db, account, leaver, now):
        raise NotAllowed(InTheWay(NOT_YOURS))


def comes_out(db: Session, leaver: Leaver, news: News) -> None:
    """Let the plan go on with what was booked, and tell at once whoever was told not to wait."""
    follow(db, leaver, by=news.by, now=news.now)
    pair = pair_begun(db, leaver)
    if standing_of(db, leaver).frozen:
        return
    if pair is None:
        _see_who_meets_them(db, leaver, news)
        return
    kinds = {LetterKind.STOOD_DOWN}
    post.cancel_letters(db, now=news.now, pair_id=pair.id, kinds=kinds)
    needless = {RingReason.NOT_RELEASED}
    settle_rings(db, needless, outcome=CAME_OUT, by=news.by, now=news.now, pair_id=pair.id)
    for mistake in _mistakes(db, leaver, news.event):
        _book_again(db, pair, mistake, now=news.now)
    knows = is_the_mentor(db, news.by, pair)
    gate_day.tell_gate_changed(db, pair, now=news.now, knows=knows)
    db.flush()


def _see_who_meets_them(db: Session, leaver: Leaver, news: News) -> None:
    """Tell the manager at once, at any hour, of someone outside whose pair has ended meanwhile.

    Of someone who wants none of us any more nobody is told.
    """
    told = _mistakes(db, leaver, news.event)
    since = min((one.applied_at or one.recorded_at for one in told), default=news.now)
    left = select(Pair).where(
        Pair.referral_id == Referral.id,
        Pair.leaver_id == leaver.id,
        Pair.state == PairState.ENDED,
        col(Pair.accepted_at).is_not(None),
        Pair.state_since >= since,
        Referral.state != ReferralState.WITHDRAWN,
    )
    pair = db.exec(left.order_by(col(Pair.state_since).desc())).first()
    if pair:
        gate_day.tell_gate_changed(db, pair, now=news.now, knows=True)
        raise_ring(db, pair, RingReason.NOBODY_WAITS, now=news.now)
        db.flush()


def _mistakes(db: Session, leaver: Leaver, event: Event) -> Iterable[Event]:
    """Return what was told of the same day and is taken back, the newest first."""
    theirs = select(Event).where(
        Event.leaver_id == leaver.id, Event.kind == EventKind.NOT_RELEASED, Event.id != event.id
    )
    day = as_happened(event).on
    told = db.exec(theirs.order_by(col(Event.recorded_at).desc())).all()
    return [one for one in told if as_happened(one).on == day and not one.facts.get("came_out")]


def _book_again(db: Session, pair: Pair, mistake: Event, *, now: datetime) -> None:
    """Give each meeting that the mistake called off its booking back, where it is still free."""
    ahead = select(Meeting).where(Meeting.pair_id == pair.id, Meeting.state == MeetingState.PLANNED)
    open_now = {(one.release_number, key_of(one)): one for one in db.exec(ahead)}
    called_off = select(Meeting).where(
        Meeting.pair_id == pair.id,
        Meeting.state == MeetingState.CANCELLED,
        Meeting.state_since == mistake.applied_at,
        col(Meeting.booked_at).is_not(None),
    )
    for was in db.exec(called_off).all():
        again = open_now.get((was.release_number, key_of(was)))
        if again and again.state is MeetingState.PLANNED:
            _as_it_was(db, again, was, now=now)


def _as_it_was(db: Session, again: Meeting, was: Meeting, *, now: datetime) -> None:
    """Book a meeting as another was; of one that has begun meanwhile nobody is written."""
    if was.starts_at is None or was.starts_local is None:
        return
    if was.starts_at <= now:
        write_booking(again, was.starts_local, was.starts_at, by=was.booked_by, now=now)
        again.minutes, again.place = was.minutes, was.place
        db.add(again)
        db.flush()
        return
    told = Booking(starts_local=was.starts_local, minutes=was.minutes or 60, place=was.place or "")
    try:
        book(db, again, told, by=was.booked_by, now=now)
    except NotAllowed:
        return
