"""Who must not meet whom, and where and when someone may not be: recorded by a manager.

Verbs: they take the session and `now`, never commit and never read the
clock. Whatever is recorded, live pairs are asked again at once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import model_validator
from sqlmodel import Session

from matcher.core.sending import local_day
from matcher.rechecks import recheck_leaver, recheck_mentor
from matcher.refusing import NotAllowed
from matcher.standings import note_event
from models.facts import Facts, Name, PrisonNumber
from models.people import Leaver, Mentor
from models.person_keys import name_key, names_themselves, person_keys
from models.reference import districts
from models.restrictions import Curfew, ExclusionZone, GangTag, Link, OpposedGangs
from models.states import EventKind
from models.vocabulary import LinkKind

THEMSELVES = "This is the same person. Name the other one: nobody is kept apart from themselves."


class OtherPerson(Facts):
    """The other end of a link: a mentor, a leaver, a prison number, or a name and birth date."""

    mentor_id: UUID | None = None
    leaver_id: UUID | None = None
    prison_number: PrisonNumber | None = None
    first_name: Name | None = None
    surname: Name | None = None
    birth_date: date | None = None

    @model_validator(mode="after")
    def is_named_once(self) -> OtherPerson:
        """Refuse someone named in no way, in two ways, or by half a name."""
        ways = (self.mentor_id, self.leaver_id, self.prison_number, self.surname)
        name = (self.first_name, self.surname, self.birth_date)
        half_named = any(part for part in name) and not all(part for part in name)
        if sum(bool(way) for way in ways) != 1 or half_named:
            raise ValueError(
                "name the other person once: from the list, by prison number, or by first name, "
                "surname and date of birth"
            )
        return self

    @property
    def end(self) -> dict[str, Any]:
        """Return the columns of a link that name this person as its other end."""
        return {f"other_{name}": value for name, value in dict(self).items() if value}

    @property
    def known_as(self) -> frozenset[str]:
        """Return the key of someone named by prison number, or by name and birth date."""
        if self.first_name and self.surname and self.birth_date:
            return frozenset({name_key(self.first_name, self.surname, self.birth_date)})
        return frozenset({self.prison_number} if self.prison_number else ())


def add_link(
    db: Session,
    one: Leaver | Mentor,
    kind: LinkKind,
    other: OtherPerson,
    *,
    detail: str = "",
    by: UUID | None,
    now: datetime,
) -> Link:
    """Keep two people apart from now on, in both directions."""
    if names_themselves(one, _keys_of(db, other)):
        raise NotAllowed(THEMSELVES)
    ends: dict[str, Any] = {f"one_{_owner(one)}": one.id} | other.end
    link = Link(kind=kind, detail=detail, recorded_at=now, recorded_by=by, **ends)
    db.add(link)
    _recheck(db, one, link.id, by=by, now=now)
    return link


def close_link(db: Session, link: Link, *, by: UUID | None, now: datetime) -> None:
    """Keep the two apart no longer; a link closed before stays as it was."""
    if link.closed_at is None:
        link.closed_at, link.closed_by = now, by
        for name in ("leaver_id", "mentor_id"):
            owner = getattr(link, f"one_{name}")
            if owner:
                _note(db, f"{link.id}:closed", by=by, now=now, **{name: owner})
    db.flush()


def add_zone(
    db: Session,
    person: Leaver | Mentor,
    district: str,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: UUID | None,
    now: datetime,
) -> ExclusionZone:
    """Record a postcode district where someone may not be; no days given means always."""
    if district not in districts():
        raise NotAllowed(f"We do not know the postcode district {district}. Give one such as LS6.")
    zone = ExclusionZone(
        district=district, **_when(person, starts_on, ends_on), recorded_at=now, recorded_by=by
    )
    db.add(zone)
    _recheck(db, person, zone.id, by=by, now=now)
    return zone


def add_curfew(
    db: Session,
    person: Leaver | Mentor,
    hours: Collection[int],
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: UUID | None,
    now: datetime,
) -> Curfew:
    """Record the hours of the week (0 to 167) when someone must be at home."""
    if not hours:
        raise NotAllowed("Give the hours of the curfew, such as: daily 19-7.")
    curfew = Curfew(
        hours=frozenset(hours),
        **_when(person, starts_on, ends_on),
        recorded_at=now,
        recorded_by=by,
    )
    db.add(curfew)
    _recheck(db, person, curfew.id, by=by, now=now)
    return curfew


def lift(db: Session, restriction: ExclusionZone | Curfew, *, now: datetime) -> None:
    """End a zone or curfew: it counted to yesterday, or never if it has not begun by then."""
    yesterday = local_day(now) - timedelta(days=1)
    if restriction.starts_on and restriction.starts_on > yesterday:
        db.delete(restriction)
    else:
        restriction.ends_on = min(restriction.ends_on or yesterday, yesterday)
    db.flush()


def oppose(db: Session, one: str, other: str, *, by: UUID | None, now: datetime) -> None:
    """Record that the people of two gang tags must not be paired; said again, it is the same."""
    one, other = sorted((one, other))
    if one == other:
        raise NotAllowed("Give two different tags.")
    keep_tags(db, (one, other), by=by, now=now)
    if db.get(OpposedGangs, (one, other)) is None:
        db.add(OpposedGangs(one=one, other=other, recorded_at=now, recorded_by=by))
    db.flush()


def keep_tags(db: Session, tags: Collection[str], *, by: UUID | None, now: datetime) -> None:
    """Add those gang tags that nobody has given before."""
    for tag in sorted(tags):
        if db.get(GangTag, tag) is None:
            db.add(GangTag(code=tag, recorded_at=now, recorded_by=by))
    db.flush()


def _keys_of(db: Session, other: OtherPerson) -> frozenset[str]:
    """Return the keys by which the other end of a link is named, or is known if it has a row."""
    if other.mentor_id:
        return person_keys(db.get_one(Mentor, other.mentor_id))
    if other.leaver_id:
        return person_keys(db.get_one(Leaver, other.leaver_id))
    return other.known_as


def _owner(person: Leaver | Mentor) -> str:
    return "leaver_id" if isinstance(person, Leaver) else "mentor_id"


def _when(person: Leaver | Mentor, starts_on: date | None, ends_on: date | None) -> dict[str, Any]:
    if starts_on and ends_on and ends_on < starts_on:
        raise NotAllowed("The last day comes before the first. Put one of the two right.")
    return {_owner(person): person.id, "starts_on": starts_on, "ends_on": ends_on}


def _recheck(
    db: Session, person: Leaver | Mentor, row_id: UUID, *, by: UUID | None, now: datetime
) -> None:
    _note(db, row_id, by=by, now=now, **{_owner(person): person.id})
    recheck = recheck_leaver if isinstance(person, Leaver) else recheck_mentor
    recheck(db, person.id, now=now)


def _note(db: Session, about: object, *, by: UUID | None, now: datetime, **owner: Any) -> None:
    note_event(db, EventKind.RISK_CHANGED, about, by=by, now=now, **owner)
