"""What a mentor needs: supervision, training, clearance, a coach, forums, and how heavy it is."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher.desks.mentor_needs import needs_of
from matcher.load import say_load
from models.access import mentors_seen_by
from models.need_words import Load
from web.fields import TextAreaField, WordField
from web.forms import DeskForm
from web.guard import one_or_404
from web.mentor_reads import note_pairs

pages = Blueprint("mentor_needs", __name__, url_prefix="/mentor/needs")

THANKS = "Thank you. Your manager reads this."
WE_RING = "Thank you for telling us. Your manager is asked to ring you."


class LoadForm(DeskForm):
    """How heavy it feels, and a sentence if the mentor likes."""

    load = WordField("How does it feel just now?", Load, missing="Choose how it feels.")
    text = TextAreaField(
        "Do you want to say more?",
        hint="You can leave this out. Do not write names of people you walk with.",
        at_most=300,
    )


@pages.get("/")
def mine() -> ResponseReturnValue:
    """Show what is due, what happens if it lapses, whom to ring, and what comes next."""
    mentor = one_or_404(mentors_seen_by(g.account))
    needs = needs_of(g.db, g.account, mentor, g.now)
    note_pairs(pair.id for pair in needs.pairs)
    return render_template("mentor/needs.html", needs=needs, loads=list(Load))


@pages.route("/load", methods=["GET", "POST"])
def load() -> ResponseReturnValue:
    """Keep how heavy it feels: one tap is enough, a sentence may come with it."""
    mentor = one_or_404(mentors_seen_by(g.account))
    form = LoadForm()
    if form.validate_on_submit():
        told = {"text": form.text.data or "", "by": g.account.id, "now": g.now}
        say_load(g.db, mentor, form.load.data, **told)
        g.db.commit()
        flash(WE_RING if form.load.data is Load.TOO_HEAVY else THANKS)
        return redirect(url_for(".mine"))
    return render_template("mentor/load.html", form=form), form.status
