"""People of a region who are probably on file twice, for the manager to look at.

Of one prison number, on file at two prisons; born on one day with a name alike
or a number one sign away; or of the very same name with a number one sign
away, where the date of birth may be wrong.
Whether they are one person only a person can say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.alike import names_alike, nearly, one_sign_apart
from models.people import Leaver, Mentor
from models.person_keys import name_key
from models.referrals import Referral
from models.vocabulary import Region

Person = Leaver | Mentor

BORN_ALIKE = "They were born on the same day, and their names are alike."
NUMBER_ALIKE = "They were born on the same day, and their prison numbers differ by one sign."
NUMBER_SAME = "They have the same prison number."
NAMED_ALIKE = "They have the same name, and their prison numbers differ by one sign."


@dataclass(frozen=True)
class Twins:
    """Two records that are probably one person: the older one first, and why we think so."""

    kind: type[Person]
    one_id: UUID
    one_code: str
    other_id: UUID
    other_code: str
    why: str


def possible_twins(db: Session, region: Region) -> list[Twins]:
    """Return the leavers, then the mentors of a region who are probably on file twice."""
    put_forward = select(Referral.leaver_id).where(Referral.region == region)
    leavers = db.exec(select(Leaver).where(col(Leaver.id).in_(put_forward))).all()
    mentors = db.exec(select(Mentor).where(Mentor.region == region)).all()
    return [*_among(leavers), *_among(mentors)]


def _among(people: Sequence[Person]) -> list[Twins]:
    by_id = {one.id: one for one in people}
    found = {}
    for pair in _to_compare(people):
        one, other = sorted((by_id[person_id] for person_id in pair), key=_age)
        why = why_alike(one, other)
        if why:
            found[pair] = Twins(type(one), one.id, one.code, other.id, other.code, why)
    return sorted(found.values(), key=lambda twins: (twins.one_code, twins.other_code))


def _to_compare(people: Iterable[Person]) -> Iterator[frozenset[UUID]]:
    """Yield who was born on one day, and whose numbers have all but one sign in common."""
    alike: defaultdict[str, set[UUID]] = defaultdict(set)
    for one in people:
        alike[one.birth_date.isoformat()].add(one.id)
        for pattern in nearly(one.prison_number or ""):
            alike[pattern].add(one.id)
    for ids in alike.values():
        yield from map(frozenset, combinations(sorted(ids), 2))


def why_alike(one: Person, other: Person) -> str:
    """Return in a sentence why two records are probably of one person; empty if they are not."""
    if one.prison_number and one.prison_number == other.prison_number:
        return NUMBER_SAME
    near = one_sign_apart(one.prison_number, other.prison_number)
    if one.birth_date == other.birth_date:
        if names_alike(_name(one), _name(other)):
            return BORN_ALIKE
        return NUMBER_ALIKE if near else ""
    return NAMED_ALIKE if near and _name(one) and _name(one) == _name(other) else ""


def _name(person: Person) -> str:
    """Return the words of a name in the order of the alphabet, however it was typed."""
    return name_key(person.first_name, person.surname, person.birth_date).rpartition(" ")[0]


def _age(person: Person) -> tuple[object, str]:
    return person.created_at, person.code
