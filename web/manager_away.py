"""Days on which a manager is away, and the colleague who stands in: asked for, answered, ended."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher import deputies
from models.account_access import away_answered_by, away_of_own
from models.deputies import ManagerAway
from web.fields import DateField, EmailField, YesNoField
from web.forms import DeskForm
from web.guard import one_or_404
from web.refusals import refusals_on

pages = Blueprint("manager_away", __name__, url_prefix="/manager/away")


class AwayForm(DeskForm):
    """From when to when, and who stands in."""

    starts_on = DateField("First day away", missing="Give the first day.")
    ends_on = DateField("Last day away", missing="Give the last day.")
    deputy = EmailField(
        "Work e-mail of the manager who stands in for you",
        hint="They are asked first. Leave it empty if you have nobody yet.",
    )


class AnswerForm(DeskForm):
    """Whether somebody stands in."""

    agreed = YesNoField("Do you stand in?", missing="Choose yes or no.")


@pages.route("/", methods=["GET", "POST"])
def mine() -> ResponseReturnValue:
    """Show my days away and what I am asked for; take down new days."""
    form = AwayForm()
    if form.validate_on_submit():
        with refusals_on(form):
            days = (form.starts_on.data, form.ends_on.data)
            away = deputies.go_away(g.db, g.account, *days, form.deputy.data or "", now=g.now)
            g.db.commit()
            flash("Kept. Your colleague is asked." if away.deputy_id else "Kept.")
            return redirect(url_for(".mine"))
    own = deputies.away_of(g.db, g.account, now=g.now)
    asked = deputies.asked_of(g.db, g.account, now=g.now)
    return render_template("manager/away.html", form=form, own=own, asked=asked), form.status


@pages.post("/<uuid:away_id>/return")
def come_back(away_id: UUID) -> ResponseReturnValue:
    """Take my days away back, or end them early."""
    away = one_or_404(away_of_own(g.account).where(ManagerAway.id == away_id))
    DeskForm().about(away).or_stale()
    deputies.come_back(g.db, away, now=g.now)
    g.db.commit()
    flash("Kept. Your work is yours alone again.")
    return redirect(url_for(".mine"))


@pages.route("/<uuid:away_id>/answer", methods=["GET", "POST"])
def answer(away_id: UUID) -> ResponseReturnValue:
    """Show what standing in means, and take down a yes or a no."""
    away = one_or_404(away_answered_by(g.account).where(ManagerAway.id == away_id))
    form = AnswerForm().about(away)
    if form.validate_on_submit():
        with refusals_on(form):
            deputies.answer(g.db, away, yes=bool(form.agreed.data), now=g.now)
            g.db.commit()
            flash("Kept. Thank you." if form.agreed.data else "Kept. You do not stand in.")
            return redirect(url_for(".mine"))
    return render_template("manager/away_answer.html", form=form, away=away), form.status
