"""What the doctor is given to look at, and what may be found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, Text, or_, select, type_coerce
from sqlmodel import Session, col
from sqlmodel import select as of_rows

from matcher.journal import Entry, Journal
from models.audit import AuditEntry
from models.outbox import LetterAttempt
from models.states import Channel

if TYPE_CHECKING:
    from matcher.audit_heads import Heads
    from matcher.tombstones import StoneFile


@dataclass(frozen=True, order=True)
class Breach:
    """One row that breaks an invariant: its table, its id, and what is wrong, without names."""

    noun: str
    row_id: str
    what: str


@dataclass(frozen=True)
class Note:
    """Something to know beside what was looked at, in a sentence without names."""

    text: str


Found = Iterator[Breach | Note]


class CannotLook(Exception):  # noqa: N818  the word of the house
    """An invariant cannot be looked at here and now; the text says why, without names."""


@dataclass(frozen=True)
class AuditedChange:
    """One change of one row as the audit has it: when, and which fields."""

    at: datetime
    fields: frozenset[str]


@dataclass(frozen=True)
class Case:
    """One picture of the database, and what lies beside it.

    `now` is the time of leavers and mentors, `real_now` that of the machine;
    both aware, UTC. `channels` are those that letters can leave by here.
    `journal` is None where nobody says where it lies; `post_folder` is where a
    demo's letters are written, None for any other service. `audit_key` is None
    where there is no secret, `old_audit_keys` are those before it; `heads` say
    how far the audit had come, `stones` who was erased.
    """

    db: Session
    now: datetime
    real_now: datetime
    journal: Journal | None = None
    channels: Collection[Channel] = field(default=frozenset(Channel))
    post_folder: Path | None = None
    audit_key: bytes | None = field(default=None, repr=False)
    old_audit_keys: Sequence[bytes] = field(default=(), repr=False)
    heads: Heads | None = None
    stones: StoneFile | None = None

    @cached_property
    def journal_entries(self) -> Mapping[str, list[Entry]]:
        """Return the entries of the journal by the key of the letter.

        Read after the picture was taken: a letter is in the journal before the
        database says that it was sent.
        """
        by_key: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self.journal.entries() if self.journal else ():
            by_key[entry.key].append(entry)
        return by_key

    def entries_of(self, letter_id: UUID, key: str) -> list[Entry]:
        """Return the journal's entries of a letter: its own row's, else all of its key.

        Two rows share a key where a backup was put back between them.
        """
        told = self.journal_entries.get(key, [])
        return [one for one in told if one.letter == letter_id] or told

    @cached_property
    def attempts(self) -> Mapping[UUID, Mapping[int, LetterAttempt]]:
        """Return every hand-over by letter and number."""
        told: defaultdict[UUID, dict[int, LetterAttempt]] = defaultdict(dict)
        for row in self.db.exec(of_rows(LetterAttempt)):
            told[row.letter_id][row.attempt] = row
        return told

    @cached_property
    def attempts_since(self) -> datetime:
        """Return since when each hand-over has a row: what is older may have none."""
        began = (row.begun_at for rows in self.attempts.values() for row in rows.values())
        return min(began, default=self.now)

    @cached_property
    def letter_changes(self) -> Mapping[str, list[AuditedChange]]:
        """Return when each letter was begun to be sent, or taken: by the text of its id."""
        return changes_of(self.db, "letter", ["attempt", "sent_at", "state"])

    def begun_at(self, letter_id: UUID, key: str, sent_at: datetime) -> datetime:
        """Return when the hand-over began of which a letter is known to be sent.

        What was taken first counts, by the journal if it knows of it. Where that
        hand-over has no row, it is the newest that the audit has before.
        """
        entries = self.entries_of(letter_id, key)
        first = min(entries, key=lambda entry: entry.at, default=None)
        row = self.attempts[letter_id].get(first.attempt) if first else None
        if first and row and first.letter == letter_id:
            return row.begun_at
        taken_at = min([*(entry.at for entry in entries), sent_at])
        began = [
            change.at
            for change in self.letter_changes.get(str(letter_id), [])
            if "attempt" in change.fields and change.at <= taken_at
        ]
        return max(began, default=taken_at)


def changes_of(db: Session, noun: str, fields: Iterable[str]) -> Mapping[str, list[AuditedChange]]:
    """Return the audited changes of any of these fields, oldest first, by the row's id as text."""
    entries = select(col(AuditEntry.row_id), col(AuditEntry.at), col(AuditEntry.fields)).where(
        col(AuditEntry.noun) == noun,
        col(AuditEntry.action) == "change",
        or_(*(has_field(name) for name in fields)),
    )
    changes: defaultdict[str, list[AuditedChange]] = defaultdict(list)
    for row_id, at, names in db.execute(entries.order_by(col(AuditEntry.number))):
        changes[row_id].append(AuditedChange(at, names))
    return changes


def has_field(name: str) -> ColumnElement[bool]:
    """Return the condition that an entry names a field."""
    return type_coerce(col(AuditEntry.fields), Text).contains(f" {name} ", autoescape=True)
