"""An offer: read it, say yes, or say no with a reason of one tap."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import pairing
from matcher.desks.offer_cards import offer_card
from matcher.refusing import NotAllowed
from models.access import offers_ended_for, pairs_seen_by
from models.desk_words import DeclineReason
from models.pairs import Pair
from models.states import PairState
from web.fields import TextAreaField, WordField
from web.forms import NOTICE, DeskForm
from web.guard import one_or, one_or_404

pages = Blueprint("mentor_offers", __name__, url_prefix="/mentor/offers")

SAID_YES = "You have said yes to this. If that has changed, please ring us."
GONE = "This is no longer available. There is nothing you need to do."


class RefusalForm(DeskForm):
    """Why a mentor says no: one tap, and a few words if they like."""

    why = WordField(
        "Why not?",
        DeclineReason,
        missing="Tap a reason. Any of them is fine.",
    )
    words = TextAreaField("Do you want to add anything?", hint="You can leave this empty.")


@pages.get("/<uuid:pair_id>")
def offer(pair_id: UUID) -> ResponseReturnValue:
    """Show one offer; one that was said yes to is a page of its own."""
    pair = _found(pair_id)
    if pair.state is not PairState.OFFERED:
        return _to_the_pair(pair_id)
    if pair.answer_by and pair.answer_by <= g.now:
        return render_template("mentor/offer_ended.html"), 410
    return render_template("mentor/offer.html", **_shown(pair), form=DeskForm().about(pair))


@pages.post("/<uuid:pair_id>/acceptance")
def accept(pair_id: UUID) -> ResponseReturnValue:
    """The mentor says yes; the meetings are planned in the same transaction."""
    pair = _found(pair_id)
    if pair.state is not PairState.OFFERED:
        return _to_the_pair(pair_id)
    form = DeskForm().about(pair)
    if form.validate_on_submit():
        try:
            pairing.accept(g.db, pair, by=g.account.id, now=g.now)
        except NotAllowed:
            return _gone()
        g.db.commit()
        flash("Thank you. Your meetings are in your diary.")
        return _to_the_pair(pair_id)
    return render_template("mentor/offer.html", **_shown(pair), form=form), form.status


@pages.route("/<uuid:pair_id>/refusal", methods=["GET", "POST"])
def decline(pair_id: UUID) -> ResponseReturnValue:
    """The mentor says no, with a reason that is never used against them."""
    pair = _found(pair_id)
    if pair.state is not PairState.OFFERED:
        flash(SAID_YES, NOTICE)
        return _to_the_pair(pair_id)
    form = RefusalForm().about(pair)
    if form.validate_on_submit():
        why, words = form.why.data, form.words.data
        pairing.decline(g.db, pair, why=why, words=words, by=g.account.id, now=g.now)
        g.db.commit()
        flash("Thank you for telling us. It is fine to say no.")
        return redirect(url_for("mentor.start"))
    return render_template("mentor/refusal.html", form=form, pair_id=pair_id), form.status


def _shown(pair: Pair) -> dict[str, object]:
    return {"card": offer_card(g.db, pair, now=g.now)}


def _gone() -> ResponseReturnValue:
    g.db.rollback()
    flash(GONE, NOTICE)
    return redirect(url_for("mentor.start"))


def _to_the_pair(pair_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("mentor_pairs.pair", pair_id=pair_id))


def _found(pair_id: UUID) -> Pair:
    """Return a pair of this mentor; of an offer that has ended it is only said that it has."""
    own = pairs_seen_by(g.account, g.now).where(Pair.id == pair_id)
    return one_or(own, lambda: _ended(pair_id))


def _ended(pair_id: UUID) -> ResponseReturnValue:
    one_or_404(offers_ended_for(g.account).where(Pair.id == pair_id))
    return render_template("mentor/offer_ended.html"), 410
