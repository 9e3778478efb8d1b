"""The manager's proposals: the list, and approving one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import pairing
from matcher.desks.plan_proof import plan_runs
from matcher.desks.proposal_cards import IN_ONE_SITTING, pairs_to_approve, proposals
from matcher.desks.rows_shown import pairs_shown
from matcher.plan_requests import open_request
from models.pairs import Pair
from models.states import PairForm
from web.fields import WordField
from web.forms import DeskForm
from web.guard import one_or_404
from web.lists_asked import filters_of, kind_asked, list_asked
from web.manager_pairs import SENSITIVE, pair_page
from web.manager_reads import note_list
from web.refusals import refusals_on

pages = Blueprint("manager_proposals", __name__, url_prefix="/manager")


class ProposalFilter(DeskForm):
    """Which proposals to show; it lives in the address."""

    kind = WordField("How they would meet", PairForm, as_list=True)


@pages.route("/proposals", methods=["GET", "POST"])
def listed() -> ResponseReturnValue:
    """Show all proposals that wait, and the proof of the newest plan."""
    kind = kind_asked(PairForm)
    asked = list_asked(kind=kind)
    if asked.leads_to:
        return redirect(asked.leads_to)
    found = proposals(g.db, g.account, g.now, asked.part(IN_ONE_SITTING), kind)
    pairs = pairs_shown(g.db, (card.pair_id for card in found.rows))
    mentors = [pair.mentor_id for pair in pairs]
    leavers = [pair.leaver_id for pair in pairs]
    note_list(asked, (pairs, SENSITIVE), leavers=leavers, mentors=mentors)
    told = {"found": found, "asked": asked, "form": filters_of(ProposalFilter(), kind=kind)}
    told |= {"run": g.db.exec(plan_runs().limit(1)).first(), "being_made": open_request(g.db)}
    return render_template("manager/proposals.html", **told), asked.form.status


@pages.post("/pairs/<uuid:pair_id>/approval")
def approve(pair_id: UUID) -> ResponseReturnValue:
    """Approve a proposal: the offer goes to the mentor in the same transaction."""
    pair = one_or_404(pairs_to_approve(g.account, g.now).where(Pair.id == pair_id))
    form = DeskForm().about(pair)
    if form.validate_on_submit():
        with refusals_on(form):
            pairing.approve(g.db, pair, by=g.account.id, now=g.now)
            g.db.commit()
            flash("Approved. The offer goes to the mentor.")
            return redirect(url_for(_after(request.form.get("then"))))
    return pair_page(pair), form.status


def _after(then: str | None) -> str:
    """Return where an approval leads: to the list, from there, so that one sitting goes on."""
    return "manager_proposals.listed" if then == "list" else "manager.today"
