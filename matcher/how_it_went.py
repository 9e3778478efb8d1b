"""How a meeting went, as its mentor tells it in two taps; whoever wants a call gets one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from matcher.ringing import raise_ring
from models.desk_words import RingReason, Went
from models.meetings import HowItWent, Meeting
from models.pairs import Pair


def told_of(db: Session, meeting: Meeting) -> HowItWent | None:
    """Return what its mentor said of a meeting, if anything."""
    return db.get(HowItWent, meeting.id)


def tell(db: Session, meeting: Meeting, went: Went, *, by: UUID | None, now: datetime) -> HowItWent:
    """Keep how a meeting was; told again, the newer word stands."""
    said = told_of(db, meeting) or HowItWent(meeting_id=meeting.id, went=went, told_at=now)
    said.went, said.told_at, said.told_by = went, now, by
    db.add(said)
    db.flush()
    return said


def ask_for_call(
    db: Session, meeting: Meeting, *, wants: bool, by: UUID | None, now: datetime
) -> None:
    """Keep whether the mentor wants to be rung about a meeting; who does has the manager ring.

    Asked twice it is one call. Nothing for a meeting of which nobody said how it was.
    """
    said = told_of(db, meeting)
    if said is None or said.wants_call == wants:
        return
    said.wants_call, said.told_by = wants, by
    db.add(said)
    if wants:
        pair = db.get_one(Pair, meeting.pair_id)
        raise_ring(db, pair, RingReason.AFTER_MEETING, now=now, meeting_id=meeting.id)
    db.flush()


def forget(db: Session, meeting: Meeting) -> None:
    """Take away what was said of a meeting that is taken back."""
    if said := told_of(db, meeting):
        db.delete(said)
        db.flush()
