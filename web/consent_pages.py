"""What a leaver says to each purpose, shown and changed at the liaison's and the manager's desk."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import consents
from matcher.desks.liaison_referral import leaver_of
from models.access import leavers_seen_by
from models.people import Leaver
from models.privacy_words import OF_LEAVERS, Purpose
from web.fields import DateField, WordField, YesNoField
from web.forms import DeskForm
from web.guard import one_or_404
from web.happening_forms import LONGEST_AGO
from web.liaison_referrals import find
from web.reading_noted import note_reads
from web.refusals import refusals_on
from web.words import today

SAVED = "Recorded."
STOPPED = "Recorded. It is followed from now on: nothing more leaves for this purpose."

liaison_pages = Blueprint("liaison_consents", __name__, url_prefix="/liaison/referrals")
manager_pages = Blueprint("manager_consents", __name__, url_prefix="/manager/leavers")


class ConsentChangeForm(DeskForm):
    """What they say to one purpose, and when they said it."""

    purpose = WordField("For what?", Purpose, only=OF_LEAVERS, missing="Choose what they speak of.")
    given = YesNoField("What do they say?", missing="Choose yes or no.")
    told_on = DateField(
        "On which day did they say it?",
        missing="Write the day on which they said it.",
        earliest=lambda: today() - LONGEST_AGO,
        latest=today,
    )


@liaison_pages.route("/<uuid:referral_id>/consents", methods=["GET", "POST"])
def of_referral(referral_id: UUID) -> ResponseReturnValue:
    """Show and change what someone of this prison says to each purpose."""
    back = url_for("liaison_referrals.referral", referral_id=referral_id)
    return _answer(lambda: leaver_of(g.db, g.account, find(referral_id), g.now), back)


@manager_pages.route("/<uuid:leaver_id>/consents", methods=["GET", "POST"])
def of_leaver(leaver_id: UUID) -> ResponseReturnValue:
    """Show and change what someone of this region says to each purpose."""
    theirs = leavers_seen_by(g.account, g.now).where(Leaver.id == leaver_id)
    back = url_for("manager_people.leaver", leaver_id=leaver_id)
    return _answer(lambda: one_or_404(theirs), back)


def _answer(found: Callable[[], Leaver], back: str) -> ResponseReturnValue:
    leaver = found()
    form = ConsentChangeForm().about(leaver)
    if form.validate_on_submit():
        with refusals_on(form):
            consents.record(
                g.db,
                leaver,
                form.purpose.data,
                given=form.given.data,
                told_on=form.told_on.data,
                by=g.account.id,
                now=g.now,
            )
            g.db.commit()
            flash(SAVED if form.given.data else STOPPED)
            return redirect(request.path)
    note_reads([leaver], ("first_name", "consents"))
    leaver = found()
    told = {"standing": consents.standing(g.db, leaver.id), "leaver": leaver, "back": back}
    return render_template("happenings/consents.html", form=form, **told), form.status
