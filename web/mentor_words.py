"""The mentor's own words for the introduction letter, and how we reach them."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher.desks.mentor_words import Said, said_by, say
from matcher.printing.letter_facts import WORDS_AT_MOST
from models.access import mentors_seen_by
from web.fields import EmailField, PhoneField, TextAreaField
from web.forms import DeskForm
from web.guard import one_or_404
from web.refusals import refusals_on

pages = Blueprint("mentor_words", __name__, url_prefix="/mentor/words")


class WordsForm(DeskForm):
    """What a mentor says of themselves, and how to reach them."""

    own_words = TextAreaField(
        "Your own words",
        hint="We print this in the letter that says who you are. Write what you would like to "
        "hear if you were inside. Do not write your surname, address or phone number.",
        at_most=WORDS_AT_MOST,
    )
    email = EmailField(
        "Your e-mail",
        missing="Write your e-mail. We write there when there is something new for you.",
        hint="We never put names in e-mails.",
    )
    phone = PhoneField(
        "Your phone number", hint="We ring you if plans change on the day. You can leave this out."
    )


@pages.route("/", methods=["GET", "POST"])
def words() -> ResponseReturnValue:
    """Show what the mentor has said, and keep what they change."""
    mentor = one_or_404(mentors_seen_by(g.account))
    form = WordsForm(data=said_by(g.db, mentor).model_dump()).about(mentor)
    if form.validate_on_submit():
        said = Said(
            own_words=form.own_words.data, email=form.email.data, phone=form.phone.data or ""
        )
        with refusals_on(form):
            say(g.db, mentor, said, by=g.account.id, now=g.now)
            g.db.commit()
            flash("Your words are saved.")
            return redirect(url_for(".words"))
    return render_template("mentor/words.html", form=form), form.status
