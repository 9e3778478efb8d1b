"""Opening one person's record at the administrators' desk, with a second person who agrees.

What is shown stands in the audit before it is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import break_glass
from matcher.desks.opened_records import glass_cards, opened_record
from models.account_access import glass_open_for, glass_seen_by
from models.accounts import Account
from models.sign_ins import BreakGlass
from web.fields import TextAreaField, TextField
from web.forms import DeskForm
from web.guard import one_or_404
from web.reading_noted import note_page
from web.refusals import refusals_on
from web.surroundings import surroundings

administrator_pages = Blueprint(
    "administrator_opened", __name__, url_prefix="/administrator/opened-records"
)
manager_pages = Blueprint("manager_opened", __name__, url_prefix="/manager/opened-records")


class AskForm(DeskForm):
    """Whose record, and why it has to be opened."""

    person = TextField(
        "Code of the leaver or mentor",
        missing="Write the code.",
        hint="The code on letters and lists.",
        at_most=40,
    )
    reason = TextAreaField(
        "Why must it be opened?",
        missing="Write why it must be opened.",
        hint="The region’s manager and whoever agrees will read this. Name nobody.",
        at_most=500,
    )


def listed() -> ResponseReturnValue:
    """Show which records were asked for, by whom and why, and what came of it."""
    page = request.args.get("page", 1, type=int)
    cards = glass_cards(g.db, g.account, _now(), page)
    return render_template("opened/listed.html", cards=cards)


def one(glass_id: UUID) -> ResponseReturnValue:
    """Show one of them; whoever may be the second person answers here."""
    one_or_404(glass_seen_by(g.account).where(BreakGlass.id == glass_id))
    return _answered_with(DeskForm(formdata=None), glass_id)


def agree(glass_id: UUID) -> ResponseReturnValue:
    """Agree as the second person: the record is open for half an hour to whoever asked."""
    return _answer(glass_id, break_glass.agree, "The record is open for 30 minutes.")


def refuse(glass_id: UUID) -> ResponseReturnValue:
    """Say no as the second person: the record stays shut."""
    return _answer(glass_id, break_glass.refuse, "The record stays shut.")


@administrator_pages.route("/new", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask for somebody's record, with a reason; nothing is shown until a second person agrees."""
    form = AskForm()
    if form.validate_on_submit():
        with refusals_on(form):
            told = {"code": form.person.data, "reason": form.reason.data}
            asked = break_glass.ask(g.db, _me(), now=_now(), **told)
            g.db.commit()
            flash("You have asked. It opens once a second person agrees.")
            return redirect(url_for(".one", glass_id=asked.id))
    return render_template("opened/ask.html", form=form), form.status


@administrator_pages.get("/<uuid:glass_id>/record")
def record(glass_id: UUID) -> ResponseReturnValue:
    """Show the record while it is open; each part of it is noted before it is shown."""
    glass = one_or_404(glass_open_for(g.account, _now()).where(BreakGlass.id == glass_id))
    parts = opened_record(g.db, glass)
    note_page(*(([part.row], part.fields) for part in parts))
    return render_template("opened/record.html", glass=glass, parts=parts)


@administrator_pages.post("/<uuid:glass_id>/shutting")
def shut(glass_id: UUID) -> ResponseReturnValue:
    """Shut a record before its time."""
    DeskForm().or_stale()
    glass = one_or_404(glass_open_for(g.account, _now()).where(BreakGlass.id == glass_id))
    break_glass.shut(g.db, glass, now=_now())
    g.db.commit()
    flash("The record is shut.")
    return redirect(url_for(".listed"))


for _pages in (administrator_pages, manager_pages):
    _pages.add_url_rule("/", view_func=listed)
    _pages.add_url_rule("/<uuid:glass_id>", view_func=one)
    _pages.add_url_rule("/<uuid:glass_id>/agreement", view_func=agree, methods=["POST"])
    _pages.add_url_rule("/<uuid:glass_id>/refusal", view_func=refuse, methods=["POST"])


def _answer(glass_id: UUID, verb: Callable[..., Any], told: str) -> ResponseReturnValue:
    glass = one_or_404(glass_seen_by(g.account).where(BreakGlass.id == glass_id))
    form = DeskForm().about(glass)
    if form.validate_on_submit():
        with refusals_on(form):
            verb(g.db, glass, by=_me(), now=_now())
            g.db.commit()
            flash(told)
            return redirect(url_for(".one", glass_id=glass_id))
    return _answered_with(form, glass_id)


def _answered_with(form: DeskForm, glass_id: UUID) -> ResponseReturnValue:
    [card] = glass_cards(g.db, g.account, _now(), only=glass_id).rows
    return render_template("opened/one.html", form=form, card=card), form.status


def _me() -> Account:
    """Return the account in the session of this request."""
    account: Account = g.db.get_one(Account, g.account.id)
    return account


def _now() -> datetime:
    return surroundings().real_now()
