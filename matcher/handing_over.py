"""A printed letter is put into the hand of the person it is for, and that is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from matcher.refusing import NotAllowed
from models.outbox import HandOver, Letter
from models.states import Channel, LetterState


def hand_over(db: Session, letter: Letter, *, by: UUID | None, now: datetime) -> HandOver:
    """Keep that a letter was handed over; the second time changes nothing.

    NotAllowed for one that is not in the print tray (any more).
    """
    if letter.channel is not Channel.PRINT or letter.state is not LetterState.SENT:
        raise NotAllowed("This letter is not there to hand over. Look at the list again.")
    before = db.get(HandOver, letter.id)
    if before:
        return before
    handed = HandOver(letter_id=letter.id, handed_at=now, handed_by=by)
    db.add(handed)
    db.flush()
    return handed
