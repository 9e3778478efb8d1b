"""Letters that are due leave: claimed for a while, marked as being sent, then what came of it.

Each step is a transaction of its own, which `clock.py` commits: nothing is
handed to a server before "sending" is kept, and none is open meanwhile.
Whoever holds a letter holds it by name, attempt and lease; what comes back
later than that changes nothing, but for a yes that nobody has overtaken.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from matcher.calendar_entries import calendar_entry, uid_of
from matcher.calling_off import calls_off
from matcher.core.sending import local_day, next_opening
from matcher.core.working_days import official_calendar
from matcher.letter_checks import Fate, Verdict, verdict
from matcher.letter_texts import Words, words_for
from matcher.printed_letters import facts_to_print
from matcher.recipients import Behind, address_for, behind
from matcher.senders import Answer, Message, Refused, domain_of
from matcher.settings import Settings
from matcher.tasks import raise_task
from models.desk_words import TaskKind
from models.outbox import TO_BE_TRIED, Letter
from models.states import Channel, LetterMove, LetterState

LEASE = timedelta(seconds=120)
"""How long a letter is held; longer than the slowest server is waited for."""

AT_ONCE = 10
"""How many letters one claim takes."""

FIRST_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
LATER_DELAY = timedelta(hours=1)
TRIED_FOR = timedelta(hours=72)
"""How long a letter is tried again and again, closed hours not counted."""


def delay_after(attempt: int) -> timedelta | None:
    """Return how long to wait after so many attempts, or None if it has been tried long enough."""
    delays = [*FIRST_DELAYS[:attempt], *[LATER_DELAY] * (attempt - len(FIRST_DELAYS))]
    return delays[-1] if sum(delays, timedelta()) <= TRIED_FOR else None


def claim(
    db: Session,
    *,
    now: datetime,
    worker: str,
    lease: timedelta = LEASE,
    channels: Collection[Channel],
    most: int = AT_ONCE,
) -> Sequence[UUID]:
    """Let letters fall due and claim some of these channels, urgent ones first; return their ids.

    No two workers ever hold the same letter: each passes over rows that
    another is just now claiming.
    """
    _fall_due(db, now)
    due = (
        select(Letter.id)
        .where(
            Letter.state == LetterState.DUE,
            col(Letter.due_at) <= now,
            col(Letter.channel).in_(channels),
        )
        .order_by(col(Letter.urgent).desc(), col(Letter.due_at), col(Letter.id))
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("claimable")
    )
    held = {"state": LetterState.CLAIMED, "claimed_by": worker, "lease_until": now + lease}
    claimed = (
        update(Letter)
        .where(col(Letter.id).in_(select(due.c.id)))
        .values(**held, state_since=now)
        .returning(col(Letter.urgent), col(Letter.due_at), col(Letter.id))
        .execution_options(synchronize_session=False)
    )
    rows = db.execute(claimed).all()
    return [row.id for row in sorted(rows, key=lambda row: (not row.urgent, row.due_at, row.id))]


def give_back(db: Session, *, now: datetime) -> int:
    """Give back letters whose lease ran out: those being sent are unknown; return how many."""
    states = [LetterState.CLAIMED, LetterState.SENDING]
    letters = _free(db, col(Letter.state).in_(states), col(Letter.lease_until) <= now)
    for letter in letters:
        if letter.state is LetterState.CLAIMED:
            _release(letter, now=now)
        else:
            # Still under the worker's name: its yes, if it comes after all, is to count.
            letter.move(LetterMove.LOSE_SIGHT, now=now)
            letter.lease_until = None
    return len(letters)


def hand_back(db: Session, *, now: datetime, worker: str) -> int:
    """Give back what this worker has claimed and not begun, as it stops; return how many."""
    letters = _free(db, Letter.state == LetterState.CLAIMED, Letter.claimed_by == worker)
    for letter in letters:
        _release(letter, now=now)
    return len(letters)


def start(
    db: Session,
    letter_id: UUID,
    *,
    now: datetime,
    worker: str,
    lease: timedelta = LEASE,
    settings: Settings,
) -> Message | LetterState | None:
    """Look at a claimed letter anew and mark it as being sent; return the message to hand over.

    Where it does not go, the state it is left in is returned; None if it is
    no longer this worker's.
    """
    ours = (Letter.state == LetterState.CLAIMED, Letter.claimed_by == worker)
    letter = _one(db, letter_id, *ours, col(Letter.lease_until) > now)
    if letter is None:
        return None
    rows = behind(db, letter)
    found = verdict(db, rows, now)
    if found is None:
        try:
            return _begun(db, rows, settings, now=now, lease=lease)
        except ValueError as wrong:
            found = Verdict(Fate.DIE, str(wrong))
    _keep(db, rows, found, now=now)
    return rows.letter.state


def record(
    db: Session, message: Message, came: Answer | Refused, *, now: datetime, worker: str
) -> LetterState | None:
    """Record what came of handing a message over; None if the letter is no longer this worker's."""
    ours = (Letter.attempt == message.attempt, Letter.claimed_by == worker)
    sent_off = col(Letter.state).in_([LetterState.SENDING, LetterState.UNKNOWN])
    letter = _one(db, message.letter_id, *ours, sent_off)
    if letter is None:
        return None
    letter.answer = came.text
    if isinstance(came, Answer):
        letter.move(LetterMove.SUCCEED, now=now)
        letter.sent_at = now
    elif not came.temporary and not came.unknown:
        _give_up(db, behind(db, letter), now=now)
    elif letter.state is LetterState.SENDING:
        _try_again(db, letter, unknown=came.unknown, now=now)
    letter.claimed_by = letter.lease_until = None
    return letter.state


def _fall_due(db: Session, now: datetime) -> None:
    ready = (
        select(Letter.id)
        .where(col(Letter.state).in_(TO_BE_TRIED), col(Letter.due_at) <= now)
        .with_for_update(skip_locked=True)
        .cte("ready")
    )
    fallen = (
        update(Letter)
        .where(col(Letter.id).in_(select(ready.c.id)))
        .values(state=LetterState.DUE, state_since=now)
        .execution_options(synchronize_session=False)
    )
    db.execute(fallen)


def _one(db: Session, letter_id: UUID, *conditions: ColumnElement[bool] | bool) -> Letter | None:
    """Return a letter as it is now, once nobody else holds the row, if it meets the conditions."""
    found = select(Letter).where(Letter.id == letter_id, *conditions).with_for_update()
    return db.exec(found.execution_options(populate_existing=True)).first()


def _free(db: Session, *conditions: ColumnElement[bool] | bool) -> Sequence[Letter]:
    """Return the letters that meet the conditions, but for rows that someone is just now at."""
    found = select(Letter).where(*conditions).with_for_update(skip_locked=True)
    return db.exec(found.execution_options(populate_existing=True)).all()


def _begun(
    db: Session, rows: Behind, settings: Settings, *, now: datetime, lease: timedelta
) -> Message:
    """Mark the letter as being sent; ValueError, before anything is changed, if it has no words."""
    letter, to = rows.letter, address_for(db, rows) or ""
    if letter.channel is Channel.PRINT:
        letter.facts = facts_to_print(db, rows, settings, now=now)
        words = Words("", "")
    else:
        words = words_for(db, rows, settings)
    calendar = _calendar(rows, settings, to, now) if letter.channel is Channel.CALENDAR else ""
    letter.move(LetterMove.START, now=now)
    letter.attempt += 1
    letter.lease_until = now + lease
    letter.message_id = letter.message_id or f"<{letter.id}@{domain_of(settings.mail_from)}>"
    letter.body = words.body
    return Message(
        letter_id=letter.id,
        attempt=letter.attempt,
        channel=letter.channel,
        message_id=letter.message_id,
        at=now,
        to=to,
        subject=words.subject,
        body=words.body,
        calendar=calendar,
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


def _keep(db: Session, rows: Behind, found: Verdict, *, now: datetime) -> None:
    """Keep that a claimed letter does not go now, and why."""
    letter = rows.letter
    letter.answer = found.why
    if found.fate is Fate.CANCEL:
        letter.move(LetterMove.CANCEL, now=now)
    elif found.fate is Fate.SKIP:
        letter.move(LetterMove.SKIP, now=now)
    else:
        _release(letter, now=now)
        if found.until is None:
            _give_up(db, rows, now=now)
        else:
            letter.due_at = found.until
    letter.claimed_by = letter.lease_until = None


def _release(letter: Letter, *, now: datetime) -> None:
    letter.move(LetterMove.RELEASE, now=now)
    letter.claimed_by = letter.lease_until = None


def _try_again(db: Session, letter: Letter, *, unknown: bool, now: datetime) -> None:
    """Try later, within the hours; what is too late by then is settled when it falls due."""
    delay = delay_after(letter.attempt)
    if delay is None:
        _give_up(db, behind(db, letter), now=now)
        return
    letter.move(LetterMove.LOSE_SIGHT if unknown else LetterMove.FAIL, now=now)
    again = now + delay
    if not letter.urgent:
        again = next_opening(letter.kind, again, official_calendar())
    letter.due_at = min(again, letter.not_after)


def _give_up(db: Session, rows: Behind, *, now: datetime) -> None:
    """Leave the letter as one that could not be sent, with a task for the manager."""
    letter = rows.letter
    letter.move(LetterMove.GIVE_UP, now=now)
    if rows.region is None:
        return
    raise_task(
        db,
        f"dead_letter:{letter.id}",
        TaskKind.DEAD_LETTER,
        due_on=local_day(now),
        now=now,
        region=rows.region,
        leaver_id=letter.leaver_id,
        mentor_id=letter.mentor_id,
        pair_id=letter.pair_id,
        meeting_id=letter.meeting_id,
        letter_id=letter.id,
    )
