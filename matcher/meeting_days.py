"""When a meeting is over and still asks for an answer, and what moment a local time is.

Until someone says whether it was held, a meeting that is over stays as it is:
no plan touches it, and what happened is not guessed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select

from matcher.core.pathway_rows import MeetingKey
from matcher.core.sending import LONDON, local_day
from matcher.core.words import day_in_words
from matcher.core.working_days import DAY
from matcher.refusing import NotAllowed
from models.meetings import Meeting
from models.pairs import Pair
from models.states import MeetingKind, MeetingState, PairState

OPEN = (MeetingState.PLANNED, MeetingState.BOOKED)

BEHIND_WALLS = frozenset(
    {MeetingKind.INTRODUCTION, MeetingKind.PRISON_VISIT, MeetingKind.VIDEO, MeetingKind.CALL}
)
"""Meetings that cannot have been without a booking; two people outside need none."""

OF_SEVERAL = frozenset({MeetingKind.PRISON_VISIT, MeetingKind.VIDEO, MeetingKind.FOLLOW_UP})


def title(meeting: Meeting) -> str:
    """Return what a meeting is called: "Introduction", "Follow-up 3"."""
    label = meeting.kind.label
    return f"{label} {meeting.number}" if meeting.kind in OF_SEVERAL else label


def in_utc(local: datetime) -> datetime:
    """Return the moment that a local time is; of an hour that comes twice, the first.

    Raises NotAllowed for a time that the clocks leap over in spring.
    """
    moment = local.replace(tzinfo=LONDON).astimezone(UTC)
    if local_time(moment) != local:
        raise NotAllowed(
            f"There is no {local:%H:%M} on {day_in_words(local.date())}: "
            "the clocks go forward in that hour. Choose another time."
        )
    return moment


def local_time(moment: datetime) -> datetime:
    """Return the local time of a moment, as people are told it."""
    return moment.astimezone(LONDON).replace(tzinfo=None, fold=0)


def was_arranged(meeting: Meeting) -> bool:
    """Say whether someone set its time; one that nobody booked is answered by its day alone."""
    return meeting.starts_at is not None and meeting.minutes is not None


def days_to_book(meeting: Meeting, release: date | None) -> tuple[date, date]:
    """Return the first and the last day on which a meeting can be; inside, before the release.

    If the last comes before the first, there is no such day.
    """
    first, last = meeting.window_first, meeting.window_last
    if meeting.kind in BEHIND_WALLS and release:
        last = min(last, release - DAY)
    return first, last


def key_of(meeting: Meeting) -> MeetingKey:
    """Return which meeting of the plan this is."""
    return MeetingKey(meeting.kind, meeting.number)


def is_over(meeting: Meeting, now: datetime) -> bool:
    """Say whether a meeting, still open, has had its time: what was booked, or its last day."""
    if meeting.state is MeetingState.BOOKED and meeting.starts_at:
        return meeting.starts_at + timedelta(minutes=meeting.minutes or 0) <= now
    return meeting.state is MeetingState.PLANNED and meeting.window_last < local_day(now)


def over_on(meeting: Meeting) -> date:
    """Return the day on which a meeting is, or was, over."""
    if meeting.state is MeetingState.BOOKED and meeting.starts_at:
        return local_day(meeting.starts_at + timedelta(minutes=meeting.minutes or 0))
    return meeting.window_last


def asks_for_answer(meeting: Meeting, now: datetime) -> bool:
    """Say whether it is over and may have been held, so that someone must say."""
    could_have_been = meeting.state is MeetingState.BOOKED or meeting.kind not in BEHIND_WALLS
    return could_have_been and is_over(meeting, now)


def unanswered(db: Session, now: datetime, mentor_id: UUID | None = None) -> list[Meeting]:
    """Return the meetings that ask for an answer, everyone's or one mentor's, oldest first.

    A second go that nobody booked asks for none: the first has been answered.
    """
    living = select(Pair.id).where(col(Pair.state).in_([PairState.ACCEPTED, PairState.SUSPENDED]))
    if mentor_id:
        living = living.where(Pair.mentor_id == mentor_id)
    first_go = aliased(Meeting)
    answered = exists().where(
        col(first_go.pair_id) == Meeting.pair_id,
        col(first_go.kind) == Meeting.kind,
        col(first_go.number) == Meeting.number,
        col(first_go.state) == MeetingState.MISSED,
    )
    booked = and_(Meeting.state == MeetingState.BOOKED, col(Meeting.starts_at) <= now)
    not_booked = and_(
        Meeting.state == MeetingState.PLANNED,
        col(Meeting.window_last) < local_day(now),
        ~answered,
    )
    maybe_over = select(Meeting).where(col(Meeting.pair_id).in_(living), or_(booked, not_booked))
    found = [meeting for meeting in db.exec(maybe_over) if asks_for_answer(meeting, now)]
    return sorted(found, key=lambda meeting: (over_on(meeting), str(meeting.id)))
