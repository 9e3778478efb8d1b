"""One person the mentor walks with: what they shared, the plan, and the day of release."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from matcher import gate_taps
from matcher.desks.mentor_breaks import nobody_came
from matcher.desks.mentor_gate import GateDay, gate_day_of
from matcher.desks.mentor_pairs import pair_cards, shared_with
from models.access import pairs_seen_by
from models.desk_words import GateStep
from models.pairs import Pair
from models.states import PairState
from web.forms import NOTICE, DeskForm
from web.guard import note_read, one_or_404
from web.mentor_reads import note_pairs
from web.refusals import refusals_on

pages = Blueprint("mentor_pairs", __name__, url_prefix="/mentor/pairs")

NO_GATE_NOW = "The plan has changed: there is no day at the gate now. Read here what stands."

STEPS = {step.value.replace("_", "-"): step for step in GateStep}
TOLD = {
    GateStep.ARRIVED: "You have arrived. Thank you for telling us.",
    GateStep.MET: "You have met. Thank you for telling us.",
    GateStep.HOME_SAFE: "Home safe. Thank you, and well done.",
}


@pages.get("/<uuid:pair_id>")
def pair(pair_id: UUID) -> ResponseReturnValue:
    """Show one person, what they shared, and the plan; reading what they shared is kept."""
    pair = _found(pair_id)
    [card] = pair_cards(g.db, g.account, g.now, only=pair_id) or abort(404)
    shared, read = shared_with(g.db, pair)
    note_pairs([pair_id])
    for row, fields in read:
        note_read(row, fields)
    return render_template("mentor/pair.html", card=card, shared=shared)


@pages.get("/<uuid:pair_id>/gate")
def gate(pair_id: UUID) -> ResponseReturnValue:
    """Show the day of release."""
    shown = _gate(_found(pair_id))
    note_pairs([pair_id])
    return render_template("mentor/gate.html", gate=shown)


@pages.post("/<uuid:pair_id>/gate/<step>")
def mark(pair_id: UUID, step: str) -> ResponseReturnValue:
    """Take one tap of the day; the same tap twice is told once."""
    if step not in STEPS:
        abort(404)
    pair = _found(pair_id)
    shown = _gate(pair)
    form = DeskForm()
    if form.validate_on_submit():
        with refusals_on(form):
            gate_taps.mark(g.db, pair, STEPS[step], by=g.account.id, now=g.now)
            g.db.commit()
            flash(TOLD[STEPS[step]])
            return redirect(url_for(".gate", pair_id=pair_id))
    note_pairs([pair_id])
    return render_template("mentor/gate.html", gate=shown, form=form), form.status


@pages.post("/<uuid:pair_id>/gate/<step>/mistake")
def unmark(pair_id: UUID, step: str) -> ResponseReturnValue:
    """Take back one tap that was a mistake."""
    if step not in STEPS:
        abort(404)
    pair = _found(pair_id)
    shown = _gate(pair)
    form = DeskForm()
    if form.validate_on_submit():
        with refusals_on(form):
            gate_taps.unmark(g.db, pair, STEPS[step], now=g.now)
            g.db.commit()
            flash(f"“{STEPS[step].label}” is taken back.")
            return redirect(url_for(".gate", pair_id=pair_id))
    note_pairs([pair_id])
    return render_template("mentor/gate.html", gate=shown, form=form), form.status


def _gate(pair: Pair) -> GateDay:
    return gate_day_of(g.db, pair, g.now) or abort(_elsewhere(pair))


def _elsewhere(pair: Pair) -> Response:
    """Lead whoever holds an old page of the day to what stands now; an offer never had one."""
    if pair.state is PairState.OFFERED:
        abort(404)
    if nobody_came(g.db, g.account, pair, g.now):
        return redirect(url_for("mentor_coming_out.told", pair_id=pair.id))
    flash(NO_GATE_NOW, NOTICE)
    return redirect(url_for("mentor.start"))


def _found(pair_id: UUID) -> Pair:
    return one_or_404(pairs_seen_by(g.account, g.now).where(Pair.id == pair_id))
