"""Runs of the whole plan: asking for one, how far it has come, and its proof."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import plan_requests
from matcher.clock_health import clock_trouble
from matcher.desks.plan_proof import (
    plan_runs,
    run_before,
    runs_listed,
    steps_of,
    to_be_screened_first,
)
from matcher.desks.plans_compared import compared
from models.runs import PlanRequest, PlanRun
from web.forms import DeskForm
from web.guard import one_or_404
from web.surroundings import surroundings

LOOK_AGAIN = "5"
"""Seconds after which a browser looks again how far a run has come."""

SLOW = timedelta(minutes=1)
"""How long a run may wait before its page says that no clock has taken it up."""

LOOKS_FOR = timedelta(minutes=15)
"""How long a browser goes on looking by itself: a stay must be able to end."""

pages = Blueprint("manager_plans", __name__, url_prefix="/manager/plans")


@pages.post("/")
def ask() -> ResponseReturnValue:
    """Ask for a run of the whole plan now; a clock makes it, and the page shows how far it is."""
    DeskForm().or_stale()
    asked = plan_requests.ask(g.db, g.account, now=g.now)
    g.db.commit()
    return redirect(url_for(".asked", request_id=asked.id))


@pages.get("/")
def listed() -> ResponseReturnValue:
    """Show every run of the plan with its proof, a page at a time."""
    found = runs_listed(g.db, request.args.get("page", 1, int))
    return render_template("manager/plans.html", found=found)


@pages.get("/<uuid:earlier_id>/against/<uuid:later_id>")
def against(earlier_id: UUID, later_id: UUID) -> ResponseReturnValue:
    """Show what differs between two runs, and who came to have another mentor."""
    earlier = one_or_404(plan_runs().where(PlanRun.id == earlier_id))
    later = one_or_404(plan_runs().where(PlanRun.id == later_id))
    if earlier.recorded_at > later.recorded_at:
        return redirect(url_for(".against", earlier_id=later_id, later_id=earlier_id))
    found = compared(g.db, earlier, later, g.account, g.now)
    before = g.db.exec(run_before(earlier)).first()
    return render_template("manager/plans_compared.html", found=found, before=before)


@pages.get("/asked/<uuid:request_id>")
def asked(request_id: UUID) -> ResponseReturnValue:
    """Show how far a run has come; it leads on to the proof once that is there."""
    found = one_or_404(plan_requests.requests().where(PlanRequest.id == request_id))
    if found.plan_run_id:
        return redirect(url_for(".plan", run_id=found.plan_run_id))
    waits = g.now - found.recorded_at
    trouble = clock_trouble(g.db, surroundings().real_now())
    is_stuck = found.slot is not None and (trouble or (not found.looked_at and waits > SLOW))
    looks = found.slot is not None and not is_stuck and waits < LOOKS_FOR
    looks = bool(looks and request.args.get("look", 1, int))
    told = {"asked": found, "steps": steps_of(found), "is_stuck": is_stuck, "looks": looks}
    answer = make_response(render_template("manager/plan_asked.html", **told))
    if looks:
        answer.headers["Refresh"] = LOOK_AGAIN
    return answer


@pages.get("/<uuid:run_id>")
def plan(run_id: UUID) -> ResponseReturnValue:
    """Show the proof of one run: what it covers, and that no plan could do better."""
    run = one_or_404(plan_runs().where(PlanRun.id == run_id))
    to_screen = to_be_screened_first(g.db)
    return render_template("manager/plan.html", run=run, to_screen=to_screen)
