"""What happens to people: told once by whoever may, and everything follows in the same transaction.

To add an event, add a row to HAPPENINGS. What the events of someone amount to
is the pure fold of `core.standing`, so they may come in any order, twice, or
be replayed from their rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from hashlib import sha256
from json import dumps
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from matcher import coming_out, final_events, leaver_events, mentor_lapses, merging
from matcher.core.sending import local_day
from matcher.following import follow
from matcher.life_facts import (
    AtLarge,
    Away,
    DateGiven,
    Lapsed,
    LeftPrison,
    Merged,
    NewSentence,
    NotReleased,
    OnADay,
    RiskChanged,
    Told,
    Transferred,
    Withdrawn,
    checked,
)
from matcher.locks import hold_person
from matcher.meeting_days import in_utc
from matcher.refusing import InTheWay, NotAllowed
from matcher.release_changes import move_date
from matcher.ripples import Ripple, ripple_between
from matcher.standings import last_of, told_at, without_who
from matcher.stood import News, Stood, stood
from matcher.told_before import is_on_file
from models.audit import tried
from models.desk_words import LapseStep
from models.events import Event
from models.people import Leaver, Mentor
from models.release_words import DateKind
from models.states import EventKind, Role

__all__ = ["HAPPENINGS", "Happening", "checked", "moment_of", "moment_told", "preview", "record"]
__all__ += ["take"]

NOT_YET = "That day has not come yet. Tell us when it has happened."
STAFF = frozenset({Role.LIAISON, Role.MANAGER})

Person = Leaver | Mentor
Follows = Callable[..., None]


@dataclass(frozen=True)
class Happening:
    """One row of the table: who may tell it, of whom, in which words, and what follows.

    `of` says whether it is about a leaver, a mentor or either. `follows` is by
    whom it is; a date has none, since `release_changes` keeps dates.
    `may_come` says that it may be told before it is.
    """

    told_by: frozenset[Role]
    facts: type[Told]
    follows: Mapping[type[Person], Follows] = field(default_factory=dict)
    of: Collection[type[Person]] = (Leaver,)
    may_come: bool = False


def _of_leaver(
    facts: type[Told],
    follows: Follows,
    told_by: Collection[Role] = STAFF,
    *,
    may_come: bool = False,
) -> Happening:
    return Happening(frozenset(told_by), facts, {Leaver: follows}, may_come=may_come)


HAPPENINGS: Mapping[EventKind, Happening] = {
    EventKind.DATE_MOVED: Happening(STAFF, DateGiven, may_come=True),
    EventKind.DATE_REMOVED: Happening(STAFF, DateGiven, may_come=True),
    EventKind.RELEASED_EARLY: Happening(STAFF, LeftPrison),
    EventKind.TRANSFERRED: _of_leaver(Transferred, leaver_events.is_moved),
    EventKind.AWAY: _of_leaver(Away, leaver_events.is_away, may_come=True),
    EventKind.RECALLED: _of_leaver(OnADay, leaver_events.is_recalled),
    EventKind.NEW_SENTENCE: _of_leaver(NewSentence, leaver_events.is_sentenced),
    EventKind.NOT_RELEASED: _of_leaver(
        NotReleased, leaver_events.is_not_released, STAFF | {Role.MENTOR}
    ),
    EventKind.DIED: _of_leaver(OnADay, final_events.has_died),
    EventKind.UNLAWFULLY_AT_LARGE: _of_leaver(AtLarge, leaver_events.is_at_large),
    EventKind.RISK_CHANGED: _of_leaver(RiskChanged, leaver_events.is_another_risk),
    EventKind.CONSENT_WITHDRAWN: Happening(
        STAFF | {Role.MENTOR},
        Withdrawn,
        {Leaver: final_events.leaver_withdraws, Mentor: final_events.mentor_withdraws},
        of=(Leaver, Mentor),
    ),
    EventKind.MENTOR_LAPSED: Happening(
        frozenset({Role.MANAGER, Role.MENTOR}),
        Lapsed,
        {Mentor: mentor_lapses.lapses},
        of=(Mentor,),
    ),
    EventKind.MERGED: Happening(
        frozenset({Role.MANAGER}),
        Merged,
        {Leaver: merging.joins, Mentor: merging.joins},
        of=(Leaver, Mentor),
    ),
}
"""A row for each event. A merge is told of the record that stays.

A mentor may tell that someone was not released, and of themselves that they
pause or withdraw; nobody else's.
"""


def record(
    db: Session,
    person: Person,
    kind: EventKind,
    facts: Told,
    *,
    happened_at: datetime,
    by: UUID | None,
    now: datetime,
) -> Ripple:
    """Keep an event and let everything follow; return what it changed.

    What was told last, told again in the same words for the same day while it
    still stands, changes nothing. NotAllowed for what has not happened yet.
    """
    happening = HAPPENINGS[kind]
    if not isinstance(person, tuple(happening.of)) or not isinstance(facts, happening.facts):
        raise TypeError(f"{kind.value} is not told like this")
    _refuse_to_come(happening, facts, happened_at, now)
    if isinstance(facts, Merged):
        return _of_two(db, person, facts, happened_at, by=by, now=now)
    hold_person(db, person)
    if isinstance(facts, DateGiven | LeftPrison):
        return _of_a_date(db, person, facts, by=by, now=now)
    event = _event(db, person, kind, facts, happened_at, by=by, now=now)
    if is_on_file(db, person, event):
        return Ripple(is_news=False)
    if isinstance(facts, NotReleased) and isinstance(person, Leaver) and facts.came_out:
        coming_out.refuse(db, person, facts.on, by=by, now=now)
    before = stood(db, person)
    take(db, person, event, before=before, by=by, now=now)
    return ripple_between(before, stood(db, person), now=now)


def preview(
    db: Session,
    person: Person,
    kind: EventKind,
    facts: Told,
    *,
    happened_at: datetime,
    by: UUID | None,
    now: datetime,
) -> Ripple:
    """Return what `record` would change with the same words: it is done, and all is taken back."""
    with tried(db):
        return record(db, person, kind, facts, happened_at=happened_at, by=by, now=now)


def take(
    db: Session,
    person: Person,
    event: Event,
    *,
    before: Stood | None = None,
    by: UUID | None,
    now: datetime,
) -> None:
    """Keep an event row and let everything follow; one that is kept already changes nothing.

    So events may be replayed from their rows, in any order.
    """
    if _is_kept(db, event):
        return
    before = before or stood(db, person)
    db.add(event)
    db.flush()
    verb = HAPPENINGS[event.kind].follows.get(type(person))
    died = isinstance(person, Leaver) and last_of(db, person, EventKind.DIED)
    if died and event.kind not in (EventKind.DIED, EventKind.MERGED):
        return
    if verb:
        verb(db, person, News(event, before, by, now))
    elif isinstance(person, Leaver):
        follow(db, person, by=by, now=now)
    db.flush()


def moment_of(day: date, now: datetime) -> datetime:
    """Return when something happened of which only the day is told: noon, or now if it is today."""
    if day >= local_day(now):
        return now
    return in_utc(datetime.combine(day, time(12)))


def moment_told(facts: Told, day: date, now: datetime) -> datetime:
    """Return when what was told counts: on its day, but an end or a return from now on.

    Of something told anew the last word counts, whatever the hour of the first.
    """
    is_back = getattr(facts, "back_on", None) or getattr(facts, "step", None) is LapseStep.BACK
    return now if isinstance(facts, Away) or is_back else moment_of(day, now)


def _refuse_to_come(
    happening: Happening, facts: Told, happened_at: datetime, now: datetime
) -> None:
    day = max(getattr(facts, "on", local_day(now)), local_day(happened_at))
    if not happening.may_come and (day > local_day(now) or happened_at > now):
        raise NotAllowed(InTheWay(NOT_YET, "on"))


def _of_two(
    db: Session,
    person: Person,
    facts: Merged,
    happened_at: datetime,
    *,
    by: UUID | None,
    now: datetime,
) -> Ripple:
    joining = merging.asked(db, person, facts)
    if joining is None:
        return Ripple(is_news=False)
    event = _event(db, person, EventKind.MERGED, facts, happened_at, by=by, now=now)
    take(db, person, event, before=joining.before, by=by, now=now)
    ripple = ripple_between(joining.before, stood(db, person), now=now)
    return replace(ripple, joins=joining.sentences)


def _of_a_date(
    db: Session, person: Person, facts: DateGiven | LeftPrison, *, by: UUID | None, now: datetime
) -> Ripple:
    if not isinstance(person, Leaver):
        raise TypeError("a date is a leaver's")
    told: Any = dict(facts)
    if isinstance(facts, LeftPrison):
        told |= {"kind": DateKind.ACTUAL, "day": told.pop("on")}
    return move_date(db, person, by=by, now=now, **told)


def _event(
    db: Session,
    person: Person,
    kind: EventKind,
    facts: Told,
    happened_at: datetime,
    *,
    by: UUID | None,
    now: datetime,
) -> Event:
    answers = facts.model_dump(mode="json")
    said = {name: value for name, value in answers.items() if value or name != "said_by"}
    words = sha256(dumps(without_who(said), sort_keys=True).encode()).hexdigest()[:16]
    owner = {"leaver_id" if isinstance(person, Leaver) else "mentor_id": person.id}
    told = told_at(db, now, **owner)
    return Event(
        key=f"{kind.value}:{person.id}:{told.isoformat()}:{words}",
        kind=kind,
        facts=said,
        happened_at=happened_at,
        applied_at=now,
        recorded_at=told,
        recorded_by=by,
        **owner,
    )


def _is_kept(db: Session, event: Event) -> bool:
    return db.exec(select(Event.id).where(Event.key == event.key)).first() is not None
