"""What a mentor tells of themselves: a break with no reason asked, the way back, and an end."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher.desks.mentor_breaks import Break, break_of, mentor_of
from matcher.desks.mentor_ripples import of_mentor
from matcher.life_events import record
from matcher.life_facts import Lapsed, Told, Withdrawn
from models.desk_words import LapseReason, LapseStep
from models.states import EventKind
from web.fields import ConsentField
from web.forms import NOTICE, DeskForm
from web.guard import sign_out_of_browser

BEGUN = "You are on a break. Take the time you need: tap “I can start again” when you are ready."
BACK = "Welcome back. We write to you when we think of someone for you."
BEGUN_ALREADY = "You are on a break already. There is nothing you need to do."
A_BREAK = (
    EventKind.MENTOR_LAPSED,
    Lapsed(step=LapseStep.PAUSE, why=LapseReason.OWN_PAUSE),
)
AN_END = (EventKind.CONSENT_WITHDRAWN, Withdrawn())
NOT_NOW = "You cannot change this yourself now. Please ring us."

pages = Blueprint("mentor_breaks", __name__, url_prefix="/mentor")


class StopForm(DeskForm):
    """The wish to stop, said once more."""

    sure = ConsentField(
        "I want to stop being a mentor.", missing="Tick the box if you want to stop."
    )


@pages.route("/break", methods=["GET", "POST"])
def begin() -> ResponseReturnValue:
    """Say what a break is, then what follows from one now; nobody asks why."""
    stands, form = break_of(g.db, g.account), DeskForm()
    if form.validate_on_submit():
        if not stands.may_begin:
            return _nothing_new(stands)
        return render_template("mentor/break_ripple.html", sentences=_follows(*A_BREAK))
    return render_template("mentor/break.html", stands=stands, form=form), form.status


@pages.post("/break/confirmation")
def confirm_break() -> ResponseReturnValue:
    """Begin a break."""
    DeskForm().or_stale()
    stands = break_of(g.db, g.account)
    if not stands.may_begin:
        return _nothing_new(stands)
    _record(*A_BREAK)
    flash(BEGUN)
    return _to_the_diary()


@pages.post("/return")
def end() -> ResponseReturnValue:
    """End a break of one's own."""
    DeskForm().or_stale()
    stands = break_of(g.db, g.account)
    if not stands.may_end:
        return _nothing_new(stands)
    _record(EventKind.MENTOR_LAPSED, Lapsed(step=LapseStep.BACK))
    flash(BACK)
    return _to_the_diary()


@pages.route("/stopping", methods=["GET", "POST"])
def stop() -> ResponseReturnValue:
    """Ask if they are sure, then show what follows from an end now."""
    form = StopForm()
    if form.validate_on_submit():
        return render_template("mentor/stopping_ripple.html", sentences=_follows(*AN_END))
    return render_template("mentor/stopping.html", form=form), form.status


@pages.post("/stopping/confirmation")
def confirm_stop() -> ResponseReturnValue:
    """Stop for good: no letter, no pair, and no way to sign in any more."""
    form = StopForm()
    if not form.validate_on_submit():
        return render_template("mentor/stopping.html", form=form), form.status
    _record(*AN_END)
    sign_out_of_browser()
    g.account = None
    return render_template("mentor/stopped.html")


def _follows(kind: EventKind, facts: Told) -> list[str]:
    """Return what would follow; what was tried is taken back."""
    mentor = mentor_of(g.db, g.account)
    sentences = of_mentor(g.db, mentor, kind, facts, by=g.account.id, now=g.now)
    g.db.rollback()
    return sentences


def _record(kind: EventKind, facts: Told) -> None:
    told = {"happened_at": g.now, "by": g.account.id, "now": g.now}
    record(g.db, mentor_of(g.db, g.account), kind, facts, **told)
    g.db.commit()


def _nothing_new(stands: Break) -> ResponseReturnValue:
    """Say kindly that it stands so already, or that only the manager can change it."""
    if stands.may_begin:
        flash("You are not on a break. There is nothing you need to do.", NOTICE)
    else:
        flash(BEGUN_ALREADY if stands.may_end else NOT_NOW, NOTICE)
    return _to_the_diary()


def _to_the_diary() -> ResponseReturnValue:
    return redirect(url_for("mentor.start"))
