"""The runs of the whole plan, with their proof; they name nobody."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.runs import PlanRun


def plan_runs() -> SelectOfScalar[PlanRun]:
    """Return all runs, the newest first."""
    return select(PlanRun).order_by(col(PlanRun.recorded_at).desc())
