"""Why not this mentor? Whom a manager means, and the whole reason about them and one leaver."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher.desks.rows_shown import mentors_shown
from matcher.desks.whom_it_names import MentorNamed, search_mentors
from matcher.desks.why_shown import WhyShown, leaver_of, why_shown
from models.referrals import Referral
from web.fields import TextField
from web.forms import DeskForm
from web.manager_override import SENSITIVE
from web.manager_reads import leavers_named
from web.manager_referrals import find_referral
from web.reading_noted import note_page

pages = Blueprint("manager_why", __name__, url_prefix="/manager/referrals")

NOBODY = "We know no mentor by that name or code. Check it, or ask the other region for the code."


class WhomForm(DeskForm):
    """Whom the manager means."""

    mentor = TextField(
        "Which mentor?",
        missing="Write the name or the code of a mentor.",
        hint="A name, for a mentor of your region. For one of another region, write their code.",
        at_most=120,
    )


@pages.route("/<uuid:referral_id>/why-not", methods=["GET", "POST"])
def ask(referral_id: UUID) -> ResponseReturnValue:
    """Ask which mentor is meant; what is typed stays out of the address."""
    referral = find_referral(referral_id)
    form = WhomForm()
    found: tuple[MentorNamed, ...] = ()
    if form.validate_on_submit():
        found = search_mentors(g.db, g.account, form.mentor.data)
        if len(found) == 1:
            [meant] = found
            meant_id = meant.mentor_id
            return redirect(url_for(".told", referral_id=referral_id, mentor_id=meant_id))
        if not found:
            form.refuse(NOBODY, "mentor")
    note_page(leavers_named([referral.leaver_id]))
    told = {"referral": referral, "leaver": leaver_of(g.db, referral), "found": found}
    status = 200 if found else form.status
    return render_template("manager/why_not.html", form=form, **told), status


@pages.get("/<uuid:referral_id>/why-not/<uuid:mentor_id>")
def told(referral_id: UUID, mentor_id: UUID) -> ResponseReturnValue:
    """Show why the two are a pair or not, and what the pair would cost others."""
    referral = find_referral(referral_id)
    if not mentors_shown(g.db, [mentor_id]):
        abort(404)
    shown = why_shown(g.db, g.account, referral, mentor_id, g.now)
    _note(referral, shown)
    leaver = leaver_of(g.db, referral)
    return render_template("manager/why.html", shown=shown, referral=referral, leaver=leaver)


def _note(referral: Referral, shown: WhyShown) -> None:
    """Keep in the audit whose fit is shown, and which leavers the cost names."""
    mentors = {one.mentor_id for one in (shown.mentor, shown.chosen, shown.runner_up) if one}
    named = [move.leaver_id for move in shown.cost.moves] if shown.cost else []
    rows = [referral, *mentors_shown(g.db, mentors)]
    note_page((rows, SENSITIVE), leavers_named([referral.leaver_id, *named]))
