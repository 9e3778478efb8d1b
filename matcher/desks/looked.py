"""Who looked at what: the entries of the audit about one person, or by one account, in words.

Only what the audit holds is told: who, when, which table and which fields,
never a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.desks.paging import Paged, paged
from models.accounts import Account
from models.audit import AuditEntry
from models.people import Leaver, Mentor

DID: Mapping[str, str] = {
    "read": "Looked at",
    "add": "Wrote",
    "change": "Changed",
    "remove": "Took away",
    "adopt": "Vouched for",
}
THE_SERVICE = "The service itself"
GONE = "An account that is no more"
NOT_ON_FILE = "No longer on file"


@dataclass(frozen=True)
class LookedAt:
    """One entry in words: when, whose account in which role, what was done, to which fields.

    `about` has the codes of whom it concerns.
    """

    at: datetime
    who: str
    role: str
    did: str
    noun: str
    fields: tuple[str, ...]
    about: tuple[str, ...] = ()


def looked_at_person(db: Session, person_id: UUID, kind: type, page: int) -> Paged[LookedAt]:
    """Return who did or saw what of a leaver or a mentor, the newest first."""
    column = AuditEntry.leaver_id if kind is Leaver else AuditEntry.mentor_id
    return paged(db, _entries().where(column == person_id), page, _line)


def done_by_account(db: Session, account: Account, page: int) -> Paged[LookedAt]:
    """Return what was done and seen with one account, the newest first."""
    return paged(db, _entries().where(AuditEntry.account_id == account.id), page, _line)


def _entries() -> Any:
    theirs = col(Account.id) == col(AuditEntry.account_id)
    entries = select(AuditEntry, Account, Leaver.code, Mentor.code)
    entries = entries.join(Account, theirs, isouter=True)
    for kind, column in ((Leaver, AuditEntry.leaver_id), (Mentor, AuditEntry.mentor_id)):
        entries = entries.join(kind, col(kind.id) == col(column), isouter=True)
    return entries.order_by(col(AuditEntry.number).desc())


def _line(
    entry: AuditEntry, account: Account | None, leaver: str | None, mentor: str | None
) -> LookedAt:
    who = (account.name or GONE) if account else (GONE if entry.account_id else THE_SERVICE)
    return LookedAt(
        entry.at,
        who,
        account.role.label if account else "",
        DID.get(entry.action, entry.action.capitalize()),
        _words(entry.noun),
        tuple(sorted(map(_words, entry.fields))),
        tuple(_people(entry, leaver, mentor)),
    )


def _people(entry: AuditEntry, leaver: str | None, mentor: str | None) -> Iterator[str]:
    if entry.leaver_id:
        yield leaver or NOT_ON_FILE
    if entry.mentor_id:
        yield mentor or NOT_ON_FILE


def _words(name: str) -> str:
    return name.replace("_", " ")
