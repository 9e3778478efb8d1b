"""Who stands by for a pair: seen, chosen, let go and called."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher.calling_standbys import call_standby, choose_standby, let_standby_go
from matcher.desks.proposal_cards import pairs_to_approve
from matcher.desks.rows_shown import mentors_shown
from matcher.desks.standbys_shown import StandbysShown, standbys_shown
from models.pairs import Pair
from web.fields import ChoiceField, TextAreaField
from web.forms import DeskForm
from web.guard import one_or_404
from web.manager_override import SENSITIVE
from web.manager_reads import leavers_named
from web.reading_noted import note_page
from web.refusals import refusals_on
from web.words import points

pages = Blueprint("manager_standbys", __name__, url_prefix="/manager/pairs")


class ChooseForm(DeskForm):
    """Who is to stand by."""

    mentor = ChoiceField("Who stands by?", missing="Choose who stands by.", as_list=False)


class LetGoForm(DeskForm):
    """Who stands by no more."""

    standby = ChoiceField("Who stands by no more?", missing="Choose who stands by no more.")


class CallForm(DeskForm):
    """Which standby is called, and why."""

    standby = ChoiceField("Whom do you call?", missing="Choose whom you call.", as_list=False)
    reason = TextAreaField(
        "Why do you call them?",
        missing="Write why you call them.",
        hint="Only managers read this. It stays with both pairs.",
        at_most=500,
    )


@pages.route("/<uuid:pair_id>/standbys", methods=["GET", "POST"])
def standbys(pair_id: UUID) -> ResponseReturnValue:
    """Show who stands by and whether every rule still holds, and choose another."""
    pair = _found(pair_id)
    told = standbys_shown(g.db, g.account, pair, g.now)
    form = ChooseForm().about(pair)
    form.mentor.choices = [
        (
            str(one.mentor_id),
            f"{one.name or one.lives_in} ({one.code}), {points(one.score or 0)} of 100",
        )
        for one in told.others
    ]
    if form.validate_on_submit():
        with refusals_on(form):
            choose_standby(g.db, pair, UUID(form.mentor.data), now=g.now)
            g.db.commit()
            flash("They stand by. They are told nothing until they are called.")
            return redirect(url_for(".standbys", pair_id=pair_id))
    return _page(told, form), form.status


@pages.post("/<uuid:pair_id>/standbys/letting-go")
def let_go(pair_id: UUID) -> ResponseReturnValue:
    """Let somebody stand by no more; they were told nothing."""
    pair = _found(pair_id)
    told = standbys_shown(g.db, g.account, pair, g.now)
    form = LetGoForm().about(pair)
    form.standby.choices = [(str(one.standby_id), one.name) for one in told.standing]
    if form.validate_on_submit():
        with refusals_on(form):
            let_standby_go(g.db, pair, UUID(form.standby.data), now=g.now)
            g.db.commit()
            flash("They stand by for this pair no more. They were told nothing.")
            return redirect(url_for(".standbys", pair_id=pair_id))
    return _page(told, form), form.status


@pages.route("/<uuid:pair_id>/standbys/call", methods=["GET", "POST"])
def call(pair_id: UUID) -> ResponseReturnValue:
    """Call a standby in the mentor's place, with a reason; every rule is asked again."""
    pair = _found(pair_id)
    told = standbys_shown(g.db, g.account, pair, g.now)
    form = CallForm().about(pair)
    form.standby.choices = [
        (str(one.standby_id), f"{one.name}, {points(one.card.score or 0)} of 100")
        for one in told.to_call
    ]
    if form.validate_on_submit():
        with refusals_on(form):
            chosen, reason = UUID(form.standby.data), form.reason.data
            called = call_standby(g.db, pair, chosen, reason=reason, by=g.account.id, now=g.now)
            g.db.commit()
            flash("The offer goes to the standby.")
            return redirect(url_for("manager_pairs.pair", pair_id=called.id))
    _note(told)
    return render_template("manager/standby_call.html", told=told, form=form), form.status


def _found(pair_id: UUID) -> Pair:
    return one_or_404(pairs_to_approve(g.account, g.now).where(Pair.id == pair_id))


def _page(told: StandbysShown, form: DeskForm) -> str:
    _note(told)
    return render_template("manager/standbys.html", told=told, form=form)


def _note(told: StandbysShown) -> None:
    """Keep in the audit that it is shown how the leaver and some mentors fit, or do not."""
    cards = [*(one.card for one in told.standing), *told.others]
    mentors = mentors_shown(g.db, [one.mentor_id for one in cards])
    note_page(([told.pair, *mentors], SENSITIVE), leavers_named([told.leaver.id]))
