"""What a rule of retention is made of: a row of the table, and what may be done to what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from matcher.audit_chain import cut_before
from matcher.erasing import STONES, erase, remove
from matcher.refusing import NotAllowed
from matcher.retention_finds import Due
from models.audit import AuditedSession
from models.outbox import Letter
from models.people import Leaver, Mentor
from models.privacy import Tombstone
from models.privacy_words import ErasedBecause
from models.states import LetterKind

Finder = Callable[[Session, datetime], Iterable[Due]]
Act = Callable[[AuditedSession, list[Due], datetime], int]


@dataclass(frozen=True)
class Rule:
    """One row of the table: `days` from what `after` says, then `done`.

    `find` is given the moment before which something is too old.
    """

    code: str
    what: str
    after: str
    days: int
    done: str
    find: Finder
    act: Act


@dataclass(frozen=True)
class Outcome:
    """What one rule did, or would do: how many, and how many a hold or a refusal kept."""

    rule: Rule
    days: int
    count: int
    kept: int = 0


def delete(db: AuditedSession, due: list[Due], _now: datetime) -> int:
    """Delete the rows."""
    gone: dict[str, list[Any]] = {}
    for one in due:
        gone.setdefault(one.row.__tablename__, []).append(one.row)
    remove(db, gone)
    return len(due)


def delete_with_key(db: AuditedSession, due: list[Due], now: datetime) -> int:
    """Delete the rows, with a stone for each, so that its key is destroyed."""
    because = ErasedBecause.NO_LONGER_NEEDED
    stones = [
        Tombstone(id=one.row.id, kind=STONES[one.row.__tablename__], because=because, erased_at=now)
        for one in due
    ]
    delete(db, due, now)
    db.add_all(stones)
    db.flush()
    return len(due)


def empty(db: AuditedSession, due: list[Due], _now: datetime) -> int:
    """Take out of letters what they say; when they went stays."""
    for one in due:
        letter: Letter = one.row
        letter.body = None
        off = letter.kind is LetterKind.CALENDAR_ENTRY and letter.facts.get("calls_off")
        letter.facts = {"calls_off": True} if off else {}
    db.flush()
    return len(due)


def erase_person(db: AuditedSession, due: list[Due], now: datetime) -> int:
    """Erase the people; of whom something is in the way stays."""
    erased = 0
    for one in due:
        person: Leaver | Mentor = one.row
        try:
            erase(db, person, because=ErasedBecause.NO_LONGER_NEEDED, by=None, now=now)
        except NotAllowed:
            continue
        erased += 1
    return erased


def cut(db: AuditedSession, due: list[Due], now: datetime) -> int:
    """Cut the oldest end off the audit."""
    return cut_before(db, db.audit_key, due[0].at, now=now) if due else 0
