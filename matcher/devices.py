"""A mentor's own phone or computer: remembered for some days, so that it needs no code.

Only mentors have one: the desks of a prison and of the service are shared.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.refusing import NotAllowed
from models.accounts import Account, SignIn
from models.sign_ins import RememberedDevice
from models.states import Role

REMEMBERED = timedelta(days=30)
MAY_BE_REMEMBERED = frozenset({Role.MENTOR})


def remember(db: Session, account: Account, name: str, *, now: datetime) -> str:
    """Remember the device that somebody has just signed in on, and return what it is to hold.

    Raises NotAllowed for whoever is no mentor.
    """
    if account.role not in MAY_BE_REMEMBERED:
        raise NotAllowed("Only a mentor’s own phone or computer is remembered.")
    token = secrets.token_urlsafe(32)
    device = RememberedDevice(
        account_id=account.id,
        token_hash=hash_of_token(token),
        name=name,
        remembered_at=now,
        used_at=now,
        ends_at=now + REMEMBERED,
    )
    db.add(device)
    db.flush()
    return token


def device_of(db: Session, token: str, *, now: datetime) -> RememberedDevice | None:
    """Return the device that holds this token, while it is remembered."""
    return db.exec(
        select(RememberedDevice).where(
            RememberedDevice.token_hash == hash_of_token(token),
            col(RememberedDevice.revoked_at).is_(None),
            RememberedDevice.ends_at > now,
        )
    ).first()


def devices_of(db: Session, account: Account, *, now: datetime) -> Sequence[RememberedDevice]:
    """Return the devices of an account that are remembered, the last used first."""
    mine = select(RememberedDevice).where(
        RememberedDevice.account_id == account.id,
        col(RememberedDevice.revoked_at).is_(None),
        RememberedDevice.ends_at > now,
    )
    return db.exec(mine.order_by(col(RememberedDevice.used_at).desc())).all()


def own_device(db: Session, account: Account, device_id: UUID) -> RememberedDevice | None:
    """Return one device of an account, None where the account has no such device."""
    device = db.get(RememberedDevice, device_id)
    return device if device is not None and device.account_id == account.id else None


def forget_device(db: Session, account: Account, device_id: UUID, *, now: datetime) -> bool:
    """Forget one device of an account and end its stays; False where the account has no such."""
    device = own_device(db, account, device_id)
    if device is None:
        return False
    device.revoked_at = device.revoked_at or now
    stays = select(SignIn).where(SignIn.device_id == device.id, col(SignIn.ended_at).is_(None))
    for stay in db.exec(stays):
        stay.ended_at = now
    return True


def forget_devices(db: Session, account: Account, *, now: datetime) -> None:
    """Forget every device of an account."""
    for device in devices_of(db, account, now=now):
        device.revoked_at = now
    db.flush()


def hash_of_token(token: str) -> str:
    """Return the SHA-256 of what a browser holds."""
    return sha256(token.encode()).hexdigest()
