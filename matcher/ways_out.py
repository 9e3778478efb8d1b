"""What would help, worked out once for each run of the plan and kept with it.

Of the most urgent leavers without a mentor the smallest change; of each proposal the runner-up; of
each region, which mentors to look for. Working it out takes seconds and only reads; keeping it
takes no time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.recruiting import Recruit, recruits
from matcher.plan_on_file import PlanOnFile, newest_plan
from matcher.runner_ups import RUNNER_UPS, runner_ups
from matcher.why import WithoutMentor, most_urgent, newest_run, what_would_help
from models.referrals import Referral
from models.runs import PlanRun
from models.vocabulary import Experience, Region, Sex

ADVICE = "advice"
"""Under this name a run keeps which mentors to look for, region by region; the others are ids."""


@dataclass(frozen=True)
class WaysOut:
    """What would help the most urgent leavers of a run, ready to be kept with it.

    `found` counts the leavers of whom it is told for the first time.
    """

    run_id: UUID
    told: Mapping[str, Any]
    found: int


def ways_out(
    db: Session, now: datetime, regions: Collection[Region] = tuple(Region)
) -> WaysOut | None:
    """Find what would help the most urgent without a mentor, and whom to look for in some regions.

    This takes seconds and reads. None where the newest run has it already, or there is no run.
    """
    newest = newest_run(db)
    if newest is None:
        return None
    advised = newest.ways_out.get(ADVICE, {})
    ways = {key: way for key, way in newest.ways_out.items() if key != ADVICE}
    missing = [region for region in regions if region.value not in advised]
    if not missing:
        return None
    on_file = newest_plan(db, now)
    found = {} if advised else _ways(on_file)
    beside = {} if advised else runner_ups(db, on_file)
    told = {**ways, **found, **({RUNNER_UPS: beside} if beside else {})}
    told[ADVICE] = {**advised, **_advice(db, on_file, missing)}
    return WaysOut(newest.id, told, len(found))


def keep_ways_out(db: Session, found: WaysOut | None) -> int:
    """Keep with the newest run what would help, and with that alone; return for how many.

    0 where another run was made meanwhile.
    """
    newest = newest_run(db)
    if found is None or newest is None or newest.id != found.run_id:
        return 0
    older = select(PlanRun).where(col(PlanRun.ways_out) != {}, PlanRun.id != newest.id)
    for run in db.exec(older):
        run.ways_out = {}
    newest.ways_out = found.told
    db.flush()
    return found.found


def advice_kept(run: PlanRun, region: Region) -> tuple[Recruit, ...] | None:
    """Return which mentors a run says to look for in a region; None if it is not worked out."""
    kept = run.ways_out.get(ADVICE, {}).get(region.value)
    return None if kept is None else tuple(_recruit(one) for one in kept)


def _ways(on_file: PlanOnFile) -> dict[str, Any]:
    """Return what would help the most urgent, by the id of the referral."""
    plan, people = on_file.plan, on_file.people
    helped = what_would_help(plan, most_urgent(plan))
    return {
        str(people.leavers[plan.leavers[row].code].referral_id): _as_kept(told)
        for row, told in helped.items()
    }


def _advice(db: Session, on_file: PlanOnFile, regions: Collection[Region]) -> dict[str, Any]:
    """Return which mentors to look for in each region, where anybody there is without one."""
    plan, waiting = on_file.plan, on_file.people.leavers
    own: dict[UUID, Region] = {
        row[0]: row[1] for row in db.execute(select(Referral.id, Referral.region))
    }
    alone: dict[Region, list[int]] = {region: [] for region in regions}
    for row in plan.uncovered.tolist():
        region = own.get(waiting[plan.leavers[row].code].referral_id)
        if region in alone:
            alone[region].append(row)
    return {
        region.value: [_as_told(one) for one in (recruits(plan, rows) if rows else [])]
        for region, rows in alone.items()
    }


def _as_kept(told: WithoutMentor) -> Mapping[str, Any]:
    kept = {"in_the_way": list(told.in_the_way), "change": told.change, "mentor": told.mentor}
    return {name: value for name, value in kept.items() if value or name != "mentor"}


def _as_told(one: Recruit) -> Mapping[str, Any]:
    return {
        "home": one.home,
        "sex": one.sex.value,
        "day": one.day,
        "experiences": [lived.value for lived in one.experiences],
        "matched": one.matched,
    }


def _recruit(kept: Mapping[str, Any]) -> Recruit:
    lived = tuple(Experience(one) for one in kept["experiences"])
    return Recruit(kept["home"], Sex(kept["sex"]), kept["day"], lived, kept["matched"])
