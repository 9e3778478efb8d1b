"""The manager's desk: the morning in ten minutes, and the pages behind it."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from matcher.desks.todays_work import todays_work
from web import (
    manager_letters,
    manager_override,
    manager_pairs,
    manager_people,
    manager_proposals,
    manager_referrals,
    manager_restrictions,
    manager_screening,
    manager_tasks,
)

pages = Blueprint("manager", __name__, url_prefix="/manager")


@pages.get("/")
def today() -> ResponseReturnValue:
    """Show what waits for a person today, and nothing else."""
    return render_template("manager/today.html", work=todays_work(g.db, g.account, g.now))


BLUEPRINTS = (
    pages,
    manager_proposals.pages,
    manager_pairs.pages,
    manager_referrals.pages,
    manager_screening.pages,
    manager_restrictions.pages,
    manager_override.pages,
    manager_people.pages,
    manager_letters.pages,
    manager_tasks.pages,
)
