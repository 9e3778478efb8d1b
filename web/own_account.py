"""One's own account, alike for all: password, second factor, where one is signed in, devices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue

from matcher import accounts, devices, proving, rate_limits, second_factor
from matcher.second_factor import WRONG_CODE, codes_left, read_code
from models.accounts import Account, Credential
from models.sign_ins import FactorKind, LimitKind, SecondFactor
from web.browsers import forget_on_device
from web.factor_pages import ProofForm, app_key, factor_field
from web.fields import PasswordField, SecretCodeField
from web.forms import DeskForm
from web.guard import sign_out_of_browser
from web.refusals import refusals_on
from web.surroundings import surroundings

pages = Blueprint("own_account", __name__, url_prefix="/account")

DIFFERENT = "The two new passwords are not the same. Write both again."


class AgainForm(DeskForm):
    """The password once more: it says that it is you who asks."""

    old_password = PasswordField("Your password now", missing="Write your password of now.")


class BothAgainForm(AgainForm):
    """The password and a code once more, before a way of signing in is changed."""

    one_time_code = SecretCodeField(
        "Code",
        missing="Type the code.",
        hint="A new one from your app, or the next code on your sheet with the number before it.",
    )


class PasswordForm(BothAgainForm):
    """Who asks, and the new password twice."""

    new_password = PasswordField(
        "New password",
        missing="Choose a new password.",
        hint="15 characters or more. Three or four words that do not belong together are good.",
    )
    new_password_again = PasswordField("The new password again", missing="Write it once more.")


class NewFactorForm(BothAgainForm):
    """Who asks, and what they take from now on."""

    kind = factor_field()


@pages.get("/")
def mine() -> ResponseReturnValue:
    """Show how I sign in, where I am signed in now, and which devices are remembered."""
    return render_template(
        "own_account/mine.html",
        factor=g.db.get(SecondFactor, g.account.id),
        signs_in_as=_signs_in_as(),
        codes_left=codes_left(g.db, g.account.id),
        stays=accounts.stays_of(g.db, g.account, now=_now()),
        devices=devices.devices_of(g.db, g.account, now=_now()),
    )


@pages.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Change my password; I stay signed in here and nowhere else."""
    form = PasswordForm()
    if form.validate_on_submit():
        if form.new_password.data != form.new_password_again.data:
            form.refuse(DIFFERENT, "new_password")
        elif _is_proved(form):
            with refusals_on(form):
                told = (form.old_password.data, form.new_password.data)
                accounts.change_password(g.db, _me(), *told, keep=g.stay, now=_now())
                g.db.commit()
                flash("Your password is changed. You are signed out everywhere else.")
                return redirect(url_for(".mine"))
    return render_template("own_account/password.html", form=form), form.status


@pages.route("/second-factor", methods=["GET", "POST"])
def factor() -> ResponseReturnValue:
    """Take another app or a sheet; what was there before opens nothing from now on."""
    form = NewFactorForm()
    if form.validate_on_submit() and _is_proved(form):
        account = _me()
        if form.kind.data is FactorKind.SHEET:
            codes = second_factor.begin_sheet(g.db, account, now=_now())
            second_factor.confirm(g.db, account, now=_now())
            accounts.changed(g.db, account, keep=g.stay, now=_now())
            g.db.commit()
            return render_template("own_account/sheet.html", codes=codes, name=_signs_in_as())
        second_factor.begin_next_app(g.db, account, g.stay, now=_now())
        g.db.commit()
        return redirect(url_for(".prove"))
    return render_template("own_account/factor.html", form=form), form.status


@pages.route("/second-factor/code", methods=["GET", "POST"])
def prove() -> ResponseReturnValue:
    """Show what to give the new app; once a code was typed it takes the old one's place."""
    secret = second_factor.next_secret(g.db, g.account, g.stay, now=_now())
    if not secret:
        return redirect(url_for(".mine"))
    form = ProofForm()
    if form.validate_on_submit() and _is_counted(form, "one_time_code"):
        account, digits = _me(), read_code(form.one_time_code.data).digits
        step = second_factor.step_of(secret, digits, after=0, now=_now())
        if step is not None:
            second_factor.begin_app(g.db, account, secret).last_step = step
            second_factor.confirm(g.db, account, now=_now())
            accounts.changed(g.db, account, keep=g.stay, now=_now())
            _uncount()
            g.db.commit()
            flash("The new app counts from now on. You are signed out everywhere else.")
            return redirect(url_for(".mine"))
        form.refuse(WRONG_CODE, "one_time_code")
    key = app_key(g.account, secret)
    return render_template("own_account/prove.html", form=form, key=key), form.status


@pages.route("/codes", methods=["GET", "POST"])
def codes() -> ResponseReturnValue:
    """Make a new sheet of codes; the old one opens nothing from now on."""
    if codes_left(g.db, g.account.id) is None:
        return redirect(url_for(".mine"))
    form = BothAgainForm()
    if form.validate_on_submit() and _is_proved(form):
        with refusals_on(form):
            made = second_factor.renew_sheet(g.db, _me(), now=_now())
            accounts.changed(g.db, _me(), keep=g.stay, now=_now())
            g.db.commit()
            return render_template("own_account/sheet.html", codes=made, name=_signs_in_as())
    return render_template("own_account/codes.html", form=form), form.status


@pages.route("/stays/<uuid:stay_id>/ending", methods=["GET", "POST"])
def end_stay(stay_id: UUID) -> ResponseReturnValue:
    """Sign out in one other place, once the password was given again."""
    stay = accounts.stay_of(g.db, g.account, stay_id)
    if stay is None:
        abort(404)
    form = AgainForm()
    if form.validate_on_submit() and _is_proved(form):
        accounts.end_stay(g.db, g.account, stay_id, now=_now())
        g.db.commit()
        flash("You are signed out there.")
        return redirect(url_for(".mine"))
    return render_template("own_account/end_stay.html", form=form, stay=stay), form.status


@pages.route("/stays/ending", methods=["GET", "POST"])
def end_all() -> ResponseReturnValue:
    """Sign out everywhere, here too, and forget every device, once the password was given again."""
    form = AgainForm()
    if not (form.validate_on_submit() and _is_proved(form)):
        return render_template("own_account/end_all.html", form=form), form.status
    account = _me()
    accounts.end_stays(g.db, account, now=_now())
    devices.forget_devices(g.db, account, now=_now())
    g.db.commit()
    sign_out_of_browser()
    answer = make_response(redirect(url_for("sign_in.sign_in")))
    forget_on_device(answer)
    return answer


@pages.route("/devices/<uuid:device_id>/removal", methods=["GET", "POST"])
def forget_device(device_id: UUID) -> ResponseReturnValue:
    """Forget one phone or computer, once the password was given again: it needs a code then."""
    device = devices.own_device(g.db, g.account, device_id)
    if device is None:
        abort(404)
    form = AgainForm()
    if form.validate_on_submit() and _is_proved(form):
        devices.forget_device(g.db, g.account, device_id, now=_now())
        g.db.commit()
        flash("That device is forgotten, and signed out.")
        return redirect(url_for(".mine"))
    return render_template("own_account/forget.html", form=form, device=device), form.status


def _is_proved(form: AgainForm) -> bool:
    """Say whether it is really me, by what the form asks for; each look is a try."""
    if not _is_counted(form):
        return False
    given = form.old_password.data
    with refusals_on(form):
        if isinstance(form, BothAgainForm):
            proving.prove_with_code(g.db, _me(), given, form.one_time_code.data, now=_now())
        else:
            proving.prove(g.db, _me(), given)
        _uncount()
    return not form.errors


def _is_counted(form: DeskForm, field: str = "old_password") -> bool:
    """Count a try at one's own password or code; if it is one too many, the form says so."""
    until = rate_limits.count_try(g.db, _tries(), now=_now())
    g.db.commit()
    if until is not None:
        form.refuse(rate_limits.to_wait(until, now=_now()), field)
    return until is None


def _uncount() -> None:
    rate_limits.take_back(g.db, _tries())


def _tries() -> rate_limits.Tries:
    return [(LimitKind.CODE, f"own {g.account.id}")]


def _me() -> Account:
    """Return the account in the session that writes."""
    account: Account = g.db.get_one(Account, g.account.id)
    return account


def _signs_in_as() -> str:
    credential = g.db.get(Credential, g.account.id)
    return credential.sign_in_name if credential else ""


def _now() -> datetime:
    return surroundings().real_now()
