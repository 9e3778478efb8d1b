"""A release date moves: the liaison tells it, sees what follows, and confirms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import release_changes
from matcher.desks.liaison_referral import leaver_of, referral_card
from matcher.ripples import Ripple
from models.people import Leaver
from models.states import DateKind
from web.fields import ConsentField, DateField, NameField, WordField, YesNoField
from web.forms import DeskForm
from web.liaison_referrals import find
from web.reading_noted import note_reads
from web.refusals import refusals_on
from web.words import today

SOURCE = "told by the liaison"

IF_NOT = "If you say no, what the mentor told us is taken back as a mistake."

pages = Blueprint("liaison_dates", __name__, url_prefix="/liaison/referrals")


class DateForm(DeskForm):
    """Which date, and what it is now; whether they have left is asked only where it is in doubt."""

    kind = WordField("Which date is it?", DateKind, missing="Choose which date it is.")
    day = DateField(
        "What is the date now?",
        hint="For example, 27 3 2027.",
        earliest=lambda: today() - timedelta(days=31),
        latest=lambda: today() + timedelta(days=365 * 30),
    )
    removed = ConsentField("The date was taken away, and there is no new one.")
    has_left = YesNoField("Have they left prison?", hint=IF_NOT)
    given_by = NameField("Who told you?", missing="Write the name of who told you.")

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Take a date, or that there is none: one of the two."""
        right = bool(super().validate(extra_validators))
        if self.day.errors or bool(self.day.data) is not self.removed.data:
            return right
        self.day.errors = ["Give the new date, or tick that there is none: one of the two."]
        return False

    @property
    def told(self) -> dict[str, Any]:
        """What is told, in the words of `release_changes`."""
        return {
            "kind": self.kind.data,
            "day": self.day.data,
            "source": SOURCE,
            "given_by": self.given_by.data,
            "has_left": self.has_left.data,
            "by": g.account.id,
            "now": g.now,
        }


@pages.route("/<uuid:referral_id>/date", methods=["GET", "POST"])
def tell(referral_id: UUID) -> ResponseReturnValue:
    """Ask for the date, then show what follows from it; nothing is changed yet."""
    leaver = _leaver(referral_id)
    form = DateForm().about(leaver)
    if form.validate_on_submit():
        with refusals_on(form):
            ripple = release_changes.preview(g.db, leaver, **form.told)
            g.db.rollback()
            return _ripple(referral_id, ripple, form)
    return _page(referral_id, form)


@pages.post("/<uuid:referral_id>/date/confirmation")
def confirm(referral_id: UUID) -> ResponseReturnValue:
    """Keep the date; the meetings and letters follow in the same transaction."""
    leaver = _leaver(referral_id)
    form = DateForm().about(leaver)
    if form.validate_on_submit():
        with refusals_on(form):
            ripple = release_changes.move_date(g.db, leaver, **form.told)
            g.db.commit()
            flash(" ".join(ripple.sentences()))
            return redirect(url_for("liaison_referrals.referral", referral_id=referral_id))
    return _page(referral_id, form)


def _leaver(referral_id: UUID) -> Leaver:
    return leaver_of(g.db, g.account, find(referral_id), g.now)


def _note_read(referral_id: UUID) -> None:
    note_reads([_leaver(referral_id)], ("first_name", "surname", "release_date"))


def _ripple(referral_id: UUID, ripple: Ripple, form: DateForm) -> ResponseReturnValue:
    """Show what follows, with a button that sends the same words again."""
    _note_read(referral_id)
    typed = [(name, value) for name, value in request.form.items(multi=True)]
    card = referral_card(g.db, g.account, find(referral_id), g.now)
    return render_template("liaison/ripple.html", ripple=ripple, typed=typed, card=card, form=form)


def _page(referral_id: UUID, form: DateForm) -> ResponseReturnValue:
    _note_read(referral_id)
    card = referral_card(g.db, g.account, find(referral_id), g.now)
    return render_template("liaison/date.html", form=form, card=card), form.status
