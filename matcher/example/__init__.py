"""Example people: as many as you like, like those of a real year and nobody in particular.

They are drawn from published figures (`figures.py` and the tables beside it,
each row with its source), so that a try-out, a benchmark and a demonstration
meet the shares, distances and gaps that a real service meets. Names, numbers
and codes are made up. The same seed gives the same people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np

from matcher.example.country import Country, whole_country
from matcher.example.leavers import leaver_columns
from matcher.example.links import add_links
from matcher.example.lots import Columns, Crowd, Indices
from matcher.example.mentors import mentor_columns
from matcher.example.names import PRISON_NUMBERS, prison_numbers
from models.profiles import LeaverInFile, MentorProfile

Profile = TypeVar("Profile", LeaverInFile, MentorProfile)


@dataclass(frozen=True)
class ExamplePeople:
    """Leavers and mentors made up together, in the order of their codes."""

    leavers: list[LeaverInFile]
    mentors: list[MentorProfile]


def example_people(leavers: int, mentors: int, seed: int, today: date) -> ExamplePeople:
    """Return so many lifelike leavers and mentors, as they would stand on `today`.

    The mentors' free places are 5% fewer than the leavers, as far as four
    places each allow. Raises ValueError for a negative count or seed, and
    for more people than there are made-up prison numbers (6.76 million).
    """
    _check(leavers, mentors, seed)
    country = whole_country()
    numbers = prison_numbers(seed, leavers + mentors)
    leaving = Crowd("leavers", leavers, seed, today)
    mentoring = Crowd("mentors", mentors, seed, today)
    its = leaver_columns(leaving, country, numbers[:leavers])
    theirs = mentor_columns(mentoring, country, numbers[leavers:], leavers)
    add_links(
        leaving,
        its,
        theirs,
        _regions(country, its["resettling_in"]),
        _regions(country, theirs["home"]),
    )
    return ExamplePeople(_profiles(LeaverInFile, its), _profiles(MentorProfile, theirs))


def _check(leavers: int, mentors: int, seed: int) -> None:
    for name, number in (("leavers", leavers), ("mentors", mentors), ("seed", seed)):
        if number < 0:
            raise ValueError(f"{name} is {number}: give 0 or more")
    if leavers + mentors > PRISON_NUMBERS:
        raise ValueError(f"{leavers + mentors} people are too many: {PRISON_NUMBERS} at most")


def _regions(country: Country, codes: Any) -> Indices:
    index = country.places.district_index
    return country.regions_of(np.array([index[code] for code in codes], dtype=np.intp))


def _profiles(kind: type[Profile], columns: Columns) -> list[Profile]:
    """Return one checked profile for each row of the columns."""
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    return [kind.model_validate(dict(zip(names, row, strict=True))) for row in rows]
