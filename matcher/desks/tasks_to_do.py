"""A desk's tasks as cards: what is to do, about whom, by when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, not_, true
from sqlalchemy.orm import load_only
from sqlmodel import Session, col, func, or_, select

from matcher.desks.finding import among
from matcher.desks.paging import Paged, Part, paged
from matcher.outcomes import WHO_WAS_MISSING
from matcher.ringing import why_to_ring
from models.access import tasks_seen_by
from models.accounts import Account
from models.desk_words import TaskKind
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.states import Absentee, LetterKind, MeetingKind
from models.tasks import Task

MOST_PRESSING = (col(Task.due_on), col(Task.raised_at), col(Task.key))

_NAMES: tuple[Any, ...] = (
    load_only(col(Leaver.first_name), col(Leaver.code)),  # type: ignore[arg-type]
    load_only(col(Mentor.first_name), col(Mentor.code)),  # type: ignore[arg-type]
)
"""Of people a card says the name and the code: the rest is not read."""


@dataclass(frozen=True)
class TaskCard:
    """One task, with the leaver and the mentor whom it is about; "" where it is about none.

    `why` says why to ring someone, `missed` who was missing from the meeting that it is
    about; "" where there is nothing to say.
    """

    task_id: UUID
    version: int
    kind: TaskKind
    raised_at: datetime
    due_on: date
    is_late: bool
    leaver: str
    leaver_code: str
    mentor: str
    mentor_code: str
    leaver_id: UUID | None
    mentor_id: UUID | None
    pair_id: UUID | None
    meeting: MeetingKind | None
    why: str
    missed: str
    letter: LetterKind | None
    done_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class TaskGroup:
    """The tasks of one kind: how many there are, and the most pressing of them."""

    kind: TaskKind
    total: int
    first: tuple[TaskCard, ...]


def first_open_tasks(
    db: Session,
    account: Account,
    today: date,
    *,
    first: int,
    in_full: Collection[TaskKind] = (),
    but: ColumnElement[bool] | None = None,
) -> list[TaskGroup]:
    """Return the open tasks of this account's desk by kind, in the order of the kinds' own list.

    Of each kind there are the `first` most pressing, or all where it is one of `in_full`. Tasks
    of which `but` is true are left out.
    """
    kind = col(Task.kind)
    ranked = (
        tasks_seen_by(account)
        .where(col(Task.done_at).is_(None), true() if but is None else not_(but))
        .with_only_columns(
            col(Task.id),
            kind,
            func.row_number().over(partition_by=kind, order_by=MOST_PRESSING).label("place"),
            func.count().over(partition_by=kind).label("total"),
        )
        .subquery()
    )
    shown = or_(ranked.c.place <= first, ranked.c.kind.in_(in_full))
    query = _query(select(ranked.c.id).where(shown))
    rows = db.execute(query.join(ranked, ranked.c.id == Task.id).add_columns(ranked.c.total))
    found: dict[TaskKind, tuple[int, list[TaskCard]]] = {}
    for *row, total in rows:
        card = _card(today, *row)
        found.setdefault(card.kind, (total, []))[1].append(card)
    return [
        TaskGroup(kind, found[kind][0], tuple(found[kind][1])) for kind in TaskKind if kind in found
    ]


def open_tasks_listed(
    db: Session, account: Account, kind: TaskKind | None, today: date, part: Part
) -> Paged[TaskCard]:
    """Return a page of this desk's open tasks, of one kind or all, most pressing first."""
    undone = tasks_seen_by(account).where(col(Task.done_at).is_(None))
    if kind:
        undone = undone.where(Task.kind == kind)
    about = among(part.people, leaver_id=col(Leaver.id), mentor_id=col(Mentor.id))
    query = _query(undone.with_only_columns(col(Task.id))).where(about)
    return paged(db, query, part.page, lambda *row: _card(today, *row), part.size)


def task_card(db: Session, account: Account, task_id: UUID, today: date) -> TaskCard | None:
    """Return one task of this account's desk, done or not; None if it is nobody's to see."""
    one = tasks_seen_by(account).where(Task.id == task_id)
    return next(iter(_cards(db, one.with_only_columns(col(Task.id)), today)), None)


def _cards(db: Session, ids: Select[UUID], today: date) -> list[TaskCard]:
    return [_card(today, *row) for row in db.execute(_query(ids))]


def _query(ids: Select[UUID]) -> Select[Any]:
    """Return the SELECT of tasks by id with what their cards are made of."""
    leaver_id = func.coalesce(Task.leaver_id, Pair.leaver_id)
    mentor_id = func.coalesce(Task.mentor_id, Pair.mentor_id)
    found: Select[Any] = (
        select(  # type: ignore[call-overload]
            Task, Leaver, Mentor, Meeting.kind, Meeting.missed_by, Letter.kind
        )
        .where(col(Task.id).in_(ids))
        .join(Pair, col(Pair.id) == Task.pair_id, isouter=True)
        .join(Leaver, col(Leaver.id) == leaver_id, isouter=True)
        .join(Mentor, col(Mentor.id) == mentor_id, isouter=True)
        .join(Meeting, col(Meeting.id) == Task.meeting_id, isouter=True)
        .join(Letter, col(Letter.id) == Task.letter_id, isouter=True)
        .options(*_NAMES)
        .order_by(*MOST_PRESSING)
    )
    return found


def _card(
    today: date,
    task: Task,
    leaver: Leaver | None,
    mentor: Mentor | None,
    meeting: MeetingKind | None,
    missed_by: Absentee | None,
    letter: LetterKind | None,
) -> TaskCard:
    return TaskCard(
        task_id=task.id,
        version=task.version,
        kind=task.kind,
        raised_at=task.raised_at,
        due_on=task.due_on,
        is_late=task.due_on < today,
        leaver=leaver.first_name if leaver else "",
        leaver_code=leaver.code if leaver else "",
        mentor=mentor.first_name if mentor else "",
        mentor_code=mentor.code if mentor else "",
        leaver_id=leaver.id if leaver else None,
        mentor_id=mentor.id if mentor else None,
        pair_id=task.pair_id,
        meeting=meeting,
        why=reason.label if (reason := why_to_ring(task)) else "",
        missed=WHO_WAS_MISSING[missed_by] if missed_by else "",
        letter=letter,
        done_at=task.done_at,
        outcome=task.outcome,
    )
