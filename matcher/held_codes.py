"""Going on with a code that was typed: the browser holds a token, and never the code itself.

A cookie is signed, not encrypted: whoever reads it must find no way in that
lasts. The token opens nothing but the pages of the invitation, for an hour.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col

from matcher.devices import hash_of_token
from matcher.invitations import usable
from models.sign_ins import Invitation

HELD_FOR = timedelta(hours=1)
"""How long a browser in which a code was typed may go on without typing it again."""


def hold(db: Session, invitation: Invitation, *, now: datetime) -> str:
    """Let one browser go on with an invitation; return what it is to hold, which is no code.

    A browser that held it before holds it no more.
    """
    token = secrets.token_urlsafe(32)
    invitation.held_by, invitation.held_at = hash_of_token(token), now
    db.flush()
    return token


def held(db: Session, token: str, *, now: datetime) -> Invitation | None:
    """Return the invitation that a browser goes on with, while it is good and not for too long."""
    mine = usable(now).where(
        Invitation.held_by == hash_of_token(token), col(Invitation.held_at) > now - HELD_FOR
    )
    return db.exec(mine).first()
