"""The changes that could give a leaver a mentor: what each is, and which would open a mentor.

A change is something a manager can bring about: a mentor takes one more,
travels farther, has a lapse renewed or a training module done, or an
interpreter is arranged. No change sets a rule aside: every rule is asked
again of the people as they would be.

Clearing a mentor for the prison is not among them: rule 3 bars visits and
never a pair, so a clearance can raise a score and win nobody a mentor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from types import MappingProxyType
from typing import Any

import numpy as np

from matcher.core.candidates import broken_rules
from matcher.core.columns import Flags
from matcher.core.conditions import Conditions
from matcher.core.eligibility import RULES
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.in_the_way import broken_bits
from matcher.core.words import listed
from models.profiles import LeaverProfile, MentorProfile
from models.vocabulary import Module

STEP_KM = 5
"""How much farther a mentor travels by one change, in kilometres."""

MOST = 3
"""More changes than this together are not looked for."""

Facts = dict[str, Any]


class Kind(IntEnum):
    """The kinds of change, in the order in which they are preferred."""

    PLACE = 1
    TRAVEL = 2
    RENEWAL = 3
    INTERPRETER = 4
    MODULE = 5


@dataclass(frozen=True, order=True)
class Change:
    """One change; `what` names the rule whose lapse is renewed, or the module to be done."""

    kind: Kind
    what: str = ""


@dataclass(frozen=True)
class Lapse:
    """A date that can be renewed: what it is called, when it has lapsed, what renewing sets.

    What was never on file has not lapsed, and time without an offence or a
    substance cannot be renewed.
    """

    name: str
    on_file: Callable[[MentorProfile, date], bool]
    renewed: Callable[[LeaverProfile, date], Facts]


LAPSES: Mapping[str, Lapse] = MappingProxyType(
    {
        "mentor_assessed": Lapse(
            "a renewed risk assessment",
            lambda mentor, today: bool(
                mentor.risk_limit
                and mentor.assessor
                and mentor.assessed_on
                and mentor.assessed_on <= today
            ),
            lambda _leaver, today: {"assessed_on": today},
        ),
        "supervision_in_date": Lapse(
            "supervision renewed",
            lambda mentor, _today: mentor.supervision_until is not None,
            lambda _leaver, today: {"supervision_until": today},
        ),
        "inside_the_term": Lapse(
            "a renewed term",
            lambda mentor, today: bool(
                mentor.term_ends_on and mentor.term_starts_on and mentor.term_starts_on <= today
            ),
            lambda leaver, today: {"term_ends_on": max(leaver.release_date or today, today)},
        ),
    }
)
"""The lapses that can be renewed, by the code of the rule: to add one, add a row."""

TRAVEL_RULES = frozenset({"within_travel_limit", "a_place_to_meet"})
"""The rules that a mentor who travels farther may meet."""

MENDABLE = frozenset({"a_free_place", "a_common_language", "modules_done", *TRAVEL_RULES, *LAPSES})
"""The rules that some change may meet, by code; nothing meets any other."""


@dataclass(frozen=True)
class Opening:
    """The fewest changes by which one mentor, by index, could be a leaver's."""

    mentor: int
    changes: tuple[Change, ...]

    def has(self, kind: Kind) -> bool:
        """Say whether one of the changes is of this kind."""
        return any(change.kind is kind for change in self.changes)


def openings(
    leaver: LeaverProfile,
    mentors: Sequence[MentorProfile],
    columns: MentorColumns,
    spare: Flags,
) -> Iterator[list[Opening]]:
    """Yield by which changes mentors could be the mentor of a leaver whom no gate holds.

    First all that take one change, then two, up to `MOST`. `spare` says which
    mentors can take one more without anybody's loss; the others need one more
    place.
    """
    conditions = columns.conditions
    leavers = LeaverColumns.of([leaver], conditions)
    broken = broken_bits(leavers, columns)[0]
    away = conditions.places.km[leavers.district[0], columns.district]
    steps = np.maximum(np.ceil((away - columns.travel_km) / STEP_KM), 1)
    others = np.bitwise_count(broken & ~_bits(TRAVEL_RULES | {"a_free_place"}))
    least = others + ~spare + np.where(broken & _bits(TRAVEL_RULES), steps, 0)
    least[broken & ~_bits(MENDABLE) != 0] = MOST + 1
    found: defaultdict[int, list[Opening]] = defaultdict(list)
    for count in range(1, MOST + 1):
        for index in np.flatnonzero(least == count).tolist():
            codes = {rule.code for bit, rule in enumerate(RULES) if int(broken[index]) >> bit & 1}
            needed = _needed(leaver, mentors[index], codes - {"a_free_place"}, conditions)
            if needed is not None:
                place = [] if spare[index] else [Change(Kind.PLACE)]
                opening = Opening(index, (*place, *needed))
                found[len(opening.changes)].append(opening)
        yield found[count]


def applied(
    changes: Iterable[Change], leaver: LeaverProfile, mentor: MentorProfile, today: date
) -> tuple[LeaverProfile, MentorProfile]:
    """Return the two as they would be after the changes."""
    of_leaver: Facts = {}
    of_mentor: Facts = {
        "places": mentor.places,
        "travel_limit_km": mentor.travel_limit_km,
        "modules": mentor.modules,
    }
    for change in changes:
        if change.kind is Kind.PLACE:
            of_mentor["places"] = max(of_mentor["places"], mentor.taken) + 1
        elif change.kind is Kind.TRAVEL:
            of_mentor["travel_limit_km"] += STEP_KM
        elif change.kind is Kind.RENEWAL:
            of_mentor |= LAPSES[change.what].renewed(leaver, today)
        elif change.kind is Kind.MODULE:
            of_mentor["modules"] |= {Module(change.what)}
        else:
            of_leaver["interpreter"] = True
    return leaver.model_copy(update=of_leaver), mentor.model_copy(update=of_mentor)


def changes_in_words(changes: Sequence[Change], leaver: str, mentor: str) -> str:
    """Return some changes to a leaver and a mentor as they read at the head of a sentence."""
    steps = sum(change.kind is Kind.TRAVEL for change in changes)
    of_mentor = [
        *(["one more place"] if Change(Kind.PLACE) in changes else []),
        *([f"{STEP_KM * steps} km more to travel"] if steps else []),
        *(LAPSES[change.what].name for change in changes if change.kind is Kind.RENEWAL),
        *(f'the training module "{_module(change)}"' for change in changes if _module(change)),
    ]
    said = [f"{listed(of_mentor, most=len(of_mentor))} for {mentor}"] if of_mentor else []
    said += [f"an interpreter for {leaver}"] if Change(Kind.INTERPRETER) in changes else []
    text = " and ".join(said)
    return text[0].upper() + text[1:]


def _needed(
    leaver: LeaverProfile, mentor: MentorProfile, broken: set[str], conditions: Conditions
) -> tuple[Change, ...] | None:
    """Return the fewest changes, but for a place, that leave no rule in the way; None if none do.

    `broken` are the codes of the rules in the way.
    """
    lapsed = sorted(broken & LAPSES.keys())
    if any(not LAPSES[code].on_file(mentor, conditions.today) for code in lapsed):
        return None
    missing = _missing_modules(leaver, mentor, conditions) if "modules_done" in broken else []
    others = [
        *(Change(Kind.RENEWAL, code) for code in lapsed),
        *([Change(Kind.INTERPRETER)] if "a_common_language" in broken else []),
        *(Change(Kind.MODULE, module) for module in missing),
    ]
    for steps in range(MOST + 1) if broken & TRAVEL_RULES else (0,):
        changes = (*[Change(Kind.TRAVEL)] * steps, *others)
        people = applied([Change(Kind.PLACE), *changes], leaver, mentor, conditions.today)
        if not broken or not broken_rules(*people, conditions):
            return changes
    return None


def _missing_modules(
    leaver: LeaverProfile, mentor: MentorProfile, conditions: Conditions
) -> list[str]:
    demanded = conditions.settings.modules
    wanted = frozenset().union(*(demanded.get(need, frozenset()) for need in leaver.needs))
    return sorted(wanted - mentor.modules)


def _module(change: Change) -> str:
    return Module(change.what).label if change.kind is Kind.MODULE else ""


def _bits(codes: Iterable[str]) -> np.uint64:
    wanted = set(codes)
    return np.uint64(sum(1 << bit for bit, rule in enumerate(RULES) if rule.code in wanted))
