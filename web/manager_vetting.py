"""A mentor's supervision, training, clearance and coach, recorded by the manager of the region."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import mentor_vetting as vetting
from matcher.desks.mentor_record import coach_of
from models.access import mentors_kept_by
from models.people import Mentor
from models.reference import prisons
from models.vocabulary import Module
from web.fields import (
    ChoiceField,
    ConsentField,
    DateField,
    NameField,
    PhoneField,
    WordSetField,
)
from web.forms import NOTICE, DeskForm
from web.guard import one_or_404
from web.reading_noted import note_reads
from web.refusals import refusals_on
from web.words import plural, today

pages = Blueprint("manager_vetting", __name__, url_prefix="/manager/mentors/<uuid:mentor_id>")


NOT_COVERED = "{} there is on a day without clearance. Ring the prison and the mentor."


class SupervisionForm(DeskForm):
    """A supervision that was held."""

    held_on = DateField("When was it held?", latest=today, missing="Give the day it was held.")
    until = DateField(
        "Until when does it count?",
        missing="Give the last day on which it counts.",
        hint="After this day the mentor gets no new people until the next supervision.",
    )
    next_on = DateField(
        "When is the next one?", hint="The mentor reads this. Leave it empty if it is not agreed."
    )


class TrainingForm(DeskForm):
    """Training that was done on one day."""

    basic = ConsentField("Basic training")
    modules = WordSetField("Which modules were done?", Module)
    done_on = DateField("On which day?", latest=today, missing="Give the day it was done.")

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for something that was done."""
        super().validate(extra_validators)
        if not self.errors and not (self.basic.data or self.modules.data):
            self.modules.errors = ["Tick the basic training, or at least one module."]
        return not self.errors


class ClearanceForm(DeskForm):
    """A clearance for one prison."""

    prison = ChoiceField("Which prison?", missing="Choose the prison.", as_list=True)
    first = DateField("First day", missing="Give the first day of the clearance.")
    last = DateField(
        "Last day",
        missing="Give the last day of the clearance.",
        hint="To end a clearance early, record it again with the day it ends.",
    )


class CoachForm(DeskForm):
    """Who coaches a mentor."""

    name = NameField("Name of the coach", hint="Leave both empty if there is no coach any more.")
    phone = PhoneField("Phone number", hint="The mentor reads the name and the number.")


@pages.route("/supervision", methods=["GET", "POST"])
def supervision(mentor_id: UUID) -> ResponseReturnValue:
    """Record a supervision."""
    mentor, form = _find(mentor_id), SupervisionForm()
    if form.validate_on_submit():
        told = {"held_on": form.held_on.data, "until": form.until.data}
        with refusals_on(form):
            vetting.supervise(g.db, mentor, next_on=form.next_on.data, **told, **_hand())
            return _saved(mentor_id, "The supervision is on file.")
    return _page("supervision", form, mentor_id)


@pages.route("/training", methods=["GET", "POST"])
def training(mentor_id: UUID) -> ResponseReturnValue:
    """Record training that was done."""
    mentor, form = _find(mentor_id), TrainingForm()
    if form.validate_on_submit():
        told = {"basic": form.basic.data, "done_on": form.done_on.data}
        vetting.train(g.db, mentor, form.modules.data, **told, **_hand())
        return _saved(mentor_id, "The training is on file.")
    return _page("training", form, mentor_id)


@pages.route("/clearance", methods=["GET", "POST"])
def clearance(mentor_id: UUID) -> ResponseReturnValue:
    """Record from when until when a prison lets the mentor in."""
    mentor, form = _find(mentor_id), ClearanceForm()
    known = sorted(prisons().values(), key=lambda one: one.title)
    form.prison.choices = [(one.code, one.title) for one in known]
    if form.validate_on_submit():
        told = {"first": form.first.data, "last": form.last.data}
        with refusals_on(form):
            vetting.clear(g.db, mentor, form.prison.data, **told, **_hand())
            outside = vetting.visits_not_covered(g.db, mentor, form.prison.data, **told, now=g.now)
            if outside:
                flash(NOT_COVERED.format(plural(outside, "booked visit")), NOTICE)
            return _saved(mentor_id, "The clearance is on file.")
    return _page("clearance", form, mentor_id)


@pages.route("/coach", methods=["GET", "POST"])
def coach(mentor_id: UUID) -> ResponseReturnValue:
    """Record who coaches the mentor, or that nobody does."""
    mentor = _find(mentor_id)
    stands = coach_of(g.db, mentor)
    form = CoachForm(data={"name": stands.name, "phone": stands.phone} if stands else {})
    if form.validate_on_submit():
        told: dict[str, Any] = {"name": form.name.data or "", "phone": form.phone.data or ""}
        with refusals_on(form):
            vetting.coach(g.db, mentor, **told, **_hand())
            return _saved(mentor_id, "The coach is on file." if told["name"] else "Noted.")
    return _page("coach", form, mentor_id)


def _find(mentor_id: UUID) -> Mentor:
    return one_or_404(mentors_kept_by(g.account).where(Mentor.id == mentor_id))


def _hand() -> dict[str, Any]:
    return {"by": g.account.id, "now": g.now}


def _saved(mentor_id: UUID, sentence: str) -> ResponseReturnValue:
    g.db.commit()
    flash(sentence)
    return redirect(f"{url_for('manager_people.mentor', mentor_id=mentor_id)}#vetting")


def _page(name: str, form: DeskForm, mentor_id: UUID) -> ResponseReturnValue:
    note_reads([_find(mentor_id)], ("first_name", name))
    mentor = _find(mentor_id)
    return render_template("manager/vetting.html", form=form, mentor=mentor, name=name), form.status
