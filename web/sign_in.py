"""Signing in and out, and the way to one's desk."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from matcher import accounts
from web.desks import desk_for
from web.fields import PasswordField, TextField
from web.forms import DeskForm
from web.guard import sign_out_of_browser
from web.surroundings import surroundings

pages = Blueprint("sign_in", __name__)

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
            way_on = session.get("next") or url_for(".home")
            session.clear()
            session["stay"] = token
            return redirect(way_on)
        form.refuse(NO_FIT, "sign_in_name")
    return render_template("sign_in.html", form=form), form.status


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the stay, here and in the database."""
    _end_stay()
    g.db.commit()
    sign_out_of_browser()
    return redirect(url_for(".sign_in"))


def _end_stay() -> None:
    """End the stay that this browser holds, if it holds one: nobody could end it later."""
    token = session.get("stay")
    if token:
        accounts.sign_out(g.db, token, now=surroundings().real_now())
