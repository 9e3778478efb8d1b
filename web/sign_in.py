"""Signing in and out, the way to one's desk, and what was sent when a stay was over."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from matcher import accounts
from matcher.unsent import kept_for
from matcher.unsent import throw_away as throw_away_kept
from web import unsent
from web.desks import desk_for, has_page
from web.fields import PasswordField, TextField
from web.forms import NOTICE, DeskForm
from web.guard import sign_out_of_browser
from web.surroundings import surroundings

pages = Blueprint("sign_in", __name__)

LOST = "You had signed out, so what you sent was not saved. If you still want it, write it again."
NO_FIT = "That name and password do not go together. Check both, then try again."


class SignInForm(DeskForm):
    """A name and a password; which of the two was wrong is never said."""

    sign_in_name = TextField("E-mail or sign-in name", missing="Write your e-mail or sign-in name.")
    password = PasswordField("Password", missing="Write your password.")


@pages.get("/")
def home() -> ResponseReturnValue:
    """Lead to one's desk, or to signing in."""
    if g.account is None:
        return redirect(url_for(".sign_in"))
    return redirect(url_for(desk_for(g.account.role).start))


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Sign in, and go on to the page that was asked for."""
    form = SignInForm()
    if form.validate_on_submit():
        now = surroundings().real_now()
        token = accounts.sign_in(g.db, form.sign_in_name.data, form.password.data, now=now)
        if token:
            _end_stay()
            g.db.commit()
            return redirect(_begin_stay(token))
        form.refuse(NO_FIT, "sign_in_name")
    return render_template("sign_in.html", form=form, lost=LOST), form.status


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the stay, here and in the database."""
    _end_stay()
    g.db.commit()
    sign_out_of_browser()
    return redirect(url_for(".sign_in"))


@pages.get("/not-sent")
def not_sent() -> ResponseReturnValue:
    """Show all that came too late, each with the way to its page."""
    return render_template("not_sent.html", pages=unsent.not_sent())


@pages.post("/not-sent/removal")
def throw_away() -> ResponseReturnValue:
    """Forget what came too late and is not wanted any more."""
    DeskForm().or_stale()
    throw_away_kept(g.db, g.account, sent_to=request.form.get("sent_to", ""))
    g.db.commit()
    flash("It is thrown away. Nothing was sent.")
    return redirect(url_for(".home"))


def _begin_stay(token: str) -> str:
    """Give the browser its new stay, and return where to go on.

    That is the page asked for if the account's own desk has it, else what this
    account sent too late, else its desk.
    """
    asked_for, is_lost = session.get("next"), session.get("lost")
    session.clear()
    session["stay"] = token
    if is_lost:
        flash(LOST, NOTICE)
    stay = accounts.whose_stay(g.db, token, now=surroundings().real_now())
    if stay is None:
        return url_for(".home")
    account, _ = stay
    kept = kept_for(g.db, account, now=g.now)
    if kept:
        session["unsent"] = True
    if asked_for and has_page(account.role, asked_for):
        return str(asked_for)
    return kept[0].page if kept else url_for(".home")


def _end_stay() -> None:
    """End the stay that this browser holds, if it holds one: nobody could end it later."""
    token = session.get("stay")
    if token:
        accounts.sign_out(g.db, token, now=surroundings().real_now())
