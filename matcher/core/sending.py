"""When a letter may leave: 09:00 to 17:00 in England and Wales, urgent ones at once.

Letters keep to working days. A meeting's reminder goes one day before the
meeting whatever day that is, because one day works and two do not: a reminder
of a Monday sent on the Friday would be two days too soon. Hours are local,
moments are UTC; the zone decides which UTC hour 09:00 is, on the nights when
the clocks change as on any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from matcher.core.working_days import DAY, WorkingDays
from models.states import LetterKind

LONDON = ZoneInfo("Europe/London")
OPENS = time(9)
CLOSES = time(17)

URGENT_LASTS = timedelta(hours=72)
"""How long an urgent letter is tried: as long as the post tries at all."""


@dataclass(frozen=True)
class LetterTerms:
    """When letters of one kind may go, and for how many more working days they make sense."""

    lasts: int = 0
    urgent: bool = False
    any_day: bool = False


TERMS: Mapping[LetterKind, LetterTerms] = {
    LetterKind.OFFER: LetterTerms(lasts=2),
    LetterKind.OFFER_REMINDER: LetterTerms(lasts=1),
    LetterKind.INTRODUCTION: LetterTerms(lasts=5),
    LetterKind.CALENDAR_ENTRY: LetterTerms(lasts=5),
    LetterKind.MEETING_REMINDER: LetterTerms(any_day=True),
    LetterKind.GATE_PLAN: LetterTerms(lasts=4),
    LetterKind.DIGEST: LetterTerms(lasts=2),
    LetterKind.PRACTITIONER_QUESTION: LetterTerms(lasts=5),
    LetterKind.PRACTITIONER_NEWS: LetterTerms(lasts=5),
    LetterKind.STOOD_DOWN: LetterTerms(urgent=True),
    LetterKind.GATE_CHANGED: LetterTerms(urgent=True),
    LetterKind.RING_US: LetterTerms(urgent=True),
    LetterKind.FIRST_MEETING_WARNING: LetterTerms(lasts=5),
    LetterKind.SIGN_IN_CHANGED: LetterTerms(urgent=True),
    LetterKind.WORRY: LetterTerms(urgent=True),
}
"""A row for each kind of letter. The figures of `lasts` are our own choice."""


@dataclass(frozen=True)
class SendingWindow:
    """The first and the last moment, both UTC, at which a letter may be handed over."""

    not_before: datetime
    not_after: datetime
    urgent: bool


def sending_window(kind: LetterKind, wanted: datetime, calendar: WorkingDays) -> SendingWindow:
    """Return the window of a letter wanted at a moment; an urgent one opens at that moment.

    `wanted` is aware; a moment outside the hours waits for the next opening.
    Between the two ends the hours still hold: see `next_opening`.
    """
    terms = TERMS[kind]
    if terms.urgent:
        return SendingWindow(wanted.astimezone(UTC), wanted.astimezone(UTC) + URGENT_LASTS, True)
    opening = next_opening(kind, wanted, calendar)
    last_day = calendar.add(local_day(opening), terms.lasts)
    return SendingWindow(opening, closing_of(last_day), False)


def next_opening(kind: LetterKind, moment: datetime, calendar: WorkingDays) -> datetime:
    """Return the first moment from `moment` on, in UTC, at which this kind of letter may go."""
    terms = TERMS[kind]
    if terms.urgent:
        return moment.astimezone(UTC)
    day = local_day(moment)
    if moment >= closing_of(day):
        day += DAY
    if not terms.any_day:
        day = calendar.on_or_after(day)
    return max(moment.astimezone(UTC), opening_of(day))


def reminder_window(starts_at: datetime) -> SendingWindow:
    """Return when the reminder of a booked meeting may go: the day before, whatever day it is."""
    day = local_day(starts_at) - DAY
    return SendingWindow(opening_of(day), closing_of(day), False)


def opening_of(day: date) -> datetime:
    """Return 09:00 local time of a day, in UTC."""
    return datetime.combine(day, OPENS, LONDON).astimezone(UTC)


def closing_of(day: date) -> datetime:
    """Return 17:00 local time of a day, in UTC."""
    return datetime.combine(day, CLOSES, LONDON).astimezone(UTC)


def local_day(moment: datetime) -> date:
    """Return the day it is in England and Wales at an aware moment."""
    return moment.astimezone(LONDON).date()
