"""What may be supposed easier than it is: rules 9, 10 and 11 alone, each in one way that is real.

Nothing here sets a rule aside for anybody, and rules 1 to 8 and 12 are out of reach: a way is a
change to settings, to every mentor or to every leaver, after which all rules are asked again. To
add a way, add a row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from matcher.core.changes import LAPSES
from matcher.core.conditions import RuleSettings
from models.people import MOST_PLACES
from models.profiles import LeaverProfile, MentorProfile

FARTHER_KM = 10
CLEAR_MONTHS = 12

NEVER = frozenset({1, 2, 4, 5, 6, 7, 8, 12})
"""The rules that nobody may ever relax."""

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Relaxation:
    """One way in which a rule, by its number, is easier; what is left out stays as it is."""

    code: str
    rule: int
    label: str
    settings: Facts = field(default_factory=dict)
    of_mentor: Callable[[MentorProfile, date], Facts] = lambda _mentor, _today: {}
    of_leaver: Facts = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a way around a rule that is never relaxed."""
        if self.rule in NEVER:
            raise ValueError(f"rule {self.rule} is never relaxed")


def _renewed(mentor: MentorProfile, today: date) -> Facts:
    """Return what renewing everything that was on file once and has lapsed sets."""
    dates: dict[str, Any] = {}
    if LAPSES["mentor_assessed"].on_file(mentor, today):
        dates["assessed_on"] = today
    if mentor.supervision_until is not None:
        dates["supervision_until"] = max(mentor.supervision_until, today)
    if LAPSES["inside_the_term"].on_file(mentor, today):
        dates["term_ends_on"] = date(today.year + 2, 1, 1)
    return dates


RELAXATIONS: tuple[Relaxation, ...] = (
    Relaxation(
        "one_more_place",
        9,
        "Each mentor takes one more person",
        of_mentor=lambda mentor, _today: {"places": min(MOST_PLACES, mentor.places + 1)},
    ),
    Relaxation(
        "renewals",
        9,
        "What has lapsed is renewed: assessments, supervision and terms of mentors",
        of_mentor=_renewed,
    ),
    Relaxation(
        "clear_time",
        9,
        f"{CLEAR_MONTHS} months without an offence, or without a substance, are enough",
        settings={"offence_free_months": CLEAR_MONTHS, "substance_free_months": CLEAR_MONTHS},
    ),
    Relaxation(
        "interpreters",
        10,
        "An interpreter comes wherever one is needed",
        of_leaver={"interpreter": True},
    ),
    Relaxation(
        "farther",
        11,
        f"Each mentor travels {FARTHER_KM} km farther",
        of_mentor=lambda mentor, _today: {"travel_limit_km": mentor.travel_limit_km + FARTHER_KM},
    ),
)


def relaxed_settings(chosen: Collection[Relaxation], settings: RuleSettings) -> RuleSettings:
    """Return the settings of the rules as they would be."""
    for one in chosen:
        easier = {
            name: min(months, getattr(settings, name)) for name, months in one.settings.items()
        }
        settings = replace(settings, **easier)
    return settings


def relaxed_leaver(chosen: Collection[Relaxation], leaver: LeaverProfile) -> LeaverProfile:
    """Return a leaver as they would be."""
    facts = {name: value for one in chosen for name, value in one.of_leaver.items()}
    return leaver.model_copy(update=facts) if facts else leaver


def relaxed_mentor(
    chosen: Collection[Relaxation], mentor: MentorProfile, today: date
) -> MentorProfile:
    """Return a mentor as they would be."""
    facts = {name: value for one in chosen for name, value in one.of_mentor(mentor, today).items()}
    return mentor.model_copy(update=facts) if facts else mentor
