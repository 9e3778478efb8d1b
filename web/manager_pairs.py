"""A pair as its manager sees it: the whole of it on one page, and stopping it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import pairing
from matcher.desks.pair_record import pair_record
from matcher.desks.proposal_cards import pairs_to_approve
from models.access import pairs_seen_by
from models.pairs import Pair
from web.fields import TextAreaField
from web.forms import DeskForm
from web.guard import one_or_404
from web.reading_noted import note_reads
from web.refusals import refusals_on

pages = Blueprint("manager_pairs", __name__, url_prefix="/manager/pairs")

SENSITIVE = ("score", "parts", "explanation")
"""Why two people are paired tells of needs, health and risk: reading it is kept."""


class StopForm(DeskForm):
    """Why a pair is stopped."""

    reason = TextAreaField(
        "Why do you stop this pair?",
        missing="Write why you stop this pair.",
        hint="Only managers read this. The mentor and the leaver are not told why.",
        at_most=500,
    )


@pages.get("/<uuid:pair_id>")
def pair(pair_id: UUID) -> ResponseReturnValue:
    """Show one pair."""
    return pair_page(_found(pair_id))


@pages.route("/<uuid:pair_id>/ending", methods=["GET", "POST"])
def stop(pair_id: UUID) -> ResponseReturnValue:
    """Stop a pair with a reason; its letters are cancelled and its mentor is told at once."""
    pair = _found(pair_id)
    form = StopForm().about(pair)
    if form.validate_on_submit():
        with refusals_on(form):
            pairing.stop(g.db, pair, reason=form.reason.data, by=g.account.id, now=g.now)
            g.db.commit()
            flash("The pair is stopped.")
            return redirect(url_for(".pair", pair_id=pair_id))
    record = pair_record(g.db, g.account, pair, g.now)
    return render_template("manager/stop.html", form=form, record=record), form.status


@pages.post("/<uuid:pair_id>/resumption")
def resume(pair_id: UUID) -> ResponseReturnValue:
    """Let a paused pair go on; what is ahead of it is planned in the same transaction."""
    pair = one_or_404(pairs_to_approve(g.account, g.now).where(Pair.id == pair_id))
    form = DeskForm().about(pair)
    if form.validate_on_submit():
        with refusals_on(form):
            pairing.resume(g.db, pair, by=g.account.id, now=g.now)
            g.db.commit()
            flash("The pair goes on. Ring the mentor and say so.")
            return redirect(url_for(".pair", pair_id=pair_id))
    return make_response(pair_page(_found(pair_id)), form.status)


def pair_page(pair: Pair) -> str:
    """Return the page of a pair, also when an act on it was refused."""
    note_reads([pair], SENSITIVE)
    record = pair_record(g.db, g.account, pair, g.now)
    return render_template("manager/pair.html", record=record)


def _found(pair_id: UUID) -> Pair:
    return one_or_404(pairs_seen_by(g.account, g.now).where(Pair.id == pair_id))
