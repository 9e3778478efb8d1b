"""The kiosk: a leaver asks for a mentor themselves, and nothing else is there to be opened.

Who works at the council opens it in their own browser. From then on that
stay leads nowhere but here (`guard.py`), until somebody signs out.
"""

from __future__ import annotations

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from matcher import kiosk
from matcher.desks.peer import code_sent_in
from models.audit import Hand
from web.forms import NOTICE, DeskForm
from web.kiosk_stay import at_kiosk
from web.peer_form_pages import pages_of_the_form
from web.surroundings import surroundings

A_LITTLE_LATER = timedelta(seconds=30)
"""After the time for which a page may be left alone: by then what was typed can be wiped."""

LEFT = "Nobody used this for 15 minutes. So what was typed is wiped. It was not sent."

pages = Blueprint("kiosk", __name__, url_prefix="/kiosk")
form_pages = pages_of_the_form("kiosk", "/kiosk/forms")


def opening(desk: str, prefix: str) -> Blueprint:
    """Return the page on which one desk opens the kiosk."""
    door = Blueprint(f"{desk}_kiosk", __name__, url_prefix=prefix)
    door.route("/kiosk", methods=["GET", "POST"])(open_kiosk)
    return door


def open_kiosk() -> ResponseReturnValue:
    """Say what a kiosk is, and make this browser one."""
    form = DeskForm()
    if form.validate_on_submit():
        kiosk.make_kiosk(g.db, g.stay.id, now=surroundings().real_now())
        g.db.commit()
        _forget_the_desk()
        return _emptied(redirect(url_for("kiosk.start")))
    return render_template("kiosk/open.html", form=form), form.status


@pages.get("/")
def start() -> ResponseReturnValue:
    """Say what a mentor is, and begin."""
    return render_template("kiosk/start.html")


@pages.get("/sent")
def sent() -> ResponseReturnValue:
    """Show the code of what was just sent, until it is put away."""
    code = code_sent_in(g.db, g.stay)
    if code is None:
        return redirect(url_for(".start"))
    return render_template("kiosk/sent.html", code=code)


@pages.post("/end")
def finish() -> ResponseReturnValue:
    """Put everything away for the next person."""
    DeskForm().or_stale()
    kiosk.wipe(g.db, g.stay)
    g.db.commit()
    return _emptied(redirect(url_for(".start")))


@pages.before_request
@form_pages.before_request
def wipe_what_was_left() -> ResponseReturnValue | None:
    """Wipe what somebody typed and left, before anybody else can see it."""
    around = surroundings()
    if not kiosk.is_left_alone(g.stay, now=around.real_now()):
        return None
    with around.writing() as db:
        db.write_as(Hand(g.account.id, at=g.now, origin=request.remote_addr or ""))
        was_there = kiosk.wipe(db, g.stay)
        db.commit()
    if not was_there:
        return None
    flash(LEFT, NOTICE)
    return _emptied(redirect(url_for("kiosk.start")))


@pages.after_request
@form_pages.after_request
def lead_back(answer: Response) -> Response:
    """Let a page that somebody walked away from lead back to the start by itself."""
    if at_kiosk() and answer.mimetype == "text/html" and request.endpoint != "kiosk.start":
        wait = kiosk.IDLE + A_LITTLE_LATER
        answer.headers["Refresh"] = f"{wait.seconds}; url={url_for('kiosk.start')}"
    return answer


def _forget_the_desk() -> None:
    """Take all out of the browser that is the desk's: notes to show, pages not sent."""
    token = session["stay"]
    session.clear()
    session["stay"] = token


def _emptied(answer: Response | ResponseReturnValue) -> Response:
    """Return an answer that lets the browser forget the pages it has shown."""
    emptied = make_response(answer)
    emptied.headers["Clear-Site-Data"] = '"cache"'
    return emptied


BLUEPRINTS = (pages, form_pages)
