"""The administrator's desk: how the service is, who has an account, and closing one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher import accounts as sign_ins
from matcher.desks.how_it_runs import account_cards, post_trouble, service_state
from models.access import accounts_seen_by
from models.accounts import Account
from web.forms import DeskForm
from web.guard import one_or_404
from web.refusals import refusals_on
from web.surroundings import surroundings

pages = Blueprint("administrator", __name__, url_prefix="/administrator")
account_pages = Blueprint("administrator_accounts", __name__, url_prefix="/administrator/accounts")


@pages.get("/")
def start() -> ResponseReturnValue:
    """Show the jobs of the last days and how many letters wait or could not be sent."""
    return render_template(
        "administrator/start.html",
        state=service_state(g.db, g.now),
        trouble=post_trouble(g.db, surroundings().real_now()),
    )


@account_pages.get("/")
def accounts() -> ResponseReturnValue:
    """Show who has an account, a page at a time."""
    page = request.args.get("page", 1, type=int)
    return render_template(
        "administrator/accounts.html", accounts=account_cards(g.db, g.account, page)
    )


@account_pages.route("/<uuid:account_id>/closing", methods=["GET", "POST"])
def close(account_id: UUID) -> ResponseReturnValue:
    """Ask once more, then close an account; whoever is signed in with it is out at once."""
    account = one_or_404(accounts_seen_by(g.account).where(Account.id == account_id))
    form = DeskForm().about(account)
    if form.validate_on_submit():
        with refusals_on(form):
            sign_ins.disable(g.db, account, by=g.account.id, now=surroundings().real_now())
            g.db.commit()
            flash("The account is closed. Nobody can sign in with it.")
            return redirect(url_for(".accounts"))
    [card] = account_cards(g.db, g.account, only=account_id).rows
    return render_template("administrator/close.html", form=form, card=card), form.status


BLUEPRINTS = (pages, account_pages)
