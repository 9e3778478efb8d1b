"""One letter as its manager reads it before it goes: to whom, how, when and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from matcher.desks.letter_steps import LetterStep, step_of
from matcher.letter_texts import Words, words_for
from matcher.recipients import Behind, Party, behind
from matcher.settings import Settings
from models.outbox import HandOver, Letter
from models.states import Channel, LetterKind

TO = {
    Party.MENTOR: "the mentor",
    Party.PRACTITIONER: "the practitioner",
    Party.MANAGER: "the manager",
    Party.LEAVER: "the leaver, on paper",
    Party.ACCOUNT: "whoever has the account",
}
"""Whom a letter is for, as a manager reads it."""


@dataclass(frozen=True)
class LetterPreview:
    """One letter; `words` is what it says as things stand, None on paper or where nothing is left.

    `leaver_id` names whoever it is about.
    """

    letter_id: UUID
    kind: LetterKind
    channel: Channel
    to: str
    step: LetterStep
    due_at: datetime
    sent_at: datetime | None
    words: Words | None
    pair_id: UUID | None
    leaver_id: UUID | None
    leaver: str
    mentor: str

    @property
    def on_paper(self) -> bool:
        """Say whether the liaison prints it."""
        return self.channel is Channel.PRINT


def letter_preview(db: Session, letter: Letter, settings: Settings) -> LetterPreview:
    """Return one letter with its words as it would say them now."""
    rows = behind(db, letter)
    handed = db.get(HandOver, letter.id) is not None
    return LetterPreview(
        letter_id=letter.id,
        kind=letter.kind,
        channel=letter.channel,
        to=TO[rows.party],
        step=step_of(letter.state, letter.channel, handed_over=handed),
        due_at=letter.due_at,
        sent_at=letter.sent_at,
        words=_words(db, rows, settings),
        pair_id=rows.pair.id if rows.pair else None,
        leaver_id=rows.leaver.id if rows.leaver else None,
        leaver=rows.leaver.first_name if rows.leaver else "",
        mentor=rows.mentor.first_name if rows.mentor else "",
    )


def _words(db: Session, rows: Behind, settings: Settings) -> Words | None:
    """Return the words of a letter, or None where it goes on paper or has none any more."""
    if rows.letter.channel is Channel.PRINT:
        return None
    try:
        return words_for(db, rows, settings)
    except ValueError:
        return None
