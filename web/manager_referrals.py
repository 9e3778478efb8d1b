"""The manager's referrals: the list, and all that may be seen of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import screening
from matcher.change_reasons import reasons_of
from matcher.core.sending import local_day
from matcher.desks.referral_record import referral_record
from matcher.desks.region_lists import referrals_listed
from models.access import referrals_seen_by
from models.people import Leaver
from models.referrals import Referral
from models.states import ReferralState
from web.fields import WordField
from web.forms import DeskForm
from web.guard import note_read, one_or_404
from web.manager_reads import note_leavers
from web.reading_noted import note_reads
from web.refusals import refusals_on

pages = Blueprint("manager_referrals", __name__, url_prefix="/manager/referrals")

SENSITIVE = (
    "needs",
    "experiences",
    "wishes",
    "wants",
    "notes",
    "avoid",
    "links",
    "screening",
    "reasons",
)
"""What the page of a referral shows beside its code, first name and dates."""

IDENTITY = ("surname", "prison_number", "crn", "birth_date")
"""Masked until asked for."""


class ReferralFilter(DeskForm):
    """Which referrals to show; it lives in the address."""

    state = WordField("How far they have come", ReferralState, as_list=True)


@pages.get("/")
def listed() -> ResponseReturnValue:
    """Show the region's referrals, of one state or all, those with most to do at the top."""
    state = next((one for one in ReferralState if one == request.args.get("state")), None)
    page = request.args.get("page", 1, int)
    found = referrals_listed(g.db, g.account, state, local_day(g.now), page)
    note_leavers(one.leaver_id for one in found.rows)
    form = ReferralFilter(data={"state": state})
    return render_template("manager/referrals.html", found=found, form=form, state=state)


@pages.get("/<uuid:referral_id>")
def referral(referral_id: UUID) -> ResponseReturnValue:
    """Show one referral; who they are by name and number only when asked for."""
    return referral_page(find_referral(referral_id), shown=request.args.get("show") == "identity")


@pages.post("/<uuid:referral_id>/practitioner-question")
def ask_practitioner(referral_id: UUID) -> ResponseReturnValue:
    """Ask the practitioner by e-mail whether probation is content."""
    referral = find_referral(referral_id)
    form = DeskForm().about(referral)
    if form.validate_on_submit():
        with refusals_on(form):
            screening.ask_practitioner(g.db, referral, by=g.account.id, now=g.now)
            g.db.commit()
            flash("The practitioner is asked by e-mail.")
            return redirect(url_for(".referral", referral_id=referral_id))
    return referral_page(referral), form.status


def find_referral(referral_id: UUID) -> Referral:
    """Return a referral of the manager's region, or the 404 of a page not there."""
    return one_or_404(referrals_seen_by(g.account).where(Referral.id == referral_id))


def referral_page(referral: Referral, *, shown: bool = False, **more: Any) -> str:
    """Return the page of a referral, also when an act on it was refused."""
    note_reads([referral], SENSITIVE)
    if shown:
        note_read(g.db.get_one(Leaver, referral.leaver_id), IDENTITY)
    record = referral_record(g.db, g.account, referral, g.now)
    reasons = reasons_of(g.db, referral.leaver_id)
    told = {"record": record, "reasons": reasons, "shown": shown}
    return render_template("manager/referral.html", **told, **more)
