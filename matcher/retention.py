"""How long each kind of record is kept, as a table: what, from which day, how long, then what.

The controller may change a period (`gatemate retention --set`), never what is
done. Each day the clock does what is due; a dry run says what would be.
Whoever is under a legal hold is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from matcher import retention_finds as find
from matcher.audit_chain import cut_before, cuttable
from matcher.closed_accounts import closed_accounts, forget_whose
from matcher.erasing import STONES, erase, remove
from matcher.legal_holds import held_ids
from matcher.refusing import NotAllowed
from matcher.retention_finds import Due
from models.audit import AuditedSession
from models.outbox import Letter
from models.people import Leaver, Mentor
from models.privacy import RetentionPeriod, Tombstone
from models.privacy_words import ErasedBecause
from models.row_seals import id_of
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


def _delete(db: AuditedSession, due: list[Due], _now: datetime) -> int:
    gone: dict[str, list[Any]] = {}
    for one in due:
        gone.setdefault(one.row.__tablename__, []).append(one.row)
    remove(db, gone)
    return len(due)


def _delete_with_key(db: AuditedSession, due: list[Due], now: datetime) -> int:
    because = ErasedBecause.NO_LONGER_NEEDED
    stones = [
        Tombstone(id=one.row.id, kind=STONES[one.row.__tablename__], because=because, erased_at=now)
        for one in due
    ]
    _delete(db, due, now)
    db.add_all(stones)
    db.flush()
    return len(due)


def _empty(db: AuditedSession, due: list[Due], _now: datetime) -> int:
    for one in due:
        letter: Letter = one.row
        letter.body = None
        off = letter.kind is LetterKind.CALENDAR_ENTRY and letter.facts.get("calls_off")
        letter.facts = {"calls_off": True} if off else {}
    db.flush()
    return len(due)


def _erase(db: AuditedSession, due: list[Due], now: datetime) -> int:
    erased = 0
    for one in due:
        person: Leaver | Mentor = one.row
        try:
            erase(db, person, because=ErasedBecause.NO_LONGER_NEEDED, by=None, now=now)
        except NotAllowed:
            continue
        erased += 1
    return erased


def _cut(db: AuditedSession, due: list[Due], now: datetime) -> int:
    return cut_before(db, db.audit_key, due[0].at, now=now) if due else 0


RULES: tuple[Rule, ...] = (
    Rule(
        "reports",
        "People in a release report who were not put forward",
        "their release date",
        1,
        "deleted, and their key destroyed",
        find.reported,
        _delete_with_key,
    ),
    Rule(
        "letters",
        "What stands in a letter",
        "it was sent, handed over or dropped",
        7,
        "emptied; when it went stays",
        find.letters,
        _empty,
    ),
    Rule(
        "drafts",
        "Forms begun and never sent",
        "the last word was typed",
        90,
        "deleted",
        find.drafts,
        _delete,
    ),
    Rule(
        "unmatched",
        "Leavers who had no mentor",
        "their release, or when they were put forward",
        90,
        "erased",
        find.unmatched,
        _erase,
    ),
    Rule(
        "sensitive",
        "Notes, screenings, gangs, licences, who they must not meet, where they may not be",
        "their last pair ended",
        183,
        "deleted",
        find.sensitive,
        _delete,
    ),
    Rule(
        "pairs",
        "Leavers who had a mentor, and their pairs",
        "their last pair ended",
        365,
        "erased; the pairs are counted",
        find.paired,
        _erase,
    ),
    Rule(
        "mentors",
        "Mentors who left, and their accounts",
        "they left",
        365,
        "erased; their pairs are counted",
        find.mentors,
        _erase,
    ),
    Rule(
        "safeguarding",
        "What a manager wrote when someone did not come home safe",
        "it was settled",
        2192,
        "deleted",
        find.safeguarding,
        _delete,
    ),
    Rule(
        "stays",
        "Who was signed in when",
        "they signed in",
        731,
        "deleted",
        find.stays,
        _delete,
    ),
    Rule(
        "accounts",
        "Name, e-mail and phone of whoever had an account, and how they signed in",
        "it was closed",
        731,
        "deleted; what they did stays, without a name",
        closed_accounts,
        forget_whose,
    ),
    Rule(
        "devices",
        "Phones and computers that needed no code",
        "they are remembered no more, and their stays are deleted",
        30,
        "deleted",
        find.devices,
        _delete,
    ),
    Rule(
        "invitations",
        "Codes to open an account or get back into one",
        "they were used, taken back or too old",
        30,
        "deleted, and their key destroyed",
        find.invitations,
        _delete_with_key,
    ),
    Rule(
        "opened",
        "Records asked for at the administrators’ desk, and the tasks that told of it",
        "they were asked for",
        731,
        "deleted",
        find.opened,
        _delete,
    ),
    Rule(
        "audit",
        "Who did or saw what",
        "it happened",
        731,
        "cut off, with a signed mark",
        find.audit_entries,
        _cut,
    ),
    Rule(
        "stones",
        "Marks of people in reports who were deleted",
        "they were deleted",
        60,
        "deleted",
        find.stones_of_reports,
        _delete,
    ),
)
"""The table of promises, and what it leaves open. Those with the shorter period come first."""

BY_CODE = {rule.code: rule for rule in RULES}


def periods(db: Session) -> dict[str, int]:
    """Return how many days each kind of record is kept here."""
    changed = {row.code: row.days for row in db.exec(select(RetentionPeriod))}
    return {rule.code: changed.get(rule.code, rule.days) for rule in RULES}


def keep_for(db: Session, code: str, days: int, *, by: UUID | None, now: datetime) -> None:
    """Keep one kind of record for so many days from now on; NotAllowed for no such kind."""
    if code not in BY_CODE:
        raise NotAllowed(f'There is no kind of record "{code}". Kinds: {", ".join(BY_CODE)}.')
    if not 0 <= days <= 36_525:
        raise NotAllowed("Give a number of days from 0 to 36525.")
    row = db.get(RetentionPeriod, code) or RetentionPeriod(code=code, days=days, recorded_at=now)
    row.days, row.recorded_at, row.recorded_by = days, now, by
    db.add(row)
    db.flush()


def due_now(db: Session, *, now: datetime) -> list[Outcome]:
    """Return what each rule would do now; nothing is changed."""
    held, kept_for = held_ids(db), periods(db)
    outcomes = []
    for rule in RULES:
        found = list(rule.find(db, now - timedelta(days=kept_for[rule.code])))
        free, kept = _parted(found, held)
        count = cuttable(db, free[0].at) if rule.act is _cut and free else len(free)
        outcomes.append(Outcome(rule, kept_for[rule.code], count, kept))
    return outcomes


def keep_to_the_table(db: AuditedSession, *, now: datetime) -> list[Outcome]:
    """Do what is due by each rule; return what was done."""
    kept_for = periods(db)
    outcomes = []
    for rule in RULES:
        held = held_ids(db)
        free, kept = _parted(list(rule.find(db, now - timedelta(days=kept_for[rule.code]))), held)
        done = rule.act(db, free, now)
        refused = 0 if rule.act is _cut else len(free) - done
        outcomes.append(Outcome(rule, kept_for[rule.code], done, kept + refused))
    return outcomes


def _parted(found: Sequence[Due], held: frozenset[UUID]) -> tuple[list[Due], int]:
    """Return what is about nobody under a hold, each row once, and how many rows are."""
    rows = {(one.row.__tablename__, id_of(one.row)) if one.row else None: one for one in found}
    free = [one for one in rows.values() if not one.people & held]
    return free, len(rows) - len(free)
