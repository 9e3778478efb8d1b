"""Invitations that wait to be used, as whoever keeps the accounts reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from models.account_access import invitations_agreed_by, invitations_kept_by
from models.accounts import Account
from models.people import Mentor
from models.reference import prisons
from models.sign_ins import Invitation
from models.states import Role


@dataclass(frozen=True)
class InvitationCard:
    """One invitation: for whom, to which desk, and until when it is good. Its code is not kept."""

    id: UUID
    version: int
    name: str
    role: Role
    place: str
    is_recovery: bool
    waits: bool
    asked_by: str
    asked_at: datetime
    ends_at: datetime


def waiting_invitations(db: Session, account: Account, now: datetime) -> tuple[InvitationCard, ...]:
    """Return the invitations that can still be used, the newest first."""
    return _cards(db, invitations_kept_by(account), now)


def codes_to_agree(
    db: Session, account: Account, now: datetime, *, only: UUID | None = None
) -> tuple[InvitationCard, ...]:
    """Return the codes that wait for a second person, who this account may be; newest first."""
    to_agree = invitations_agreed_by(account)
    return _cards(db, to_agree.where(True if only is None else Invitation.id == only), now)


def place_of(db: Session, invitation: Invitation) -> str:
    """Return which prison, region or mentor an invitation is for, in words."""
    if invitation.prison:
        return prisons()[invitation.prison].title
    if invitation.mentor_id:
        return db.get_one(Mentor, invitation.mentor_id).code
    return invitation.region.label if invitation.region else ""


def _cards(
    db: Session, seen: SelectOfScalar[Invitation], now: datetime
) -> tuple[InvitationCard, ...]:
    waiting = seen.where(
        col(Invitation.used_at).is_(None),
        col(Invitation.revoked_at).is_(None),
        Invitation.ends_at > now,
    )
    rows = db.exec(waiting.order_by(col(Invitation.invited_at).desc())).all()
    return tuple(_card(db, one) for one in rows)


def _card(db: Session, one: Invitation) -> InvitationCard:
    place = place_of(db, one)
    waits = one.needs_second and one.agreed_by is None
    asked_by = db.get_one(Account, one.invited_by).name if waits and one.invited_by else ""
    told = (one.id, one.version, one.name, one.role, place, one.is_recovery)
    return InvitationCard(*told, waits, asked_by, one.invited_at, one.ends_at)
