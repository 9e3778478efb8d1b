"""Signing in and out, the way to one's desk, and what was sent when a stay was over."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from matcher import accounts, devices, rate_limits, signing_in
from matcher.core.words import counted
from matcher.second_factor import FEW_LEFT, codes_left
from matcher.unsent import kept_for
from matcher.unsent import throw_away as throw_away_kept
from models.audit import Hand
from web import unsent
from web.browsers import browser_name, held_for_device, hold_for_device
from web.desks import desk_for, has_page
from web.fields import ConsentField, PasswordField, SecretCodeField, TextField
from web.forms import NOTICE, DeskForm
from web.guard import sign_out_of_browser
from web.surroundings import surroundings
from web.words import moment

pages = Blueprint("sign_in", __name__)

LOST = "You had signed out, so what you sent was not saved. If you still want it, write it again."
SIGNED_OUT = "You are signed out."
NO_FIT = "That name, password and code do not go together. Check all three, then try again."
CHANGED = (
    "Your password, or what you use beside it, was changed on {when}. If that was not you, tell "
    "whoever invited you at once."
)
FEW_CODES = "There are {left} on your sheet. Print a new one soon: go to “My account”."


class SignInForm(DeskForm):
    """A name, a password and a code; which of them was wrong is never said."""

    sign_in_name = TextField("E-mail or sign-in name", missing="Write your e-mail or sign-in name.")
    password = PasswordField("Password", missing="Write your password.")
    one_time_code = SecretCodeField(
        "Code",
        hint="6 digits from the app on your phone. Or the next code on your sheet, with the number "
        "before it. Leave it empty on a phone or computer that we remember.",
    )
    remember = ConsentField(
        "Remember this phone or computer for 30 days",
        hint="Only for mentors, on a phone or computer that is yours alone.",
    )


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
        answer = _try(form)
        if answer is not None:
            return answer
    status = g.get("too_many") or form.status
    return render_template("sign_in.html", form=form, lost=LOST), status


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the stay, here and in the database."""
    _end_stay()
    g.db.commit()
    sign_out_of_browser()
    flash(SIGNED_OUT)
    answer = make_response(redirect(url_for(".sign_in")))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


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


def _try(form: SignInForm) -> Response | None:
    """Try to sign in; the try is counted first, and what fails costs the same time."""
    around, asked = surroundings(), _asked(form)
    now = around.real_now()
    with around.reading() as db:
        known = signing_in.look_up(db, asked, now=now)
        db.expunge_all()
    tries = signing_in.tries_of(asked, known)
    until = rate_limits.count_try(g.db, tries, now=now)
    g.db.commit()
    is_right = signing_in.is_right(asked, known, now=now)
    if until is not None:
        g.too_many = 429
        form.refuse(rate_limits.to_wait(until, now=now), "sign_in_name")
        return None
    token = signing_in.begin(g.db, asked, known, tries, now=now) if is_right else None
    if token is None:
        g.db.rollback()
        form.refuse(NO_FIT, "sign_in_name")
        return None
    _end_stay()
    g.db.commit()
    return _go_on(form, token, with_code=known.device_id is None)


def _asked(form: SignInForm) -> signing_in.Asked:
    return signing_in.Asked(
        name=form.sign_in_name.data,
        password=form.password.data,
        code=form.one_time_code.data,
        device=held_for_device(),
        origin=request.remote_addr or "",
        browser=browser_name(),
    )


def _go_on(form: SignInForm, token: str, *, with_code: bool) -> Response:
    """Lead on from signing in; a mentor who asked for it is remembered on this device."""
    answer = make_response(redirect(_begin_stay(token)))
    now = surroundings().real_now()
    stay = accounts.whose_stay(g.db, token, now=now)
    if stay is None:
        return answer
    account = stay[0]
    if form.remember.data and with_code and account.role in devices.MAY_BE_REMEMBERED:
        g.db.write_as(Hand(account.id, at=g.now, origin=request.remote_addr or ""))
        hold_for_device(answer, devices.remember(g.db, account, browser_name(), now=now))
        g.db.commit()
    changed = signing_in.changed_since_last_stay(g.db, account)
    if changed is not None:
        flash(CHANGED.format(when=moment(changed)), NOTICE)
    left = codes_left(g.db, account.id)
    if left is not None and left <= FEW_LEFT:
        flash(FEW_CODES.format(left=counted(left, "code")), NOTICE)
    return answer


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
