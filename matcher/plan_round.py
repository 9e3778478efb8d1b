"""The clock's way with a run that a manager asked for: made holding up nobody, then kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from matcher import plan_requests
from matcher.core.conditions import RuleSettings
from matcher.core.planning import PlanSettings
from matcher.done import Done
from matcher.plan_requests import OtherClockHasIt
from matcher.proposals import ThoughtPlan, covered_in_words, propose, think
from models.audit import AuditedSession, Hand
from models.runs import PlanRequest, PlanRun
from models.states import PlanStage

if TYPE_CHECKING:
    from matcher.clock import Context

JOB = "plan asked for"

TRIES = 3
"""How often a plan is made while people go on writing; after that, once more while they wait."""

COUNTED = {PlanStage.WEIGHING: "people", PlanStage.PROVING: "pairs"}
"""What each stage is the first to know the number of."""


def plan_round(context: Context) -> list[Done]:
    """Make the plan that somebody asked for, if it is this clock's to make.

    Raises what went wrong, once the request says that no plan came of it.
    """
    with context.reading() as db:
        if plan_requests.open_request(db) is None:
            return []
    take_up = partial(plan_requests.take_up, worker=context.worker, now=context.now())
    request_id = context.committed(take_up)
    if request_id is None:
        return []
    try:
        return [Done(JOB, _made(context, request_id))]
    except OtherClockHasIt:
        return []
    except Exception:
        context.committed(partial(_fail, context, request_id))
        raise


def _made(context: Context, request_id: UUID) -> str:
    """Make and keep the plan; if something changes while it is made, begin anew."""
    for _ in range(TRIES):
        thought = _thought(context, request_id)
        _tell(context, request_id, PlanStage.KEEPING, None)
        if done := context.committed(partial(_keep, context, request_id, thought)):
            return done
    return context.committed(partial(_keep, context, request_id, None))


def _thought(context: Context, request_id: UUID) -> ThoughtPlan:
    told = partial(_tell, context, request_id)
    rules, settings = RuleSettings(), PlanSettings()
    with context.reading() as db:
        return think(db, now=context.now(), rules=rules, settings=settings, tell=told)


def _keep(
    context: Context, request_id: UUID, thought: ThoughtPlan | None, db: AuditedSession
) -> str:
    """Keep a plan and end the request, both or neither, and say what it came to.

    Nothing is kept and said of one that stands no more; None is made while everybody waits.
    """
    asked_by = db.get_one(PlanRequest, request_id).recorded_by
    db.write_as(Hand(asked_by, at=context.now(), origin="clock"))
    if thought and not thought.still_stands(db):
        return ""
    run = thought.keep(db) if thought else _anew(context, db)
    run.recorded_by = asked_by
    plan_requests.finish(db, request_id, context.worker, run, now=context.now())
    return covered_in_words(run)


def _anew(context: Context, db: AuditedSession) -> PlanRun:
    return propose(db, now=context.now(), rules=RuleSettings(), settings=PlanSettings())


def _tell(context: Context, request_id: UUID, stage: PlanStage, count: int | None) -> None:
    """Say how far the run has come, so that a page can; OtherClockHasIt if it is not ours now."""
    told: dict[str, object] = {"stage": stage}
    if stage in COUNTED:
        told[COUNTED[stage]] = count

    def say(db: AuditedSession) -> None:
        plan_requests.tell(db, request_id, context.worker, now=context.now(), **told)

    context.committed(say)


def _fail(context: Context, request_id: UUID, db: AuditedSession) -> None:
    plan_requests.fail(db, request_id, context.worker, now=context.now())
