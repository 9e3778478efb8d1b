"""The link to a mentor's own calendar: made, shown once, looked after and revoked."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import calendar_feeds
from matcher.calendar_entries import Appointment, diary
from matcher.desks.mentor_diary import appointments
from models.access import meetings_seen_by, pairs_seen_by
from models.meetings import Meeting
from models.pairs import Pair
from web.forms import NOTICE, DeskForm
from web.guard import one_or_404
from web.surroundings import surroundings

pages = Blueprint("mentor_calendar", __name__, url_prefix="/mentor/calendar")

REVOKED = "The link is switched off. Your calendar finds nothing there any more."
MADE_ALREADY = "You have a link already. If you did not copy it, make a new one here."
NONE_THERE = "There is no link to switch off."


def ics(entries: Iterable[Appointment]) -> Response:
    """Return appointments as a file for a calendar; it says when, and nothing else."""
    file = diary(entries, stamped_at=g.now, organiser=surroundings().settings.mail_from)
    named = {"Content-Disposition": 'attachment; filename="appointments.ics"'}
    return Response(file, mimetype="text/calendar", headers=named)


@pages.get("/")
def link() -> ResponseReturnValue:
    """Show whether there is a link, since when, and when a calendar last came by."""
    return render_template("mentor/calendar.html", feed=calendar_feeds.feed_of(g.db, g.account))


@pages.get("/pairs/<uuid:pair_id>.ics")
def of_pair(pair_id: UUID) -> ResponseReturnValue:
    """Hand out the appointments with one person as a file."""
    one_or_404(pairs_seen_by(g.account, g.now).where(Pair.id == pair_id))
    return ics(appointments(g.db, g.account, g.now, pair_id=pair_id))


@pages.get("/meetings/<uuid:meeting_id>.ics")
def of_meeting(meeting_id: UUID) -> ResponseReturnValue:
    """Hand out one appointment as a file."""
    one_or_404(meetings_seen_by(g.account, g.now).where(Meeting.id == meeting_id))
    return ics(appointments(g.db, g.account, g.now, meeting_id=meeting_id))


@pages.post("/link")
def make() -> ResponseReturnValue:
    """Make a link and show it, this once, in place of the one named; sent again, it is kept."""
    DeskForm().or_stale()
    feed = calendar_feeds.feed_of(g.db, g.account)
    if feed and request.form.get("instead_of") != feed.made_at.isoformat():
        flash(MADE_ALREADY, NOTICE)
        return redirect(url_for(".link"))
    token = calendar_feeds.make(g.db, g.account, now=surroundings().real_now())
    g.db.commit()
    address = surroundings().settings.address.rstrip("/")
    shown = address + url_for("calendar_feed.feed", token=token)
    return render_template("mentor/calendar_link.html", link=shown)


@pages.post("/link/end")
def revoke() -> ResponseReturnValue:
    """Let the link lead nowhere any more."""
    DeskForm().or_stale()
    if calendar_feeds.revoke(g.db, g.account, now=surroundings().real_now()):
        g.db.commit()
        flash(REVOKED)
    else:
        flash(NONE_THERE, NOTICE)
    return redirect(url_for(".link"))
