"""Two records that may be one person: asked of a manager once, and kept that they are two people.

The task is the question, and its key names both records; done, it is the
answer. So nobody is asked again about the same two records.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.tasks import About, finish, raise_task
from matcher.twins import Twins, possible_twins
from models.desk_words import TaskKind
from models.people import Leaver
from models.tasks import Task
from models.vocabulary import Region

TWO_PEOPLE = "These are two people."
ONE_PERSON = "They are one person, with one record now."
_BEGINS = f"{TaskKind.TWINS.value}:"


def twins_of_regions(db: Session) -> list[tuple[Region, Twins]]:
    """Return who is probably on file twice, region by region; every record is read for it."""
    return [(region, twins) for region in Region for twins in possible_twins(db, region)]


def ask_about(db: Session, found: Iterable[tuple[Region, Twins]], *, now: datetime) -> int:
    """Put a task on the manager's desk for each two that nobody was asked about; return how many.

    Records that have become one meanwhile are not asked about.
    """
    raised = 0
    for region, twins in found:
        if any(db.get(twins.kind, one) is None for one in (twins.one_id, twins.other_id)):
            continue
        whose: About = {"region": region}
        whose["leaver_id" if twins.kind is Leaver else "mentor_id"] = twins.one_id
        key, today = key_of(twins.one_id, twins.other_id), local_day(now)
        task = raise_task(db, key, TaskKind.TWINS, due_on=today, now=now, **whose)
        raised += task is not None
    db.flush()
    return raised


def ask_about_leaver(
    db: Session, leaver_id: UUID, other_id: UUID, region: Region, *, now: datetime
) -> None:
    """Ask a region's manager whether one of theirs is who another record tells of, once.

    The other record may be another region's: the task is about theirs alone.
    """
    key, today = key_of(leaver_id, other_id), local_day(now)
    about: About = {"region": region, "leaver_id": leaver_id}
    raise_task(db, key, TaskKind.TWINS, due_on=today, now=now, **about)
    db.flush()


def key_of(one: UUID, other: UUID) -> str:
    """Return the key of the task about two records, whichever of them is named first."""
    return _BEGINS + ":".join(sorted((str(one), str(other))))


def both_of(task: Task) -> tuple[UUID, UUID]:
    """Return the ids of the two records that a task asks about."""
    one, other = task.key.removeprefix(_BEGINS).split(":")
    return UUID(one), UUID(other)


def say_two(db: Session, task: Task, *, by: UUID | None, now: datetime) -> None:
    """Keep that the two records are two people: it is not asked again."""
    finish(db, task, outcome=TWO_PEOPLE, by=by, now=now)
    db.flush()


def settle_merged(db: Session, goes: UUID, *, by: UUID | None, now: datetime) -> None:
    """Close every question about a record that becomes part of another one."""
    asked = select(Task).where(
        Task.kind == TaskKind.TWINS,
        col(Task.key).contains(str(goes)),
        col(Task.done_at).is_(None),
    )
    for task in db.exec(asked).all():
        finish(db, task, outcome=ONE_PERSON, by=by, now=now)
