"""One person put forward, at the liaison's desk: put right, endorse, stop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import referrals
from matcher.desks.liaison_pair import pair_of
from matcher.desks.liaison_referral import (
    completed,
    leaver_of,
    referral_card,
    told_so_far,
    ways_on_file,
)
from matcher.refusing import NotAllowed
from models.access import referrals_seen_by
from models.desk_words import ContactWay
from models.referrals import Referral
from web.fields import ConsentField
from web.forms import DeskForm
from web.guard import note_read, one_or_404
from web.liaison_forms import CHANGES, Change
from web.peer_forms import NO_WAY, PageForm
from web.refusals import refuse

WHO_THEY_ARE = ("surname", "prison_number", "birth_date")

pages = Blueprint("liaison_referrals", __name__, url_prefix="/liaison/referrals")


class StopForm(DeskForm):
    """Their no, said once more."""

    sure = ConsentField(
        "They have told us that they want to stop.",
        missing="Tick the box if they have told us that they want to stop.",
    )


@pages.get("/<uuid:referral_id>")
def referral(referral_id: UUID) -> ResponseReturnValue:
    """Show one person, what is missing, the meetings and what may be done."""
    found = find(referral_id)
    note_read(leaver_of(g.db, g.account, found, g.now), WHO_THEY_ARE)
    return _shown(found, DeskForm().about(found))


@pages.post("/<uuid:referral_id>/endorsement")
def endorse(referral_id: UUID) -> ResponseReturnValue:
    """Send the referral on to the manager."""
    found = find(referral_id)
    form = DeskForm().about(found)
    if form.validate_on_submit():
        try:
            referrals.endorse(g.db, found, by=g.account.id, now=g.now)
        except NotAllowed as refused:
            refuse(form, refused)
        else:
            g.db.commit()
            flash("Endorsed. The regional manager looks at it next.")
            return redirect(url_for(".referral", referral_id=referral_id))
    return _shown(find(referral_id), form)


@pages.route("/<uuid:referral_id>/changes/<name>", methods=["GET", "POST"])
def change(referral_id: UUID, name: str) -> ResponseReturnValue:
    """Put one thing right."""
    found = find(referral_id)
    what = CHANGES.get(name)
    if what is None:
        abort(404)
    form = what.form(data=_on_file(found, what)).about(found)
    if form.validate_on_submit() and _complete(found, what, form):
        g.db.commit()
        flash("Saved.")
        return redirect(url_for(".referral", referral_id=referral_id))
    card = referral_card(g.db, g.account, find(referral_id), g.now)
    return render_template("liaison/change.html", form=form, what=what, card=card), form.status


@pages.route("/<uuid:referral_id>/withdrawal", methods=["GET", "POST"])
def withdraw(referral_id: UUID) -> ResponseReturnValue:
    """Stop, because the person says so."""
    found = find(referral_id)
    form = StopForm().about(found)
    if form.validate_on_submit():
        referrals.withdraw(g.db, found, by=g.account.id, now=g.now)
        g.db.commit()
        flash("Stopped. No letter goes out any more, and the mentor is told not to come.")
        return redirect(url_for(".referral", referral_id=referral_id))
    card = referral_card(g.db, g.account, found, g.now)
    return render_template("liaison/withdrawal.html", form=form, card=card), form.status


def find(referral_id: UUID) -> Referral:
    """Return a referral of this prison, or the 404 of a page not there."""
    return one_or_404(referrals_seen_by(g.account).where(Referral.id == referral_id))


def _shown(found: Referral, form: DeskForm) -> ResponseReturnValue:
    card = referral_card(g.db, g.account, found, g.now)
    pair = pair_of(g.db, g.account, found, g.now)
    shown = render_template(
        "liaison/referral.html", form=form, card=card, pair=pair, changes=CHANGES
    )
    return shown, form.status


def _on_file(found: Referral, what: Change) -> dict[str, Any]:
    """Return what a page is filled in with: only what a liaison may read."""
    leaver = leaver_of(g.db, g.account, found, g.now)
    told = told_so_far(found, leaver)
    return {name: told[name] for name in what.shown if name in told}


def _complete(found: Referral, what: Change, form: PageForm) -> bool:
    """Keep what was put right; say on the form what is in the way."""
    leaver = leaver_of(g.db, g.account, found, g.now)
    if not _can_be_reached_so(form, leaver.id):
        return False
    try:
        told = completed(found, leaver, **what.told(form))
        referrals.complete(g.db, found, told, by=g.account.id, now=g.now)
    except NotAllowed as refused:
        refuse(form, refused)
        return False
    return True


def _can_be_reached_so(form: PageForm, leaver_id: UUID) -> bool:
    """Say whether the way that a mentor may have is there, now or on file."""
    way = form["shares"].data if "shares" in form else None
    if (
        not way
        or way == NO_WAY
        or form[way].data
        or ContactWay(way) in ways_on_file(g.db, leaver_id)
    ):
        return True
    form.refuse(f"{form[way].label.text} is empty. Fill it in, or choose another way.", "shares")
    return False
