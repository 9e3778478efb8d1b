"""Screening a referral: the manager records risk, restrictions and who said yes to what."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import screening
from matcher.desks.referral_record import referral_record, screening_of, screening_version
from matcher.endings import live_pair_of
from models.people import Leaver
from models.privacy_words import ReasonFor
from models.referrals import Referral
from models.rows import Versioned
from web.manager_referrals import SENSITIVE, find_referral
from web.manager_screening_form import ScreeningForm
from web.reading_noted import note_reads
from web.refusals import refusals_on
from web.screening_compared import differences

pages = Blueprint("manager_screening", __name__, url_prefix="/manager/referrals")

ON_HOLD = "Saved. The leaver is still on hold: the page says why."
IN_THE_PLAN = "Saved. Nothing holds the leaver back: the next plan looks for a mentor."
HAS_PAIR = "Saved. Nothing holds the leaver back."


@pages.route("/<uuid:referral_id>/screening", methods=["GET", "POST"])
def screen(referral_id: UUID) -> ResponseReturnValue:
    """Screen a referral, or screen it again: what stands is shown, and what is typed kept."""
    referral = find_referral(referral_id)
    before = screening_of(g.db, referral)
    form = ScreeningForm(obj=before)
    if before is None:
        del form.reason  # the first one is no change
    form.about(Versioned(version=screening_version(g.db, referral)))
    form.ask_if_newer()
    if form.validate_on_submit():
        with refusals_on(form):
            kept = screening.record(g.db, referral, form.told, by=g.account.id, now=g.now)
            leaver = g.db.get_one(Leaver, referral.leaver_id)
            form.keep_reason(leaver, ReasonFor.SCREENING, kept.id)
            g.db.commit()
            flash(_saved_how(referral))
            return redirect(url_for("manager_referrals.referral", referral_id=referral_id))
    note_reads([referral], SENSITIVE)
    return _page(form, referral), form.status


def _page(form: ScreeningForm, referral: Referral) -> str:
    record = referral_record(g.db, g.account, referral, g.now)
    unlike = differences(form, record.screening) if form.meets_newer else []
    return render_template("manager/screening.html", form=form, record=record, differences=unlike)


def _saved_how(referral: Referral) -> str:
    """Return what is told of a screening that is on file."""
    if screening.holds(g.db, referral, g.now):
        return ON_HOLD
    return HAS_PAIR if live_pair_of(g.db, referral.leaver_id) else IN_THE_PLAN
