"""Where mentors have places and how many are taken: the 12 regions, and the areas of one's own.

Of other regions a manager learns totals, and none that is small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, and_, col, func, or_

from matcher.core.small_numbers import is_large_enough
from matcher.desks.picture_parts import Cell, Column, Drawing, Line, Part, Picture, Way, added
from models.access import mentors_counted_by
from models.accounts import Account
from models.pairs import Pair
from models.people import Mentor
from models.places import MentorPlace
from models.reference import districts
from models.states import MentorState
from models.vocabulary import Region

COLUMNS = (Column("Places"), Column("Taken"), Column("Free"))
EMPTY = (
    "No mentor in England and Wales has a place yet. Mentors get their places when they become "
    "active: ask the administrator to add those of your region."
)
NOTE = (
    "Your region has a thick edge. Of other regions you see totals. They are hidden where fewer "
    "than 5 places are taken, or fewer than 5 are free."
)
_AREA = re.compile(r"[A-Z]+")

Counted = dict[tuple[Region, str], tuple[int, int]]
"""Places and taken ones, by region and by postcode area."""


def places_by_area(db: Session, account: Account) -> Picture:
    """Return how many places mentors have and how many are taken, here and elsewhere."""
    counted = _counted(db, account)
    own = account.region
    tiles = Drawing("Places taken in each region", (0, 1), way=Way.TILES, own=own)
    regions = tuple(_region(counted, one, is_own=one is own) for one in Region)
    parts = [Part("The 12 regions", "Region", COLUMNS, regions, (tiles,), "Hidden", NOTE)]
    if areas := tuple(_areas(counted, own)):
        bars = Drawing("Places in your region", (1, 2))
        parts.append(Part("Your region, by postcode area", "Area", COLUMNS, areas, (bars,)))
    return Picture(tuple(parts), empty="" if counted else EMPTY)


def _counted(db: Session, account: Account) -> Counted:
    """Count the open places of active mentors, and all that a live pair holds."""
    of_home: list[Any] = [Mentor.region, Mentor.home]
    held = and_(
        col(Pair.mentor_id) == MentorPlace.mentor_id,
        col(Pair.place_number) == MentorPlace.number,
    )
    query = (
        mentors_counted_by(account)
        .join(MentorPlace, col(MentorPlace.mentor_id) == Mentor.id)
        .join(Pair, held, isouter=True)
        .where(or_(col(Mentor.state) == MentorState.ACTIVE, col(Pair.id).is_not(None)))
        .with_only_columns(*of_home, func.count(), func.count(col(Pair.id)))
        .group_by(*of_home)
    )
    found: Counted = {}
    for region, home, places, taken in db.execute(query):
        key = region, _area(home)
        found[key] = found.get(key, (0, 0))[0] + places, found.get(key, (0, 0))[1] + taken
    return found


def _region(counted: Counted, region: Region, *, is_own: bool) -> Line:
    areas = [told for (where, _), told in counted.items() if where is region]
    places, taken = added([(0, 0), *areas])
    figures: tuple[Cell, ...] = (places, taken, places - taken)
    if not is_own and not is_large_enough((taken, places - taken)):
        figures = (None, None, None)
    return Line(region.label, region.label, figures, region)


def _areas(counted: Counted, own: Region | None) -> Iterator[Line]:
    for (region, area), (places, taken) in sorted(counted.items()):
        if region is own:
            yield Line(_named(area), area, (places, taken, places - taken))


def _area(district: str) -> str:
    return _AREA.match(district)[0]  # type: ignore[index]  # a district begins with its area


def _named(area: str) -> str:
    """Return "LS, Leeds": an area is named after the council of its first district."""
    first = districts().get(f"{area}1")
    return f"{area}, {first.local_authority}" if first else area
