"""Looking for a person by name, prison number or code, among those whom an account may find.

Names lie sealed, so they are opened to look, those of the account's own people and no others. A
prison number is found by its blind index. What is looked for stands in an address only sealed, for
the account that looks and for a short while.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, true

from matcher.files.cells import folded
from matcher.former import has_code, has_number
from models.access import leavers_seen_by, mentors_seen_by
from models.accounts import Account
from models.key_ring import MARK, SERVICE, keys, place_of
from models.people import Leaver, Mentor
from models.sealed import is_erased, opened

KEPT_FOR = timedelta(minutes=30)
"""So long an address goes on looking; a stay is idle no longer than that."""

LONGEST = 80
"""Signs that may be looked for; every search is sealed as if it had so many."""

_SEALED = re.compile(rf"{MARK}{SERVICE.hex}\.\d{{1,6}}:[A-Za-z0-9+/]+=*")
_PRISON_NUMBER = re.compile(r"[A-Z]\d{4}[A-Z]{2}")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
_PARTS = re.compile(r"[\s-]+")


@dataclass(frozen=True)
class People:
    """Who was found, by their ids."""

    leavers: frozenset[UUID]
    mentors: frozenset[UUID]

    def among(self, leaver_id: Any = None, mentor_id: Any = None) -> ColumnElement[bool]:
        """Return the condition that a row, whose columns say about whom it is, is about them."""
        about = [
            column.in_(ids)
            for column, ids in ((leaver_id, self.leavers), (mentor_id, self.mentors))
            if column is not None
        ]
        return or_(*about)


def among(people: People | None, **columns: Any) -> ColumnElement[bool]:
    """Return the condition that a row is about one of these people; None is anybody."""
    return people.among(**columns) if people else true()


def people_found(db: Session, account: Account, text: str, now: datetime) -> People:
    """Return whom of its own people an account finds by a name, a prison number or a code.

    Of a name every part that is told must begin a part of theirs; accents and
    capitals make no difference.
    """
    leavers, mentors = leavers_seen_by(account, now), mentors_seen_by(account)
    return People(
        frozenset(_found(db, Leaver, leavers, text)), frozenset(_found(db, Mentor, mentors, text))
    )


def sealed_search(account: Account, text: str, *, now: datetime) -> str:
    """Return what stands in an address for a search: nobody reads it, and only this account may."""
    ring = keys()
    ring.refresh()
    ring.have_keys_for([SERVICE])
    told = f"{(now + KEPT_FOR).isoformat()} {text[:LONGEST]:<{LONGEST}}"
    sealed = ring.seal(told, _place(account), [SERVICE])
    return urlsafe_b64encode(sealed.encode()).decode().rstrip("=")


def search_told(account: Account, token: str, *, now: datetime) -> str | None:
    """Return what an address looks for; None if it is another's, no search, or over."""
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
        if not _SEALED.fullmatch(sealed):
            return None
        until, _, text = (keys().open(sealed, _place(account)) or "").partition(" ")
        return text.rstrip() if datetime.fromisoformat(until) >= now else None
    except ValueError:  # no base64, sealed for another account, or with a key that is gone
        return None


def _place(account: Account) -> str:
    return place_of("search", "text", str(account.id))


def _found(db: Session, kind: type[Any], seen: Any, text: str) -> Iterator[UUID]:
    """Yield the ids of those whom a text names by code, by number or by name."""
    told = text.strip().upper()
    if _CODE.fullmatch(told):
        known = [has_code(kind, told)]
        known += [has_number(kind, told)] if _PRISON_NUMBER.fullmatch(told) else []
        yield from db.exec(seen.where(or_(*known)).with_only_columns(col(kind.id)))
    if any(map(str.isdigit, told)):
        return  # no name has a digit: none is opened
    sought = [part for part in map(folded, text.split()) if part]
    columns = (col(kind.id), col(kind.first_name), col(kind.surname))
    for row_id, *names in db.execute(seen.with_only_columns(*columns)) if sought else ():
        told_of = opened(kind, row_id, dict(zip(("first_name", "surname"), names, strict=True)))
        if _fits(sought, told_of.values()):
            yield row_id


def _fits(sought: list[str], names: Any) -> bool:
    """Say whether every part that is sought begins a part of the names."""
    known = [name for name in names if name and not is_erased(name)]
    parts = {folded(part) for name in known for part in (*name.split(), *_PARTS.split(name))}
    return all(any(part.startswith(one) for part in parts) for one in sought)
