"""When a pair should meet and which letters go with it, counted from the day of release.

Given a pathway's table, a pair's days, what is already done, today and the
working days, this always gives the same plan. When a date moves, the same
function is called with the new date: what was held or sent stays out of the
new plan, the rest comes with its new days, and kind and number say which is
which. Two plans made on different days differ in no more than first days
that have passed, unless between them the days of a meeting in prison passed
unheld, or the day came from which none is arranged anew. Whoever plans again
after a recall hands in only what was held or sent since.

What a coordinator would expect, where the calendar is in the way:

- A follow-up due on a weekend or bank holiday is due on the working day
  before, so that nobody goes into Christmas or Easter longer than promised
  without company, and the one at four weeks stays inside the 28 days in which
  a first meeting must be proved.
- Meetings in prison share the working days between six and two weeks before
  the release, from the second working day after the mentor accepts (the
  introduction letter goes first), in equal parts, one after the other. If
  fewer days than meetings are left there, they may run to the eve of the
  release; if fewer still, the last ones fall away. A meeting in prison whose
  days have passed shares with those after it what is left from the day on
  after its last one: so the days change then, and not from day to day.
- The gate is on the day of release itself, wherever that falls.
- First contact is on the next working day, or on the next calendar day if
  that working day is more than three days away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from matcher.core.away import Spell, days_beside, is_away
from matcher.core.pathway_rows import (
    LetterKey,
    LetterRow,
    MeetingKey,
    Notice,
    PathwayTable,
    PlanForm,
    PlanRow,
)
from matcher.core.sending import SendingWindow, closing_of, opening_of
from matcher.core.working_days import DAY, WorkingDays
from models.states import Deadline, MeetingKind

BOOK_AHEAD = timedelta(days=7)
"""A meeting not booked this long before its window ends is a task, once the window has begun."""

IN_PRISON = frozenset({MeetingKind.INTRODUCTION, MeetingKind.PRISON_VISIT})
"""Meetings for which the mentor must be cleared for the prison."""


@dataclass(frozen=True)
class PairDays:
    """What about a pair sets its plan.

    `anchor` is the day the plan counts from: the effective, later the actual,
    day of release. `in_prison` says that the mentor may visit there; if not,
    introduction and visits become video meetings. `away` are days on which
    the leaver is away from the prison: no meeting can be then.
    """

    anchor: date
    referred_on: date
    accepted_on: date
    in_prison: bool = True
    away: tuple[Spell, ...] = ()


@dataclass(frozen=True)
class Done:
    """The meetings already held and the letters already sent."""

    held: frozenset[MeetingKey] = frozenset()
    sent: frozenset[LetterKey] = frozenset()


class Window(NamedTuple):
    """The first and the last day of a meeting."""

    first: date
    last: date


@dataclass(frozen=True)
class PlannedMeeting:
    """A meeting still ahead: which, between which days, by when to book it, and what for."""

    key: MeetingKey
    first_day: date
    last_day: date
    book_by: date
    purpose: str


@dataclass(frozen=True)
class PlannedLetter:
    """A letter still ahead: which, the moments (UTC) between which it may go, and what for."""

    key: LetterKey
    window: SendingWindow
    purpose: str


@dataclass(frozen=True)
class Plan:
    """What is ahead of a pair, in the order of the table."""

    notice: Notice
    meetings: tuple[PlannedMeeting, ...]
    letters: tuple[PlannedLetter, ...]

    @property
    def last_prison_day(self) -> date | None:
        """The last day a mentor's clearance must cover; None if no visit is ahead."""
        days = [meeting.last_day for meeting in self.meetings if meeting.key.kind in IN_PRISON]
        return max(days, default=None)


def plan_ahead(
    table: PathwayTable, pair: PairDays, done: Done, today: date, calendar: WorkingDays
) -> Plan:
    """Return every meeting and letter of a pair from today on.

    Raises ValueError for a year whose bank holidays are not known.
    """
    form = form_for(table, pair.anchor, pair.referred_on, calendar)
    windows = {
        row.meeting: window
        for row in form.meetings
        if not row.in_turn and (window := _own_window(row, pair, calendar))
    } | _windows_in_turn(table, form, pair, done, today, calendar)
    meetings = [
        _meeting(row, pair, windows[row.meeting], today, calendar)
        for row in form.meetings
        if row.meeting in windows and windows[row.meeting].last >= today and not _is_held(row, done)
    ]
    letters = [_letter(row, pair, done, today, calendar) for row in form.letters]
    return Plan(form.notice, tuple(meetings), tuple(letter for letter in letters if letter))


def form_for(
    table: PathwayTable, anchor: date, referred_on: date, calendar: WorkingDays
) -> PlanForm:
    """Return the form of plan that a referral made on this day leaves time for."""
    return next(
        form
        for form in table.forms
        if form.least_notice is None or referred_on <= form.least_notice.day(anchor, calendar)
    )


def referral_opens(table: PathwayTable, anchor: date, calendar: WorkingDays) -> date:
    """Return the first day on which a referral may be made, moved to a working day."""
    return calendar.on_or_after(table.opens.day(anchor, calendar))


def deadlines(
    table: PathwayTable, anchor: date, referred_on: date, calendar: WorkingDays
) -> dict[Deadline, date]:
    """Return by when each thing must be settled.

    A day that is no working day gives way to the one before. A referral that
    came too late for the table's day has as many working days as its steps
    take, but no longer than to the release.
    """
    form = form_for(table, anchor, referred_on, calendar)
    return {
        row.deadline: min(
            anchor,
            max(
                calendar.on_or_before(row.due.day(anchor, calendar)),
                calendar.on_or_after(calendar.add(referred_on, row.earliest)),
            ),
        )
        for row in form.deadlines
    }


def _is_held(row: PlanRow, done: Done) -> bool:
    return row.meeting in done.held or row.instead in done.held


def _windows_in_turn(
    table: PathwayTable,
    form: PlanForm,
    pair: PairDays,
    done: Done,
    today: date,
    calendar: WorkingDays,
) -> dict[MeetingKey, Window]:
    """Return the windows of the rows that share one; missed ones share what is left.

    It is gone through as it came: each time a window passed unheld, the days
    after it were shared anew, whatever day it is by now.
    """
    rows = [row for row in form.meetings if row.in_turn]
    letter_day = calendar.on_or_after(pair.accepted_on)
    windows = _shared(rows, calendar.after(letter_day), pair, calendar)
    if today >= table.settled.day(pair.anchor, calendar):
        return windows
    waiting = [row for row in rows if not _is_held(row, done)]
    while passed := _first_passed(waiting, windows, today):
        windows = _shared(waiting, calendar.after(passed), pair, calendar)
    return windows


def _first_passed(
    waiting: Sequence[PlanRow], windows: dict[MeetingKey, Window], today: date
) -> date | None:
    lasts = [windows[row.meeting].last for row in waiting if row.meeting in windows]
    return min((last for last in lasts if last < today), default=None)


def _shared(
    rows: Sequence[PlanRow], start: date, pair: PairDays, calendar: WorkingDays
) -> dict[MeetingKey, Window]:
    """Part the working days of one window among its rows; what does not fit is left out."""
    if not rows:
        return {}
    anchor, eve = pair.anchor, calendar.before(pair.anchor)
    opens = max(start, rows[0].opens.day(anchor, calendar))
    every = calendar.between(opens, eve)
    there = [day for day in every if not is_away(pair.away, day, anchor)]
    days = [day for day in there if day <= rows[0].closes.day(anchor, calendar)]
    if len(days) < len(rows):
        days = there
    fitting = rows[: len(days)]
    parts = _equal_parts(days, len(fitting))
    return {row.meeting: window for row, window in zip(fitting, parts, strict=True)}


def _equal_parts(days: Sequence[date], count: int) -> list[Window]:
    """Cut days into `count` windows, one after the other, as equal as they go; 0 gives none."""
    return [
        Window(days[len(days) * part // count], days[len(days) * (part + 1) // count - 1])
        for part in range(count)
    ]


def _own_window(row: PlanRow, pair: PairDays, calendar: WorkingDays) -> Window | None:
    """Return the window of a row by itself; None while the leaver is away all through it."""
    first, last = _window_of(row, pair.anchor, calendar)
    days = days_beside(pair.away, first, last, pair.anchor, calendar)
    return Window(*days) if days else None


def _window_of(row: PlanRow, anchor: date, calendar: WorkingDays) -> Window:
    opens, closes = row.opens.day(anchor, calendar), row.closes.day(anchor, calendar)
    if row.within_days is not None and (closes - anchor).days > row.within_days:
        return Window(anchor + DAY, anchor + DAY)
    if closes == anchor:
        return Window(anchor, anchor)
    last = calendar.on_or_before(closes)
    return Window(min(calendar.on_or_after(opens), last), last)


def _meeting(
    row: PlanRow, pair: PairDays, window: Window, today: date, calendar: WorkingDays
) -> PlannedMeeting:
    key = row.meeting if pair.in_prison or row.instead is None else row.instead
    first = window.first if window.first >= today else min(calendar.on_or_after(today), window.last)
    return PlannedMeeting(key, first, window.last, _book_by(pair, window), row.purpose)


def _book_by(pair: PairDays, window: Window) -> date:
    """The gate is a single day: to wait for its first would be to wait for the day itself."""
    earliest = pair.accepted_on if window.first == window.last else window.first
    return min(window.last, max(earliest, window.last - BOOK_AHEAD))


def _letter(
    row: LetterRow, pair: PairDays, done: Done, today: date, calendar: WorkingDays
) -> PlannedLetter | None:
    held_kinds = {key.kind for key in done.held}
    if row.letter in done.sent or held_kinds & row.until_held:
        return None
    due = pair.accepted_on if row.due is None else row.due.day(pair.anchor, calendar)
    working = calendar.on_or_after(due) if row.due is None else calendar.on_or_before(due)
    first = calendar.on_or_after(max(working, today))
    last = calendar.on_or_before(row.until.day(pair.anchor, calendar))
    if first > last:
        return None
    window = SendingWindow(opening_of(first), closing_of(last), urgent=False)
    return PlannedLetter(row.letter, window, row.purpose)
