"""Why two records cannot be one person: one clear sentence for each reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session, col, or_, select

from matcher.core.words import counted
from matcher.links import end_keys
from matcher.proposals import is_fixed
from matcher.refusing import InTheWay, NotAllowed
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.person_keys import link_keys, names_themselves, own_keys, person_keys
from models.restrictions import Link

Person = Leaver | Mentor

OTHER_BIRTH = (
    "The two have different dates of birth. Check them, or say that the one on the other record "
    "is a mistake."
)
OTHER_SEX = (
    "One record says male and the other female. Check them, or say that the one on the other "
    "record is a mistake."
)
LINKED = (
    "There is a link that keeps these two apart, so they are two people here. Close the link "
    "first if it was a mistake."
)
TWO_SENTENCES = (
    "The two serve different sentences at the same time, so they are two people here. Put the "
    "dates right first."
)
OWN_MENTOR = (
    "One of the two has the other as their mentor, by number or by name and date of birth. End "
    "that pair first."
)


def refuse(db: Session, stays: Person, goes: Person, *, mistaken: bool) -> None:
    """Raise NotAllowed if two records cannot be made one."""
    reasons = [*_who_they_are(stays, goes, mistaken=mistaken), *_between(db, stays, goes)]
    if isinstance(stays, Mentor) and isinstance(goes, Mentor):
        reasons += _without_places(db, stays, goes)
    if reasons:
        raise NotAllowed(*reasons)


def _who_they_are(stays: Person, goes: Person, *, mistaken: bool) -> Iterator[InTheWay]:
    if stays.birth_date != goes.birth_date and not mistaken:
        yield InTheWay(OTHER_BIRTH, "mistaken")
    if stays.sex is not goes.sex and not mistaken:
        yield InTheWay(OTHER_SEX, "mistaken")
    if isinstance(stays, Leaver) and isinstance(goes, Leaver) and _overlap(stays, goes):
        yield InTheWay(TWO_SENTENCES, "goes")


def _overlap(one: Leaver, other: Leaver) -> bool:
    """Say whether two sentences that began on different days run at the same time."""
    began, began_too = one.sentenced_on, other.sentenced_on
    if began is None or began_too is None or began == began_too:
        return False
    ends = (one.release_date or date.max, other.release_date or date.max)
    return max(began, began_too) < min(ends)


def _between(db: Session, stays: Person, goes: Person) -> Iterator[InTheWay]:
    if _are_linked(db, stays, goes):
        yield InTheWay(LINKED, "goes")
    if any(_is_their_own(other, stays, goes) for other in _paired_with(db, stays, goes)):
        yield InTheWay(OWN_MENTOR, "goes")


def _are_linked(db: Session, stays: Person, goes: Person) -> bool:
    ways = ("one_leaver_id", "one_mentor_id", "other_leaver_id", "other_mentor_id")
    ids = {stays.id, goes.id}
    named = or_(*(col(getattr(Link, way)).in_(ids) for way in ways))
    links = db.exec(select(Link).where(named, col(Link.closed_at).is_(None)))
    return any(
        _names(link, "one", person) and _names(link, "other", other)
        for link in links
        for person, other in ((stays, goes), (goes, stays))
    )


def _names(link: Link, end: str, person: Person) -> bool:
    named = getattr(link, f"{end}_leaver_id") or getattr(link, f"{end}_mentor_id")
    if named:
        return bool(named == person.id)
    keys = end_keys(link, end, {})
    return names_themselves(person, keys)


def _paired_with(db: Session, stays: Person, goes: Person) -> list[Person]:
    """Return the other person of each live pair of either."""
    of_leaver = isinstance(stays, Leaver)
    column = Pair.leaver_id if of_leaver else Pair.mentor_id
    pairs = select(Pair).where(col(column).in_({stays.id, goes.id}), col(Pair.state).in_(LIVE))
    return [
        db.get_one(Mentor, pair.mentor_id) if of_leaver else db.get_one(Leaver, pair.leaver_id)
        for pair in db.exec(pairs).all()
    ]


def _is_their_own(other: Person, stays: Person, goes: Person) -> bool:
    births = {stays.birth_date.isoformat(), goes.birth_date.isoformat()}
    theirs = link_keys(own_keys(stays) | own_keys(goes))
    return bool((theirs & person_keys(other)) - births)


def places_together(stays: Mentor, goes: Mentor) -> int:
    """Return how many pairs of this service the one mentor could carry."""
    elsewhere = max(stays.taken_elsewhere, goes.taken_elsewhere)
    return max(0, max(stays.places, goes.places) - elsewhere)


def _without_places(db: Session, stays: Mentor, goes: Mentor) -> Iterator[InTheWay]:
    """Yield that a mentor would have more leavers than places, proposals apart."""
    theirs = col(Pair.mentor_id).in_({stays.id, goes.id})
    pairs = db.exec(select(Pair).where(theirs, col(Pair.state).in_(LIVE)))
    fixed, places = sum(map(is_fixed, pairs)), places_together(stays, goes)
    if fixed > places:
        yield InTheWay(
            f"Together they would have {counted(fixed, 'leaver')} and only "
            f"{counted(places, 'place')}. End a pair first, or give them more places.",
            "goes",
        )
