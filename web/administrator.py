"""The administrator's desk: how the service is, who has an account, and opened records."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from matcher.core.sending import local_day
from matcher.deputies import gaps
from matcher.desks.how_it_runs import post_trouble, service_state
from web import opened_records
from web.accounts_kept import keeping
from web.surroundings import surroundings

pages = Blueprint("administrator", __name__, url_prefix="/administrator")


@pages.get("/")
def start() -> ResponseReturnValue:
    """Show the jobs of the last days and how many letters wait or could not be sent."""
    return render_template(
        "administrator/start.html",
        state=service_state(g.db, g.now),
        trouble=post_trouble(g.db, surroundings().real_now()),
        gaps=gaps(g.db, local_day(g.now)),
    )


account_pages = keeping("administrator_accounts", "/administrator/accounts")

BLUEPRINTS = (pages, account_pages, opened_records.administrator_pages)
