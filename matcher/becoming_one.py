"""The last of two records becoming one: what it was known by is kept, and the row goes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.former import FormerNumber
from models.people import Leaver, Mentor
from models.person_keys import own_keys

KEPT = frozenset({"id", "version", "created_at", "former_keys"})


def become_one(
    db: Session, stays: Leaver | Mentor, goes: Leaver | Mentor, *, by: UUID | None, now: datetime
) -> None:
    """Keep by what a record was known, so that it still finds the person, and let it go."""
    owner = "leaver_id" if isinstance(stays, Leaver) else "mentor_id"
    told: dict[str, Any] = {owner: stays.id, "recorded_at": now, "recorded_by": by}
    number = goes.prison_number if stays.prison_number else None
    db.add(FormerNumber(id=goes.id, code=goes.code, prison_number=number, **told))
    known = {*stays.former_keys, *goes.former_keys, *own_keys(goes), goes.code}
    crn = getattr(goes, "crn", None)
    stays.former_keys = tuple(sorted(known | ({crn} if crn else set())))
    db.delete(goes)
    db.flush()


def fill_blanks(
    stays: Leaver | Mentor, goes: Leaver | Mentor, *, apart_from: Collection[str]
) -> None:
    """Take from the record that goes what the one that stays does not say."""
    for name in sorted(type(stays).model_fields.keys() - {*KEPT, *apart_from}):
        if getattr(stays, name) in (None, ""):
            setattr(stays, name, getattr(goes, name))
