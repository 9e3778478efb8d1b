"""Whom a manager is to ring and why: raised once for each reason, closed by what settles it.

The reason is the second part of a task's key, so that it stands with the task
from the moment it is raised.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select

from matcher.core.sending import local_day
from matcher.tasks import finish, raise_for_manager
from models.desk_words import RingReason, TaskKind
from models.pairs import Pair
from models.tasks import Task

AGAIN = "It has changed again: there is a newer task."
"""How a call that nobody made ends when there is another reason of the same kind to make it."""

OF_LIVE_PAIRS = frozenset(RingReason) - {RingReason.STOOD_DOWN, RingReason.AFTER_MEETING}
"""Calls that are needless once their pair has ended."""


def raise_ring(
    db: Session, pair: Pair, why: RingReason, *, now: datetime, meeting_id: UUID | None = None
) -> None:
    """Ask the manager of the leaver's region to ring the mentor of a pair today, and say why.

    A call for the same reason that nobody has made yet is part of this one.
    """
    before = _still_open(db, {why}, pair.id, meeting_id)
    key, today = f"{_begins(why)}{meeting_id or pair.id}:{now.isoformat()}", local_day(now)
    if raise_for_manager(
        db, pair, key, TaskKind.RING, due_on=today, now=now, meeting_id=meeting_id
    ):
        for task in before:
            finish(db, task, outcome=AGAIN, by=None, now=now)


def settle_rings(
    db: Session,
    reasons: Collection[RingReason],
    *,
    outcome: str,
    by: UUID | None,
    now: datetime,
    pair_id: UUID,
    meeting_id: UUID | None = None,
) -> None:
    """Close the calls for these reasons about a pair, or about one of its meetings."""
    for task in _still_open(db, reasons, pair_id, meeting_id):
        finish(db, task, outcome=outcome, by=by, now=now)


def why_to_ring(task: Task) -> RingReason | None:
    """Return why someone is to be rung; None for a task of another kind."""
    return next((why for why in RingReason if task.key.startswith(_begins(why))), None)


def _still_open(
    db: Session, reasons: Collection[RingReason], pair_id: UUID, meeting_id: UUID | None
) -> Sequence[Task]:
    still_open = select(Task).where(
        Task.pair_id == pair_id,
        Task.kind == TaskKind.RING,
        col(Task.done_at).is_(None),
        or_(*(col(Task.key).startswith(_begins(why)) for why in reasons)),
    )
    if meeting_id:
        still_open = still_open.where(Task.meeting_id == meeting_id)
    return db.exec(still_open).all()


def _begins(why: RingReason) -> str:
    return f"ring:{why.value}:"
