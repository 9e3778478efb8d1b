"""How long each kind of record is kept, as a table: what, from which day, how long, then what.

The controller may change a period (`gatemate retention --set`), never what is
done. Each day the clock does what is due; a dry run says what would be.
Whoever is under a legal hold is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from matcher import retention_finds as find
from matcher.audit_chain import cuttable
from matcher.closed_accounts import closed_accounts, forget_whose
from matcher.legal_holds import held_ids
from matcher.refusing import NotAllowed
from matcher.retention_acts import (
    Outcome,
    Rule,
    cut,
    delete,
    delete_with_key,
    empty,
    erase_person,
)
from matcher.retention_finds import Due
from models.audit import AuditedSession
from models.privacy import RetentionPeriod
from models.row_seals import id_of

RULES: tuple[Rule, ...] = (
    Rule(
        "reports",
        "People in a release report who were not put forward",
        "their release date",
        1,
        "deleted, and their key destroyed",
        find.reported,
        delete_with_key,
    ),
    Rule(
        "letters",
        "What stands in a letter",
        "it was sent, handed over or dropped",
        7,
        "emptied; when it went stays",
        find.letters,
        empty,
    ),
    Rule(
        "drafts",
        "Forms begun and never sent",
        "the last word was typed",
        90,
        "deleted",
        find.drafts,
        delete,
    ),
    Rule(
        "unmatched",
        "Leavers who had no mentor",
        "their release, or when they were put forward",
        90,
        "erased",
        find.unmatched,
        erase_person,
    ),
    Rule(
        "sensitive",
        "Notes, screenings, gangs, licences, who they must not meet, where they may not be",
        "their last pair ended",
        183,
        "deleted",
        find.sensitive,
        delete,
    ),
    Rule(
        "pairs",
        "Leavers who had a mentor, and their pairs",
        "their last pair ended",
        365,
        "erased; the pairs are counted",
        find.paired,
        erase_person,
    ),
    Rule(
        "mentors",
        "Mentors who left, and their accounts",
        "they left",
        365,
        "erased; their pairs are counted",
        find.mentors,
        erase_person,
    ),
    Rule(
        "safeguarding",
        "Worries that mentors told of, and what a manager wrote of one, or when someone did not "
        "come home safe",
        "it was settled",
        2192,
        "deleted",
        find.safeguarding,
        delete,
    ),
    Rule(
        "receipts",
        "Receipts of what mentors spent",
        "the claim was paid or refused",
        365,
        "deleted",
        find.receipts,
        delete,
    ),
    Rule(
        "expenses",
        "What mentors claimed back",
        "it was paid or refused",
        2192,
        "deleted, or sooner with its mentor",
        find.expenses,
        delete,
    ),
    Rule(
        "forums",
        "When and where mentors met",
        "the forum",
        31,
        "deleted",
        find.forums,
        delete,
    ),
    Rule(
        "load",
        "How heavy a mentor said it was, but for what they said last",
        "they said it",
        365,
        "deleted",
        find.loads,
        delete,
    ),
    Rule(
        "stays",
        "Who was signed in when",
        "they signed in",
        731,
        "deleted",
        find.stays,
        delete,
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
        "Phones and computers that needed no code, and links to a calendar",
        "they open nothing any more, and the stays on them are deleted",
        30,
        "deleted",
        find.devices,
        delete,
    ),
    Rule(
        "invitations",
        "Codes to open an account or get back into one",
        "they were used, taken back or too old",
        30,
        "deleted, and their key destroyed",
        find.invitations,
        delete_with_key,
    ),
    Rule(
        "opened",
        "Records asked for at the administrators’ desk, and the tasks that told of it",
        "they were asked for",
        731,
        "deleted",
        find.opened,
        delete,
    ),
    Rule(
        "audit",
        "Who did or saw what",
        "it happened",
        731,
        "cut off, with a signed mark",
        find.audit_entries,
        cut,
    ),
    Rule(
        "stones",
        "Marks of people in reports who were deleted",
        "they were deleted",
        60,
        "deleted",
        find.stones_of_reports,
        delete,
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
        count = cuttable(db, free[0].at) if rule.act is cut and free else len(free)
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
        refused = 0 if rule.act is cut else len(free) - done
        outcomes.append(Outcome(rule, kept_for[rule.code], done, kept + refused))
    return outcomes


def _parted(found: Sequence[Due], held: frozenset[UUID]) -> tuple[list[Due], int]:
    """Return what is about nobody under a hold, each row once, and how many rows are."""
    rows = {(one.row.__tablename__, id_of(one.row)) if one.row else None: one for one in found}
    free = [one for one in rows.values() if not one.people & held]
    return free, len(rows) - len(free)
