"""What the events on file amount to for one person, read whenever a plan is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.core.standing import FREEZES, Happened, Standing, standing_after
from models.events import Event
from models.people import Leaver, Mentor
from models.states import EventKind

PAUSED_BY = {kind: f"{kind.label}." for kind in FREEZES}
"""Why a pair was paused, in its history, by what its leaver was told to be."""


STOPPED = (
    "Something that happened to the leaver stops the plan. It goes on when a new release date is "
    "told, or their return."
)


def standing_of(db: Session, person: Leaver | Mentor) -> Standing:
    """Return what has become of someone by all that is on file."""
    column = Event.leaver_id if isinstance(person, Leaver) else Event.mentor_id
    events = db.exec(select(Event).where(column == person.id))
    return standing_after(as_happened(event) for event in events)


def stopped_among(db: Session, leaver_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return whose plan an event stops, with one query for all."""
    told: defaultdict[UUID, list[Happened]] = defaultdict(list)
    for event in db.exec(select(Event).where(col(Event.leaver_id).in_(leaver_ids))):
        if event.leaver_id:
            told[event.leaver_id].append(as_happened(event))
    return frozenset(one for one, events in told.items() if standing_after(events).frozen)


def as_happened(event: Event) -> Happened:
    """Return an event as the fold reads it."""
    return Happened(event.kind, event.happened_at, event.key, event.facts)


def last_of(db: Session, person: Leaver | Mentor, kind: EventKind) -> Event | None:
    """Return the event of a kind that happened to someone last."""
    column = Event.leaver_id if isinstance(person, Leaver) else Event.mentor_id
    theirs = select(Event).where(column == person.id, Event.kind == kind)
    return db.exec(theirs.order_by(col(Event.happened_at).desc(), col(Event.key).desc())).first()


def is_same(one: Event, other: Event) -> bool:
    """Say whether two events of a kind tell the same for the same day, whoever said it."""
    same_day = local_day(one.happened_at) == local_day(other.happened_at)
    return same_day and without_who(one.facts) == without_who(other.facts)


def without_who(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was told without who said it: two people who say the same tell one event."""
    return {name: value for name, value in facts.items() if name != "said_by"}


def note_event(
    db: Session,
    kind: EventKind,
    about: object,
    *,
    by: UUID | None,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    **owner: UUID,
) -> None:
    """Keep that something happened whose verb has seen to all that follows; once for each `about`.

    `owner` is the leaver_id or the mentor_id of whom it happened to.
    """
    key = f"{kind.value}:{about}"
    if db.exec(select(Event.id).where(Event.key == key)).first():
        return
    moments: dict[str, Any] = {"happened_at": now, "applied_at": now, "recorded_at": now}
    about_whom: dict[str, Any] = dict(owner)
    event = Event(key=key, kind=kind, recorded_by=by, facts=facts or {}, **moments, **about_whom)
    db.add(event)
    db.flush()
