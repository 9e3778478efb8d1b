"""What is booked lies on days that it may, and its mentor will be reminded: a part of I10."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select as of_columns
from sqlmodel import col, select

from matcher.core.sending import local_day, reminder_window
from matcher.doctor.case import Breach, Case
from matcher.meeting_days import days_to_book
from models.meetings import Meeting
from models.outbox import NOT_UNDER_WAY, Letter
from models.pairs import Pair
from models.people import Leaver
from models.states import LetterKind, LetterState, MeetingKind, MeetingState, PairState


def bookings_ahead(case: Case) -> Iterator[Breach]:
    """Yield bookings on no day of the plan, or without a reminder, and reminders that come late."""
    reminders = _reminders(case)
    booked = (
        of_columns(Meeting, col(Leaver.release_date))
        .join(Pair, col(Pair.id) == col(Meeting.pair_id))
        .join(Leaver, col(Leaver.id) == Pair.leaver_id)
        .where(
            col(Meeting.state) == MeetingState.BOOKED,
            col(Pair.state) == PairState.ACCEPTED,
            col(Meeting.starts_at) > case.now,
        )
    )
    for meeting, release in case.db.execute(booked.order_by(col(Meeting.id))):
        first, last = days_to_book(meeting, release)
        starts_at = meeting.starts_at or case.now
        if not first <= local_day(starts_at) <= last:
            yield Breach("meeting", str(meeting.id), "it is booked for a day that it may not have")
        if meeting.kind is MeetingKind.GATE:
            continue
        if not reminders[meeting.id] and case.now < reminder_window(starts_at).not_before:
            yield Breach("meeting", str(meeting.id), "its mentor will not be reminded of it")
        for letter in reminders[meeting.id]:
            if letter.state in NOT_UNDER_WAY and letter.due_at >= starts_at:
                yield Breach("letter", str(letter.id), "it reminds of what will be over by then")


def _reminders(case: Case) -> defaultdict[UUID | None, list[Letter]]:
    """Return the reminders that were not cancelled, by their meeting."""
    told: defaultdict[UUID | None, list[Letter]] = defaultdict(list)
    stand = select(Letter).where(
        Letter.kind == LetterKind.MEETING_REMINDER, Letter.state != LetterState.CANCELLED
    )
    for letter in case.db.exec(stand):
        told[letter.meeting_id].append(letter)
    return told
