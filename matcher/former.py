"""Finding people by what they were known by before two records became one."""

from __future__ import annotations

from collections.abc import Collection
from itertools import product
from re import compile as pattern
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, or_, select

from models.former import FormerNumber
from models.key_ring import blind_index
from models.people import Leaver, Mentor

Known = TypeVar("Known", bound=Leaver | Mentor)

_ID = pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def has_number(kind: type[Any], *numbers: str) -> ColumnElement[bool]:
    """Return the condition that someone has, or had, one of these prison numbers."""
    owner, found_by = _owner(kind), indexes_of(numbers)
    had = select(owner).where(
        owner.is_not(None), col(FormerNumber.prison_number_index).in_(found_by)
    )
    return or_(col(kind.prison_number_index).in_(found_by), col(kind.id).in_(had))


def indexes_of(numbers: Collection[str]) -> list[str]:
    """Return by what prison numbers are found: they lie sealed."""
    return [blind_index("prison_number", number) for number in numbers]


def has_code(kind: type[Any], code: str) -> ColumnElement[bool]:
    """Return the condition that someone has, or had, this code: no two people ever share one."""
    owner = _owner(kind)
    had = select(owner).where(owner.is_not(None), FormerNumber.code == code)
    return or_(col(kind.code) == code, col(kind.id).in_(had))


def called(db: Session, kind: type[Known], code: str) -> Known | None:
    """Return the leaver or mentor who has, or had, this code; None if nobody has."""
    found: Known | None = db.exec(select(kind).where(has_code(kind, code))).first()
    return found


def former_of(db: Session, kind: type[Any]) -> list[tuple[FormerNumber, UUID]]:
    """Return every former record of leavers or of mentors, with who it is a part of now."""
    owner = _owner(kind)
    rows = db.exec(select(FormerNumber, owner).where(owner.is_not(None)))
    return [(row, owner_id) for row, owner_id in rows if owner_id]


def by_former_number(
    db: Session, kind: type[Known], numbers: Collection[str], *conditions: ColumnElement[bool]
) -> dict[str, Known]:
    """Return those who had one of these prison numbers, by it, and for whom conditions hold."""
    owner = _owner(kind)
    had = select(FormerNumber, kind).where(
        owner == kind.id,
        col(FormerNumber.prison_number_index).in_(indexes_of(numbers)),
        *conditions,
    )
    return {one.prison_number: row for one, row in db.exec(had) if one.prison_number}


def same_keys(db: Session, key: str) -> set[str]:
    """Return a key and those by which the same was told of before records of its people merged."""
    named = {UUID(found) for found in _ID.findall(key)}
    owners = (col(FormerNumber.leaver_id), col(FormerNumber.mentor_id))
    former = select(FormerNumber).where(or_(*(owner.in_(named) for owner in owners)))
    names: dict[UUID, list[UUID]] = {one: [one] for one in named}
    for row in db.exec(former):
        names[row.leaver_id or row.mentor_id or row.id].append(row.id)
    told = set()
    for choice in product(*names.values()):
        other = key
        for one, name in zip(names, choice, strict=True):
            other = other.replace(str(one), str(name))
        told.add(other)
    return told


def _owner(kind: type[Any]) -> Mapped[UUID | None]:
    return col(FormerNumber.leaver_id if kind is Leaver else FormerNumber.mentor_id)
