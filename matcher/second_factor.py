"""The second thing that somebody proves who they are with: an app's code, or one off a sheet.

An app's code is RFC 6238's: six digits that change each half minute. A sheet
has codes with a number before them, "7-K4QP-2MXT": the number says which code
it is, so that one check is enough, and each is taken once. A sheet is for
desks where phones are banned.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from matcher.passwords import fits, hash_of
from matcher.refusing import NotAllowed
from models.accounts import Account, SignIn
from models.sign_ins import FactorKind, OneTimeCode, SecondFactor

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O and U, which read like others."""

CODES_ON_SHEET = 20
FEW_LEFT = 4
STEP = 30
STEPS_LATE = 1
"""A code is taken one half minute before and after its own: clocks differ."""

BEGUN_FOR = timedelta(minutes=30)
"""How long a new app waits for its first code."""

NAME_IN_APP = "Gatemate"
WRONG_CODE = "This code is not right. Look again and type all of it."

_SHEET_CODE = re.compile(r"(\d{1,2})-?([0-9A-Z]{8})")
_APP_CODE = re.compile(r"\d{6}")


@dataclass(frozen=True)
class Typed:
    """A code as somebody typed it: an app's digits, or a number and a code off a sheet."""

    digits: str = ""
    number: int = 0
    secret: str = ""


def read_code(text: str) -> Typed:
    """Read what was typed; letters that are taken for digits are, and what is neither is empty."""
    plain = re.sub(r"[\s–—]+", "", text.upper())
    # A keyboard of another script types its own digits: they are read as ours.
    plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in plain)
    if _APP_CODE.fullmatch(plain):
        return Typed(digits=plain)
    head, _, tail = plain.partition("-")
    tail = tail.replace("-", "").translate(str.maketrans("OIL", "011"))
    found = _SHEET_CODE.fullmatch(f"{head}-{tail}")
    return Typed(number=int(found[1]), secret=found[2]) if found else Typed()


def a_code(length: int) -> str:
    """Return random letters and digits: 5 bits in each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def step_of(secret: str, digits: str, *, after: int, now: datetime) -> int | None:
    """Return the half minute that an app's digits belong to, None if they are wrong or were used.

    `after` is the newest half minute of which a code was taken.
    """
    current = int(now.timestamp()) // STEP
    app = pyotp.TOTP(secret)
    for step in range(current - STEPS_LATE, current + STEPS_LATE + 1):
        if secrets.compare_digest(app.generate_otp(step), digits) and step > after:
            return step
    return None


def a_secret() -> str:
    """Return a new secret for an app: 160 bits in base 32."""
    return pyotp.random_base32()


def begin_app(db: Session, account: Account, secret: str = "") -> SecondFactor:
    """Give an account a secret for an app; it counts once a code of it was typed."""
    return _begin(db, account, FactorKind.APP, secret=secret or a_secret())


def begin_next_app(db: Session, account: Account, stay: SignIn, *, now: datetime) -> None:
    """Make a secret for another app, which takes the place of what is there once it is proved.

    It waits in the row, for one stay: the browser never holds it in a cookie.
    """
    factor = db.get_one(SecondFactor, account.id)
    factor.next_secret, factor.next_for = a_secret(), stay.token_hash
    factor.next_begun_at = now
    db.flush()


def next_secret(db: Session, account: Account, stay: SignIn, *, now: datetime) -> str | None:
    """Return the secret of the app that was begun in this stay, None where none waits."""
    factor = db.get(SecondFactor, account.id)
    if factor is None or factor.next_begun_at is None or factor.next_for != stay.token_hash:
        return None
    return factor.next_secret if now < factor.next_begun_at + BEGUN_FOR else None


def forget_next_apps(db: Session, *, now: datetime) -> int:
    """Forget the secrets of apps that were begun too long ago; say how many."""
    old = select(SecondFactor).where(col(SecondFactor.next_begun_at) <= now - BEGUN_FOR)
    late = db.exec(old).all()
    for factor in late:
        factor.next_secret = factor.next_for = factor.next_begun_at = None
    db.flush()
    return len(late)


def begin_sheet(db: Session, account: Account, *, now: datetime) -> list[str]:
    """Give an account a new sheet, and return its codes: they are shown once and not kept.

    It counts once a code of it was typed; what was there before is gone.
    """
    _begin(db, account, FactorKind.SHEET, codes_made_at=now)
    return _write_codes(db, account.id)


def renew_sheet(db: Session, account: Account, *, now: datetime) -> list[str]:
    """Put a new sheet in the place of the old one, whose codes open nothing from now on.

    Raises NotAllowed where the account has an app.
    """
    factor = db.get(SecondFactor, account.id)
    if factor is None or factor.kind is not FactorKind.SHEET:
        raise NotAllowed("You sign in with an app, so there is no sheet to print.")
    factor.codes_made_at = now
    return _write_codes(db, account.id)


def address_for_app(secret: str, signs_in_as: str) -> str:
    """Return what the picture for an app says: whose account, and the secret."""
    return pyotp.TOTP(secret).provisioning_uri(name=signs_in_as, issuer_name=NAME_IN_APP)


def fits_factor(db: Session, account: Account, typed: Typed, *, now: datetime) -> bool:
    """Say whether a code is one of an account's second factor, confirmed or not."""
    factor = db.get(SecondFactor, account.id)
    if factor is not None and factor.kind is FactorKind.APP:
        step = step_of(factor.secret or "", typed.digits, after=factor.last_step, now=now)
        return step is not None
    code = db.get(OneTimeCode, (account.id, typed.number))
    return fits(code.code_hash if code and code.used_at is None else None, typed.secret or "-")


def take_code(db: Session, account_id: UUID, typed: Typed, *, now: datetime) -> bool:
    """Take a code that fits, so that it is never taken again; False if it was taken meanwhile.

    Of a sheet's code it has been checked already that it fits: that is slow.
    """
    if typed.number:
        unused = update(OneTimeCode).where(
            col(OneTimeCode.account_id) == account_id,
            col(OneTimeCode.number) == typed.number,
            col(OneTimeCode.used_at).is_(None),
        )
        return bool(getattr(db.execute(unused.values(used_at=now)), "rowcount", 0) == 1)
    mine = select(SecondFactor).where(SecondFactor.account_id == account_id).with_for_update()
    factor = db.exec(mine.execution_options(populate_existing=True)).first()
    if factor is None:
        return False
    step = step_of(factor.secret or "", typed.digits, after=factor.last_step, now=now)
    if step is not None:
        factor.last_step = step
        db.flush()
    return step is not None


def confirm(db: Session, account: Account, *, now: datetime) -> None:
    """Let the second factor count: a code of it was typed."""
    db.get_one(SecondFactor, account.id).confirmed_at = now
    db.flush()


def codes_left(db: Session, account_id: UUID) -> int | None:
    """Return how many codes of the sheet are not used yet; None for an app."""
    factor = db.get(SecondFactor, account_id)
    if factor is None or factor.kind is not FactorKind.SHEET:
        return None
    left = select(func.count()).where(
        OneTimeCode.account_id == account_id, col(OneTimeCode.used_at).is_(None)
    )
    return db.exec(left).one()


def as_written(number: int, secret: str) -> str:
    """Return a code as it stands on a sheet: "7-K4QP-2MXT"."""
    return f"{number}-{secret[:4]}-{secret[4:]}"


def _begin(db: Session, account: Account, kind: FactorKind, **told: Any) -> SecondFactor:
    db.execute(delete(OneTimeCode).where(col(OneTimeCode.account_id) == account.id))
    before = db.get(SecondFactor, account.id)
    if before is not None:
        db.delete(before)
        db.flush()
    factor = SecondFactor(account_id=account.id, kind=kind, **told)
    db.add(factor)
    db.flush()
    return factor


def _write_codes(db: Session, account_id: UUID) -> list[str]:
    db.execute(delete(OneTimeCode).where(col(OneTimeCode.account_id) == account_id))
    codes = {number: a_code(8) for number in range(1, CODES_ON_SHEET + 1)}
    db.add_all(
        OneTimeCode(account_id=account_id, number=number, code_hash=hash_of(secret))
        for number, secret in codes.items()
    )
    db.flush()
    return [as_written(number, secret) for number, secret in codes.items()]
