"""What a mentor says to each purpose: on their own page, and recorded by a manager."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.core.sending import local_day
from matcher.mentor_consents import record, standing_of_mentor
from models.access import mentors_seen_by
from models.people import Mentor
from models.privacy_words import OF_MENTORS, Purpose
from web.consent_pages import SAVED, STOPPED
from web.fields import DateField, WordField, YesNoField
from web.forms import DeskForm
from web.guard import one_or_404
from web.reading_noted import note_reads
from web.refusals import refusals_on
from web.words import today

OWN = {
    Purpose.WALKING: (
        "Being a mentor, matched by what you have lived through",
        "A task in the public interest. For what is most private, your own clear yes.",
        "You stop being a mentor. We send you nothing more, and you cannot sign in any more.",
    ),
    Purpose.OWN_WORDS: (
        "Your first name and your own words in the letters that we print",
        "Your own yes.",
        "We delete your words. Letters not handed over yet say neither them nor your name.",
    ),
    Purpose.TEXTS: (
        "Text messages to your own phone",
        "Your own yes.",
        "We send no text message to your phone. You get an e-mail instead.",
    ),
}
"""Each purpose said to the mentor: for what, what lets us, and what a no does."""

own_pages = Blueprint("mentor_consents", __name__, url_prefix="/mentor/consents")
manager_pages = Blueprint("manager_mentor_consents", __name__, url_prefix="/manager/mentors")


class OwnConsentForm(DeskForm):
    """What a mentor says to one purpose today."""

    purpose = WordField("For what?", Purpose, only=OF_MENTORS, missing="Choose one of these.")
    given = YesNoField("What do you say?", missing="Choose yes or no.")


class ToldConsentForm(DeskForm):
    """What a mentor told a manager of one purpose, and when."""

    purpose = WordField("For what?", Purpose, only=OF_MENTORS, missing="Choose what they speak of.")
    given = YesNoField("What do they say?", missing="Choose yes or no.")
    told_on = DateField(
        "On which day did they say it?",
        missing="Write the day on which they said it.",
        latest=today,
    )


@own_pages.route("/", methods=["GET", "POST"])
def mine() -> ResponseReturnValue:
    """Show and change what I say to each purpose; a no to all of it leads to stopping."""
    mentor = one_or_404(mentors_seen_by(g.account))
    form = OwnConsentForm().about(mentor)
    form.purpose.choices = [(purpose.value, OWN[purpose][0]) for purpose in OF_MENTORS]
    if form.validate_on_submit():
        if form.purpose.data is Purpose.WALKING and not form.given.data:
            return redirect(url_for("mentor_breaks.stop"))
        if _is_kept(form, mentor, local_day(g.now)):
            return redirect(request.path)
    mentor = one_or_404(mentors_seen_by(g.account))
    return _page(form, mentor, own=True, back=url_for("own_account.mine"))


@manager_pages.route("/<uuid:mentor_id>/consents", methods=["GET", "POST"])
def of_mentor(mentor_id: UUID) -> ResponseReturnValue:
    """Show and record what a mentor of this region says to each purpose."""
    theirs = mentors_seen_by(g.account).where(Mentor.id == mentor_id)
    mentor = one_or_404(theirs)
    form = ToldConsentForm().about(mentor)
    if form.validate_on_submit() and _is_kept(form, mentor, form.told_on.data):
        return redirect(request.path)
    note_reads([mentor], ("first_name", "consents"))
    back = url_for("manager_people.mentor", mentor_id=mentor_id)
    return _page(form, one_or_404(theirs), own=False, back=back)


def _is_kept(form: OwnConsentForm | ToldConsentForm, mentor: Mentor, told_on: date) -> bool:
    """Record what the form says; if that is refused, the form says why."""
    with refusals_on(form):
        given = form.given.data
        told = {"given": given, "told_on": told_on, "by": g.account.id, "now": g.now}
        record(g.db, mentor, form.purpose.data, **told)
        g.db.commit()
        flash(SAVED if given else STOPPED)
    return not form.errors


def _page(form: DeskForm, mentor: Mentor, **told: Any) -> ResponseReturnValue:
    told |= {"said_to_them": OWN, "standing": standing_of_mentor(g.db, mentor), "mentor": mentor}
    return render_template("happenings/mentor_consents.html", form=form, **told), form.status
