"""Choosing another mentor than the plan did: who could, who could not and why, with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import pairing
from matcher.desks.candidates_shown import CandidateCard, candidate_cards
from matcher.desks.paging import page_of
from matcher.desks.rows_shown import mentors_shown
from matcher.endings import live_pair_of
from matcher.mentors_for import Candidate
from models.people import Leaver, Mentor
from models.referrals import Referral
from web.fields import TextAreaField
from web.forms import DeskForm
from web.manager_referrals import find_referral
from web.reading_noted import note_reads
from web.refusals import refusals_on

pages = Blueprint("manager_override", __name__, url_prefix="/manager/referrals")

SENSITIVE = ("candidates",)
"""Why a mentor fits a leaver or does not tells of both: reading it is kept."""


class OverrideForm(DeskForm):
    """Why a manager chooses against the plan."""

    reason = TextAreaField(
        "Why this mentor?",
        missing="Write why you choose this mentor.",
        hint="Only managers read this. It stays with the pair.",
        at_most=500,
    )


@pages.get("/<uuid:referral_id>/override")
def choose(referral_id: UUID) -> ResponseReturnValue:
    """Show the mentors in reach of a leaver: those who fit by score, the others by what bars."""
    referral = find_referral(referral_id)
    found = page_of(pairing.candidates(g.db, referral, g.now), request.args.get("page", 1, int))
    _note_candidates(referral, (one.mentor_id for one in found.rows))
    cards = candidate_cards(g.db, g.account, found.rows)
    leaver = g.db.get_one(Leaver, referral.leaver_id)
    pair = live_pair_of(g.db, referral.leaver_id)
    shown = {"found": found, "cards": cards, "referral": referral, "leaver": leaver, "pair": pair}
    return render_template("manager/candidates.html", **shown)


@pages.route("/<uuid:referral_id>/override/<uuid:mentor_id>", methods=["GET", "POST"])
def override(referral_id: UUID, mentor_id: UUID) -> ResponseReturnValue:
    """Propose the mentor whom the manager chose, with a reason; every rule still holds."""
    referral = find_referral(referral_id)
    in_reach = {one.mentor_id: one for one in pairing.candidates(g.db, referral, g.now)}
    candidate = _card(in_reach.get(mentor_id) or abort(404))
    form = OverrideForm().about(referral)
    if form.validate_on_submit():
        with refusals_on(form):
            mentor = g.db.get_one(Mentor, mentor_id)
            told = {"reason": form.reason.data, "by": g.account.id, "now": g.now}
            pair = pairing.override(g.db, referral, mentor, **told)
            g.db.commit()
            flash("Proposed. It is yours to approve.")
            return redirect(url_for("manager_pairs.pair", pair_id=pair.id))
    _note_candidates(referral, [mentor_id])
    leaver = g.db.get_one(Leaver, referral.leaver_id)
    page = render_template(
        "manager/override.html", form=form, candidate=candidate, referral=referral, leaver=leaver
    )
    return page, form.status


def _card(candidate: Candidate) -> CandidateCard:
    """Return a candidate as shown, or 404: why a rule bars another region's mentor is not told."""
    [card] = candidate_cards(g.db, g.account, [candidate])
    if card.score is None and not card.may_be_read:
        abort(404)
    return card


def _note_candidates(referral: Referral, mentor_ids: Iterable[UUID]) -> None:
    """Keep in the audit that it is shown how a leaver and some mentors fit, or do not."""
    note_reads([referral, *mentors_shown(g.db, mentor_ids)], SENSITIVE)
