"""Mentors who are only supposed: trained, checked and in date, as a new one is on the first day.

What is asked of them is where they live, when they are free, what they have lived and how many
they can walk with. The rest is supposed as it has to be of anybody before they are active.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from models.hours import DAYTIME
from models.profiles import MentorProfile
from models.states import MentorState
from models.vocabulary import Experience, Module, Need, Risk, Sex

TRAVELS_KM = 30
TERM = timedelta(days=730)
CLEAR_SINCE = timedelta(days=3650)


@dataclass(frozen=True)
class NewMentor:
    """What is told of a mentor who is only supposed; no hours are any hour of the day."""

    home: str
    sex: Sex
    places: int = 2
    hours: frozenset[int] = frozenset()
    experiences: frozenset[Experience] = frozenset()
    needs: frozenset[Need] = frozenset()


def as_profile(
    new: NewMentor, number: int, today: date, prisons: Collection[str], taken: Collection[str]
) -> MentorProfile:
    """Return a supposed mentor as the rules and the score see them, cleared for these prisons."""
    last = today + TERM
    clearances: Mapping[str, date] = dict.fromkeys(prisons, last)
    return MentorProfile(
        code=_free_code(number, taken),
        birth_date=date(today.year - 40, 1, 1),
        sex=new.sex,
        state=MentorState.ACTIVE,
        home=new.home,
        travel_limit_km=TRAVELS_KM,
        places=new.places,
        hours=new.hours or DAYTIME,
        experiences=new.experiences,
        needs=new.needs,
        consented_on=today,
        past_addiction=False,
        offence_free_since=today - CLEAR_SINCE,
        substance_free_since=today - CLEAR_SINCE,
        risk_limit=Risk.HIGH,
        assessed_on=today,
        assessor="supposed",
        basic_training_on=today,
        modules=frozenset(Module),
        supervision_until=last,
        term_starts_on=today,
        term_ends_on=last,
        on_licence=False,
        clearances=clearances,
    )


def _free_code(number: int, taken: Collection[str]) -> str:
    """Return a code that nobody has: NEW-1, NEW-2."""
    code = f"NEW-{number}"
    while code in taken:
        code += "-X"
    return code
