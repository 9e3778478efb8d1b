"""A mentor is worried: whom to ring, what is the matter, one tap to send, and if it was read."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import worries
from matcher.desks.mentor_breaks import WALKS_WITH
from matcher.desks.mentor_pairs import pair_cards
from matcher.desks.mentor_worries import told_by
from matcher.worries import WORDS_AT_MOST, WorryFacts
from models.access import mentors_seen_by, pairs_seen_by
from models.desk_words import WorryKind
from models.pairs import Pair
from web.fields import ChoiceField, TextAreaField, WordField
from web.forms import DeskForm
from web.guard import one_or_404
from web.mentor_reads import note_pairs
from web.surroundings import surroundings

pages = Blueprint("mentor_worries", __name__, url_prefix="/mentor/worries")

NOBODY = "nobody"
SENT = "It is sent. Your manager is told now. In danger? Ring 999."


class WorryForm(DeskForm):
    """About whom a mentor is worried, and what is the matter."""

    whom = ChoiceField("Who are you worried about?", missing="Choose who it is about.")
    kind = WordField("What is the matter?", WorryKind, missing="Choose what is the matter.")
    text = TextAreaField(
        "Do you want to say more?",
        hint="You can leave this empty. Only managers read it.",
        at_most=WORDS_AT_MOST,
    )


@pages.route("/", methods=["GET", "POST"])
def tell() -> ResponseReturnValue:
    """Say whom to ring in danger, take down what is the matter, and show what was read of it."""
    people = [one for one in pair_cards(g.db, g.account, g.now) if one.state in WALKS_WITH]
    form = WorryForm()
    if people:
        named = ((str(one.id), one.name) for one in people)
        form.whom.choices = [*named, (NOBODY, "None of these")]
    else:
        del form.whom
    if form.validate_on_submit():
        facts = WorryFacts(kind=form.kind.data, text=form.text.data)
        mentor = one_or_404(mentors_seen_by(g.account))
        pair = _pair(form.whom.data) if people else None
        worries.tell(g.db, mentor, facts, pair, by=g.account.id, now=g.now)
        g.db.commit()
        flash(SENT)
        return redirect(url_for(".tell"))
    note_pairs(one.id for one in people)
    told, settings = told_by(g.db, g.account), surroundings().settings
    duty = {"phone": settings.duty_phone, "hours": settings.duty_hours}
    return render_template("mentor/worry.html", form=form, told=told, duty=duty), form.status


def _pair(chosen: str) -> Pair | None:
    """Return the pair of the mentor's own that was chosen, None for nobody they walk with."""
    if chosen == NOBODY:
        return None
    return one_or_404(pairs_seen_by(g.account, g.now).where(Pair.id == UUID(chosen)))
