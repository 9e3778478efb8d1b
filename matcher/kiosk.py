"""A kiosk: a stay that opens one form, for one person after the other, and nothing else.

A member of a council makes their own stay a kiosk; it stays one until it ends.
What is typed there belongs to the stay. It is gone once it was sent, thrown
away or left alone for a while, or when the stay ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import SignIn
from models.council_words import Draft

IDLE = timedelta(minutes=15)
"""After so long without a page whoever comes next finds nothing of what was typed."""

LEFT_FOR = timedelta(hours=1)
"""What was typed so long ago at a kiosk lies there for nobody: its stay went on without it."""


def make_kiosk(db: Session, stay_id: UUID, *, now: datetime) -> None:
    """Let a stay open the pages of the kiosk alone, to its end; `now` is the real time."""
    stay = db.get_one(SignIn, stay_id)
    stay.kiosk_since = stay.kiosk_since or now
    db.flush()


def is_left_alone(stay: SignIn, *, now: datetime) -> bool:
    """Say whether nobody asked a kiosk for a page for a while; `now` is the real time."""
    return now - stay.seen_at > IDLE


def wipe(db: Session, stay: SignIn) -> bool:
    """Forget what is typed at a kiosk; say whether there was anything."""
    typed = db.exec(select(Draft).where(Draft.stay_id == stay.id)).all()
    for draft in typed:
        db.delete(draft)
    db.flush()
    return bool(typed)


def keep_place(draft: Draft, *, now: datetime) -> None:
    """Forget what was typed once it was sent; the empty form still leads to the code."""
    draft.answers, draft.changed_at = {}, now


def forget_old(db: Session, *, now: datetime) -> int:
    """Forget what was left at kiosks that nobody came back to; return how many forms."""
    at_kiosk = select(Draft).where(col(Draft.stay_id).is_not(None))
    old = db.exec(at_kiosk.where(Draft.changed_at < now - LEFT_FOR)).all()
    for draft in old:
        db.delete(draft)
    return len(old)
