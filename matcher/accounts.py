"""Who may sign in, and who is signed in.

A password is kept as Argon2id (19 MiB, two passes, one lane: OWASP's first
choice for a small machine). A stay is a row; the browser holds a token of
which only the hash is kept. Everything here is in real time.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerificationError
from sqlmodel import Session, col, or_, select

from matcher.refusing import NotAllowed
from models.accounts import Account, Credential, SignIn
from models.states import Role

IDLE = timedelta(minutes=30)
LONGEST_STAY = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""A stay in use is written down this often, not at each page."""

SHORTEST_PASSWORD = 15

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def open_account(
    db: Session,
    role: Role,
    *,
    sign_in_name: str,
    password: str,
    now: datetime,
    made_up: bool = False,
    **told: Any,
) -> Account:
    """Add an account of a role; `told` are its other columns: name, email, prison, region.

    Raises NotAllowed for a password that is too short and a name that is taken.
    """
    name = sign_in_name.strip().casefold()
    if len(password) < SHORTEST_PASSWORD:
        raise NotAllowed(f"Use a password of {SHORTEST_PASSWORD} characters or more.")
    if not name or db.exec(select(Credential).where(Credential.sign_in_name == name)).first():
        raise NotAllowed(f'Someone signs in as "{name}" already: choose another name.')
    account = Account(role=role, created_at=now, **told)
    credential = Credential(
        account_id=account.id,
        sign_in_name=name,
        password_hash=_HASHER.hash(password),
        made_up=made_up,
        changed_at=now,
    )
    db.add_all([account, credential])
    db.flush()
    return account


def sign_in(db: Session, sign_in_name: str, password: str, *, now: datetime) -> str | None:
    """Begin a stay and return its token, or None where name and password do not go together.

    An unknown name costs as much time as a wrong password.
    """
    found = db.exec(
        select(Account, Credential).where(
            Account.id == Credential.account_id,
            Credential.sign_in_name == sign_in_name.strip().casefold(),
        )
    ).first()
    account, hashed = (found[0], found[1].password_hash) if found else (None, _nobodys_hash())
    if not _fits(hashed, password) or account is None or account.disabled_at is not None:
        return None
    token = secrets.token_urlsafe(32)
    stay = SignIn(
        account_id=account.id,
        token_hash=_hash(token),
        started_at=now,
        seen_at=now,
        ends_at=now + LONGEST_STAY,
    )
    db.add(stay)
    db.flush()
    return token


def whose_stay(db: Session, token: str, *, now: datetime) -> tuple[Account, SignIn] | None:
    """Return the account that stays under this token, or None once the stay is over."""
    found = db.exec(
        select(Account, SignIn).where(
            Account.id == SignIn.account_id,
            SignIn.token_hash == _hash(token),
            col(SignIn.ended_at).is_(None),
            col(Account.disabled_at).is_(None),
            SignIn.ends_at > now,
            SignIn.seen_at > now - IDLE,
        )
    ).first()
    return (found[0], found[1]) if found else None


def whose_stay_lapsed(db: Session, token: str, *, now: datetime) -> Account | None:
    """Return whose stay under this token is over by time alone.

    A stay that was ended and one of a closed account are nobody's.
    """
    return db.exec(
        select(Account).where(
            Account.id == SignIn.account_id,
            SignIn.token_hash == _hash(token),
            col(SignIn.ended_at).is_(None),
            col(Account.disabled_at).is_(None),
            or_(col(SignIn.ends_at) <= now, col(SignIn.seen_at) <= now - IDLE),
        )
    ).first()


def is_due_to_be_seen(stay: SignIn, *, now: datetime) -> bool:
    """Say whether it is time to write down that a stay is in use."""
    return now - stay.seen_at > SEEN_EVERY


def stay_on(db: Session, token: str, *, now: datetime) -> None:
    """Write down that a stay is in use."""
    stay = db.exec(select(SignIn).where(SignIn.token_hash == _hash(token))).first()
    if stay:
        stay.seen_at = max(stay.seen_at, now)


def sign_out(db: Session, token: str, *, now: datetime) -> None:
    """End a stay; one that is over or unknown stays as it was."""
    stay = db.exec(select(SignIn).where(SignIn.token_hash == _hash(token))).first()
    if stay:
        stay.ended_at = stay.ended_at or now


def disable(db: Session, account: Account, *, by: UUID | None, now: datetime) -> None:
    """Close an account and end its stays; one that is closed stays as it was.

    Raises NotAllowed for one's own: somebody must be left to look after the rest.
    """
    if account.id == by:
        raise NotAllowed("This is your own account. Ask another administrator to close it.")
    account.disabled_at = account.disabled_at or now
    stays = select(SignIn).where(SignIn.account_id == account.id, col(SignIn.ended_at).is_(None))
    for stay in db.exec(stays):
        stay.ended_at = now
    db.flush()


def has_real_account(db: Session) -> bool:
    """Say whether anyone has an account that no demo made up."""
    made_up = select(Credential.account_id).where(col(Credential.made_up))
    real = select(Account.id).where(col(Account.id).not_in(made_up))
    return db.exec(real).first() is not None


def _fits(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except VerificationError:
        return False


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
