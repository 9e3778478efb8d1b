"""Signing in: a name, a password and a code, asked for together, and one answer for all that fails.

Whatever is wrong, the same work is done: the same three questions to the
database, a password check and a code check. So neither the words nor the time
say whether a name is known, which part was wrong, or that an account is closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from matcher.accounts import begin_stay
from matcher.devices import MAY_BE_REMEMBERED, device_of
from matcher.passwords import fits
from matcher.rate_limits import Tries, take_back
from matcher.second_factor import Typed, read_code, step_of, take_code
from models.accounts import Account, Credential, SignIn
from models.key_ring import blind_index
from models.sign_ins import (
    FactorKind,
    LimitKind,
    OneTimeCode,
    RememberedDevice,
    SecondFactor,
)

NO_SECRET = "A" * 32
"""What the code of somebody without an app is compared with; nothing fits it."""


@dataclass(frozen=True)
class Asked:
    """What somebody gave in to sign in; `device` is what their browser holds of an earlier time."""

    name: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    device: str = field(default="", repr=False)
    origin: str = ""
    browser: str = ""

    @property
    def typed(self) -> Typed:
        """Return the code as an app's digits, or as a number and a code off a sheet."""
        return read_code(self.code)


@dataclass(frozen=True)
class Known:
    """What is on file for a name that was given in; for an unknown one it is empty."""

    account: Account | None = None
    password_hash: str | None = field(default=None, repr=False)
    factor: SecondFactor | None = field(default=None, repr=False)
    code_hash: str | None = field(default=None, repr=False)
    device_id: UUID | None = None

    @property
    def may_sign_in(self) -> bool:
        """Whether the account is open and has a second factor that counts."""
        is_open = self.account is not None and self.account.disabled_at is None
        return is_open and self.factor is not None and self.factor.confirmed_at is not None


def look_up(db: Session, asked: Asked, *, now: datetime) -> Known:
    """Return what is on file, with the same three questions whoever asks."""
    credential = select(Account, Credential, SecondFactor).join(
        Credential, col(Credential.account_id) == col(Account.id)
    )
    named = credential.join(
        SecondFactor, col(SecondFactor.account_id) == col(Account.id), isouter=True
    ).where(Credential.sign_in_name_index == blind_index("email", asked.name))
    found = db.exec(named).first()
    account, own, factor = found or (None, None, None)
    account_id = account.id if account else uuid4()
    code = db.exec(
        select(OneTimeCode.code_hash).where(
            OneTimeCode.account_id == account_id,
            OneTimeCode.number == asked.typed.number,
            col(OneTimeCode.used_at).is_(None),
        )
    ).first()
    device = device_of(db, asked.device, now=now)
    return Known(account, own.password_hash if own else None, factor, code, _own(device, account))


def tries_of(asked: Asked, known: Known) -> Tries:
    """Return what a try to sign in is counted by.

    Who sits at a remembered device is not kept out by tries from elsewhere.
    """
    if known.device_id:
        return [(LimitKind.DEVICE, str(known.device_id)), (LimitKind.ADDRESS, asked.origin)]
    name = asked.name.strip().casefold()
    return [
        (LimitKind.NAME_HERE, f"{name}\n{asked.origin}"),
        (LimitKind.NAME, name),
        (LimitKind.ADDRESS, asked.origin),
    ]


def is_right(asked: Asked, known: Known, *, now: datetime) -> bool:
    """Say whether everything fits; all of it is checked, whatever was wrong before."""
    password = fits(known.password_hash, asked.password)
    code = _code_fits(asked.typed, known, now)
    return password and (code or known.device_id is not None) and known.may_sign_in


def begin(db: Session, asked: Asked, known: Known, tries: Tries, *, now: datetime) -> str | None:
    """Begin the stay of somebody for whom everything fits, and return its token.

    The code is used up. None where it, or the account, went meanwhile.
    """
    account = known.account and db.get(Account, known.account.id)
    if account is None or account.disabled_at is not None:
        return None
    if known.device_id is None and not take_code(db, account.id, asked.typed, now=now):
        return None
    if known.device_id:
        db.get_one(RememberedDevice, known.device_id).used_at = now
    take_back(db, tries)
    return begin_stay(
        db,
        account,
        now=now,
        browser=asked.browser,
        origin=asked.origin,
        device_id=known.device_id,
    )


def _code_fits(typed: Typed, known: Known, now: datetime) -> bool:
    factor = known.factor
    on_sheet = fits(known.code_hash, typed.secret or "-")
    secret = (factor.secret if factor else None) or NO_SECRET
    step = step_of(secret, typed.digits, after=factor.last_step if factor else 0, now=now)
    if factor is None:
        return False
    return on_sheet if factor.kind is FactorKind.SHEET else step is not None


def _own(device: RememberedDevice | None, account: Account | None) -> UUID | None:
    if device is None or account is None or device.account_id != account.id:
        return None
    return device.id if account.role in MAY_BE_REMEMBERED else None


def changed_since_last_stay(db: Session, account: Account) -> datetime | None:
    """Return when the password or second factor was changed, if after the stay before this one.

    So whoever comes back is told once of a change, their own included.
    """
    theirs = select(SignIn.started_at).where(SignIn.account_id == account.id)
    stays = db.exec(theirs.order_by(col(SignIn.started_at).desc()).limit(2)).all()
    own, factor = db.get_one(Credential, account.id), db.get_one(SecondFactor, account.id)
    changed = (own.changed_at, factor.confirmed_at, factor.codes_made_at)
    newest = max(one for one in changed if one is not None)
    return newest if len(stays) > 1 and newest > stays[1] else None
