"""A claimed letter leaves: looked at anew, marked as being sent, then what came of it recorded.

Each step is a transaction of its own, which `clock.py` commits: nothing is
handed to a server before "sending" is kept, and none is open meanwhile. What
comes back once a letter is someone else's changes nothing, but for a yes that
nobody has overtaken.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from matcher import attempts, channels
from matcher.calendar_entries import calendar_entry, uid_of
from matcher.calling_off import calls_off
from matcher.core.sending import next_opening
from matcher.core.working_days import official_calendar
from matcher.dead_letters import give_up
from matcher.handing_out import LEASE, release
from matcher.journal import Journal
from matcher.letter_checks import NOWHERE, Case, Fate, Verdict, verdict
from matcher.letter_texts import Words, words_for
from matcher.mail_sender import domain_of
from matcher.messages import Answer, Message, Refused
from matcher.printed_letters import facts_to_print
from matcher.recipients import Behind, Place, behind
from matcher.sent_before import left_before, record_as_sent
from matcher.settings import Settings
from models.outbox import Letter
from models.states import Channel, LetterMove, LetterState

FIRST_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
LATER_DELAY = timedelta(hours=1)
SOON = timedelta(seconds=5)
"""How long a letter waits at first that only we were too slow for."""

TRIED_FOR = timedelta(hours=72)
"""How long a letter is tried again and again, closed hours not counted."""


def delay_after(attempt: int) -> timedelta | None:
    """Return how long to wait after so many attempts, or None if it has been tried long enough."""
    delays = [*FIRST_DELAYS[:attempt], *[LATER_DELAY] * (attempt - len(FIRST_DELAYS))]
    return delays[-1] if sum(delays, timedelta()) <= TRIED_FOR else None


def start(
    db: Session,
    letter_id: UUID,
    *,
    now: datetime,
    worker: str,
    lease: timedelta = LEASE,
    settings: Settings,
    journal: Journal | None = None,
) -> Message | LetterState | None:
    """Look at a claimed letter anew and mark it as being sent; return the message to hand over.

    Where it does not go, the state it is left in is returned; None if it is
    no longer this worker's. One that the journal knows as sent is recorded so.
    """
    ours = (Letter.state == LetterState.CLAIMED, Letter.claimed_by == worker)
    letter = _one(db, letter_id, *ours, col(Letter.lease_until) > now)
    if letter is None:
        return None
    before = left_before(letter, journal) if journal else None
    if before and letter.channel != Channel.PRINT:
        record_as_sent(db, letter, before, now=now)
        return letter.state
    if before:
        # It is put into the tray anew, since its facts are with its row alone; it was due before.
        letter.due_at = min(letter.due_at, before.at)
    if letter.due_at > now:
        # It was claimed at a time that the machine's clock has since gone back from.
        release(letter, now=now)
        return letter.state
    return _looked_at(db, letter, settings, now=now, lease=lease)


def _looked_at(
    db: Session, letter: Letter, settings: Settings, *, now: datetime, lease: timedelta
) -> Message | LetterState:
    """Begin a letter if it may still go, or settle what becomes of it instead."""
    rows = behind(db, letter)
    case = Case(db, rows, now, by_text=bool(settings.texts))
    found = verdict(case)
    if found is None and case.place is not None:
        try:
            return _begun(db, rows, case.place, settings, now=now, lease=lease)
        except ValueError as wrong:
            found = Verdict(Fate.DIE, str(wrong))
    settle(db, rows, found or NOWHERE, now=now)
    return letter.state


def record(
    db: Session, message: Message, came: Answer | Refused, *, now: datetime, worker: str
) -> LetterState | None:
    """Record what came of handing a message over; None if the letter is no longer this worker's."""
    ours = (Letter.attempt == message.attempt, Letter.claimed_by == worker)
    sent_off = col(Letter.state).in_([LetterState.SENDING, LetterState.UNKNOWN])
    letter = _one(db, message.letter_id, *ours, sent_off)
    channels.note_outcome(db, message.channel, came, now=now)
    if letter is None:
        attempts.end_too_late(db, message, came, now=now)
        return None
    attempts.end(db, message, came, now=now)
    letter.answer = came.text
    if isinstance(came, Answer):
        letter.move(LetterMove.SUCCEED, now=now)
        letter.sent_at = now
    elif not came.temporary and not came.unknown:
        give_up(db, behind(db, letter), now=now)
    elif letter.state is LetterState.SENDING:
        _try_again(db, letter, came, now=now)
    letter.claimed_by = letter.lease_until = None
    return letter.state


def settle(db: Session, rows: Behind, found: Verdict, *, now: datetime) -> None:
    """Keep that a letter does not go now, and why."""
    letter = rows.letter
    letter.answer = found.why
    if found.fate is Fate.CANCEL:
        letter.move(LetterMove.CANCEL, now=now)
    elif found.fate is Fate.SKIP:
        letter.move(LetterMove.SKIP, now=now)
    else:
        if letter.state is LetterState.CLAIMED:
            release(letter, now=now)
        if found.until is None:
            give_up(db, rows, now=now)
        else:
            letter.due_at = found.until
    letter.claimed_by = letter.lease_until = None


def _one(db: Session, letter_id: UUID, *conditions: ColumnElement[bool] | bool) -> Letter | None:
    """Return a letter as it is now, once nobody else holds the row, if it meets the conditions."""
    found = select(Letter).where(Letter.id == letter_id, *conditions).with_for_update()
    return db.exec(found.execution_options(populate_existing=True)).first()


def _begun(
    db: Session,
    rows: Behind,
    place: Place,
    settings: Settings,
    *,
    now: datetime,
    lease: timedelta,
) -> Message:
    """Mark the letter as being sent; ValueError, before anything is changed, if it has no words."""
    letter = rows.letter
    if letter.channel is Channel.PRINT:
        letter.facts = facts_to_print(db, rows, settings, now=now)
        words = Words("", "")
    else:
        words = words_for(db, rows, settings)
    calendar = (
        _calendar(rows, settings, place.address, now) if letter.channel is Channel.CALENDAR else ""
    )
    letter.move(LetterMove.START, now=now)
    letter.attempt += 1
    letter.lease_until = now + lease
    letter.message_id = letter.message_id or f"<{letter.id}@{domain_of(settings.mail_from)}>"
    letter.body = words.body
    attempts.begin(db, letter, now=now)
    return Message(
        letter_id=letter.id,
        attempt=letter.attempt,
        channel=place.channel,
        message_id=letter.message_id,
        at=now,
        to=place.address,
        subject=words.subject,
        body=words.body,
        calendar=calendar,
        key=letter.key,
    )


def _calendar(rows: Behind, settings: Settings, to: str, now: datetime) -> str:
    """Return the entry of a meeting, or its end; a later one for the same meeting replaces it."""
    meeting = rows.meeting
    if meeting is None or meeting.starts_at is None or meeting.minutes is None:
        raise ValueError("A calendar entry needs a booked meeting.")
    entry = calendar_entry(
        uid_of(meeting.id),
        meeting.generation,
        meeting.starts_at,
        meeting.minutes,
        cancelled=calls_off(rows.letter),
        stamped_at=now,
        organiser=settings.mail_from,
        attendee=to,
    )
    return entry.decode("utf-8")


def _try_again(db: Session, letter: Letter, came: Refused, *, now: datetime) -> None:
    """Try later, within the hours; what is too late by then is settled when it falls due."""
    delay = delay_after(letter.attempt)
    if delay is None:
        give_up(db, behind(db, letter), now=now)
        return
    if came.ours and letter.attempt <= len(FIRST_DELAYS):
        delay = SOON
    letter.move(LetterMove.LOSE_SIGHT if came.unknown else LetterMove.FAIL, now=now)
    again = now + delay
    if not letter.urgent:
        again = next_opening(letter.kind, again, official_calendar())
    letter.due_at = min(again, letter.not_after)
