"""What leavers and mentors said to each purpose, as recorded: the newest word stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.people import Leaver, Mentor
from models.privacy import Consent
from models.privacy_words import OF_MENTORS, Purpose
from models.rows import newest


def newest_of(db: Session, person_id: UUID, purpose: Purpose) -> Consent | None:
    """Return what the leaver or mentor whom a purpose is about said last to it."""
    owner = "mentor_id" if purpose in OF_MENTORS else "leaver_id"
    theirs = newest(Consent, owner, "purpose").where(
        getattr(Consent, owner) == person_id, Consent.purpose == purpose
    )
    said: Consent | None = db.exec(theirs).first()
    return said


def is_refused(db: Session, person_id: UUID, purpose: Purpose) -> bool:
    """Say whether someone said no to a purpose; who was never asked did not."""
    said = newest_of(db, person_id, purpose)
    return said is not None and not said.given


def record_on_form(
    db: Session, leaver: Leaver, told: Any, *, by: UUID | None, now: datetime
) -> None:
    """Record what the form of a council says to each purpose; `told` is a PutForward."""
    said = {
        Purpose.MATCHING: True,
        Purpose.EXPERIENCES: bool(told.may_show),
        Purpose.CONTACT: told.contact.shares is not None,
    }
    for purpose, given in said.items():
        keep_said(db, leaver, purpose, given, told.consented_on, by=by, now=now)
    db.flush()


def keep_said(
    db: Session,
    person: Leaver | Mentor,
    purpose: Purpose,
    given: bool,
    told_on: date,
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    """Record one word; a second one in the same instant takes the place of the first."""
    before = newest_of(db, person.id, purpose)
    if before and before.recorded_at >= now:
        before.given, before.told_on, before.recorded_by = given, told_on, by
        return
    told: dict[str, Any] = {"purpose": purpose, "given": given, "told_on": told_on}
    told["mentor_id" if isinstance(person, Mentor) else "leaver_id"] = person.id
    db.add(Consent(recorded_at=now, recorded_by=by, **told))
