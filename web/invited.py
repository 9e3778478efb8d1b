"""For whoever was handed a code: open an account, or get back into one.

The code is typed, and stands in no address, so that no list of addresses keeps
it, and in no cookie: the browser holds a token of its own until the account is
open.
"""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from matcher import held_codes, invitations, rate_limits
from matcher.second_factor import WRONG_CODE, read_code
from models.accounts import Account, Credential
from models.sign_ins import Invitation, LimitKind
from web.factor_pages import ProofForm, begun_key, factor_field
from web.fields import PasswordField, SecretCodeField, TextField
from web.forms import DeskForm
from web.refusals import refusals_on
from web.surroundings import surroundings

pages = Blueprint("invited", __name__, url_prefix="/invitation")

NO_CODE = (
    "This code does not open anything. It may be used, too old or mistyped. Ask for a new one."
)
AGAIN = (
    "Type your code once more. It was typed over an hour ago or on another device, or it does not "
    "work any longer."
)
TOO_MANY_NAMES = "Too many names were tried with this code. Ask for a new one."
DIFFERENT = "The two passwords are not the same. Write both again."


class CodeForm(DeskForm):
    """The code of an invitation."""

    code = SecretCodeField(
        "Your code",
        missing="Write the code that you were given.",
        hint="16 letters and digits, such as AB12-CD34-EF56-GH78.",
    )


class ChoiceForm(DeskForm):
    """What the invited person chooses: a name, a password and a second factor."""

    sign_in_name = TextField(
        "E-mail or sign-in name",
        missing="Choose a name to sign in with.",
        hint="Your e-mail address, or a name that you will remember.",
        at_most=80,
    )
    password = PasswordField(
        "Password",
        missing="Choose a password.",
        hint="15 characters or more. Three or four words that do not belong together are good.",
    )
    password_again = PasswordField("The same password again", missing="Write the password again.")
    kind = factor_field()


@pages.route("/", methods=["GET", "POST"])
def start() -> ResponseReturnValue:
    """Ask for the code, and keep it for the pages that follow."""
    form = CodeForm()
    if form.validate_on_submit():
        invitation, refusal = _counted(form.code.data)
        if invitation:
            session["invitation"] = held_codes.hold(g.db, invitation, now=_now())
            g.db.commit()
            return redirect(url_for(".choose"))
        form.refuse(refusal, "code")
        return render_template("invited/start.html", form=form), g.get("too_many") or form.status
    return render_template("invited/start.html", form=form), form.status


@pages.route("/account", methods=["GET", "POST"])
def choose() -> ResponseReturnValue:
    """Let the invited person choose a name, a password and a second factor."""
    invitation = _invitation()
    if invitation is None:
        return redirect(url_for(".start"))
    form = ChoiceForm()
    signs_in_as = _signs_in_as(invitation)
    if signs_in_as:
        del form.sign_in_name
    elif not form.is_submitted():
        form.sign_in_name.data = invitation.email or ""
    if form.validate_on_submit():
        answer = _choose(form, invitation, signs_in_as)
        if answer is not None:
            return answer
    told = {"invitation": invitation, "signs_in_as": signs_in_as}
    return render_template("invited/choose.html", form=form, **told), form.status


@pages.route("/code", methods=["GET", "POST"])
def prove() -> ResponseReturnValue:
    """Show what to give the app, and open the account once a code was typed."""
    invitation = _invitation()
    if invitation is None or invitation.account_id is None:
        return redirect(url_for(".start"))
    account = g.db.get_one(Account, invitation.account_id)
    form = ProofForm()
    if form.validate_on_submit():
        tries = [(LimitKind.CODE, f"proof {account.id}")]
        until = rate_limits.count_try(g.db, tries, now=_now())
        g.db.commit()
        typed = read_code(form.one_time_code.data)
        if until is not None:
            form.refuse(rate_limits.to_wait(until, now=_now()), "one_time_code")
        elif invitations.finish(g.db, invitation, account, typed, now=_now()):
            rate_limits.take_back(g.db, tries)
            g.db.commit()
            session.clear()
            flash("Your account is open. Sign in with your password and a new code.")
            return redirect(url_for("sign_in.sign_in"))
        else:
            form.refuse(WRONG_CODE, "one_time_code")
    return render_template("invited/prove.html", form=form, key=begun_key(account)), form.status


def _choose(
    form: ChoiceForm, invitation: Invitation, signs_in_as: str
) -> ResponseReturnValue | None:
    if form.password.data != form.password_again.data:
        form.refuse(DIFFERENT, "password")
        return None
    name = signs_in_as or form.sign_in_name.data
    if not signs_in_as and _asked_too_often(invitation):
        form.refuse(TOO_MANY_NAMES, "sign_in_name")
        return None
    made: list[list[str]] = []
    with refusals_on(form):
        _account, codes = invitations.accept(
            g.db,
            invitation,
            sign_in_name=name,
            password=form.password.data,
            kind=form.kind.data,
            now=_now(),
        )
        g.db.commit()
        made.append(codes)
    if not made:
        return None
    if made[0]:
        proof = ProofForm(formdata=None)
        return render_template("invited/sheet.html", codes=made[0], form=proof, name=name)
    return redirect(url_for(".prove"))


def _asked_too_often(invitation: Invitation) -> bool:
    """Count one more name asked for with an invitation: nobody goes through those of others."""
    tries = [(LimitKind.NAMES, str(invitation.id))]
    until = rate_limits.count_try(g.db, tries, now=_now())
    g.db.commit()
    return until is not None


def _counted(code: str) -> tuple[Invitation | None, str]:
    """Return the invitation of a code that was typed, or the sentence that says why not."""
    selector, origin = invitations.selector_of(code), request.remote_addr or ""
    tries = [(LimitKind.CODE, selector), (LimitKind.CODES_HERE, origin)]
    until = rate_limits.count_try(g.db, tries, now=_now())
    g.db.commit()
    found = invitations.find(g.db, code, now=_now())
    if until is not None:
        g.too_many = 429
        return None, rate_limits.to_wait(until, now=_now())
    if found is not None:
        rate_limits.take_back(g.db, tries)
        g.db.commit()
    return found, NO_CODE


def _invitation() -> Invitation | None:
    """Return the invitation that this browser goes on with."""
    token = session.get("invitation")
    if not token:
        return None
    found = held_codes.held(g.db, token, now=_now())
    if found is None:
        session.pop("invitation")
        flash(AGAIN, "notice")
    return found


def _signs_in_as(invitation: Invitation) -> str:
    """Return the name that somebody who gets back in has had all along."""
    if not invitation.is_recovery or invitation.account_id is None:
        return ""
    credential = g.db.get(Credential, invitation.account_id)
    return credential.sign_in_name if credential else ""


def _now() -> datetime:
    return surroundings().real_now()
