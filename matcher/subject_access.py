"""A person's whole record, as they have a right to it: every table, without anyone else.

What tells of somebody else is kept back by column or as a whole (`kept_back.py`),
letters to others altogether, and the names of those they met are struck out of
free text. Nor is told where others only mention them: who wrote it may be afraid.
Who looked at the record is told by their role.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid
from sqlmodel import Session, col, select

from matcher.belongings import Person, Rows, all_rows, belongings
from matcher.core.sending import local_day
from matcher.kept_back import EVERYTHING, PAGES_OF_OTHERS, WHOLE_OF, why_kept_back
from matcher.post import to_leaver, to_mentor
from models.accounts import Account
from models.audit import AuditEntry
from models.people import Leaver, Mentor
from models.vocabulary import Word

SOMEONE = "[someone else]"
THE_SERVICE = "The service itself"

Record = dict[str, Any]


def record_of(db: Session, person: Person, *, now: datetime) -> Record:
    """Return all that is on file about a person, ready to be written as JSON or set as PDF.

    `tables` holds the rows by table, `kept_back` each column that is not given
    and why, `looked_at` who did or saw what of it.
    """
    found = belongings(db, person, mentions=False)
    noun = str(person.__tablename__)
    strike = _striker(person, _others(db, person, found))
    roles = {account.id: account.role.label for account in db.exec(select(Account))}
    tables: dict[str, list[dict[str, Any]]] = {}
    whole = WHOLE_OF[noun]
    kept_back = {(table, EVERYTHING): why.value for table, why in whole.items()}
    for table, row in all_rows({one: rows for one, rows in found.items() if one not in whole}):
        told: dict[str, Any] = {}
        for column in row.__table__.columns:
            value = getattr(row, column.name)
            why = why_kept_back(noun, table, column.name, is_id=isinstance(column.type, Uuid))
            if _names_account(column):
                told[column.name] = _by(roles, column.name, value)
            elif why is None:
                given = _given(table, row, value, person)
                told[column.name] = (
                    _as_text(given) if isinstance(given, bytes) else (strike(_plain(given)))
                )
            else:
                kept_back[table, column.name] = why.value
        tables.setdefault(table, []).append(told)
    return {
        "code": person.code,
        "kind": noun,
        "made_at": now.isoformat(timespec="seconds"),
        "tables": tables,
        "kept_back": [
            {"table": table, "column": column, "why": why}
            for (table, column), why in sorted(kept_back.items())
        ],
        "looked_at": list(_looked_at(db, person, roles)),
    }


def fields_given(record: Record) -> AbstractSet[str]:
    """Return the names of the columns that a record gives, for the audit."""
    return {name for rows in record["tables"].values() for row in rows for name in row}


def _by(roles: Mapping[UUID, str], column: str, account_id: UUID | None) -> str | None:
    """Return whose hand it was; where nobody did it yet there is none."""
    if account_id is None and column != "recorded_by":
        return None
    return roles.get(account_id, THE_SERVICE) if account_id else THE_SERVICE


def _names_account(column: Any) -> bool:
    return any(one.column.table.name == "account" for one in column.foreign_keys)


def _given(table: str, row: Any, value: Any, person: Person) -> Any:
    """Return a value as this person may have it: a letter to another, and what it says, is not."""
    if table == "letter" and not _is_theirs(row, person):
        return value if not isinstance(value, str) or value == row.state else SOMEONE
    if table == "draft" and isinstance(value, Mapping):
        return {page: told for page, told in value.items() if page not in PAGES_OF_OTHERS}
    return value


def _is_theirs(letter: Any, person: Person) -> bool:
    to = to_leaver(person.id) if isinstance(person, Leaver) else to_mentor(person.id)
    return bool(letter.recipient == to)


def _others(db: Session, person: Person, found: Rows) -> Iterator[Any]:
    """Yield the people whom a person met, or who are named on their record."""
    kind, owner = (Mentor, "mentor_id") if isinstance(person, Leaver) else (Leaver, "leaver_id")
    met = {
        getattr(row, owner, None)
        for rows in found.values()
        for row in rows
        if row.__tablename__ != kind.__tablename__
    }
    for row in found.get("link", []):
        met |= {getattr(row, f"{end}_{owner}") for end in ("one", "other")}
    yield from db.exec(select(kind).where(col(kind.id).in_({one for one in met if one})))
    for table in ("practitioner", "person_to_avoid"):
        yield from found.get(table, [])


def _striker(person: Person, others: Iterator[Any]) -> Any:
    """Return what strikes the names, numbers and codes of others out of a value."""
    own = {person.first_name.casefold(), person.surname.casefold()}
    names: set[str] = set()
    for other in others:
        for part in ("first_name", "surname", "name", "code", "prison_number", "phone", "email"):
            told = getattr(other, part, None)
            if isinstance(told, str) and len(told) > 1 and told.casefold() not in own:
                names.add(told)
    if not names:
        return lambda value: value
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    named = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)

    def strike(value: Any) -> Any:
        if isinstance(value, str):
            return named.sub(SOMEONE, value)
        if isinstance(value, dict):
            return {key: strike(one) for key, one in value.items()}
        return [strike(one) for one in value] if isinstance(value, list) else value

    return strike


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it, and as a person reads it."""
    if isinstance(value, Word):
        return value.label
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(_plain(one)) for one in value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, UUID) else value


def _as_text(content: bytes) -> str:
    """Return a file in base64, as JSON can hold it: nothing is struck out of it."""
    return b64encode(content).decode("ascii")


def _looked_at(db: Session, person: Person, roles: Mapping[UUID, str]) -> Iterator[Record]:
    column = AuditEntry.leaver_id if isinstance(person, Leaver) else AuditEntry.mentor_id
    whole = WHOLE_OF[str(person.__tablename__)]
    theirs = select(AuditEntry).where(column == person.id, col(AuditEntry.noun).not_in(whole))
    entries = theirs.order_by(col(AuditEntry.number))
    for entry in db.exec(entries):
        who = roles.get(entry.account_id, THE_SERVICE) if entry.account_id else THE_SERVICE
        fields = sorted(entry.fields)
        day = local_day(entry.at).isoformat()
        yield {"on": day, "who": who, "did": entry.action, "to": entry.noun, "fields": fields}
