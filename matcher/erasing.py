"""Erasing a person: every row about them goes, and a tombstone stands in their place.

What must stay stays without a person: how many pairs ended how, and the ids in
the audit. Nobody is erased while someone must keep the record, while a pair is
live, while a letter has yet to leave, or while a link protects someone else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from matcher import legal_holds
from matcher.belongings import Person, Rows, all_rows, belongings, others_in
from matcher.counts_kept import count_pair
from matcher.mentions import forget_mentions, let_go_of_account
from matcher.refusing import NotAllowed
from models.audit import AuditedSession
from models.expenses import SETTLED as PAID_OR_REFUSED
from models.key_ring import blind_index
from models.outbox import SETTLED
from models.pairs import LIVE
from models.people import Leaver
from models.person_keys import own_keys
from models.privacy import Tombstone
from models.privacy_words import ErasedBecause, PersonKind
from models.tables import METADATA

HAS_MENTOR = (
    "They have a mentor now. Record first that consent is taken back, so that nobody waits in vain."
)
HAS_LEAVER = (
    "They walk with someone now. Record first that they stop, so that nobody waits in vain."
)
WORRIED = (
    "A worry that a mentor told of is about them, or theirs. It is kept for as long as the table "
    "of retention says, and they with it."
)
UNSENT = "A letter about them has yet to leave. Wait until it has, then erase them."
OWED = "A claim of theirs is still open. Refuse it or mark it as paid, then erase them."
PROTECTS = (
    "{count} links and wishes keep other people apart from them. Settle each, or say that these go "
    "too."
)
STONES = {
    "leaver": PersonKind.LEAVER,
    "mentor": PersonKind.MENTOR,
    "account": PersonKind.ACCOUNT,
    "invitation": PersonKind.INVITATION,
    "expected_leaver": PersonKind.EXPECTED,
}
"""The rows in whose place a stone stands: those that have a key of their own."""


@dataclass(frozen=True)
class Preview:
    """What erasing someone would take away, by table, and what is in the way."""

    rows: dict[str, int]
    pairs_counted: int
    in_the_way: tuple[str, ...]


def preview(db: Session, person: Person, *, links_too: bool = False) -> Preview:
    """Return what would go if someone were erased; nothing is changed."""
    found = belongings(db, person)
    rows = {noun: len(rows) for noun, rows in found.items()}
    pairs = len(found.get("pair", []))
    return Preview(rows, pairs, tuple(_in_the_way(db, person, found, links_too=links_too)))


def erase(
    db: AuditedSession,
    person: Person,
    *,
    because: ErasedBecause,
    by: UUID | None,
    now: datetime,
    links_too: bool = False,
    again: bool = False,
) -> Tombstone:
    """Erase a person and return the stone in their place.

    Their key is destroyed once this is committed (`tombstones.see_to`). Raises
    NotAllowed with a sentence for all that is in the way; nothing is for who
    was erased before and comes back `again` with a backup.
    """
    found = belongings(db, person)
    in_the_way = list(_in_the_way(db, person, found, links_too=links_too))
    if in_the_way and not again:
        raise NotAllowed(*in_the_way)
    for pair in found.get("pair", []):
        if pair.end_reason is not None:
            count_pair(db, pair)
    forget_mentions(db, person)
    for account in found.get("account", []):
        let_go_of_account(db, account.id, but=found)
    stones = list(_stones(found, because=because, by=by, now=now))
    remove(db, found)
    db.add_all(stones)
    db.flush()
    return next(stone for stone in stones if stone.id == person.id)


def remove(db: Session, found: Rows) -> None:
    """Delete rows, those that hang on others first."""
    db.flush()
    for table in reversed(METADATA.sorted_tables):
        for row in found.get(table.name, []):
            db.delete(row)
        db.flush()


def mark(kind: str, said: str) -> str:
    """Return the keyed hash by which someone who was erased is known again, and by nothing else.

    By the key of the indexes, which nothing replaces: what is erased cannot be hashed anew.
    """
    return blind_index("erased", f"{kind}\n{said}")


def marks_of(person: Person) -> frozenset[str]:
    """Return the hashes of the code, the numbers and the name that someone is known by."""
    noun = str(person.__tablename__)
    known: set[str] = {person.code, *own_keys(person), *person.former_keys}
    return frozenset(mark(noun, one) for one in known if one)


def _stones(
    found: Rows, *, because: ErasedBecause, by: UUID | None, now: datetime
) -> Iterator[Tombstone]:
    for noun, row in all_rows(found):
        if noun in STONES:
            whole = noun in {"leaver", "mentor"}
            marks = marks_of(row) if whole else frozenset[str]()
            told: dict[str, Any] = {"kind": STONES[noun], "because": because, "marks": marks}
            yield Tombstone(id=row.id, erased_at=now, erased_by=by, **told)


def _in_the_way(db: Session, person: Person, found: Rows, *, links_too: bool) -> Iterator[str]:
    yield from legal_holds.in_the_way(db, person, others_in(found))
    if any(pair.state in LIVE for pair in found.get("pair", [])):
        yield HAS_MENTOR if isinstance(person, Leaver) else HAS_LEAVER
    elif any(letter.state not in SETTLED for letter in found.get("letter", [])):
        yield UNSENT
    if found.get("worry"):
        yield WORRIED
    if any(claim.state not in PAID_OR_REFUSED for claim in found.get("expense", [])):
        yield OWED
    protecting = [link for link in found.get("link", []) if link.closed_at is None]
    avoided = (row for row in found.get("person_to_avoid", []) if row.leaver_id != person.id)
    protecting += avoided
    if protecting and not links_too:
        yield PROTECTS.format(count=len(protecting))


def stones_since(db: Session, known: Iterable[UUID]) -> list[Tombstone]:
    """Return the stones that are not among those known, the oldest first."""
    seen = frozenset(known)
    missing = [one for one in db.exec(select(Tombstone.id)) if one not in seen]
    stones = [db.get_one(Tombstone, one) for one in missing]
    return sorted(stones, key=lambda stone: (stone.erased_at, stone.id))
