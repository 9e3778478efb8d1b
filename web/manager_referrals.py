"""The manager's referrals: the list, and all that may be seen of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import screening
from matcher.change_reasons import reasons_of
from matcher.core.sending import local_day
from matcher.desks.paging import ROWS_PER_PAGE, Paged
from matcher.desks.referral_record import referral_record
from matcher.desks.region_lists import ReferralRow, referrals_listed
from models.access import referrals_seen_by
from models.people import Leaver
from models.referrals import Referral
from models.states import ReferralState
from web.fields import WordField
from web.forms import DeskForm
from web.guard import note_read, one_or_404
from web.lists_asked import ListAsked, filters_of, list_asked, state_asked
from web.manager_reads import note_list
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
    "own_say",
)
"""What the page of a referral shows beside its code, first name and dates."""

IDENTITY = ("surname", "prison_number", "crn", "birth_date")
"""Masked until asked for."""


class ReferralFilter(DeskForm):
    """Which referrals to show; it lives in the address."""

    state = WordField("How far they have come", ReferralState, as_list=True)


@pages.route("/", methods=["GET", "POST"])
def listed() -> ResponseReturnValue:
    """Show the region's referrals, of one state or all, those with most to do at the top."""
    state = state_asked(ReferralState)
    asked = list_asked(state=state)
    if asked.leads_to:
        return redirect(asked.leads_to)
    form = filters_of(ReferralFilter(), state=state)
    told = {"found": referrals_of(asked, state), "asked": asked, "form": form}
    return render_template("manager/referrals.html", **told), asked.form.status


def referrals_of(
    asked: ListAsked, state: ReferralState | None, size: int = ROWS_PER_PAGE
) -> Paged[ReferralRow]:
    """Return the referrals that are asked for, and keep in the audit whom they name."""
    found = referrals_listed(g.db, g.account, state, local_day(g.now), asked.part(size))
    note_list(asked, leavers=(one.leaver_id for one in found.rows), mentors=())
    return found


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
