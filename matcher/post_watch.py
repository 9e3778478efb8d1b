"""Letters that wait for nothing in sight: those too late are settled, and people are told.

A letter may wait because its channel is shut, has no sender, or because the
clocks stand still. Nobody sees that by looking at one letter, so after a while
each region's manager has a task to tell whoever runs the service.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from matcher.channels import shut_since
from matcher.core.sending import local_day
from matcher.dead_letters import staffed_regions
from matcher.delivery import settle
from matcher.letter_checks import Case, verdict
from matcher.post_hold import is_on_hold
from matcher.recipients import behind
from matcher.tasks import finish, raise_task
from models.desk_words import TaskKind
from models.outbox import Letter
from models.states import Channel, LetterState
from models.tasks import Task

PATIENCE = timedelta(hours=1)
"""How long letters may wait, or a channel not work, until someone is told."""

AT_ONCE = 200
"""How many letters that are too late one look settles: each is read with all that is behind it."""

WORKS_AGAIN = "Letters leave again."


def watch(db: Session, *, now: datetime) -> int:
    """Settle what is too late, and tell of channels that do not work; return how many tasks."""
    if not is_on_hold(db):
        _settle_late(db, now=now)
    return _tell(db, _stopped(db, now), now=now)


def _settle_late(db: Session, *, now: datetime) -> None:
    """Settle letters whose time was over a while ago: whoever could send them would have."""
    late = (
        select(Letter)
        .where(Letter.state == LetterState.DUE, col(Letter.not_after) < now - PATIENCE)
        .order_by(col(Letter.not_after))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for letter in db.exec(late.execution_options(populate_existing=True)).all():
        rows = behind(db, letter)
        found = verdict(Case(db, rows, now))
        if found:
            settle(db, rows, found, now=now)


def _stopped(db: Session, now: datetime) -> AbstractSet[Channel]:
    """Return the channels that have not worked for a while, or whose letters wait all the same."""
    waiting = select(col(Letter.channel)).where(
        Letter.state == LetterState.DUE,
        col(Letter.due_at) <= now - PATIENCE,
        col(Letter.state_since) <= now - PATIENCE,
    )
    return shut_since(db, now - PATIENCE) | frozenset(db.exec(waiting.distinct()))


def _tell(db: Session, stopped: AbstractSet[Channel], *, now: datetime) -> int:
    raised = 0
    regions = staffed_regions(db) if stopped else ()
    for channel in Channel:
        told = _still_open(db, channel)
        if channel not in stopped:
            for task in told:
                finish(db, task, outcome=WORKS_AGAIN, by=None, now=now)
            continue
        for region in {*regions} - {task.region for task in told}:
            key = f"{_begins(channel)}{region.value}:{now.isoformat()}"
            kind, today = TaskKind.POST_STOPPED, local_day(now)
            raise_task(db, key, kind, due_on=today, now=now, region=region)
            raised += 1
    return raised


def _still_open(db: Session, channel: Channel) -> Sequence[Task]:
    still_open = select(Task).where(
        Task.kind == TaskKind.POST_STOPPED,
        col(Task.done_at).is_(None),
        col(Task.key).startswith(_begins(channel)),
    )
    return db.exec(still_open).all()


def _begins(channel: Channel) -> str:
    return f"post_stopped:{channel.value}:"
