"""A release date moves: the liaison tells it, sees what follows, and confirms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import release_changes
from matcher.desks.liaison_referral import leaver_of, referral_card
from matcher.ripples import Ripple
from models.people import Leaver
from web.happening_forms import DateForm
from web.liaison_referrals import find
from web.reading_noted import note_reads
from web.refusals import refusals_on

SOURCE = "told by the liaison"

pages = Blueprint("liaison_dates", __name__, url_prefix="/liaison/referrals")


def _told(form: DateForm) -> dict[str, Any]:
    """Return what is told, in the words of `release_changes`."""
    return {
        "kind": form.kind.data,
        "day": form.day.data,
        "source": SOURCE,
        "given_by": form.given_by.data,
        "has_left": form.has_left.data,
        "by": g.account.id,
        "now": g.now,
    }


@pages.route("/<uuid:referral_id>/date", methods=["GET", "POST"])
def tell(referral_id: UUID) -> ResponseReturnValue:
    """Ask for the date, then show what follows from it; nothing is changed yet.

    Whoever wants to change what they wrote finds it on the form again.
    """
    leaver = _leaver(referral_id)
    form = DateForm().about(leaver)
    if "change" in request.form:
        return _page(referral_id, form)[0], 200
    if form.validate_on_submit():
        with refusals_on(form):
            ripple = release_changes.preview(g.db, leaver, **_told(form)).for_council()
            g.db.rollback()
            return _ripple(referral_id, ripple, form)
    return _page(referral_id, form)


@pages.post("/<uuid:referral_id>/date/confirmation")
def confirm(referral_id: UUID) -> ResponseReturnValue:
    """Keep the date; the meetings and letters follow in the same transaction."""
    leaver = _leaver(referral_id)
    form = DateForm().about(leaver)
    if form.validate_on_submit():
        with refusals_on(form):
            ripple = release_changes.move_date(g.db, leaver, **_told(form)).for_council()
            g.db.commit()
            flash(" ".join(ripple.sentences()))
            return redirect(url_for("liaison_referrals.referral", referral_id=referral_id))
    return _page(referral_id, form)


def _leaver(referral_id: UUID) -> Leaver:
    return leaver_of(g.db, g.account, find(referral_id), g.now)


def _note_read(referral_id: UUID) -> None:
    note_reads([_leaver(referral_id)], ("first_name", "surname", "release_date"))


def _ripple(referral_id: UUID, ripple: Ripple, form: DateForm) -> ResponseReturnValue:
    """Show what follows, with a button that sends the same words again."""
    _note_read(referral_id)
    typed = [(name, value) for name, value in request.form.items(multi=True)]
    card = referral_card(g.db, g.account, find(referral_id), g.now)
    return render_template("liaison/ripple.html", ripple=ripple, typed=typed, card=card, form=form)


def _page(referral_id: UUID, form: DateForm) -> tuple[str, int]:
    _note_read(referral_id)
    card = referral_card(g.db, g.account, find(referral_id), g.now)
    return render_template("liaison/date.html", form=form, card=card), form.status
