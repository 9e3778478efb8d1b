"""The mentor's desk: the diary, and the file for a calendar of their own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from matcher.desks.mentor_breaks import break_of, nobody_came_today
from matcher.desks.mentor_diary import appointments, diary_of
from web import (
    mentor_breaks,
    mentor_calendar,
    mentor_coming_out,
    mentor_consents,
    mentor_days,
    mentor_expenses,
    mentor_how,
    mentor_meetings,
    mentor_needs,
    mentor_offers,
    mentor_pairs,
    mentor_words,
    mentor_worries,
)
from web.mentor_reads import note_pairs

pages = Blueprint("mentor", __name__, url_prefix="/mentor")


@pages.get("/")
def start() -> ResponseReturnValue:
    """Show what to answer now, what is next, and the plan with each person."""
    shown: dict[str, Any] = {
        "diary": diary_of(g.db, g.account, g.now),
        "stands": break_of(g.db, g.account),
        "nobody_came": {one.pair_id for one in nobody_came_today(g.db, g.account, g.now)},
    }
    note_pairs(pair.id for pair in shown["diary"].pairs)
    return render_template("mentor/start.html", **shown)


@pages.get("/appointments.ics")
def calendar() -> ResponseReturnValue:
    """Hand out the mentor's appointments; the file says when, and nothing else."""
    return mentor_calendar.ics(appointments(g.db, g.account, g.now))


BLUEPRINTS = (
    pages,
    mentor_offers.pages,
    mentor_pairs.pages,
    mentor_coming_out.pages,
    mentor_days.pages,
    mentor_meetings.pages,
    mentor_words.pages,
    mentor_needs.pages,
    mentor_expenses.pages,
    mentor_consents.own_pages,
    mentor_breaks.pages,
    mentor_worries.pages,
    mentor_how.pages,
    mentor_calendar.pages,
)
