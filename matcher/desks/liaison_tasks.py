"""What the liaison of a prison has to do: the tasks of this desk, most pressing first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col

from matcher.core.sending import local_day
from matcher.core.words import lower_first
from models.access import tasks_seen_by
from models.accounts import Account
from models.desk_words import TaskKind
from models.meetings import Meeting
from models.people import Leaver
from models.states import MeetingKind
from models.tasks import Task


@dataclass(frozen=True)
class DeskTask:
    """Something to do at this desk, and the meeting it is about."""

    kind: TaskKind
    leaver: str
    due_on: date
    is_late: bool
    meeting_id: UUID | None
    pair_id: UUID | None
    meeting: MeetingKind | None
    leaver_id: UUID | None
    task_id: UUID

    @property
    def is_only_to_be_seen(self) -> bool:
        """Whether there is nothing to do about it but to know it."""
        return self.kind is TaskKind.MOVED_PRISON

    @property
    def said(self) -> str:
        """What to do and for whom, in words."""
        if self.meeting is None:
            return f"{self.kind.label}: {self.leaver}" if self.leaver else self.kind.label
        what = lower_first(self.meeting.label)
        if self.kind is not TaskKind.NOT_BOOKED:
            return f"{self.kind.label}: {what}, {self.leaver}"
        if self.meeting is MeetingKind.GATE:
            return f"Agree the gate plan for {self.leaver}"
        return f"Book {'an' if what[0] in 'aeiou' else 'a'} {what} for {self.leaver}"


def tasks_to_do(db: Session, account: Account, now: datetime) -> list[DeskTask]:
    """Return the tasks of this desk that nobody has done, most pressing first."""
    today = local_day(now)
    undone = (
        tasks_seen_by(account)
        .where(col(Task.done_at).is_(None))
        .join(Leaver, col(Leaver.id) == col(Task.leaver_id), isouter=True)
        .join(Meeting, col(Meeting.id) == col(Task.meeting_id), isouter=True)
        .order_by(col(Task.due_on), col(Task.key))
    )
    columns = (Task.kind, Task.due_on, Task.meeting_id, Task.pair_id, Meeting.kind, Task.id)
    rows = db.execute(undone.with_only_columns(*map(col, columns), Leaver))
    return [_task(today, *_seen(account, *row)) for row in rows]


def _seen(account: Account, kind: TaskKind, *about: Any) -> Any:
    """Return what a task is made of; of someone who is in another prison now, only the code."""
    *told, task_id, leaver = about
    if leaver is None:
        return kind, "", *told, None, task_id
    if leaver.prison != account.prison:
        return kind, leaver.code, *told, None, task_id
    return kind, f"{leaver.first_name} {leaver.surname}".strip(), *told, leaver.id, task_id


def _task(today: date, kind: TaskKind, name: str, due: date, *about: Any) -> DeskTask:
    return DeskTask(kind, name, due, due < today, *about)
