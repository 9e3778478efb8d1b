"""Links between people: which keys of people are kept apart from which.

A link names each end as a leaver, a mentor, a prison number, or a name with a
birth date. A person answers to several keys (code, prison number, name), so a
link made by number still holds once the person has a row, and a mentor who
once was a leaver here is known by either row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.people import Leaver, Mentor
from models.person_keys import link_keys, name_key, own_keys, person_keys
from models.restrictions import Link

Ends = dict[UUID, frozenset[str]]


def keys_kept_apart(db: Session) -> dict[str, set[str]]:
    """Return, for each key of a person in an open link, the keys of those on its other end."""
    links = db.exec(select(Link).where(col(Link.closed_at).is_(None))).all()
    people = _keys_by_id(db, Leaver, links) | _keys_by_id(db, Mentor, links)
    apart: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        one, other = end_keys(link, "one", people), end_keys(link, "other", people)
        for key in link_keys(one):
            apart[key] |= other
        for key in link_keys(other):
            apart[key] |= one
    _keep_from_themselves(db, apart)
    return dict(apart)


def _keep_from_themselves(db: Session, apart: defaultdict[str, set[str]]) -> None:
    """Let nobody be the mentor of themselves, by an old number or name of theirs either."""
    known: list[Any] = [Leaver, Mentor]
    for kind in known:
        for row in db.exec(select(kind).where(kind.former_keys != ())):
            for key in link_keys(frozenset(row.former_keys)):
                apart[key] |= own_keys(row)


def end_keys(link: Link, end: str, people: Ends) -> frozenset[str]:
    """Return every key by which one end of a link ("one" or "other") is known."""
    person = getattr(link, f"{end}_leaver_id") or getattr(link, f"{end}_mentor_id")
    if person:
        return people[person]
    number = getattr(link, f"{end}_prison_number")
    if number:
        return frozenset({number})
    told = (getattr(link, f"{end}_{part}") for part in ("first_name", "surname", "birth_date"))
    return frozenset({name_key(*told)})


def _keys_by_id(db: Session, kind: type[Leaver | Mentor], links: Iterable[Link]) -> Ends:
    noun = kind.__name__.lower()
    ids = {getattr(link, f"{end}_{noun}_id") for link in links for end in ("one", "other")}
    named = ids - {None}
    of_them = select(kind).where(col(kind.id).in_(named))
    rows: Sequence[Any] = db.exec(of_them).all() if named else ()
    return {row.id: person_keys(row) for row in rows}
