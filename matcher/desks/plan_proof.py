"""The runs of the whole plan, with their proof; they name nobody."""

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from models.referrals import Referral
from models.runs import PlanRun
from models.states import ReferralState


def plan_runs() -> SelectOfScalar[PlanRun]:
    """Return all runs, the newest first."""
    return select(PlanRun).order_by(col(PlanRun.recorded_at).desc())


def to_be_screened_first(db: Session) -> int:
    """Return how many leavers of all regions now wait for a first screening: no plan has them."""
    endorsed = select(func.count()).where(Referral.state == ReferralState.ENDORSED)
    return db.exec(endorsed).one()
