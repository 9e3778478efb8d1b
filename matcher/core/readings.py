"""What is read of one profile for its columns: levels, days, bits and weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from matcher.core.columns import NEVER, Days, day_number, first_day
from models.hours import DAYTIME
from models.languages import Language
from models.profiles import LeaverProfile, MentorProfile
from models.vocabulary import (
    Companion,
    CountyLines,
    Culture,
    Experience,
    Group,
    Heading,
    Importance,
    Need,
    Risk,
    Word,
)

TICKS: tuple[Word, ...] = (*Need, *Experience)
"""Everything that counts as shared experience, in the order of the tick columns."""

WISHES: tuple[Word, ...] = (*Language, *Culture)
"""Everything a leaver may wish for, in the order of the wish columns."""

EXPERIENCE_IMPORTANCE = 2
"""What a ticked experience weighs beside a need's 1 (low) to 3 (high)."""

UNKNOWN = -1
"""Stands for a level that nobody has recorded."""

KEY_VULNERABILITIES = frozenset(
    {
        Experience.MENTAL_ILL_HEALTH,
        Experience.LEARNING_DISABILITY,
        Experience.NEURODIVERGENT,
        Experience.DRUG_RECOVERY,
        Experience.ALCOHOL_RECOVERY,
        Experience.HOMELESS,
    }
)
"""One of these a mentor must have lived to work in liaison and diversion."""

RECOVERIES = frozenset({Experience.DRUG_RECOVERY, Experience.ALCOHOL_RECOVERY})
"""Who ticks one of these has recorded a past addiction."""

REGISTERED = 1
"""The MAPPA category of people registered for sexual offences."""

PRESSING = frozenset(
    need for need in Need if need.heading in (Heading.ACCOMMODATION, Heading.HEALTH)
)
"""Needs that double the urgency when they matter most."""

RAN_OTHERS = frozenset({CountyLines.PERPETRATOR, CountyLines.BOTH})
WAS_EXPLOITED = frozenset({CountyLines.VICTIM, CountyLines.BOTH})
"""A part in county lines; one person may have played both."""

Numbers = NDArray[np.float32]


def level(word: Word | None) -> int:
    """Return the rank of a level, or `UNKNOWN`."""
    return UNKNOWN if word is None else word.rank


def signed_on(by: str | None, on: date | None) -> int:
    """Return the day something was signed; without a name it never was."""
    return first_day(on if by else None)


def approved_on(person: LeaverProfile | MentorProfile, what: str) -> int:
    """Return the day someone, by name, approved `what`: the stem of two fields."""
    return signed_on(getattr(person, f"{what}_approved_by"), getattr(person, f"{what}_approved_on"))


def counted_as(person: LeaverProfile | MentorProfile) -> list[Companion]:
    """Return what the person counts as when someone asks for a sex or a gender."""
    return _companions(person.sex.value, person.gender.value if person.gender else "")


@cache
def _companions(*counted: str) -> list[Companion]:
    return [word for word in Companion if word.value in counted]


def free_hours(person: LeaverProfile | MentorProfile) -> frozenset[int]:
    """Return the hours of the week a person can meet: any daytime hour if none is named."""
    return (person.hours or DAYTIME) - person.curfew


def groups_at_risk(leaver: LeaverProfile) -> frozenset[Group]:
    """Return all the screening says the leaver may be a risk to, in whichever field it says so.

    A level above low is a risk to that group; an offence answered with yes,
    or a MAPPA category, is a flag like one that is ticked.
    """
    levels = {
        Group.CHILDREN: leaver.risk_to_children,
        Group.PUBLIC: leaver.risk_to_public,
        Group.KNOWN_ADULT: leaver.risk_to_known_adult,
        Group.STAFF: leaver.risk_to_staff,
        Group.PRISONERS: leaver.risk_to_prisoners,
    }
    offences = {
        Group.SEXUAL_OFFENCES: leaver.sexual_offence or leaver.mappa_category == REGISTERED,
        Group.DOMESTIC_ABUSE: leaver.domestic_abuse,
    }
    above_low = {group for group, risk in levels.items() if risk not in (None, Risk.LOW)}
    return leaver.risk_to | above_low | {group for group, answer in offences.items() if answer}


def has_past_addiction(mentor: MentorProfile) -> bool:
    """Say whether a past addiction is recorded, by answer or by tick, or the answer is missing."""
    return mentor.past_addiction is not False or bool(mentor.experiences & RECOVERIES)


def screening_is_complete(leaver: LeaverProfile) -> bool:
    """Say whether every question of the screening has an answer."""
    answers = (leaver.mappa_level, leaver.sexual_offence, leaver.domestic_abuse, leaver.on_licence)
    return bool(leaver.risk and leaver.assessed_on and leaver.assessor) and None not in answers


def has_pressing_need(leaver: LeaverProfile) -> bool:
    """Say whether an accommodation or health need matters most."""
    return any(
        need in PRESSING and importance is Importance.HIGH
        for need, importance in leaver.needs.items()
    )


def importances(leavers: Collection[LeaverProfile]) -> Numbers:
    """Return what each tick weighs to each leaver before rarity: leavers × ticks."""
    index = {word: position for position, word in enumerate(TICKS)}
    table = np.zeros((len(leavers), len(TICKS)), dtype=np.float32)
    for row, leaver in enumerate(leavers):
        for need, importance in leaver.needs.items():
            table[row, index[need]] = importance.rank + 1
        for experience in leaver.experiences:
            table[row, index[experience]] = EXPERIENCE_IMPORTANCE
    return table


def cleared_until(mentors: Collection[MentorProfile], prisons: Mapping[str, int]) -> Days:
    """Return the last day each mentor is cleared for each prison: mentors × prisons."""
    table = np.full((len(mentors), len(prisons)), NEVER, dtype=np.int32)
    for row, mentor in enumerate(mentors):
        for prison, until in mentor.clearances.items():
            table[row, prisons[prison]] = day_number(until)
    return table
