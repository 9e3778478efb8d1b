"""A release date moves: what follows, shown first, then done in one go.

Every date told is kept with its source; `core.release_dates` says which one
counts. The plan of an accepted pair follows, and its mentor hears of it once:
at once if the gate was settled or is near, else by one ordinary letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from sqlmodel import Session

from matcher.core.sending import local_day
from matcher.core.working_days import YEARS
from matcher.following import follow, pair_begun, tell
from matcher.locks import hold_leavers
from matcher.refusing import InTheWay, NotAllowed
from matcher.release_on_file import release_by, standing_dates
from matcher.reported_out import (
    DATE_STAYS,
    in_doubt,
    meetings_outside,
    set_aside,
    what_was_told,
)
from matcher.ripples import Ripple, of_the_date, ripple_between
from matcher.standings import told_at, would_change
from matcher.stood import stood
from models.audit import tried
from models.events import Event
from models.meetings import Meeting
from models.people import Leaver
from models.release_words import DateKind
from models.releases import ReleaseDate
from models.states import EventKind

Stands = Mapping[DateKind, ReleaseDate]
"""The date of each kind that stands."""

ON_FILE = "on file before"
NOT_YET = "That day has not come yet. Give the day on which they left prison."

CHECK_THE_DAY = "They cannot have left on a later day. Check the day, and give the right one."


class DateTold(TypedDict):
    """What was told: which date, the day (None: taken away), and who said so.

    `has_left` is the answer where someone was met outside who would have to be inside.
    """

    kind: DateKind
    day: date | None
    source: str
    given_by: str
    has_left: NotRequired[bool | None]
    by: NotRequired[UUID | None]


def preview(db: Session, leaver: Leaver, *, now: datetime, **words: Unpack[DateTold]) -> Ripple:
    """Return what `move_date` would do with the same words: it is done, and all is taken back."""
    with tried(db):
        return move_date(db, leaver, now=now, **words)


def move_date(db: Session, leaver: Leaver, *, now: datetime, **words: Unpack[DateTold]) -> Ripple:
    """Keep a date given (None: taken away) and let plan, letters and mentor follow.

    What is on file already changes nothing, unless something has stopped the
    plan since that it lets go on. NotAllowed for a day beyond the
    years whose bank holidays are known, for a day of leaving that is still to
    come, and for a release still ahead of someone whose mentor has met them
    outside: unless `has_left` is False, which takes back what was told.
    """
    kind, day, by = words["kind"], words["day"], words.get("by")
    hold_leavers(db, [leaver.id])
    _refuse_impossible(kind, day, now)
    stands = standing_dates(db, leaver)
    on_file = _on_file(leaver, stands)
    release = release_by({**on_file, kind: day}, leaver)
    given = _given(leaver, words, stands, now=now)
    event = _event(db, given, leaver.release_date, release.day, now=now)
    if on_file.get(kind) == day and not would_change(db, leaver, event):
        stays = leaver.release_date
        return of_the_date(Ripple(stays, stays, is_news=False), release.why)
    before = stood(db, leaver)
    mistaken = _mistaken(db, leaver, release.day, words, now=now)
    pair = pair_begun(db, leaver)
    takes_back = what_was_told(db, pair, mistaken) if pair and mistaken else ""
    if not stands:
        _keep_undated(db, leaver, kind, now=now)
    db.add_all([given, event])
    if pair:
        set_aside(db, pair, mistaken, by=by, now=now)
    follow(db, leaver, by=by, now=now)
    tell(db, leaver, before, now=now)
    ripple = ripple_between(before, stood(db, leaver), now=now)
    return of_the_date(ripple, release.why, takes_back)


def _refuse_impossible(kind: DateKind, day: date | None, now: datetime) -> None:
    if day and day.year not in YEARS[:-1]:
        raise NotAllowed(InTheWay(f"Give a day from {YEARS[0]} to {YEARS[-2]}.", "day"))
    if kind is DateKind.ACTUAL and day and day > local_day(now):
        raise NotAllowed(InTheWay(NOT_YET, "day"))


def _on_file(leaver: Leaver, stands: Stands) -> dict[DateKind, date | None]:
    """Return the day of each kind that stands; without any, the one that we were told."""
    told = {DateKind.RELEASE_AS_REPORTED: leaver.release_date}
    return {kind: row.day for kind, row in stands.items()} if stands else dict(told)


def _keep_undated(db: Session, leaver: Leaver, kind: DateKind, *, now: datetime) -> None:
    """Keep a date that came without its history, so that it stands until there is a better one."""
    told = DateKind.RELEASE_AS_REPORTED
    if leaver.release_date and kind is not told:
        known: dict[str, Any] = {
            "leaver_id": leaver.id,
            "day": leaver.release_date,
            "recorded_at": now,
        }
        db.add(ReleaseDate(kind=told, source=ON_FILE, **known))


def _given(leaver: Leaver, words: DateTold, stands: Stands, *, now: datetime) -> ReleaseDate:
    return ReleaseDate(
        leaver_id=leaver.id,
        kind=words["kind"],
        day=words["day"],
        source=words["source"],
        given_by=words["given_by"],
        recorded_at=_after_the_last(stands.get(words["kind"]), now),
        recorded_by=words.get("by"),
    )


def _mistaken(
    db: Session, leaver: Leaver, becomes: date | None, words: DateTold, *, now: datetime
) -> Sequence[Meeting]:
    """Return the meetings outside that this date says cannot have been; NotAllowed until asked."""
    pair = pair_begun(db, leaver)
    held = meetings_outside(db, pair) if pair else ()
    if pair is None or not in_doubt(held, becomes, local_day(now)):
        return ()
    has_left = words.get("has_left")
    if has_left is not False:
        told = what_was_told(db, pair, held)
        if words["kind"] is DateKind.ACTUAL:
            raise NotAllowed(InTheWay(f"{told} {CHECK_THE_DAY}", "on"))
        asks = "Have they left prison? Answer below." if has_left is None else DATE_STAYS
        raise NotAllowed(InTheWay(f"{told} {asks}", "has_left"))
    return held


def _after_the_last(last: ReleaseDate | None, now: datetime) -> datetime:
    """Return when the date is recorded: later than the one that stood, even in the same moment."""
    return max(now, last.recorded_at + timedelta(microseconds=1)) if last else now


def _event(
    db: Session, given: ReleaseDate, was: date | None, becomes: date | None, *, now: datetime
) -> Event:
    days = {"given": given.day, "from": was, "to": becomes}
    left = given.kind is DateKind.ACTUAL and given.day
    moved = EventKind.DATE_MOVED if given.day else EventKind.DATE_REMOVED
    return Event(
        key=f"date_told:{given.id}",
        kind=EventKind.RELEASED_EARLY if left else moved,
        leaver_id=given.leaver_id,
        facts={name: day.isoformat() if day else None for name, day in days.items()}
        | {"kind": given.kind.value},
        happened_at=now,
        applied_at=now,
        recorded_at=told_at(db, now, leaver_id=given.leaver_id) if given.leaver_id else now,
        recorded_by=given.recorded_by,
    )
