"""Accounts that were closed long ago: nobody is known by them any more.

The row stays, since what was done with it stays told in the audit and beside
what was written; who it was does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from matcher.erasing import remove
from matcher.retention_finds import Due
from models.accounts import Account, Credential
from models.audit import AuditedSession
from models.sign_ins import OneTimeCode, SecondFactor

WAYS_IN = (OneTimeCode, SecondFactor, Credential)


def closed_accounts(db: Session, before: datetime) -> Iterator[Due]:
    """Yield accounts closed before a moment that still say whose they were."""
    old = select(Account).where(col(Account.disabled_at) < before, _says_whose())
    for account in db.exec(old):
        people = {one for one in (account.id, account.mentor_id) if one}
        yield Due(account, frozenset(people), account.disabled_at or before)


def forget_whose(db: AuditedSession, due: list[Due], _now: datetime) -> int:
    """Take the name, the ways to reach somebody and their way in off each account."""
    for one in due:
        account: Account = one.row
        account.name, account.email, account.phone = "", None, None
        for kind in WAYS_IN:
            theirs = db.exec(select(kind).where(kind.account_id == account.id)).all()
            remove(db, {str(kind.__tablename__): list(theirs)})
    return len(due)


def _says_whose() -> ColumnElement[bool]:
    still = select(Credential.account_id)
    return or_(
        col(Account.name) != "",
        col(Account.email).is_not(None),
        col(Account.phone).is_not(None),
        col(Account.id).in_(still),
    )
