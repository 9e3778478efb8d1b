"""At the gate nobody comes out: the mentor tells it, sees what follows, and may put it right."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.coming_out import NOT_YOURS
from matcher.desks.mentor_breaks import NobodyCame, nobody_came
from matcher.desks.mentor_gate import gate_day_of
from matcher.desks.mentor_meetings import called
from matcher.desks.mentor_ripples import of_gate
from matcher.life_events import record
from matcher.life_facts import NotReleased
from models.access import leavers_seen_by, pairs_seen_by
from models.pairs import Pair
from models.people import Leaver
from models.states import EventKind
from web.forms import NOTICE, DeskForm
from web.guard import one_or_404
from web.words import today

pages = Blueprint("mentor_coming_out", __name__, url_prefix="/mentor/pairs")

TOLD_BEFORE = "You have told us already. Thank you."
NOT_TODAY = "You can say this on the day they leave, until you have met. Please ring us."
CAME_OUT = "Thank you. What you told us is taken back, and the plan goes on."


@pages.route("/<uuid:pair_id>/not-released", methods=["GET", "POST"])
def stay_in(pair_id: UUID) -> ResponseReturnValue:
    """Show what follows if nobody came out; once that is told, what to do now."""
    pair = _found(pair_id)
    if request.method == "GET":
        return redirect(url_for(".told", pair_id=pair_id)) if _told(pair) else _to_gate(pair)
    DeskForm().or_stale()
    if answer := _no_word(pair):
        return answer
    return _ripple(pair, NotReleased(on=today()))


@pages.post("/<uuid:pair_id>/not-released/confirmation")
def confirm_stay_in(pair_id: UUID) -> ResponseReturnValue:
    """Take down that nobody came out; twice is told once."""
    pair = _found(pair_id)
    DeskForm().or_stale()
    if answer := _no_word(pair):
        return answer
    _record(pair, NotReleased(on=today()))
    return redirect(url_for(".told", pair_id=pair_id))


@pages.get("/<uuid:pair_id>/told")
def told(pair_id: UUID) -> ResponseReturnValue:
    """Show what to do now that nobody came out, and the way to put that right."""
    known = _told(_found(pair_id)) or abort(404)
    return render_template("mentor/not_released.html", stands=known)


@pages.route("/<uuid:pair_id>/came-out", methods=["GET", "POST"])
def come_out(pair_id: UUID) -> ResponseReturnValue:
    """Show what follows if they came out after all."""
    pair = _found(pair_id)
    if request.method == "GET":
        return redirect(url_for(".told", pair_id=pair_id)) if _told(pair) else _to_gate(pair)
    DeskForm().or_stale()
    if answer := _nothing_to_take_back(pair):
        return answer
    return _ripple(pair, NotReleased(on=today(), came_out=True))


@pages.post("/<uuid:pair_id>/came-out/confirmation")
def confirm_come_out(pair_id: UUID) -> ResponseReturnValue:
    """Take back that nobody came out; twice is told once."""
    pair = _found(pair_id)
    DeskForm().or_stale()
    if answer := _nothing_to_take_back(pair):
        return answer
    _record(pair, NotReleased(on=today(), came_out=True))
    flash(CAME_OUT)
    return redirect(url_for("mentor_pairs.gate", pair_id=pair_id))


def _no_word(pair: Pair) -> ResponseReturnValue | None:
    """Return where to go if it is told already, or cannot be told now."""
    if _told(pair):
        flash(TOLD_BEFORE, NOTICE)
        return redirect(url_for(".told", pair_id=pair.id))
    gate = gate_day_of(g.db, pair, g.now)
    if gate and gate.may_not_come:
        return None
    if gate:
        flash(NOT_TODAY, NOTICE)
    return _to_gate(pair)


def _nothing_to_take_back(pair: Pair) -> ResponseReturnValue | None:
    """Return where to go if there is nothing of their own to take back."""
    known = _told(pair)
    if known is None:
        return _to_gate(pair)
    if known.may_take_back:
        return None
    flash(NOT_YOURS, NOTICE)
    return redirect(url_for(".told", pair_id=pair.id))


def _ripple(pair: Pair, facts: NotReleased) -> ResponseReturnValue:
    name = called(_leaver(pair))
    sentences = of_gate(g.db, pair, facts, by=g.account.id, now=g.now)
    g.db.rollback()
    page = "came_out" if facts.came_out else "nobody_came"
    shown = {"sentences": sentences, "pair_id": pair.id, "name": name}
    return render_template(f"mentor/{page}_ripple.html", **shown)


def _record(pair: Pair, facts: NotReleased) -> None:
    told = {"happened_at": g.now, "by": g.account.id, "now": g.now}
    record(g.db, _leaver(pair), EventKind.NOT_RELEASED, facts, **told)
    g.db.commit()


def _told(pair: Pair) -> NobodyCame | None:
    return nobody_came(g.db, g.account, pair, g.now)


def _to_gate(pair: Pair) -> ResponseReturnValue:
    return redirect(url_for("mentor_pairs.gate", pair_id=pair.id))


def _leaver(pair: Pair) -> Leaver:
    return one_or_404(leavers_seen_by(g.account, g.now).where(Leaver.id == pair.leaver_id))


def _found(pair_id: UUID) -> Pair:
    return one_or_404(pairs_seen_by(g.account, g.now).where(Pair.id == pair_id))
