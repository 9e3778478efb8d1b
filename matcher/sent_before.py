"""A letter that the journal knows as sent is recorded as sent, and not handed over again."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from matcher import attempts
from matcher.journal import Entry, Journal
from models.outbox import Letter
from models.states import LetterKind, LetterMove, LetterState

WAYS = {
    LetterState.PLANNED: (LetterMove.FALL_DUE, LetterMove.CLAIM, LetterMove.START),
    LetterState.RETRY: (LetterMove.FALL_DUE, LetterMove.CLAIM, LetterMove.START),
    LetterState.DUE: (LetterMove.CLAIM, LetterMove.START),
    LetterState.CLAIMED: (LetterMove.START,),
    LetterState.SENDING: (),
    LetterState.UNKNOWN: (),
}
"""The moves from each state that has not ended to where an answer is recorded."""


NEWS = {
    LetterKind.CALENDAR_ENTRY,
    LetterKind.DIGEST,
    LetterKind.GATE_PLAN,
    LetterKind.STOOD_DOWN,
    LetterKind.GATE_CHANGED,
    LetterKind.RING_US,
    LetterKind.WORRY,
}
"""What tells of an act: one of the same key, made anew after a backup was put back, is other news.

The others are planned by dates and by what stands, and say the same again.
"""


MAY_GO_AGAIN = NEWS | {LetterKind.MEETING_REMINDER}
"""What may leave under a key of before: a reminder does where the meeting has another day."""


def left_before(letter: Letter, journal: Journal) -> Entry | None:
    """Return the entry of the journal by which this letter has left, or None if it has not.

    Its own row is what counts first. A row that was lost with the days after
    a backup is known by its key, where the key says all that the letter does.
    """
    own = journal.says_sent(str(letter.id))
    if own or letter.kind in NEWS:
        return own
    before = journal.says_sent(letter.key)
    other_day = letter.kind is LetterKind.MEETING_REMINDER
    return None if before and other_day and before.at < letter.due_at else before


def record_as_sent(db: Session, letter: Letter, entry: Entry, *, now: datetime) -> None:
    """Record the answer of then, at the time of then, under the Message-ID of then."""
    for move in (*WAYS[letter.state], LetterMove.SUCCEED):
        letter.move(move, now=now)
    letter.message_id = entry.message_id
    letter.attempt = max(letter.attempt, entry.attempt)
    letter.sent_at = entry.at
    letter.due_at = min(letter.due_at, entry.at)  # one planned anew may be due later than it left
    letter.answer = entry.answer or "taken, by the journal"
    letter.claimed_by = letter.lease_until = None
    attempts.end_by_journal(db, letter, entry)
