"""A run of the plan that a manager asks for: asked as a row, made by a clock, told of as it goes.

The page that asks only writes a row. A clock makes the plan while it holds
nothing that a page waits for, and keeps it in one short transaction that ends
the request too. So one that is killed leaves an open request behind, which the
next one takes up, and of two clocks one keeps the plan. Verbs: they never
commit and never read the clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from matcher.clock_health import SET_BACK
from models.accounts import Account
from models.runs import PlanRequest, PlanRun
from models.states import PlanStage

LEASE = timedelta(minutes=1)
"""How long a clock may tell nothing of a run before another one begins it anew."""

KEPT = timedelta(days=31)
"""How long it is known that somebody asked."""


class OtherClockHasIt(Exception):  # noqa: N818 - nothing went wrong: the work is done elsewhere
    """The request is over, or another clock has taken it up."""


def requests() -> SelectOfScalar[PlanRequest]:
    """Return the SELECT of all requests: they are for the whole service and name nobody."""
    return select(PlanRequest)


def open_request(db: Session) -> PlanRequest | None:
    """Return the request that is open, if one is."""
    return db.exec(requests().where(col(PlanRequest.finished_at).is_(None))).first()


def ask(db: Session, account: Account, *, now: datetime) -> PlanRequest:
    """Ask for a run of the whole plan; while one is asked for already, return that."""
    if account.region is None:
        raise ValueError("only the manager of a region asks for a plan")
    asked = PlanRequest(recorded_at=now, recorded_by=account.id, region=account.region, slot=1)
    try:
        with db.begin_nested():
            db.add(asked)
    except IntegrityError:
        found = open_request(db)
        if found is None:
            raise
        return found
    return asked


def take_up(db: Session, worker: str, *, now: datetime) -> UUID | None:
    """Take up the open request unless another clock is at work on it; return its id."""
    looked_at = col(PlanRequest.looked_at)
    idle = or_(looked_at.is_(None), looked_at < now - LEASE, looked_at > now + SET_BACK)
    taken = (
        update(PlanRequest)
        .where(col(PlanRequest.finished_at).is_(None), idle)
        .values(taken_by=worker, looked_at=now, stage=PlanStage.READING, people=None, pairs=None)
        .returning(col(PlanRequest.id))
    )
    return db.execute(taken).scalar()


def tell(db: Session, request_id: UUID, worker: str, *, now: datetime, **told: Any) -> None:
    """Say how far a run has come: its stage, how many people, how many pairs.

    Raises OtherClockHasIt where it is no longer this clock's.
    """
    mine = (
        update(PlanRequest)
        .where(col(PlanRequest.id) == request_id, col(PlanRequest.taken_by) == worker)
        .where(col(PlanRequest.finished_at).is_(None))
    )
    told_of = db.execute(mine.values(looked_at=now, **told))
    if not isinstance(told_of, CursorResult) or told_of.rowcount != 1:
        raise OtherClockHasIt


def finish(db: Session, request_id: UUID, worker: str, run: PlanRun, *, now: datetime) -> None:
    """Say that a run is kept, in the transaction that keeps it; raises as `tell` does."""
    over = {"stage": PlanStage.DONE, "plan_run_id": run.id}
    tell(db, request_id, worker, now=now, finished_at=now, slot=None, **over)


def fail(db: Session, request_id: UUID, worker: str, *, now: datetime) -> None:
    """Say that no plan came of a request; raises as `tell` does."""
    tell(db, request_id, worker, now=now, finished_at=now, slot=None, stage=PlanStage.FAILED)


def forget_old(db: Session, *, now: datetime) -> None:
    """Forget requests that are long over."""
    db.execute(delete(PlanRequest).where(col(PlanRequest.finished_at) < now - KEPT))
