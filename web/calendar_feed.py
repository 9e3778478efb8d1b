"""A mentor's calendar by a link of its own: the one page that a link alone opens.

Whatever is amiss with a link, the answer is that of a page that is not there.
What is secret of it stands in no log and in no entry of the audit: there is
no access log, and lines name the page and never its address.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, request
from flask.typing import ResponseReturnValue

from matcher import calendar_feeds
from matcher.calendar_entries import diary
from matcher.desks.mentor_diary import appointments
from matcher.rate_limits import count_try, to_wait
from models.sign_ins import LimitKind
from web.errors import too_much
from web.surroundings import surroundings

pages = Blueprint("calendar_feed", __name__, url_prefix="/calendar")


@pages.get("/<token>.ics")
def feed(token: str) -> ResponseReturnValue:
    """Hand out the appointments behind a link: when, and nothing else."""
    around = surroundings()
    now = around.real_now()
    with around.writing() as db:
        until = count_try(db, [(LimitKind.FEED, request.remote_addr or "")], now=now)
        db.commit()
    if until:
        return too_much(to_wait(until, now=now))
    found = calendar_feeds.whose_feed(g.db, token) or abort(404)
    with around.writing() as db:
        calendar_feeds.note_fetched(db, found[0], now=now)
        db.commit()
    entries = appointments(g.db, found[1], g.now)
    file = diary(entries, stamped_at=g.now, organiser=around.settings.mail_from)
    return Response(file, mimetype="text/calendar")
