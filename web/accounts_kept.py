"""Looking after accounts: who has one, inviting, letting back in, another desk, closing.

The manager's desk and the administrator's have the same pages; who may do
what to whom is said in `models/account_access.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import accounts as sign_ins
from matcher import invitations
from matcher.account_scopes import ASKED_OF, scope_of
from matcher.desks.how_it_runs import account_cards
from matcher.desks.invitations_seen import codes_to_agree, place_of, waiting_invitations
from models.access import accounts_seen_by
from models.account_access import (
    MAY_INVITE,
    accounts_kept_by,
    invitations_agreed_by,
    invitations_kept_by,
)
from models.accounts import Account
from models.reference import prisons
from models.sign_ins import Invitation
from models.states import Role
from models.vocabulary import Region
from web.fields import ChoiceField, EmailField, NameField, TextField, WordField
from web.forms import DeskForm
from web.guard import one_or_404
from web.refusals import refusals_on
from web.surroundings import surroundings


class InviteForm(DeskForm):
    """Whom to invite; only what the role asks for is kept of the last three."""

    name = NameField("First name", missing="Write their first name.")
    email = EmailField("E-mail, for letters from the service", hint="Leave it empty without one.")
    prison = ChoiceField("Which prison?", missing="Choose a prison.", as_list=True)
    region = WordField("Which region?", Region, missing="Choose a region.", as_list=True)
    mentor = TextField("The mentor’s code", missing="Write the mentor’s code.")


class MoveForm(DeskForm):
    """The new desk of an account, and where."""

    role = WordField("Which desk from now on?", Role, missing="Choose a desk.")
    prison = ChoiceField(
        "Which prison?", as_list=True, hint="For a council peer and a liaison only."
    )
    region = WordField("Which region?", Region, as_list=True, hint="For a regional manager only.")


def accounts() -> ResponseReturnValue:
    """Show who has an account, a page at a time, and which invitations wait."""
    page = request.args.get("page", 1, type=int)
    return render_template(
        "accounts/listed.html",
        accounts=account_cards(g.db, g.account, page),
        waiting=waiting_invitations(g.db, g.account, _now()),
        to_agree=codes_to_agree(g.db, g.account, _now()),
        kept_roles=MAY_INVITE[g.account.role],
        roles=_roles(),
    )


def invite(role: str) -> ResponseReturnValue:
    """Ask whom to invite, then show the code once, to be printed or written down."""
    kind = next((one for one in _roles() if one == role), None)
    if kind is None:
        abort(404)
    form = _invite_form(kind)
    if form.validate_on_submit():
        with refusals_on(form):
            told = {name: getattr(form, name).data for name in ("prison", "region", "mentor")
                    if name in form}  # fmt: skip
            scope = scope_of(g.db, kind, told, by=g.account)
            named = {"name": form.name.data, "email": form.email.data or None}
            made = invitations.invite(g.db, _me(), kind, now=_now(), **named, **scope)
            g.db.commit()
            return _shown_once(*made)
    return render_template("accounts/invite.html", form=form, role=kind), form.status


def revoke(invitation_id: UUID) -> ResponseReturnValue:
    """Take an invitation back: its code opens nothing from now on."""
    kept = invitations_kept_by(g.account).where(Invitation.id == invitation_id)
    invitation = one_or_404(kept)
    DeskForm().about(invitation).or_stale()
    invitations.revoke(g.db, invitation, now=_now())
    g.db.commit()
    flash("The code is taken back. Nobody can use it.")
    return redirect(url_for(".accounts"))


def let_back_in(account_id: UUID) -> ResponseReturnValue:
    """Ask once more, then show the code that lets somebody choose a new password and app once.

    Where somebody else has made one that waits, they are asked to agree to it.
    """
    account = one_or_404(accounts_kept_by(g.account).where(Account.id == account_id))
    waits = invitations.waiting_for_second(g.db, account, now=_now())
    if waits is not None and waits.invited_by != g.account.id:
        return redirect(url_for(".agree", invitation_id=waits.id))
    form = DeskForm().about(account)
    if form.validate_on_submit():
        with refusals_on(form):
            made = invitations.let_back_in(g.db, _me(), account, now=_now())
            g.db.commit()
            return _shown_once(*made)
    return render_template("accounts/back_in.html", form=form, card=_card(account)), form.status


def agree(invitation_id: UUID) -> ResponseReturnValue:
    """Ask the second person if a code may work, and for whom and by whom it was made."""
    to_agree = invitations_agreed_by(g.account).where(Invitation.id == invitation_id)
    waits = one_or_404(to_agree.where(Invitation.ends_at > _now()))
    form = DeskForm().about(waits)
    if form.validate_on_submit():
        with refusals_on(form):
            invitations.agree(g.db, waits, by=_me())
            g.db.commit()
            flash("You have agreed. The code that was made for them works now.")
            return redirect(url_for(".accounts"))
    [card] = codes_to_agree(g.db, g.account, _now(), only=invitation_id)
    return render_template("accounts/agree.html", form=form, card=card), form.status


def move(account_id: UUID) -> ResponseReturnValue:
    """Put an account at another desk; whoever is signed in with it is out at once."""
    account = one_or_404(accounts_kept_by(g.account).where(Account.id == account_id))
    form = _move_form().about(account)
    if form.validate_on_submit():
        with refusals_on(form):
            asked = ASKED_OF.get(form.role.data) or ""
            told = {asked: form[asked].data} if asked in form else {}
            scope = scope_of(g.db, form.role.data, told, by=g.account)
            made = invitations.move(g.db, _me(), account, form.role.data, now=_now(), **scope)
            g.db.commit()
            if made is not None:
                return _shown_once(*made)
            flash("The desk is changed. They are signed out, and sign in to the new one.")
            return redirect(url_for(".accounts"))
    return render_template("accounts/move.html", form=form, card=_card(account)), form.status


def close(account_id: UUID) -> ResponseReturnValue:
    """Ask once more, then close an account; whoever is signed in with it is out at once."""
    is_administrator = g.account.role is Role.ADMINISTRATOR
    seen = accounts_seen_by(g.account) if is_administrator else accounts_kept_by(g.account)
    account = one_or_404(seen.where(Account.id == account_id))
    form = DeskForm().about(account)
    if form.validate_on_submit():
        with refusals_on(form):
            sign_ins.disable(g.db, account, by=g.account.id, now=_now())
            g.db.commit()
            flash("The account is closed. Nobody can sign in with it.")
            return redirect(url_for(".accounts"))
    return render_template("accounts/close.html", form=form, card=_card(account)), form.status


ROUTES: tuple[tuple[str, Callable[..., ResponseReturnValue], tuple[str, ...]], ...] = (
    ("/", accounts, ("GET",)),
    ("/invitations/<string:role>", invite, ("GET", "POST")),
    ("/invitations/<uuid:invitation_id>/agreement", agree, ("GET", "POST")),
    ("/invitations/<uuid:invitation_id>/removal", revoke, ("POST",)),
    ("/<uuid:account_id>/code", let_back_in, ("GET", "POST")),
    ("/<uuid:account_id>/desk", move, ("GET", "POST")),
    ("/<uuid:account_id>/closing", close, ("GET", "POST")),
)


def keeping(name: str, prefix: str) -> Blueprint:
    """Return the pages for one desk; their endpoints are named after the functions above."""
    pages = Blueprint(name, __name__, url_prefix=prefix)
    for rule, view, methods in ROUTES:
        pages.add_url_rule(rule, view_func=view, methods=methods)
    return pages


def _shown_once(invitation: Invitation, code: str) -> ResponseReturnValue:
    """Show a code, which is not kept, and where it is typed: it stands in no address."""
    address = surroundings().settings.address.rstrip("/") + url_for("invited.start")
    told = {"place": place_of(g.db, invitation), "code": code, "address": address}
    return render_template("accounts/code.html", invitation=invitation, **told)


def _roles() -> tuple[Role, ...]:
    return tuple(role for role in Role if role in MAY_INVITE[g.account.role])


def _invite_form(role: Role) -> InviteForm:
    form = InviteForm()
    for name in ("prison", "region", "mentor"):
        if ASKED_OF.get(role) != name:
            del form[name]
    if "prison" in form:
        form.prison.choices = _prisons()
    return form


def _move_form() -> MoveForm:
    form = MoveForm()
    form.role.choices = [(one.value, one.label) for one in _roles() if one is not Role.MENTOR]
    form.prison.choices = _prisons()
    kept = {ASKED_OF.get(role) for role in _roles()}
    for name in {"prison", "region"} - kept:
        del form[name]
    return form


def _prisons() -> list[tuple[str, str]]:
    """Return the prisons of the manager's region."""
    here = [one for one in prisons().values() if one.region is g.account.region]
    return [(one.code, one.title) for one in sorted(here, key=lambda one: one.name)]


def _card(account: Account) -> Any:
    [card] = account_cards(g.db, g.account, only=account.id).rows
    return card


def _me() -> Account:
    """Return the account in the session that writes."""
    account: Account = g.db.get_one(Account, g.account.id)
    return account


def _now() -> datetime:
    return surroundings().real_now()
