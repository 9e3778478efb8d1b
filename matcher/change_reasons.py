"""Why a manager changed what is most sensitive: asked for each time, and shown to managers alone.

The audit says that it was changed and by whom; it holds no word of anyone, so
the reason is kept apart.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.people import Leaver, Mentor
from models.privacy import ChangeReason
from models.privacy_words import ReasonFor


def keep_reason(
    db: Session,
    person: Leaver | Mentor,
    about: ReasonFor,
    row_id: UUID,
    text: str,
    *,
    by: UUID | None,
    now: datetime,
) -> ChangeReason:
    """Keep why a row about someone was made or changed; ValueError without a word."""
    if not text.strip():
        raise ValueError("a change of what is most sensitive has a reason")
    owner = "leaver_id" if isinstance(person, Leaver) else "mentor_id"
    told: dict[str, Any] = {owner: person.id, "about": about, "row_id": str(row_id)}
    reason = ChangeReason(text=text.strip(), recorded_at=now, recorded_by=by, **told)
    db.add(reason)
    db.flush()
    return reason


def reasons_of(db: Session, leaver_id: UUID) -> list[ChangeReason]:
    """Return the reasons given for changes about a leaver, the newest first."""
    theirs = select(ChangeReason).where(ChangeReason.leaver_id == leaver_id)
    return list(db.exec(theirs.order_by(col(ChangeReason.recorded_at).desc())))
