"""Whoever is signed in proves again that it is them, before what lets them in is changed.

A desk may stand open, and a remembered device may lie about: the password is
asked for again, and beside it a code where a way of signing in is changed.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from matcher.accounts import WRONG_PASSWORD
from matcher.passwords import fits
from matcher.refusing import InTheWay, NotAllowed
from matcher.second_factor import WRONG_CODE, fits_factor, read_code, take_code
from models.accounts import Account, Credential


def prove(db: Session, account: Account, password: str) -> None:
    """Raise NotAllowed unless this is somebody's password of now."""
    if not fits(db.get_one(Credential, account.id).password_hash, password):
        raise NotAllowed(InTheWay(WRONG_PASSWORD, "old_password"))


def prove_with_code(
    db: Session, account: Account, password: str, code: str, *, now: datetime
) -> None:
    """Raise NotAllowed unless both the password and a code are right; the code is used up."""
    prove(db, account, password)
    typed = read_code(code)
    if not fits_factor(db, account, typed, now=now) or not take_code(
        db, account.id, typed, now=now
    ):
        raise NotAllowed(InTheWay(WRONG_CODE, "one_time_code"))
