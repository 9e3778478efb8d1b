"""How heavy it feels to a mentor: said in one tap, read by their manager, never by a rule.

"Too heavy" puts a task on the manager's desk, unless one is still open.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.mentor_vetting import AN_INSTANT
from matcher.tasks import raise_task
from models.desk_words import TaskKind
from models.need_words import Load
from models.needs import LoadSaid
from models.people import Mentor
from models.rows import newest
from models.tasks import Task


def say_load(
    db: Session, mentor: Mentor, load: Load, *, text: str, by: UUID | None, now: datetime
) -> None:
    """Keep how heavy it feels now; the same said twice on one day is said once."""
    db.get_one(Mentor, mentor.id, with_for_update=True)
    before = load_of(db, mentor)
    if before and (before.load, before.text, local_day(before.recorded_at)) == (
        load,
        text,
        local_day(now),
    ):
        return
    at = max(now, before.recorded_at + AN_INSTANT) if before else now
    said = LoadSaid(mentor_id=mentor.id, load=load, text=text, recorded_at=at, recorded_by=by)
    db.add(said)
    if load is Load.TOO_HEAVY and not _is_asked(db, mentor):
        raise_task(
            db,
            f"too_heavy:{said.id}",
            TaskKind.TOO_HEAVY,
            due_on=local_day(now),
            now=now,
            region=mentor.region,
            mentor_id=mentor.id,
        )
    db.flush()


def load_of(db: Session, mentor: Mentor) -> LoadSaid | None:
    """Return what a mentor said last of how heavy it is."""
    return db.exec(newest(LoadSaid, "mentor_id").where(LoadSaid.mentor_id == mentor.id)).first()


def _is_asked(db: Session, mentor: Mentor) -> bool:
    still = select(Task.id).where(
        Task.mentor_id == mentor.id, Task.kind == TaskKind.TOO_HEAVY, col(Task.done_at).is_(None)
    )
    return db.exec(still).first() is not None
