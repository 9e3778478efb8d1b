"""A printed letter is put into the hand of the person it is for, and that is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from matcher.refusing import NotAllowed
from models.outbox import HandOver, Letter
from models.states import Channel, LetterState

MAY_BE_MENDED = timedelta(days=7)
"""So long a letter that was handed over can still be found, and a wrong tick be taken back."""


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


def take_back(db: Session, letter: Letter, *, now: datetime) -> None:
    """Keep that a letter was not handed over after all: it waits again, as things are today.

    A tick on the wrong line would be a letter that nobody gets. NotAllowed for one that was
    not handed over, or so long ago that nobody can know any more.
    """
    handed = db.get(HandOver, letter.id)
    if handed is None or handed.handed_at < now - MAY_BE_MENDED:
        raise NotAllowed("This letter does not stand as handed over. Look at the list again.")
    db.delete(handed)
    db.flush()
