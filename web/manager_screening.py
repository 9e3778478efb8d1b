"""Screening a referral: the manager records risk, restrictions and who said yes to what."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import screening
from matcher.desks.referral_record import referral_record, screening_of, screening_version
from models.rows import Versioned
from web.manager_referrals import SENSITIVE, find_referral
from web.manager_screening_form import ScreeningForm
from web.reading_noted import note_reads
from web.refusals import refusals_on

pages = Blueprint("manager_screening", __name__, url_prefix="/manager/referrals")

ON_HOLD = "Saved. The leaver is still on hold: the page says why."
IN_THE_PLAN = "Saved. Nothing holds the leaver back: the next plan looks for a mentor."


@pages.route("/<uuid:referral_id>/screening", methods=["GET", "POST"])
def screen(referral_id: UUID) -> ResponseReturnValue:
    """Screen a referral, or screen it again: what stands is shown, and what is typed kept."""
    referral = find_referral(referral_id)
    form = ScreeningForm(obj=screening_of(g.db, referral))
    form.about(Versioned(version=screening_version(g.db, referral)))
    if form.validate_on_submit():
        with refusals_on(form):
            screening.record(g.db, referral, form.told, by=g.account.id, now=g.now)
            g.db.commit()
            flash(ON_HOLD if screening.holds(g.db, referral, g.now) else IN_THE_PLAN)
            return redirect(url_for("manager_referrals.referral", referral_id=referral_id))
    note_reads([referral], SENSITIVE)
    record = referral_record(g.db, g.account, referral, g.now)
    return render_template("manager/screening.html", form=form, record=record), form.status
