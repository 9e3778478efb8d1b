"""A run of the plan as a manager has it made: asked for on the page, made by a clock."""

from werkzeug.test import TestResponse

from matcher.clock import Context, make_asked
from matcher.done import Done
from models.database import sessions
from tests.matcher.lettered import a_journal
from tests.web.desks import Desks
from tests.web.region import OwnRegion


def a_clock_looks(desks: Desks) -> list[Done]:
    """Let a clock look once for a plan that somebody asked for."""
    writing = sessions(desks.engine, b"key")
    told = (desks.settings, {}, a_journal(), "one")
    return make_asked(Context(writing, *told, now=lambda: desks.now))


def asked_and_made(region: OwnRegion) -> TestResponse:
    """Ask for the plan, let a clock make it, and look at the page again."""
    asked = region.browser.post("/manager/plans/")
    a_clock_looks(region.desks)
    return region.browser.get(asked.location, follow_redirects=True)
