"""Who would be next for each proposal, and what choosing them would do, worked out once a run.

It takes the plan some thousandths of a second for each; those who leave first come first.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from matcher.core.why import why
from matcher.plan_on_file import PlanOnFile
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.states import PairState

RUNNER_UPS = "runner_ups"
"""Under this name a run keeps them, by the id of the pair."""

MOST = 200


def runner_ups(db: Session, on_file: PlanOnFile) -> dict[str, Any]:
    """Return the runner-up of each proposal of the plan: whose id, score and what it would do.

    Of a proposal for which no other mentor fits nothing is told; one that was not looked at,
    as each that is made by hand, is not there.
    """
    proposed = (
        select(Pair.id, Leaver.code, Mentor.code)
        .where(Pair.leaver_id == Leaver.id, Pair.mentor_id == Mentor.id)
        .where(Pair.state == PairState.PROPOSED, col(Pair.overridden_by).is_(None))
        .order_by(col(Leaver.release_date), col(Leaver.code))
        .limit(MOST)
    )
    found = {}
    for pair_id, leaver, mentor in db.exec(proposed):
        told = _of(on_file, leaver, mentor)
        if told is not None:
            found[str(pair_id)] = told
    return found


def _of(on_file: PlanOnFile, leaver: str, mentor: str) -> dict[str, Any] | None:
    """Return what is kept of one proposal, {} if no other mentor fits; None if it is not told."""
    plan = on_file.plan
    if leaver not in plan.leaver_index or mentor not in plan.mentor_index:
        return None
    second = why(plan, leaver, mentor, settled=mentor).runner_up
    if second is None:
        return {}
    rows = plan.leaver_index[leaver], plan.mentor_index[second.mentor.code]
    return {
        "mentor_id": str(on_file.people.mentors[second.mentor.code]),
        "score": int(plan.scores.of_pair(*rows).sum()),
        "whole": second.cost.whole,
    }
