"""A release date moves: what follows, shown first, then done in one go.

Every date told is kept with its source; `core.release_dates` says which one
counts. The plan of an accepted pair follows, and its mentor hears of it once:
at once if the gate was settled or is near, else by one ordinary letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple, NotRequired, TypedDict, Unpack
from uuid import UUID

from sqlmodel import Session

from matcher import gate_day, journey, moved_days
from matcher.core.sending import local_day
from matcher.core.words import day_in_words, time_in_words
from matcher.core.working_days import DAY, YEARS
from matcher.endings import live_pair_of
from matcher.meeting_days import title
from matcher.plan_changes import Changes
from matcher.refusing import InTheWay, NotAllowed
from matcher.release_on_file import release_of, standing_dates
from matcher.reported_out import (
    DATE_STAYS,
    in_doubt,
    meetings_outside,
    set_aside,
    what_was_told,
)
from matcher.ripples import Ripple
from models.events import Event
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.releases import ReleaseDate
from models.states import DateKind, EventKind, MeetingKind, MeetingState, PairState

GATE_IS_NEAR = timedelta(days=7)
"""From so long before the release on, when the gate plan is settled, a change is told at once."""

ON = (PairState.ACCEPTED, PairState.SUSPENDED)


class DateTold(TypedDict):
    """What was told: which date, the day (None: taken away), and who said so.

    `has_left` is the answer where someone was met outside who would have to be inside.
    """

    kind: DateKind
    day: date | None
    source: str
    given_by: str
    has_left: NotRequired[bool | None]


def preview(
    db: Session,
    leaver: Leaver,
    *,
    kind: DateKind,
    day: date | None,
    now: datetime,
    has_left: bool | None = None,
    **_as_told: object,
) -> Ripple:
    """Return what `move_date` would do with the same words; nothing is changed."""
    return _follow(db, leaver, kind, day, has_left, now=now).ripple


def move_date(
    db: Session,
    leaver: Leaver,
    *,
    by: UUID | None,
    now: datetime,
    **words: Unpack[DateTold],
) -> Ripple:
    """Keep a date given (None: taken away) and let plan, letters and mentor follow.

    What is on file already changes nothing. NotAllowed for a day beyond the
    years whose bank holidays are known, and for a release still ahead of
    someone whose mentor has met them outside: unless `has_left` is False,
    which takes back what was told.
    """
    kind, day = words["kind"], words["day"]
    told = _follow(db, leaver, kind, day, words.get("has_left"), now=now)
    if not told.ripple.is_news:
        return told.ripple
    given = ReleaseDate(
        leaver_id=leaver.id,
        kind=kind,
        day=day,
        source=words["source"],
        given_by=words["given_by"],
        recorded_at=_after_the_last(db, leaver, kind, now),
        recorded_by=by,
    )
    db.add_all([given, _event(given, told.ripple, now=now)])
    leaver.release_date = told.ripple.becomes
    db.add(leaver)
    db.flush()
    if told.pair:
        set_aside(db, told.pair, told.mistaken, by=by, now=now)
        journey.follow_date(db, told.pair, by=by, now=now)
        _tell_mentor(db, told, now=now)
    return told.ripple


class _Told(NamedTuple):
    """What follows from a date told.

    `gate` is how the gate meeting stood if it changes; `mistaken` are the
    meetings that were told of and cannot have been.
    """

    ripple: Ripple
    pair: Pair | None = None
    gate: MeetingState | None = None
    mistaken: Sequence[Meeting] = ()


def _follow(
    db: Session,
    leaver: Leaver,
    kind: DateKind,
    day: date | None,
    has_left: bool | None,
    *,
    now: datetime,
) -> _Told:
    """Find out what follows, and change nothing."""
    if day and day.year not in YEARS[:-1]:
        raise NotAllowed(InTheWay(f"Give a day from {YEARS[0]} to {YEARS[-2]}.", "day"))
    stands = standing_dates(db, leaver)
    on_file = {kind: row.day for kind, row in stands.items()}
    if not stands:
        on_file[DateKind.RELEASE_AS_REPORTED] = leaver.release_date
    release = release_of(db, leaver, {**on_file, kind: day})
    was, becomes = leaver.release_date, release.day
    if on_file.get(kind) == day:
        return _Told(Ripple(was, becomes, release.why, is_news=False))
    pair = _pair_on(db, leaver)
    if pair is None:
        return _Told(Ripple(was, becomes, release.why))
    mistaken = _mistaken(db, pair, becomes, has_left, now=now)
    followed = journey.followed(db, pair, becomes, now=now)
    found = journey.changes(db, pair, followed.anchor, now=now, without=mistaken)
    ripple = replace(
        _counted(Ripple(was, becomes, release.why), found),
        pauses=followed.state is PairState.SUSPENDED is not pair.state,
        resumes=followed.state is PairState.ACCEPTED is not pair.state,
        bookings_lost=_bookings_lost(found, now),
        takes_back=what_was_told(db, pair, mistaken) if mistaken else "",
    )
    return _Told(ripple, pair, _gate_before(found), mistaken)


def _mistaken(
    db: Session, pair: Pair, becomes: date | None, has_left: bool | None, *, now: datetime
) -> Sequence[Meeting]:
    """Return the meetings outside that this date says cannot have been; NotAllowed until asked."""
    held = meetings_outside(db, pair)
    if not in_doubt(held, becomes, local_day(now)):
        return ()
    if has_left is not False:
        told = what_was_told(db, pair, held)
        asks = "Have they left prison? Answer below." if has_left is None else DATE_STAYS
        raise NotAllowed(InTheWay(f"{told} {asks}", "has_left"))
    return held


def _counted(ripple: Ripple, found: Changes) -> Ripple:
    return replace(
        ripple,
        meetings_moved=len(found.moved),
        meetings_unbooked=len(found.unbooked),
        meetings_dropped=len(found.dropped),
        meetings_added=len(found.meetings_added),
        letters_replaced=found.letters_replaced,
        letters_taken_back=found.letters_taken_back,
    )


def _gate_before(found: Changes) -> MeetingState | None:
    """Return how the gate meeting stood if it changes; a new one is only planned."""
    changed = [*(meeting for meeting, _ in (*found.moved, *found.unbooked)), *found.dropped]
    stood = [one.state for one in changed if one.kind is MeetingKind.GATE]
    new = [one for one in found.meetings_added if one.key.kind is MeetingKind.GATE]
    return next(iter(stood), MeetingState.PLANNED if new else None)


def _bookings_lost(found: Changes, now: datetime) -> tuple[str, ...]:
    """Name each booking that is lost, the next first, and whom to ring of one that is near."""
    again = [(meeting, "must be booked again") for meeting, _ in found.unbooked]
    gone = [(one, "falls away") for one in found.dropped if one.state is MeetingState.BOOKED]
    told = [
        (meeting.starts_local, _lost(meeting, meeting.starts_local, what, local_day(now)))
        for meeting, what in [*again, *gone]
        if meeting.starts_local
    ]
    return tuple(sentence for _, sentence in sorted(told))


def _lost(meeting: Meeting, starts: datetime, what: str, today: date) -> str:
    when = f"{day_in_words(starts.date())}, {time_in_words(starts.time())}"
    lost = f"{title(meeting)}, {when}, {what}."
    near = {today: "today", today + DAY: "tomorrow"}.get(starts.date())
    return f"{lost} That is {near}: please ring the mentor now." if near else lost


def _pair_on(db: Session, leaver: Leaver) -> Pair | None:
    """Return the pair of a leaver whose mentor has said yes, if there is one."""
    pair = live_pair_of(db, leaver.id)
    return pair if pair and pair.state in ON else None


def _after_the_last(db: Session, leaver: Leaver, kind: DateKind, now: datetime) -> datetime:
    """Return when the date is recorded: later than the one that stood, even in the same moment."""
    last = standing_dates(db, leaver).get(kind)
    return max(now, last.recorded_at + timedelta(microseconds=1)) if last else now


def _event(given: ReleaseDate, ripple: Ripple, *, now: datetime) -> Event:
    days = {"given": given.day, "from": ripple.was, "to": ripple.becomes}
    return Event(
        key=f"date_told:{given.id}",
        kind=EventKind.DATE_MOVED if given.day else EventKind.DATE_REMOVED,
        leaver_id=given.leaver_id,
        facts={name: day.isoformat() if day else None for name, day in days.items()}
        | {"kind": given.kind.value},
        happened_at=now,
        applied_at=now,
        recorded_at=now,
        recorded_by=given.recorded_by,
    )


def _tell_mentor(db: Session, told: _Told, *, now: datetime) -> None:
    """One letter, whatever has changed; a change of a gate that is settled or near goes at once."""
    ripple, pair = told.ripple, told.pair
    if pair is None or not ripple.touches_the_mentor:
        return
    if told.gate:
        gate_day.forget_marks(db, pair)
    ahead = [abs(day - local_day(now)) for day in (ripple.was, ripple.becomes) if day]
    if told.gate is MeetingState.BOOKED or (told.gate and min(ahead) <= GATE_IS_NEAR):
        moved_days.ask(db, pair, now=now)
        gate_day.tell_gate_changed(db, pair, now=now)
    else:
        journey.tell_of_change(db, pair, now=now)
    db.flush()
