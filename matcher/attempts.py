"""Every hand-over of a letter leaves a row: when it began, and what came of it.

"Taken" is said only of the newest hand-over, while the letter is still held
by whom it was begun by. What comes later is not known for certain: another
may have begun meanwhile.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from matcher.journal import Entry
from matcher.messages import Answer, Message, Refused, without_addresses
from models.outbox import AttemptOutcome, Letter, LetterAttempt

NO_ANSWER = "no answer was recorded"


def begin(db: Session, letter: Letter, *, now: datetime) -> None:
    """Keep that a letter is about to be handed over, under its number by now."""
    db.add(LetterAttempt(letter_id=letter.id, attempt=letter.attempt, begun_at=now))


def end(db: Session, message: Message, came: Answer | Refused, *, now: datetime) -> None:
    """Keep what came of a hand-over, told by whoever still holds the letter."""
    _end(_row(db, message), _outcome(came), came.text, now=now)


def end_too_late(db: Session, message: Message, came: Answer | Refused, *, now: datetime) -> None:
    """Keep the answer to a hand-over that was not waited for: it stays as it was given up."""
    row = _row(db, message)
    if row and row.outcome in {None, AttemptOutcome.UNKNOWN}:
        _end(row, AttemptOutcome.UNKNOWN, f"too late: {came.text}", now=now)


def lose_sight(db: Session, letter: Letter, *, now: datetime) -> None:
    """Keep that nobody knows what came of the newest hand-over of a letter."""
    row = db.get(LetterAttempt, (letter.id, letter.attempt))
    _end(row, AttemptOutcome.UNKNOWN, NO_ANSWER, now=now)


def end_by_journal(db: Session, letter: Letter, entry: Entry) -> None:
    """Keep what the journal says of a hand-over; its row may be lost with the days of a backup."""
    own = (letter.id, entry.attempt)
    row = db.get(LetterAttempt, own)
    if row is None:
        row = LetterAttempt(letter_id=own[0], attempt=own[1], begun_at=entry.at)
        db.add(row)
    is_newest = entry.attempt == letter.attempt
    outcome = AttemptOutcome.TAKEN if is_newest else AttemptOutcome.UNKNOWN
    _end(row, outcome, entry.answer, now=entry.at)


def _row(db: Session, message: Message) -> LetterAttempt | None:
    return db.get(LetterAttempt, (message.letter_id, message.attempt))


def _end(row: LetterAttempt | None, outcome: AttemptOutcome, answer: str, *, now: datetime) -> None:
    if row:
        row.outcome, row.answer, row.ended_at = outcome, without_addresses(answer), now


def _outcome(came: Answer | Refused) -> AttemptOutcome:
    if isinstance(came, Answer):
        return AttemptOutcome.TAKEN
    if came.unknown:
        return AttemptOutcome.UNKNOWN
    return AttemptOutcome.DEFERRED if came.temporary else AttemptOutcome.REFUSED
