"""A desk's tasks as cards: what is to do, about whom, by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import Session, col, func, select

from matcher.desks.paging import Paged, paged
from models.access import tasks_seen_by
from models.accounts import Account
from models.desk_words import TaskKind
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.states import LetterKind, MeetingKind
from models.tasks import Task


@dataclass(frozen=True)
class TaskCard:
    """One task, with the leaver and the mentor whom it is about; "" where it is about none."""

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
    letter: LetterKind | None
    done_at: datetime | None
    outcome: str


def open_tasks(db: Session, account: Account, today: date) -> list[TaskCard]:
    """Return the tasks of this account's desk that nobody has done, most pressing first."""
    undone = tasks_seen_by(account).where(col(Task.done_at).is_(None))
    return _cards(db, undone.with_only_columns(col(Task.id)), today)


def open_tasks_listed(
    db: Session, account: Account, kind: TaskKind | None, today: date, page: int
) -> Paged[TaskCard]:
    """Return a page of this desk's open tasks, of one kind or all, most pressing first."""
    undone = tasks_seen_by(account).where(col(Task.done_at).is_(None))
    if kind:
        undone = undone.where(Task.kind == kind)
    query = _query(undone.with_only_columns(col(Task.id)))
    return paged(db, query, page, lambda *row: _card(today, *row))


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
        select(Task, Leaver, Mentor, Meeting.kind, Letter.kind)  # type: ignore[call-overload]
        .where(col(Task.id).in_(ids))
        .join(Pair, col(Pair.id) == Task.pair_id, isouter=True)
        .join(Leaver, col(Leaver.id) == leaver_id, isouter=True)
        .join(Mentor, col(Mentor.id) == mentor_id, isouter=True)
        .join(Meeting, col(Meeting.id) == Task.meeting_id, isouter=True)
        .join(Letter, col(Letter.id) == Task.letter_id, isouter=True)
        .order_by(col(Task.due_on), col(Task.raised_at), col(Task.key))
    )
    return found


def _card(
    today: date,
    task: Task,
    leaver: Leaver | None,
    mentor: Mentor | None,
    meeting: MeetingKind | None,
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
        letter=letter,
        done_at=task.done_at,
        outcome=task.outcome,
    )
