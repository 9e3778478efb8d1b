"""Every hand-over of a letter leaves a row: when it began, and what came of it.

"Taken" is said only of the newest hand-over, while the letter is still held
by whom it was begun by. What comes later is not known for certain: another
may have begun meanwhile.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col

from matcher.journal import Entry
from matcher.messages import Answer, Message, Refused, without_addresses
from models.outbox import AttemptOutcome, Letter, LetterAttempt

NO_ANSWER = "no answer was recorded"


def begin(db: Session, letter: Letter, *, now: datetime) -> None:
    """Keep that a letter is about to be handed over, under its number by now."""
    db.add(LetterAttempt(letter_id=letter.id, attempt=letter.attempt, begun_at=now))


def end(db: Session, message: Message, came: Answer | Refused, *, now: datetime) -> None:
    """Keep what came of a hand-over, told by whoever still holds the letter."""
    _end(db, _newest(message), _outcome(came), came.text, now=now)


def end_too_late(db: Session, message: Message, came: Answer | Refused, *, now: datetime) -> None:
    """Keep the answer to a hand-over that was not waited for: it stays as it was given up."""
    outcome = col(LetterAttempt.outcome)
    open_still = outcome.is_(None) | (outcome == AttemptOutcome.UNKNOWN)
    of_it = [*_newest(message), open_still]
    _end(db, of_it, AttemptOutcome.UNKNOWN, f"too late: {came.text}", now=now)


def lose_sight(db: Session, letter: Letter, *, now: datetime) -> None:
    """Keep that nobody knows what came of the newest hand-over of a letter."""
    _end(db, _newest(letter), AttemptOutcome.UNKNOWN, NO_ANSWER, now=now)


def end_by_journal(db: Session, letter: Letter, entry: Entry) -> None:
    """Keep what the journal says of a hand-over; its row may be lost with the days of a backup."""
    own = (letter.id, entry.attempt)
    row = db.get(LetterAttempt, own)
    if row is None:
        row = LetterAttempt(letter_id=own[0], attempt=own[1], begun_at=entry.at)
        db.add(row)
    is_newest = entry.attempt == letter.attempt
    row.outcome = AttemptOutcome.TAKEN if is_newest else AttemptOutcome.UNKNOWN
    row.answer, row.ended_at = without_addresses(entry.answer), entry.at


def _newest(of: Letter | Message) -> list[ColumnElement[bool]]:
    """Return the conditions of the row of a hand-over: this one, or the last of a letter."""
    letter_id = of.id if isinstance(of, Letter) else of.letter_id
    return [col(LetterAttempt.letter_id) == letter_id, col(LetterAttempt.attempt) == of.attempt]


def _end(
    db: Session,
    rows: list[ColumnElement[bool]],
    outcome: AttemptOutcome,
    answer: str,
    *,
    now: datetime,
) -> None:
    """End a hand-over in one statement: nothing that its row says is needed for that."""
    said = {"outcome": outcome, "answer": without_addresses(answer), "ended_at": now}
    db.execute(update(LetterAttempt).where(*rows).values(**said))


def _outcome(came: Answer | Refused) -> AttemptOutcome:
    if isinstance(came, Answer):
        return AttemptOutcome.TAKEN
    if came.unknown:
        return AttemptOutcome.UNKNOWN
    return AttemptOutcome.DEFERRED if came.temporary else AttemptOutcome.REFUSED
