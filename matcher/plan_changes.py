"""What lies between a pair's rows and its plan: found out here, written by `journey.py`.

Nothing is changed, so that the same answer can be shown before it is acted on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid5

from matcher.core.away import is_away
from matcher.core.pathway_rows import LetterKey, MeetingKey
from matcher.core.schedule import IN_PRISON, Done, PlannedLetter, PlannedMeeting, plan_ahead
from matcher.core.sending import local_day, opening_of
from matcher.core.standing import Standing
from matcher.core.working_days import DAY, official_calendar
from matcher.meeting_days import BEHIND_WALLS, OPEN, asks_for_answer, key_of, over_on
from matcher.pair_days import TABLE, days_of
from models.meetings import Meeting
from models.outbox import NOT_UNDER_WAY, Letter
from models.pairs import Pair
from models.referrals import Referral
from models.states import LetterKind, LetterState, MeetingKind, MeetingState, PairForm

UNSENT = NOT_UNDER_WAY - {LetterState.UNKNOWN}
"""A letter in one of these states has not gone out and may still be taken back."""

GONE_OUT = {LetterState.SENT, LetterState.SENDING, LetterState.UNKNOWN}
"""A letter in one of these states has reached its reader, or may have: no second one is planned."""

Moved = tuple[Meeting, PlannedMeeting]


@dataclass
class Changes:
    """How rows differ from the plan.

    `moved` keep their state and get other days (a booking that can still be
    kept is among them, whatever the plan says); `unbooked` must be booked
    again; `dropped` are cancelled. `letters_dropped` and `letters_added` are
    those of the plan's table, the added ones with their generation;
    `letters_replaced` of them are the same letter on other days.
    `letters_taken_back` counts unsent letters about meetings that no longer are as told.
    `before` counts the meetings of that release that the pair has or had, by their key.
    """

    pair_id: UUID
    release_number: int = 1
    before: Counter[MeetingKey] = field(default_factory=Counter)
    moved: list[Moved] = field(default_factory=list)
    unbooked: list[Moved] = field(default_factory=list)
    dropped: list[Meeting] = field(default_factory=list)
    meetings_added: list[PlannedMeeting] = field(default_factory=list)
    letters_dropped: list[Letter] = field(default_factory=list)
    letters_added: list[tuple[PlannedLetter, int]] = field(default_factory=list)
    letters_taken_back: int = 0

    @property
    def letters_replaced(self) -> int:
        """Return how many unsent letters of the plan come again on other days."""
        added = {planned.key for planned, _ in self.letters_added}
        return len({letter_key(letter) for letter in self.letters_dropped} & added)

    def new_meetings(self, now: datetime) -> list[Meeting]:
        """Return the rows of the meetings that are added."""
        return [
            Meeting(
                id=self._id_of(planned.key),
                pair_id=self.pair_id,
                release_number=self.release_number,
                kind=planned.key.kind,
                number=planned.key.number,
                purpose=planned.purpose,
                state_since=now,
                window_first=planned.first_day,
                window_last=planned.last_day,
                book_by=planned.book_by,
            )
            for planned in self.meetings_added
        ]

    def _id_of(self, key: MeetingKey) -> UUID:
        """Return the id of the next meeting of that key: the same again if its row was lost.

        With it its letters have the same keys again, and so none goes twice
        that left after a backup was made.
        """
        told = (self.release_number, key.kind.value, key.number, self.before[key])
        return uuid5(self.pair_id, ":".join(map(str, told)))


def letter_key(letter: Letter) -> LetterKey:
    """Return which letter of the plan this is."""
    return LetterKey(letter.kind, letter.number)


def changes_of(
    pair: Pair,
    referral: Referral,
    meetings: Sequence[Meeting],
    letters: Sequence[Letter],
    kinds: Collection[LetterKind],
    *,
    anchor: date | None,
    standing: Standing,
    now: datetime,
) -> Changes:
    """Return how these rows of a pair differ from its plan at `now`, counted from `anchor`.

    With `anchor` None nothing is ahead. `kinds` are the letters of the plan's
    table that are planned by their date alone. What was held or sent before a
    recall stays, and counts for the release before it alone.
    """
    found = Changes(pair.id, standing.release_number)
    before = [one for one in meetings if one.release_number != standing.release_number]
    found.dropped += (one for one in before if one.state in OPEN and not _waits(one, None, now))
    meetings = [one for one in meetings if one not in before]
    found.before = Counter(map(key_of, meetings))
    by_date = [one for one in letters if one.kind in kinds and one.meeting_id is None]
    plan = _Ground(pair, referral, standing, anchor, now)
    ahead = plan.ahead(anchor, meetings, by_date) if anchor else ((), ())
    _compare_meetings(found, meetings, ahead[0], plan)
    _compare_letters(found, by_date, [one for one in ahead[1] if one.key.kind in kinds], now=now)
    upset = {meeting.id for meeting in (*found.dropped, *(moved for moved, _ in found.unbooked))}
    found.letters_taken_back = sum(
        letter.meeting_id in upset and letter.state in NOT_UNDER_WAY for letter in letters
    )
    return found


@dataclass(frozen=True)
class _Ground:
    """What a pair's plan is made from, beside what was held and sent."""

    pair: Pair
    referral: Referral
    standing: Standing
    anchor: date | None
    now: datetime

    def ahead(
        self, anchor: date, meetings: Iterable[Meeting], letters: Iterable[Letter]
    ) -> tuple[tuple[PlannedMeeting, ...], tuple[PlannedLetter, ...]]:
        """Return what is ahead; a booked meeting that is over waits until someone says.

        Letters wait for no such answer: only what was held makes one needless.
        """
        gone = (one for one in letters if one.state in GONE_OUT and self._is_of_now(one))
        sent = frozenset(letter_key(letter) for letter in gone)
        held = frozenset(key_of(one) for one in meetings if one.state is MeetingState.HELD)
        waiting = (one for one in meetings if _waits(one, anchor, self.now))
        unanswered = frozenset(key_of(one) for one in waiting)
        days = days_of(self.pair, self.referral, anchor, self.standing.away)
        today, calendar = local_day(self.now), official_calendar()
        both = [
            plan_ahead(TABLE, days, Done(done, sent), today, calendar)
            for done in (held | unanswered, held)
        ]
        return both[0].meetings, both[1].letters

    def is_away(self, meeting: Meeting) -> bool:
        """Say whether the leaver is away from prison on the day that is booked."""
        booked = meeting.state is MeetingState.BOOKED and meeting.starts_at
        day = local_day(booked) if booked else None
        return day is not None and is_away(self.standing.away, day, self.anchor)

    def _is_of_now(self, letter: Letter) -> bool:
        """Say whether a letter that has gone out tells of the release that is ahead."""
        recalled_on = self.standing.recalled_on
        return recalled_on is None or local_day(letter.sent_at or letter.state_since) > recalled_on


def _compare_meetings(
    found: Changes,
    meetings: Iterable[Meeting],
    planned: Iterable[PlannedMeeting],
    plan: _Ground,
) -> None:
    pair, anchor, now, today = plan.pair, plan.anchor, plan.now, local_day(plan.now)
    ahead = {one.key: one for one in planned}
    missed = {key_of(one) for one in meetings if one.state is MeetingState.MISSED}
    for meeting in meetings:
        if meeting.state not in OPEN:
            continue
        if _waits(meeting, anchor, now):
            continue
        booked = meeting.state is MeetingState.BOOKED
        new = ahead.pop(key_of(meeting), None)
        away = plan.is_away(meeting)
        stays = not away and _may_stay(meeting, pair, anchor)
        if stays and new:
            new = _with_the_booked_day(meeting, new)
        if new is None and stays:
            if anchor and meeting.window_last >= anchor:
                found.moved.append((meeting, _up_to_the_eve(meeting, anchor)))
            continue
        if new is None:
            # Of a second go that nobody booked, the first has been answered already.
            waits = pair.is_live and asks_for_answer(meeting, now)
            if not waits or key_of(meeting) in missed:
                found.dropped.append(meeting)
        elif away or not _has_the_days(meeting, new, today, stays=stays):
            fits = not booked or (not away and _is_within(meeting, new))
            (found.moved if fits else found.unbooked).append((meeting, new))
    found.meetings_added += ahead.values()


def _waits(meeting: Meeting, anchor: date | None, now: datetime) -> bool:
    """Say whether it was booked, is over and still asks for an answer.

    What was to come after a release that is now said to come later was not.
    """
    if meeting.state is not MeetingState.BOOKED or not asks_for_answer(meeting, now):
        return False
    return meeting.kind in BEHIND_WALLS or anchor is None or over_on(meeting) >= anchor


def _may_stay(meeting: Meeting, pair: Pair, anchor: date | None) -> bool:
    """Say whether a booking before the gate can be kept, wherever the plan would put it now.

    It lies ahead, since one that is over has been passed by; and it is of a
    kind that the pair may still have.
    """
    if not meeting.starts_at or anchor is None or meeting.state is not MeetingState.BOOKED:
        return False
    in_prison = pair.form is PairForm.IN_PRISON
    barred = meeting.kind in IN_PRISON and not in_prison
    replaced = meeting.kind is MeetingKind.VIDEO and in_prison
    if meeting.kind not in BEHIND_WALLS or barred or replaced:
        return False
    opens = TABLE.opens.day(anchor, official_calendar())
    return opens <= local_day(meeting.starts_at) < anchor


def _with_the_booked_day(meeting: Meeting, planned: PlannedMeeting) -> PlannedMeeting:
    """Return the plan with days wide enough for what is booked."""
    day = local_day(meeting.starts_at) if meeting.starts_at else planned.first_day
    first, last = min(planned.first_day, day), max(planned.last_day, day)
    return replace(planned, first_day=first, last_day=last)


def _up_to_the_eve(meeting: Meeting, anchor: date) -> PlannedMeeting:
    """Return a booking that the plan has no row for, with days that end before the gate."""
    first, eve = meeting.window_first, anchor - DAY
    book_by = min(meeting.book_by, eve)
    return PlannedMeeting(key_of(meeting), first, eve, book_by, meeting.purpose)


def _has_the_days(meeting: Meeting, planned: PlannedMeeting, today: date, *, stays: bool) -> bool:
    """Say whether the days are the same, but for first days that have passed."""
    first = _still_ahead(meeting, today)
    if stays and meeting.starts_at:
        first = min(first, local_day(meeting.starts_at))
    return (meeting.window_last, first) == (planned.last_day, planned.first_day)


def _still_ahead(meeting: Meeting, today: date) -> date:
    first, last = meeting.window_first, meeting.window_last
    return first if first >= today else min(official_calendar().on_or_after(today), last)


def _is_within(meeting: Meeting, planned: PlannedMeeting) -> bool:
    day = meeting.starts_at and local_day(meeting.starts_at)
    return day is not None and planned.first_day <= day <= planned.last_day


def _compare_letters(
    found: Changes, letters: Sequence[Letter], planned: Iterable[PlannedLetter], *, now: datetime
) -> None:
    ahead = {one.key: one for one in planned}
    newest: dict[LetterKey, Letter] = {}
    for letter in sorted(letters, key=lambda letter: letter.generation):
        newest[letter_key(letter)] = letter
    for key, letter in newest.items():
        new = ahead.get(key)
        if new and _has_the_window(letter, new, local_day(now)):
            # One that could not be sent in these days is in a person's hands by now.
            if letter.state is not LetterState.CANCELLED:
                del ahead[key]
        elif letter.state in UNSENT:
            found.letters_dropped.append(letter)
    found.letters_added += [
        (one, newest[key].generation + 1 if key in newest else 1) for key, one in ahead.items()
    ]


def _has_the_window(letter: Letter, planned: PlannedLetter, today: date) -> bool:
    """Say whether the window is the same, but for an opening that has passed."""
    opening, closing = planned.window.not_before, planned.window.not_after
    next_opening = opening_of(official_calendar().on_or_after(today))
    return letter.not_after == closing and (
        letter.due_at == opening or letter.due_at < opening == next_opening
    )
