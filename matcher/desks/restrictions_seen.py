"""Who a leaver must not meet, and where and when they may not be, for the manager alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, literal
from sqlmodel import Session, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from matcher.desks.week_hours import hours_in_words
from matcher.links import Ends, end_keys
from models.access import referrals_seen_by
from models.accounts import Account
from models.council_words import AvoidNote, PersonToAvoid
from models.people import Leaver, Mentor
from models.person_keys import link_keys, person_keys
from models.referrals import Referral
from models.restrictions import Curfew, ExclusionZone, Link
from models.states import Role
from models.vocabulary import LinkKind


@dataclass(frozen=True)
class LinkCard:
    """An open link as it stands on one person's page: what it is, and who is on the other end."""

    link_id: UUID
    kind: LinkKind
    other: str
    detail: str
    recorded_at: datetime


@dataclass(frozen=True)
class CurfewCard:
    """A curfew in words; no days given means always."""

    curfew_id: UUID
    hours: str
    starts_on: date | None
    ends_on: date | None


def curfew_card(curfew: Curfew) -> CurfewCard:
    """Return a curfew as a page says it."""
    said = hours_in_words(curfew.hours)
    return CurfewCard(curfew.id, said, curfew.starts_on, curfew.ends_on)


def people_to_avoid(account: Account, referral: Referral) -> SelectOfScalar[PersonToAvoid]:
    """Return whom the leaver of a referral must not meet, as told to the council."""
    of_leaver = _leaver_of(account, referral)
    told = select(PersonToAvoid).where(col(PersonToAvoid.leaver_id).in_(of_leaver))
    return told.order_by(col(PersonToAvoid.recorded_at), col(PersonToAvoid.id))


def notes_on(db: Session, *people: PersonToAvoid) -> dict[UUID, tuple[AvoidNote, ...]]:
    """Return what managers have noted about each of these people, by id, the oldest first."""
    about = col(AvoidNote.person_id).in_([person.id for person in people])
    found = db.exec(select(AvoidNote).where(about).order_by(col(AvoidNote.recorded_at))).all()
    return {
        person.id: tuple(note for note in found if note.person_id == person.id) for person in people
    }


def zones(account: Account, referral: Referral, today: date) -> SelectOfScalar[ExclusionZone]:
    """Return the districts where the leaver of a referral may not be, now or later."""
    of_leaver = col(ExclusionZone.leaver_id).in_(_leaver_of(account, referral))
    is_over = col(ExclusionZone.ends_on) < today
    found = select(ExclusionZone).where(of_leaver, is_over.is_not(True))
    return found.order_by(col(ExclusionZone.district))


def curfews(account: Account, referral: Referral, today: date) -> SelectOfScalar[Curfew]:
    """Return the hours when the leaver of a referral must be at home, now or later."""
    of_leaver = col(Curfew.leaver_id).in_(_leaver_of(account, referral))
    is_over = col(Curfew.ends_on) < today
    found = select(Curfew).where(of_leaver, is_over.is_not(True))
    return found.order_by(col(Curfew.recorded_at))


def links_of(db: Session, leaver: Leaver) -> list[tuple[Link, LinkCard]]:
    """Return the open links of a leaver, however they name them, the newest first."""
    ends = [
        way
        for end in ("one", "other")
        for way in (getattr(Link, f"{end}_leaver_id") == leaver.id, _has_no_row(end))
    ]
    found = db.exec(
        select(Link)
        .where(or_(*ends), col(Link.closed_at).is_(None))
        .order_by(col(Link.recorded_at).desc())
    ).all()
    people = _people(db, found)
    keys = {one_id: person_keys(person) for one_id, person in people.items()}
    own = person_keys(leaver)
    cards = ((link, _card(link, own, people, keys)) for link in found)
    return [(link, card) for link, card in cards if card]


def _has_no_row(end: str) -> ColumnElement[bool]:
    """Return the condition that an end is named by a number or a name: those lie sealed."""
    ids = (getattr(Link, f"{end}_{noun}_id") for noun in ("leaver", "mentor"))
    return and_(*(col(one).is_(None) for one in ids))


def _leaver_of(account: Account, referral: Referral) -> SelectOfScalar[UUID]:
    """Return the leaver of a referral to a manager; others write these things and never read them.

    The prison's desks find the referral too.
    """
    is_manager = account.role is Role.MANAGER
    one = select(Referral.leaver_id).where(Referral.id == referral.id, literal(is_manager))
    seen = referrals_seen_by(account).with_only_columns(col(Referral.id))
    return one.where(col(Referral.id).in_(seen))


def _people(db: Session, links: Sequence[Link]) -> dict[UUID, Leaver | Mentor]:
    ids = {
        getattr(link, f"{end}_{noun}_id")
        for link in links
        for end in ("one", "other")
        for noun in ("leaver", "mentor")
    }
    leavers = db.exec(select(Leaver).where(col(Leaver.id).in_(ids - {None})))
    mentors = db.exec(select(Mentor).where(col(Mentor.id).in_(ids - {None})))
    return {row.id: row for row in (*leavers, *mentors)}


def _card(
    link: Link, own: frozenset[str], people: dict[UUID, Leaver | Mentor], keys: Ends
) -> LinkCard | None:
    """Return the link as the page of who has `own` keys shows it; None if it names others."""
    for end, other in (("one", "other"), ("other", "one")):
        if link_keys(end_keys(link, end, keys)) & own:
            named = _named(link, other, people)
            return LinkCard(link.id, link.kind, named, link.detail, link.recorded_at)
    return None


def _named(link: Link, end: str, people: dict[UUID, Leaver | Mentor]) -> str:
    person_id = getattr(link, f"{end}_leaver_id") or getattr(link, f"{end}_mentor_id")
    if person_id:
        person = people[person_id]
        noun = "leaver" if isinstance(person, Leaver) else "mentor"
        return f"{person.first_name} ({noun} {person.code})"
    if number := getattr(link, f"{end}_prison_number"):
        return f"Prison number {number}"
    name = (getattr(link, f"{end}_first_name"), getattr(link, f"{end}_surname"))
    return " ".join(filter(None, name))
