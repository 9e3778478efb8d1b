"""Why, why not, what would help and what if, asked of the service's people as they stand.

The plan is made anew from the rows and nothing is written. All of it is for
the manager alone: the page that asks finds the referral and the mentor among
those that its reader may see.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.changes_tried import no_way_out, smallest_change
from matcher.core.gates import on_hold
from matcher.core.in_the_way import in_the_way
from matcher.core.planning import WholePlan
from matcher.core.what_if import Supposed, WhatIf, what_if
from matcher.core.why import Stand, Why, why
from matcher.endings import live_pair_of
from matcher.former import called, has_code
from matcher.plan_on_file import ON_THE_WAY, PlanOnFile, newest_plan
from matcher.proposals import is_fixed
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.runs import PlanRun
from models.states import ReferralState

MOST_URGENT = 200
"""For so many leavers without a mentor the smallest change is found each night."""


@dataclass(frozen=True)
class WithoutMentor:
    """What stands between a leaver and a mentor, and the smallest change that would give one.

    Both are sentences for the manager; `change` says so where there is none,
    and is empty for a leaver on hold. `mentor` is the code of the mentor whom
    the change is about: mentors are named by it alone, whoever reads.
    """

    in_the_way: tuple[str, ...]
    change: str
    mentor: str = ""


def why_pair(db: Session, referral: Referral, mentor_id: UUID, now: datetime) -> Why:
    """Return why the leaver of a referral and a mentor are a pair or not, and what it would cost.

    Raises KeyError for a mentor who is not on file.
    """
    return why_pair_of(plan_about(db, referral, now), db, referral, mentor_id)


def plan_about(db: Session, referral: Referral, now: datetime) -> PlanOnFile:
    """Return the plan in which the leaver of a referral is asked about, a pair or not."""
    pair = live_pair_of(db, referral.leaver_id)
    on_its_way = not (pair and is_fixed(pair)) and referral.state is ReferralState.WAITING
    return newest_plan(db, now, beside=None if on_its_way else referral)


def why_pair_of(on_file: PlanOnFile, db: Session, referral: Referral, mentor_id: UUID) -> Why:
    """Return the answer of `why_pair`, of a plan that is made already."""
    pair = live_pair_of(db, referral.leaver_id)
    codes = {row_id: code for code, row_id in on_file.people.mentors.items()}
    leaver = on_file.plan.leavers[on_file.row_of(referral)]
    settled = codes[pair.mentor_id] if pair else None
    told = why(on_file.plan, leaver.code, codes[mentor_id], settled=settled)
    if told.stand is Stand.PAIRED and not pair:
        return replace(told, stand=Stand.PLANNED)
    return told


def referral_called(db: Session, code: str) -> Referral:
    """Return the newest referral of the leaver with this code; KeyError if there is none."""
    of_leaver = select(Referral).where(Referral.leaver_id == Leaver.id, has_code(Leaver, code))
    found = db.exec(of_leaver.order_by(col(Referral.created_at).desc()).limit(1)).first()
    if found is None:
        raise KeyError(code)
    return found


def mentor_called(db: Session, code: str) -> UUID:
    """Return the id of the mentor with this code; KeyError if there is none."""
    found = called(db, Mentor, code)
    if found is None:
        raise KeyError(code)
    return found.id


def without_mentor(db: Session, referral: Referral, now: datetime) -> WithoutMentor | None:
    """Return what would help the leaver of a referral, found now; None if they have a mentor."""
    pair = live_pair_of(db, referral.leaver_id)
    if pair and is_fixed(pair):
        return None
    on_file = newest_plan(db, now)
    if on_file.leaves_out(referral):
        return WithoutMentor((not_waiting(referral.state),), change="")
    row = on_file.row_of(referral)
    if on_file.plan.mentor_of[row] >= 0:
        return None
    return what_would_help(on_file.plan, [row])[row]


def not_waiting(state: ReferralState) -> str:
    """Return the sentence on a leaver whom no gate holds and whose referral does not wait."""
    said = f'This referral is "{state.label}", not waiting for a mentor.'
    return f"On hold. {said}" if state in ON_THE_WAY else said


def newest_run(db: Session) -> PlanRun | None:
    """Return the run of the whole plan that was made last, or None."""
    return db.exec(select(PlanRun).order_by(col(PlanRun.recorded_at).desc()).limit(1)).first()


def kept_without_mentor(db: Session, referral: Referral) -> WithoutMentor | None:
    """Return what the newest nightly look kept of the leaver of a referral, or None."""
    newest = newest_run(db)
    return kept_with(newest, referral.id) if newest else None


def kept_with(run: PlanRun, referral_id: UUID) -> WithoutMentor | None:
    """Return what a run keeps of the leaver of a referral, or None."""
    kept = run.ways_out.get(str(referral_id))
    if kept is None:
        return None
    return WithoutMentor(tuple(kept["in_the_way"]), kept["change"], kept.get("mentor", ""))


def most_urgent(plan: WholePlan, most: int = MOST_URGENT) -> list[int]:
    """Return the most urgent leavers without a mentor whom no gate holds, by index."""
    held = on_hold(plan.leaver_columns)
    rows = [row for row in plan.uncovered.tolist() if not held[row]]
    return sorted(rows, key=lambda row: (-plan.urgency[row], row))[:most]


def what_would_help(plan: WholePlan, rows: Collection[int]) -> dict[int, WithoutMentor]:
    """Return what stands in the way of some leavers without a mentor, and what would help."""
    return {
        found.leaver: WithoutMentor(tuple(found.sentences), *_change(plan, found.leaver))
        for found in in_the_way(plan, rows)
    }


def what_if_on_file(db: Session, supposed: Supposed, now: datetime) -> WhatIf:
    """Return what the plan for everyone on file would be if something were otherwise."""
    return what_if(newest_plan(db, now).plan, supposed)


def _change(plan: WholePlan, leaver: int) -> tuple[str, str]:
    """Return the sentence on the smallest change, and whose it is; empty for a leaver on hold."""
    if on_hold(plan.leaver_columns.take([leaver]))[0]:
        return "", ""
    way = smallest_change(plan, leaver)
    if way is None:
        return no_way_out(plan.leavers[leaver]), ""
    nameless = way.mentor.model_copy(update={"first_name": ""})
    return replace(way, mentor=nameless).sentence, way.mentor.code
