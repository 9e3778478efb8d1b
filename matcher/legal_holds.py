"""Legal holds: while one stands, nothing of a person's record is deleted.

Nor is what they share with someone else: pairs, letters, links, a form begun.
Entries of the audit alone go when their time is over, as one chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from matcher.belongings import Person
from matcher.refusing import NotAllowed
from models.people import Leaver, Mentor
from models.privacy import LegalHold

HELD = "Someone must keep this record: {why} Lift the legal hold first."
HELD_OF_OTHER = (
    "What they have together with {code} must be kept: {why} Lift the legal hold on {code} first."
)


def hold_of(db: Session, person: Person) -> LegalHold | None:
    """Return the hold that stands on a person, or None."""
    return db.exec(_standing(person)).first()


def held_ids(db: Session) -> frozenset[UUID]:
    """Return everyone on whom a hold stands."""
    holds = db.exec(select(LegalHold).where(col(LegalHold.lifted_at).is_(None))).all()
    ends = ((one.leaver_id, one.mentor_id) for one in holds)
    return frozenset(one for both in ends for one in both if one)


def held_people(db: Session) -> list[Person]:
    """Return everyone on whom a hold stands, by code."""
    held = held_ids(db)
    found = [one for kind in (Leaver, Mentor) for one in db.exec(_among(kind, held))]
    return sorted(found, key=lambda one: one.code)


def in_the_way(db: Session, person: Person, others: AbstractSet[UUID]) -> Iterator[str]:
    """Yield why a person may not go: a hold on them, or on one of those their rows tell of."""
    own = hold_of(db, person)
    if own:
        yield HELD.format(why=_as_sentence(own.why))
    for one in held_people(db) if others & held_ids(db) else ():
        if one.id in others and one.id != person.id and (hold := hold_of(db, one)):
            yield HELD_OF_OTHER.format(code=one.code, why=_as_sentence(hold.why))


def place(db: Session, person: Person, why: str, *, by: UUID | None, now: datetime) -> LegalHold:
    """Hold a person's record; one that is held stays held. Raises NotAllowed without a reason."""
    if not why.strip():
        raise NotAllowed("Say why the record must be kept.")
    there = hold_of(db, person)
    if there:
        return there
    owner: dict[str, Any] = {"leaver_id" if isinstance(person, Leaver) else "mentor_id": person.id}
    hold = LegalHold(why=why.strip(), recorded_at=now, recorded_by=by, **owner)
    db.add(hold)
    db.flush()
    return hold


def lift(db: Session, person: Person, *, by: UUID | None, now: datetime) -> bool:
    """Let a person's record go its way again; say whether it was held."""
    there = hold_of(db, person)
    if there is None:
        return False
    there.lifted_at, there.lifted_by = now, by
    db.flush()
    return True


def _among(kind: type[Any], ids: AbstractSet[UUID]) -> Any:
    return select(kind).where(col(kind.id).in_(ids))


def _as_sentence(why: str) -> str:
    return why if why.endswith((".", "!", "?")) else f"{why}."


def _standing(person: Person) -> SelectOfScalar[LegalHold]:
    column = LegalHold.leaver_id if isinstance(person, Leaver) else LegalHold.mentor_id
    return select(LegalHold).where(column == person.id, col(LegalHold.lifted_at).is_(None))
