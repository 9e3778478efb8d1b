"""Whom a leaver would like to have as their mentor: three profiles, and what they say of each."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from matcher import own_say
from matcher.desks.liaison_referral import referral_card
from matcher.own_say import shown_to
from models.own_says import OwnSay, Wish
from models.referrals import Referral
from web.fields import WordField
from web.forms import NOTICE, DeskForm
from web.liaison_referrals import find, note_named
from web.refusals import refusals_on

pages = Blueprint("liaison_own_say", __name__, url_prefix="/liaison/referrals")

SAID = "Kept. We do not show it again. Their mentor is never told."


@pages.route("/<uuid:referral_id>/own-say", methods=["GET", "POST"])
def ask(referral_id: UUID) -> ResponseReturnValue:
    """Show the profiles that are asked about, and take down what the leaver says."""
    found = find(referral_id)
    form = _form_for({_field_of(one): one for one in shown_to(g.db, found)}).about(found)
    if form.validate_on_submit():
        with refusals_on(form):
            wishes = {one.id: form[_field_of(one)].data for one in shown_to(g.db, found)}
            own_say.key_in(g.db, found, wishes, by=g.account.id, now=g.now)
            g.db.commit()
            flash(SAID)
            return _back_to(referral_id)
    return _shown(referral_id, form), form.status


@pages.post("/<uuid:referral_id>/own-say/profiles")
def draw(referral_id: UUID) -> ResponseReturnValue:
    """Get the profiles, or see that those shown are still right."""
    found = find(referral_id)
    form = DeskForm().about(found)
    if form.validate_on_submit():
        with refusals_on(form):
            own_say.draw(g.db, found, by=g.account.id, now=g.now)
            g.db.commit()
            return redirect(url_for(".ask", referral_id=referral_id))
    return _shown(referral_id, form), form.status


@pages.post("/<uuid:referral_id>/own-say/back")
def take_back(referral_id: UUID) -> ResponseReturnValue:
    """Let what the leaver said count no more."""
    found = find(referral_id)
    form = DeskForm().about(found)
    if form.validate_on_submit():
        with refusals_on(form):
            own_say.take_back(g.db, found)
            g.db.commit()
            flash("Taken back. It counts no more. You can ask them again.")
            return redirect(url_for(".ask", referral_id=referral_id))
    return _shown(referral_id, form), form.status


@pages.get("/<uuid:referral_id>/own-say/sheet")
def sheet(referral_id: UUID) -> ResponseReturnValue:
    """Show the profiles as one sheet to print; without any, go back to where they are got."""
    found = find(referral_id)
    profiles = shown_to(g.db, found)
    if not profiles or own_say.said_on(g.db, found) or not own_say.may_ask(found):
        flash(own_say.NO_PROFILES, NOTICE)
        return redirect(url_for(".ask", referral_id=referral_id))
    note_named(referral_id)
    card = referral_card(g.db, g.account, find(referral_id), g.now)
    shown = shown_to(g.db, find(referral_id))
    return render_template("liaison/own_say_sheet.html", card=card, profiles=shown)


def _shown(referral_id: UUID, form: DeskForm) -> str:
    note_named(referral_id)
    found = find(referral_id)
    return render_template(
        "liaison/own_say.html",
        form=form,
        card=referral_card(g.db, g.account, found, g.now),
        profiles=shown_to(g.db, found),
        fields={one.id: form[_field_of(one)] for one in _asked(found, form)},
        said_on=own_say.said_on(g.db, found),
        may_ask=own_say.may_ask(found),
        version=found.version,
    )


def _asked(referral: Referral, form: DeskForm) -> list[OwnSay]:
    return [one for one in shown_to(g.db, referral) if _field_of(one) in form]


def _form_for(profiles: Mapping[str, OwnSay]) -> DeskForm:
    """Return a form with one question for each profile."""
    questions = {
        name: WordField(
            f"Profile {one.letter}",
            Wish,
            only=(Wish.NO_WISH, Wish.CHOSEN, Wish.RULED_OUT),
            missing=f"Choose what they say of profile {one.letter}.",
            inline=True,
        )
        for name, one in profiles.items()
    }
    form: DeskForm = type("OwnSayForm", (DeskForm,), questions)()
    return form


def _field_of(one: OwnSay) -> str:
    return f"profile_{one.letter.lower()}"


def _back_to(referral_id: UUID) -> Response:
    return redirect(url_for("liaison_referrals.referral", referral_id=referral_id))
