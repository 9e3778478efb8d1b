"""One meeting as its mentor reads it: what, when, where, and what to tell us about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from matcher.core.schedule import IN_PRISON
from matcher.core.sending import local_day
from matcher.desks.meeting_questions import Question, question_of
from matcher.meeting_days import BEHIND_WALLS, OPEN, title, was_arranged
from matcher.plans.through_the_gate import PROOF as AFTER_RELEASE
from models.meetings import Meeting
from models.people import Leaver
from models.reference import prisons
from models.states import MeetingKind, MeetingState

AT_THE_PRISON = IN_PRISON | {MeetingKind.GATE}
"""Meetings for which a mentor must find the way to the prison."""


@dataclass(frozen=True)
class MeetingCard:
    """One meeting with one person.

    Once booked it has `starts_at` (aware, UTC) and a place; before that only
    the first and the last day between which it is to be. `has_time` is False
    where nobody set a time: one held then has a day, one missed its days. `prison` is where to
    go for one still ahead there, else empty. `question` asks whether it was
    held. `can_book` says that the mentor sets the time, `can_answer` that it
    may have been held by now.
    """

    id: UUID
    version: int
    pair_id: UUID
    first_name: str
    kind: MeetingKind
    title: str
    question: Question
    state: MeetingState
    purpose: str
    first_day: date
    last_day: date
    starts_at: datetime | None
    has_time: bool
    place: str | None
    prison: str
    can_book: bool
    can_answer: bool

    @property
    def is_booked(self) -> bool:
        """Whether there is a time and a place to go to."""
        return self.state is MeetingState.BOOKED

    @property
    def has_one_day(self) -> bool:
        """Whether it was on one day and no other: the one booked, or that of the release."""
        return self.is_booked or self.kind is MeetingKind.GATE

    @property
    def sorting_day(self) -> date:
        """The day by which meetings stand in order."""
        return local_day(self.starts_at) if self.starts_at else self.first_day

    @property
    def order(self) -> tuple[date, bool, str, date, int, str]:
        """What meetings stand in order by: the day, those with a time first, then the plan's."""
        at = self.starts_at.isoformat() if self.starts_at else ""
        return self.sorting_day, not at, at, self.last_day, self.kind.rank, self.title


def meeting_card(meeting: Meeting, leaver: Leaver, now: datetime) -> MeetingCard:
    """Return the card of a meeting; a time that was given up is not told."""
    settled = meeting.state is not MeetingState.PLANNED
    place = meeting.place if settled else None
    goes_there = meeting.kind in AT_THE_PRISON and meeting.state in OPEN
    return MeetingCard(
        id=meeting.id,
        version=meeting.version,
        pair_id=meeting.pair_id,
        first_name=called(leaver),
        kind=meeting.kind,
        title=title(meeting),
        question=question_of(meeting.kind, place or ""),
        state=meeting.state,
        purpose=meeting.purpose,
        first_day=meeting.window_first,
        last_day=meeting.window_last,
        starts_at=meeting.starts_at if settled else None,
        has_time=meeting.state is MeetingState.BOOKED or (settled and was_arranged(meeting)),
        place=place,
        prison=prison_of(leaver) if goes_there else "",
        can_book=can_book(meeting, now),
        can_answer=can_answer(meeting, now),
    )


def called(leaver: Leaver) -> str:
    """Return what a mentor calls a leaver: the first name, or the code where there is none."""
    return leaver.first_name or leaver.code


def prison_of(leaver: Leaver) -> str:
    """Return the name and the town of someone's prison: "HMP Wealstun, Wetherby"."""
    prison = prisons()[leaver.prison]
    return prison.title if prison.town == prison.name else f"{prison.title}, {prison.town}"


def can_book(meeting: Meeting, now: datetime) -> bool:
    """Say whether the mentor may set the time: after the release, until its last day is over."""
    ahead = meeting.window_last >= local_day(now)
    return meeting.kind in AFTER_RELEASE and meeting.state in OPEN and ahead


def can_answer(meeting: Meeting, now: datetime) -> bool:
    """Say whether a mentor may tell us how it went: once it has begun.

    What two people do outside needs no booking: it counts from its first day on.
    """
    if meeting.state is MeetingState.BOOKED and meeting.starts_at:
        return meeting.starts_at <= now
    started = meeting.window_first <= local_day(now)
    return meeting.state is MeetingState.PLANNED and meeting.kind not in BEHIND_WALLS and started
