"""Letters that nobody will get: each becomes something that a person does instead.

A text message that cannot be sent goes as an e-mail first. Where no region is
known whose manager it concerns, every region that has a manager is asked:
better two who look than none. Without any manager at all the administrator's
page still counts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from matcher import post
from matcher.core.sending import SendingWindow, local_day, next_opening
from matcher.core.working_days import official_calendar
from matcher.recipients import Behind, email_for
from matcher.tasks import raise_task
from models.accounts import Account
from models.desk_words import TaskKind
from models.outbox import Letter
from models.states import Channel, LetterMove, Role
from models.vocabulary import Region


def give_up(db: Session, rows: Behind, *, now: datetime) -> None:
    """Leave the letter as one that could not be sent: its e-mail goes instead, or a person asks."""
    letter = rows.letter
    letter.move(LetterMove.GIVE_UP, now=now)
    if not _goes_by_mail_instead(db, rows, now=now):
        _ask_someone(db, rows, now=now)


def staffed_regions(db: Session) -> Sequence[Region]:
    """Return the regions that have a manager who can sign in."""
    managers = select(col(Account.region)).where(
        Account.role == Role.MANAGER, col(Account.disabled_at).is_(None)
    )
    found = db.exec(managers.distinct().order_by(col(Account.region)))
    return [region for region in found if region]


def _goes_by_mail_instead(db: Session, rows: Behind, *, now: datetime) -> bool:
    """Plan the e-mail of a text message, if there is an address and time enough."""
    letter = rows.letter
    if letter.channel is not Channel.TEXT or email_for(db, rows) is None:
        return False
    opening = now if letter.urgent else next_opening(letter.kind, now, official_calendar())
    if opening > letter.not_after:
        return False
    window = SendingWindow(opening, letter.not_after, letter.urgent)
    about: post.About = {
        "leaver_id": letter.leaver_id,
        "mentor_id": letter.mentor_id,
        "pair_id": letter.pair_id,
        "meeting_id": letter.meeting_id,
        "number": letter.number,
        "generation": letter.generation,
        "facts": letter.facts,
    }
    to = letter.recipient
    planned = post.plan_letter(db, letter.kind, Channel.EMAIL, to, now=now, window=window, **about)
    return planned is not None


def _ask_someone(db: Session, rows: Behind, *, now: datetime) -> None:
    letter = rows.letter
    if rows.region is not None:
        _raise(db, letter, rows.region, f"dead_letter:{letter.id}", now=now)
        return
    for region in staffed_regions(db):
        _raise(db, letter, region, f"dead_letter:{letter.id}:{region.value}", now=now)


def _raise(db: Session, letter: Letter, region: Region, key: str, *, now: datetime) -> None:
    raise_task(
        db,
        key,
        TaskKind.DEAD_LETTER,
        due_on=local_day(now),
        now=now,
        region=region,
        leaver_id=letter.leaver_id,
        mentor_id=letter.mentor_id,
        pair_id=letter.pair_id,
        meeting_id=letter.meeting_id,
        letter_id=letter.id,
    )
