"""The runs of the whole plan, with their proof; they name nobody."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from matcher.desks.paging import Paged, paged
from models.referrals import Referral
from models.runs import PlanRequest, PlanRun
from models.states import PlanStage, ReferralState


def plan_runs() -> SelectOfScalar[PlanRun]:
    """Return all runs, the newest first."""
    return select(PlanRun).order_by(col(PlanRun.recorded_at).desc())


@dataclass(frozen=True)
class RunCard:
    """One run, and the id of the one before it, if there is one."""

    run: PlanRun
    before_id: UUID | None


def runs_listed(db: Session, page: int) -> Paged[RunCard]:
    """Return one page of all runs, the newest first."""
    before = func.lag(col(PlanRun.id), type_=Uuid()).over(order_by=col(PlanRun.recorded_at))
    return paged(db, plan_runs().add_columns(before), page, RunCard)


def run_before(run: PlanRun) -> SelectOfScalar[PlanRun]:
    """Return the SELECT of the run before one."""
    return plan_runs().where(col(PlanRun.recorded_at) < run.recorded_at).limit(1)


def to_be_screened_first(db: Session) -> int:
    """Return how many leavers of all regions now wait for a first screening: no plan has them."""
    endorsed = select(func.count()).where(Referral.state == ReferralState.ENDORSED)
    return db.exec(endorsed).one()


STEPS = (PlanStage.READING, PlanStage.WEIGHING, PlanStage.PROVING, PlanStage.KEEPING)
"""What a run does, in order."""


@dataclass(frozen=True)
class PlanStep:
    """One step of a run: done, under way, or neither; `count` is what it found, if known."""

    stage: PlanStage
    is_done: bool
    is_now: bool
    count: int | None


def steps_of(asked: PlanRequest) -> list[PlanStep]:
    """Return the steps of a run that was asked for, and how far it has come."""
    counts = {PlanStage.READING: asked.people, PlanStage.WEIGHING: asked.pairs}
    reached = STEPS.index(asked.stage) if asked.stage in STEPS else -1
    return [
        PlanStep(stage, number < reached, number == reached, counts.get(stage))
        for number, stage in enumerate(STEPS)
    ]
