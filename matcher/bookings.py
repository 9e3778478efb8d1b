"""Booking a meeting into its window: day, time and place, and the mentor is told.

Local times are what people are told; the moment in UTC is kept beside it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from pydantic import ConfigDict, NaiveDatetime
from sqlmodel import Field, Session, col, select

from matcher import post
from matcher.core.away import is_away
from matcher.core.schedule import IN_PRISON
from matcher.core.sending import LONDON, local_day, reminder_window, sending_window
from matcher.core.words import day_in_words
from matcher.core.working_days import official_calendar
from matcher.meeting_days import BEHIND_WALLS, OPEN, days_to_book, in_utc
from matcher.refusing import InTheWay, NotAllowed
from matcher.ringing import raise_ring
from matcher.standings import standing_of
from matcher.tasks import settle
from models.accounts import Account
from models.contacts import Line
from models.desk_words import RingReason, TaskKind
from models.facts import Facts
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.rows import newest
from models.states import Channel, LetterKind, MeetingKind, MeetingMove, MeetingState, PairState
from models.vetting import Clearance

LONGEST = 480
"""Minutes of the longest meeting that can be booked: a working day."""


ON_HOLD = "This pair is on hold, so nothing can be booked for it now."
HAS_PASSED = "That time has passed. Choose a time that is still ahead."
AWAY = "Nothing can be booked for that day. Choose another day, or ask the manager."
NOT_CLEARED = (
    "The mentor's clearance for the prison does not cover {}. "
    "Choose a day that it covers, or ask the manager."
)
CLASHES = "The mentor has another meeting at that time. Choose another time."


class Hours(NamedTuple):
    """Between which times of day a meeting begins and ends, and what is said otherwise."""

    first: time
    last: time
    sentence: str


INSIDE = Hours(
    time(7),
    time(20),
    "A meeting in prison starts at 7am or later and ends by 8pm. Choose another time.",
)
OUTSIDE = Hours(
    time(7),
    time(22),
    "A meeting starts at 7am or later and ends by 10pm. Choose another time.",
)


class Booking(Facts):
    """When and where a meeting is: local time as people are told it, whole minutes, a place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    starts_local: NaiveDatetime
    minutes: int = Field(ge=5, le=LONGEST)
    place: Line = Field(min_length=1)


def book(
    db: Session, meeting: Meeting, booking: Booking, *, by: UUID | None, now: datetime
) -> None:
    """Book a meeting, or book it again; NotAllowed says what is in the way.

    What is in the way is about the "day" or about when it "starts". The
    mentor gets a calendar entry and, the day before, a reminder. The same
    booking again changes nothing.
    """
    if is_booked_so(meeting, booking):
        return
    pair = db.get_one(Pair, meeting.pair_id)
    starts_at = in_utc(booking.starts_local)
    if meeting.state in OPEN:
        _check(db, meeting, pair, booking, starts_at, now=now)
    write_booking(meeting, booking.starts_local, starts_at, by=by, now=now)
    meeting.minutes, meeting.place = booking.minutes, booking.place
    db.add(meeting)
    post.cancel_letters(db, now=now, meeting_id=meeting.id)
    _tell(db, meeting, pair, starts_at, by=by, now=now)
    asked = {TaskKind.NOT_BOOKED, TaskKind.NO_ANSWER}
    settle(db, asked, outcome="It is booked.", by=by, now=now, meeting_ids=[meeting.id])
    db.flush()


def write_booking(
    meeting: Meeting, starts_local: datetime, starts_at: datetime, *, by: UUID | None, now: datetime
) -> None:
    """Move a meeting to booked, or booked again, at a time; IllegalMove if it is not open."""
    if meeting.state is MeetingState.BOOKED:
        meeting.move(MeetingMove.REBOOK, now=now)
        meeting.generation += 1
    else:
        meeting.move(MeetingMove.BOOK, now=now)
        if meeting.starts_at is not None:
            # Booked before and called off: what was told then had a generation of its own.
            meeting.generation += 1
    meeting.starts_local, meeting.starts_at, meeting.zone = starts_local, starts_at, LONDON.key
    meeting.booked_at, meeting.booked_by = now, by


def is_booked_so(meeting: Meeting, booking: Booking) -> bool:
    """Say whether the meeting is booked just like that already."""
    return (meeting.state, meeting.starts_local, meeting.minutes, meeting.place) == (
        MeetingState.BOOKED,
        booking.starts_local,
        booking.minutes,
        booking.place,
    )


def _check(
    db: Session,
    meeting: Meeting,
    pair: Pair,
    booking: Booking,
    starts_at: datetime,
    *,
    now: datetime,
) -> None:
    """Raise NotAllowed with all that is in the way of this booking."""
    day = booking.starts_local.date()
    in_the_way = []
    if pair.state is not PairState.ACCEPTED:
        in_the_way.append(InTheWay(ON_HOLD))
    if starts_at <= now:
        in_the_way.append(InTheWay(HAS_PASSED, "day" if day < local_day(now) else "starts"))
    leaver = db.get_one(Leaver, pair.leaver_id)
    first, last = days_to_book(meeting, leaver.release_date)
    if not first <= day <= last:
        in_the_way.append(InTheWay(_other_days(first, last), "day"))
    elif is_away(standing_of(db, leaver).away, day, leaver.release_date):
        in_the_way.append(InTheWay(AWAY, "day"))
    if not _is_by_day(meeting, booking):
        in_the_way.append(InTheWay(_hours_of(meeting).sentence, "starts"))
    if meeting.kind in IN_PRISON and not _is_cleared(db, pair, booking):
        in_the_way.append(InTheWay(NOT_CLEARED.format(day_in_words(day)), "day"))
    if _clashes(db, meeting, pair, starts_at, booking.minutes):
        in_the_way.append(InTheWay(CLASHES, "starts"))
    if in_the_way:
        raise NotAllowed(*in_the_way)


def _other_days(first: date, last: date) -> str:
    if last < first:
        return "They leave prison before the days of this meeting, so it cannot be booked."
    if first == last:
        return f"This meeting must be on {day_in_words(first)}."
    days = f"{day_in_words(first)} to {day_in_words(last)}"
    return f"The plan has other days for this meeting. Choose a day from {days}."


def _hours_of(meeting: Meeting) -> Hours:
    return INSIDE if meeting.kind in BEHIND_WALLS else OUTSIDE


def _is_by_day(meeting: Meeting, booking: Booking) -> bool:
    hours, starts = _hours_of(meeting), booking.starts_local
    ends, day = starts + timedelta(minutes=booking.minutes), starts.date()
    return datetime.combine(day, hours.first) <= starts and ends <= datetime.combine(
        day, hours.last
    )


def _is_cleared(db: Session, pair: Pair, booking: Booking) -> bool:
    leaver = db.get_one(Leaver, pair.leaver_id)
    stands = newest(Clearance, "mentor_id", "prison").where(
        Clearance.mentor_id == pair.mentor_id, Clearance.prison == leaver.prison
    )
    cleared = db.exec(stands).first()
    day = booking.starts_local.date()
    return cleared is not None and cleared.cleared_from <= day <= cleared.cleared_until


def _clashes(db: Session, meeting: Meeting, pair: Pair, starts_at: datetime, minutes: int) -> bool:
    """Say whether the mentor is booked elsewhere then; two who book at once wait for each other."""
    db.get_one(Mentor, pair.mentor_id, with_for_update=True)
    ends_at = starts_at + timedelta(minutes=minutes)
    near = select(Meeting).where(
        col(Meeting.pair_id).in_(select(Pair.id).where(Pair.mentor_id == pair.mentor_id)),
        Meeting.id != meeting.id,
        Meeting.state == MeetingState.BOOKED,
        col(Meeting.starts_at) < ends_at,
        col(Meeting.starts_at) > starts_at - timedelta(minutes=LONGEST),
    )
    return any(
        other.starts_at and other.starts_at + timedelta(minutes=other.minutes or 0) > starts_at
        for other in db.exec(near)
    )


def _tell(
    db: Session,
    meeting: Meeting,
    pair: Pair,
    starts_at: datetime,
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    """Plan the calendar entry and the reminder; a mentor whom neither can reach in time is rung."""
    entry = sending_window(LetterKind.CALENDAR_ENTRY, now, official_calendar())
    about: post.About = {
        "leaver_id": pair.leaver_id,
        "mentor_id": pair.mentor_id,
        "pair_id": pair.id,
        "meeting_id": meeting.id,
        "generation": meeting.generation,
    }
    to = post.to_mentor(pair.mentor_id)
    if entry.not_before < starts_at:
        window = replace(entry, not_after=min(entry.not_after, starts_at))
        kind, channel = LetterKind.CALENDAR_ENTRY, Channel.CALENDAR
        post.plan_letter(db, kind, channel, to, now=now, window=window, **about)
    elif meeting.kind is not MeetingKind.GATE and not is_the_mentor(db, by, pair):
        # Of a gate agreed so late `gate_day` tells at once, with a call of its own.
        raise_ring(db, pair, RingReason.BOOKED_LATE, now=now, meeting_id=meeting.id)
    reminder = reminder_window(starts_at)
    if now < reminder.not_after:
        kind, channel = LetterKind.MEETING_REMINDER, Channel.TEXT
        post.plan_letter(db, kind, channel, to, now=now, window=reminder, **about)


def is_the_mentor(db: Session, by: UUID | None, pair: Pair) -> bool:
    """Say whether an account is that of the mentor of a pair."""
    account = db.get(Account, by) if by else None
    return account is not None and account.mentor_id == pair.mentor_id
