"""What vets a mentor, as their manager records it: supervision, training, clearance; and the coach.

Each is a row more of a history. What is recorded again in the same words adds
nothing. Every rule is asked again of the mentor's pairs, since a clearance
that ends may part two people.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.schedule import IN_PRISON
from matcher.core.sending import local_day
from matcher.rechecks import recheck_mentor
from matcher.refusing import InTheWay, NotAllowed
from models.database import wait_for_other_runs
from models.meetings import Meeting
from models.needs import MentorCoach
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.rows import newest
from models.states import MeetingState
from models.vetting import Clearance, OfMentor, Supervision, Training
from models.vocabulary import Module

AN_INSTANT = timedelta(microseconds=1)
BEFORE_HELD = "The supervision counts from the day it was held. Give that day or a later one."
NEXT_BEFORE = "The next supervision comes after this one. Give a later day."
ENDS_FIRST = "The last day comes before the first day. Check both."
HALF_A_COACH = "Give the name and the phone number, or neither of them."


def supervise(
    db: Session,
    mentor: Mentor,
    *,
    held_on: date,
    until: date,
    next_on: date | None = None,
    by: UUID | None,
    now: datetime,
) -> None:
    """Record a supervision that was held, until when it counts, and when the next one is."""
    wrong = []
    if until < held_on:
        wrong.append(InTheWay(BEFORE_HELD, "until"))
    if next_on and next_on <= held_on:
        wrong.append(InTheWay(NEXT_BEFORE, "next_on"))
    if wrong:
        raise NotAllowed(*wrong)
    told = {"held_on": held_on, "supervision_until": until, "next_on": next_on}
    _record(db, Supervision, mentor, told, by=by, now=now)


def train(
    db: Session,
    mentor: Mentor,
    modules: Collection[Module],
    *,
    basic: bool,
    done_on: date,
    by: UUID | None,
    now: datetime,
) -> None:
    """Record training done on a day: the basic training, specialist modules, or both."""
    stands = db.exec(newest(Training, "mentor_id").where(Training.mentor_id == mentor.id)).first()
    known = stands.modules if stands else frozenset()
    first = stands.basic_training_on if stands else None
    if known >= frozenset(modules) and (not basic or first == done_on):
        return
    told = {
        "basic_training_on": done_on if basic else first,
        "modules": known | frozenset(modules),
        "done_on": done_on,
    }
    _record(db, Training, mentor, told, by=by, now=now)


def clear(
    db: Session,
    mentor: Mentor,
    prison: str,
    *,
    first: date,
    last: date,
    by: UUID | None,
    now: datetime,
) -> None:
    """Record from when until when a prison lets a mentor in; an early end is recorded anew."""
    if last < first:
        raise NotAllowed(InTheWay(ENDS_FIRST, "last"))
    told = {"cleared_from": first, "cleared_until": last}
    _record(db, Clearance, mentor, told, by=by, now=now, prison=prison)


def visits_not_covered(
    db: Session, mentor: Mentor, prison: str, *, first: date, last: date, now: datetime
) -> int:
    """Count the meetings still to come that are booked in a prison outside these days."""
    booked = (
        select(Meeting)
        .join(Pair, col(Meeting.pair_id) == col(Pair.id))
        .join(Leaver, col(Pair.leaver_id) == col(Leaver.id))
        .where(
            Pair.mentor_id == mentor.id,
            col(Pair.state).in_(LIVE),
            Leaver.prison == prison,
            Meeting.state == MeetingState.BOOKED,
            col(Meeting.kind).in_(IN_PRISON),
            col(Meeting.starts_at) > now,
        )
    )
    days = [local_day(one.starts_at) for one in db.exec(booked) if one.starts_at]
    return sum(not first <= day <= last for day in days)


def coach(
    db: Session, mentor: Mentor, *, name: str, phone: str, by: UUID | None, now: datetime
) -> None:
    """Record who coaches a mentor and how to ring them; two empty words are nobody."""
    if bool(name) != bool(phone):
        raise NotAllowed(InTheWay(HALF_A_COACH, "phone" if name else "name"))
    _record(db, MentorCoach, mentor, {"name": name, "phone": phone}, by=by, now=now, asks=False)


def _record(
    db: Session,
    kind: type[OfMentor],
    mentor: Mentor,
    told: dict[str, Any],
    *,
    by: UUID | None,
    now: datetime,
    asks: bool = True,
    **part: str,
) -> None:
    """Add a row to a history unless it stands so already, and ask the rules again."""
    wait_for_other_runs(db)
    db.get_one(Mentor, mentor.id, with_for_update=True)
    own = [kind.mentor_id == mentor.id, *(getattr(kind, one) == part[one] for one in part)]
    stands = db.exec(newest(kind, "mentor_id", *part).where(*own)).first()
    if stands and all(getattr(stands, name) == value for name, value in told.items()):
        return
    at = max(now, stands.recorded_at + AN_INSTANT) if stands else now
    own_words = {**told, **part, "mentor_id": mentor.id}
    db.add(kind(recorded_at=at, recorded_by=by, **own_words))
    if asks:
        recheck_mentor(db, mentor.id, now=now)
    db.flush()
