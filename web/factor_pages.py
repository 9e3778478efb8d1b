"""What the pages of a second factor share: the picture for an app, the key to type, the forms."""

from __future__ import annotations

import re
from dataclasses import dataclass

import segno
from flask import g
from markupsafe import Markup

from matcher.second_factor import address_for_app
from models.accounts import Account, Credential
from models.sign_ins import FactorKind, SecondFactor
from web.fields import SecretCodeField, WordField
from web.forms import DeskForm

MISSING_CODE = "Type the code."


def factor_field() -> WordField:
    """Return the question which second factor somebody takes."""
    return WordField(
        "What will you use beside your password?",
        FactorKind,
        missing="Choose an app or a sheet of paper.",
        hints={
            FactorKind.APP: "Any app that makes 6-digit codes. It needs no phone signal.",
            FactorKind.SHEET: "For desks where phones are not allowed. Each code works once.",
        },
    )


class ProofForm(DeskForm):
    """One code, to prove that the app or the sheet is there."""

    one_time_code = SecretCodeField("Code", missing=MISSING_CODE)


@dataclass(frozen=True)
class AppKey:
    """What an app is given: a picture to point a phone at, or a key to type, four signs each."""

    picture: Markup
    key: str


def app_key(account: Account, secret: str) -> AppKey:
    """Return what to give an app for an account that begins with one."""
    credential = g.db.get(Credential, account.id)
    address = address_for_app(secret, credential.sign_in_name if credential else account.name)
    code = segno.make(address, error="m")
    drawn = code.svg_inline(scale=5, border=4, light="white", title="Picture for your app")
    return AppKey(Markup(drawn), " ".join(re.findall("....", secret)))  # noqa: S704  # nosec B704


def begun_key(account: Account) -> AppKey | None:
    """Return what to give the app that an account has begun with; None where it has a sheet."""
    factor = g.db.get(SecondFactor, account.id)
    return app_key(account, factor.secret) if factor and factor.secret else None
