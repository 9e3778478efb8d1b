"""Letters, tasks and events of a record that becomes part of another: what tells of it by its id.

A letter that was ever tried keeps its key, by which the send journal knows
it; `post.plan_letter` knows that key as one of the same person's. All else is
told of by the new id, and what is there already is not told of twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, or_, select

from matcher.standings import as_happened, is_same
from matcher.tasks import finish
from matcher.told_before import confirms_a_mentor
from models.events import Event
from models.outbox import NOT_UNDER_WAY, Letter
from models.people import Leaver, Mentor
from models.states import EventKind, LetterMove, LetterState
from models.tasks import Task

ASKED_ONCE = "It is asked in another task: two records were one person."

OF_DATES = (EventKind.DATE_MOVED, EventKind.DATE_REMOVED, EventKind.RELEASED_EARLY)
"""Events that go with a date on file: `merged_leavers` sees to those."""

NEVER_TOLD = (LetterState.CANCELLED, LetterState.SKIPPED)


def readdress(
    db: Session, stays: Leaver | Mentor, goes: Leaver | Mentor, *, by: UUID | None, now: datetime
) -> None:
    """Let letters, tasks and events of one record be of the other."""
    column = "leaver_id" if isinstance(stays, Leaver) else "mentor_id"
    old, new = str(goes.id), str(stays.id)
    for letter in _naming(db, Letter, column, goes.id, col(Letter.recipient).endswith(old)):
        letter.recipient = letter.recipient.replace(old, new)
        setattr(letter, column, stays.id if getattr(letter, column) else None)
        if letter.state in NOT_UNDER_WAY and letter.attempt == 0 and old in letter.key:
            _key_anew(db, letter, letter.key.replace(old, new), now=now)
        db.flush()
    for task in _naming(db, Task, column, goes.id):
        setattr(task, column, stays.id)
        key = task.key.replace(old, new)
        if db.exec(select(Task.id).where(Task.key == key, Task.id != task.id)).first():
            finish(db, task, outcome=ASKED_ONCE, by=by, now=now)
        else:
            task.key = key
        db.flush()
    _drop_told_twice(db, column, stays.id, goes.id)
    for event in _naming(db, Event, column, goes.id):
        key = event.key.replace(old, new)
        if db.exec(select(Event.id).where(Event.key == key, Event.id != event.id)).first():
            db.delete(event)
        else:
            event.key = key
            setattr(event, column, stays.id)
        db.flush()


def _drop_told_twice(db: Session, column: str, stays: UUID, goes: UUID) -> None:
    """Drop what was told of one record after the same was told of the other for the same day.

    Had there been one record, it would have been on file.
    """
    theirs = select(Event).where(
        col(getattr(Event, column)).in_({stays, goes}), col(Event.kind).not_in(OF_DATES)
    )
    last: dict[EventKind, Event] = {}
    for event in sorted(db.exec(theirs), key=lambda one: as_happened(one).order):
        before = last.get(event.kind)
        if before and _tells_the_same(db, before, event, column):
            db.delete(event)
        else:
            last[event.kind] = event
    db.flush()


def _tells_the_same(db: Session, told: Event, again: Event, column: str) -> bool:
    """Say whether an event of one record says no more than one of the other."""
    of_one = getattr(told, column) == getattr(again, column)
    return not of_one and is_same(told, again) and not confirms_a_mentor(db, told, again)


def _key_anew(db: Session, letter: Letter, key: str, *, now: datetime) -> None:
    """Give an unsent letter its new key; the same letter that is there already goes alone."""
    while True:
        there = db.exec(select(Letter).where(Letter.key == key)).first()
        if there is None:
            letter.key = key
            return
        if there.state not in NEVER_TOLD:
            letter.move(LetterMove.CANCEL, now=now)
            return
        letter.generation += 1
        key = f"{key.rpartition(':')[0]}:{letter.generation}"


def _naming(db: Session, kind: type[Any], column: str, goes: UUID, *more: Any) -> list[Any]:
    """Return the rows that name a record, locked and read afresh, in the order of their ids."""
    rows = select(kind).where(or_(getattr(kind, column) == goes, *more))
    in_order = rows.order_by(kind.id).with_for_update()
    return list(db.exec(in_order.execution_options(populate_existing=True)))
