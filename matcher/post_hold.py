"""The post on hold: nothing leaves but what is printed, until someone lets it go on.

A database that was put back from a backup starts so: it does not know what
left after the backup was made. The journal does.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from matcher.core.words import counted
from matcher.journal import Entry, Journal
from matcher.refusing import NotAllowed
from matcher.sent_before import left_before, record_as_sent
from models.outbox import SETTLED, Letter
from models.post import PostHold
from models.states import Channel, LetterState


def hold(db: Session, why: str, *, now: datetime) -> None:
    """Put the post on hold and say why; one that is on hold stays as it is."""
    if is_on_hold(db):
        return
    held = db.get(PostHold, 1) or PostHold(since=now, why=why)
    held.since, held.why, held.lifted_at = now, why, None
    db.add(held)
    db.flush()


def resume(db: Session, journal: Journal, *, now: datetime, journal_is_lost: bool = False) -> int:
    """Let the post go on, once what the journal knows as sent is recorded so; return how many.

    NotAllowed while letters are sent by the rows that the journal does not
    know: it is not the journal of this service, and what has left since a
    backup would leave again. With `journal_is_lost` the rows' word is written
    into the journal instead, and what it held beyond them may go twice.
    """
    unknown = unknown_to(db, journal)
    if unknown and not journal_is_lost:
        raise NotAllowed(
            f"{counted(len(unknown), 'letter')} sent by the database "
            f"{'is' if len(unknown) == 1 else 'are'} not in the journal at {journal.path}."
        )
    if unknown:
        journal.make_ready()
    for letter in unknown:
        _believe(letter, journal)
    known = catch_up(db, journal, now=now)
    held = db.get(PostHold, 1)
    if held and held.lifted_at is None:
        held.lifted_at = now
        db.add(held)
        db.flush()
    return known


def unknown_to(db: Session, journal: Journal) -> list[Letter]:
    """Return the letters that are sent by the rows, and of which the journal has no entry."""
    sent = select(Letter).where(Letter.state == LetterState.SENT).order_by(col(Letter.id))
    return [
        letter
        for letter in db.exec(sent)
        if not (journal.says_sent(str(letter.id)) or journal.says_sent(letter.key))
    ]


def _believe(letter: Letter, journal: Journal) -> None:
    """Let the journal know of a letter by the word of its row."""
    journal.add(
        Entry(
            letter=letter.id,
            key=letter.key,
            message_id=letter.message_id or "",
            attempt=letter.attempt,
            channel=letter.channel,
            at=letter.sent_at or letter.state_since,
            answer=letter.answer or "",
        )
    )


def catch_up(db: Session, journal: Journal, *, now: datetime) -> int:
    """Record the letters as sent that the journal knows as sent and the database does not.

    Printed ones are left out: they lie in the tray anew, with their facts.
    """
    open_ones = select(Letter).where(
        col(Letter.state).not_in(SETTLED), Letter.channel != Channel.PRINT
    )
    known = 0
    for letter in db.exec(open_ones.order_by(col(Letter.id)).with_for_update()):
        entry = left_before(letter, journal)
        if entry:
            record_as_sent(db, letter, entry, now=now)
            known += 1
    db.flush()
    return known


def held_since(db: Session) -> PostHold | None:
    """Return the hold that the post is on, or None."""
    return db.exec(select(PostHold).where(col(PostHold.lifted_at).is_(None))).first()


def is_on_hold(db: Session) -> bool:
    """Say whether the post is on hold."""
    return held_since(db) is not None
