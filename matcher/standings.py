"""What the events on file amount to for one person, read whenever a plan is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.standing import FREEZES, Happened, Standing, standing_after
from matcher.put_forward import since_put_forward, was_before
from models.events import Event
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.states import EventKind

PAUSED_BY = {kind: f"{kind.label}." for kind in FREEZES}
"""Why a pair was paused, in its history, by what its leaver was told to be."""


STOPPED = (
    "Something that happened to the leaver stops the plan. It goes on when a new release date is "
    "told, or their return."
)


def standing_of(db: Session, person: Leaver | Mentor) -> Standing:
    """Return what has become of someone by all that is on file.

    What had happened before a leaver was put forward stops nothing of what came of that.
    """
    told = _happened_to(db, person)
    if isinstance(person, Mentor) or not _may_be_of_before(told):
        return standing_after(told)
    return _but_for_before(told, since_put_forward(db, [person.id]).get(person.id), person)


def would_change(db: Session, person: Leaver | Mentor, event: Event) -> bool:
    """Say whether an event that is not kept yet would make anything else of someone.

    A day told anew is no change by being told at another hour.
    """
    on_file = _happened_to(db, person)
    told_too = standing_after([*on_file, as_happened(event)])
    return _but_for_hours(told_too) != _but_for_hours(standing_after(on_file))


def told_at(db: Session, now: datetime, **owner: UUID) -> datetime:
    """Return when something told now is kept as told: later than all that was told before.

    `owner` is the leaver_id or the mentor_id of whom it is told.
    """
    theirs = [getattr(Event, column) == person_id for column, person_id in owner.items()]
    before = select(Event.recorded_at).where(*theirs).order_by(col(Event.recorded_at).desc())
    last = db.exec(before.limit(1)).first()
    return max(now, last + timedelta(microseconds=1)) if last else now


def stopped_among(db: Session, leaver_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return whose plan an event stops, with a few queries for all."""
    told: defaultdict[UUID, list[Happened]] = defaultdict(list)
    for event in db.exec(select(Event).where(col(Event.leaver_id).in_(leaver_ids))):
        if event.leaver_id:
            told[event.leaver_id].append(as_happened(event))
    maybe = [one for one, events in told.items() if standing_after(events).frozen]
    referrals = since_put_forward(db, maybe) if maybe else {}
    found = db.exec(select(Leaver).where(col(Leaver.id).in_(maybe))) if maybe else ()
    standings = {one.id: _but_for_before(told[one.id], referrals.get(one.id), one) for one in found}
    return frozenset(one for one, standing in standings.items() if standing.frozen)


def as_happened(event: Event) -> Happened:
    """Return an event as the fold reads it."""
    return Happened(event.kind, event.happened_at, event.recorded_at, event.key, event.facts)


def last_of(db: Session, person: Leaver | Mentor, kind: EventKind) -> Event | None:
    """Return the event of a kind that happened to someone last; of one day the one told last."""
    theirs = events_of(db, person, kind)
    return max(theirs, key=lambda event: as_happened(event).order, default=None)


def events_of(db: Session, person: Leaver | Mentor, *kinds: EventKind) -> Sequence[Event]:
    """Return what happened to someone of these kinds, in the order in which it was told."""
    column = Event.leaver_id if isinstance(person, Leaver) else Event.mentor_id
    theirs = select(Event).where(column == person.id, col(Event.kind).in_(kinds))
    return db.exec(theirs.order_by(col(Event.recorded_at), col(Event.key))).all()


def is_same(one: Event, other: Event) -> bool:
    """Say whether two events of a kind tell the same for the same day, whoever said it."""
    same_day = as_happened(one).on == as_happened(other).on
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
    db.flush()
    told = told_at(db, now, **owner)
    moments: dict[str, Any] = {"happened_at": now, "applied_at": now, "recorded_at": told}
    about_whom: dict[str, Any] = dict(owner)
    event = Event(key=key, kind=kind, recorded_by=by, facts=facts or {}, **moments, **about_whom)
    db.add(event)
    db.flush()


def _happened_to(db: Session, person: Leaver | Mentor) -> list[Happened]:
    column = Event.leaver_id if isinstance(person, Leaver) else Event.mentor_id
    return [as_happened(one) for one in db.exec(select(Event).where(column == person.id))]


def _may_be_of_before(told: Sequence[Happened]) -> bool:
    return any(one.kind in FREEZES for one in told)


def _but_for_before(
    told: Sequence[Happened], referral: Referral | None, leaver: Leaver
) -> Standing:
    """Return a standing in which what was before a referral stops nothing and recalls nobody.

    But whoever has no release ahead of them since then is in prison because of it still.
    """
    standing, release = standing_after(told), leaver.release_date
    if referral is None:
        return standing
    of_now = [one for one in told if one.kind not in FREEZES or not was_before(one, referral)]
    behind = [one for one in told if one not in of_now and release and release > one.on]
    return replace(
        standing,
        frozen=standing_after([one for one in told if one not in behind]).frozen,
        recalls=standing_after(of_now).recalls,
    )


def _but_for_hours(standing: Standing) -> Standing:
    return replace(standing, moved_at=None, withdrawn_at=None)
