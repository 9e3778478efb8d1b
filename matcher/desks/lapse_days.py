"""What of a mentor is in date until when, and whose days reach past that day: no database here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Self

from matcher.core.conditions import RuleSettings, months_before
from matcher.core.visits import LAST_VISIT_DAYS, ROOM_FOR_VISITS_DAYS
from matcher.core.working_days import official_calendar
from matcher.meeting_days import BEHIND_WALLS
from matcher.pair_days import TABLE
from models.states import MeetingKind
from models.vocabulary import Module, Word

VISITS = BEHIND_WALLS - {MeetingKind.VIDEO, MeetingKind.CALL}
"""Meetings for which a mentor goes into the prison."""


class LapseKind(Word):
    """What of a mentor is in date for a time only, or is still to be done."""

    ASSESSMENT = "assessment", "Risk assessment"
    CLEARANCE = "clearance", "Clearance for a prison"
    CHILDREN = "children", "Check for work with under-18s"
    TRAINING = "training", "Training due"
    SUPERVISION = "supervision", "Supervision"
    TERM = "term", "Term"


class Soon(Word):
    """How soon something lapses; what has lapsed already is always among it."""

    weeks: int

    def __new__(cls, value: str, label: str, weeks: int) -> Self:
        """Make the word from its value, its label and how many weeks it means."""
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        word.rank = len(cls.__members__)
        word.weeks = weeks
        return word

    TWO = "2", "In 2 weeks", 2
    FOUR = "4", "In 4 weeks", 4
    TWELVE = "12", "In 12 weeks", 12

    def last_day(self, today: date) -> date:
        """Return the last day that is so soon."""
        return today + timedelta(weeks=self.weeks)


@dataclass
class Vetted:
    """What is on file of one mentor, as far as it lapses.

    `walks_on` says that they are active or paused: only then is what is not on
    file missing. `demanded` are the modules that the needs of their people ask.
    """

    walks_on: bool = True
    with_children: bool = False
    assessed_on: date | None = None
    supervision_until: date | None = None
    term_ends_on: date | None = None
    children_check_until: date | None = None
    basic_training_on: date | None = None
    modules: frozenset[Module] = frozenset()
    demanded: frozenset[Module] = frozenset()
    clearances: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Lapse:
    """One thing that is in date up to and including a day; None says that it is not on file.

    `prison` is the one that a clearance is for.
    """

    kind: LapseKind
    until: date | None
    prison: str | None = None
    module: Module | None = None

    def is_over(self, today: date) -> bool:
        """Say whether it has lapsed, or was never there."""
        return self.until is None or self.until < today

    @property
    def order(self) -> tuple[date, int, str]:
        """What lapsed first is first, and before it what is not on file."""
        return self.until or date.min, self.kind.rank, self.prison or self.module or ""


@dataclass(frozen=True)
class Days:
    """How far the days of a pair reach: its last day, and the last on which its mentor goes in.

    None for a last day that nobody can tell: there is no release date.
    """

    prison: str
    last: date | None
    last_visit: date | None
    under_18: bool = False


def lapses_of(mentor: Vetted, rules: RuleSettings) -> Iterator[Lapse]:
    """Yield all that lapses, or is missing, of one mentor."""
    assessed = mentor.assessed_on
    until = months_before(assessed, -rules.assessment_months) if assessed else None
    dated = [
        Lapse(LapseKind.ASSESSMENT, until),
        Lapse(LapseKind.SUPERVISION, mentor.supervision_until),
        Lapse(LapseKind.TERM, mentor.term_ends_on),
    ]
    if mentor.with_children or mentor.children_check_until:
        dated.append(Lapse(LapseKind.CHILDREN, mentor.children_check_until))
    yield from (one for one in dated if one.until or mentor.walks_on)
    for prison, cleared_until in mentor.clearances.items():
        yield Lapse(LapseKind.CLEARANCE, cleared_until, prison)
    if mentor.walks_on and not mentor.basic_training_on:
        yield Lapse(LapseKind.TRAINING, None)
    for module in sorted(mentor.demanded - mentor.modules):
        yield Lapse(LapseKind.TRAINING, None, module=module)


def depends(lapse: Lapse, days: Days, today: date) -> bool:
    """Say whether the days of a pair reach past the day on which something lapses.

    Of what has lapsed already, everybody depends on it whose days are not over.
    """
    if lapse.kind is LapseKind.CLEARANCE:
        reaches = days.last_visit if days.prison == lapse.prison else date.min
    elif lapse.kind is LapseKind.CHILDREN and not days.under_18:
        return False
    else:
        reaches = days.last or date.max
    yesterday = today - timedelta(days=1)
    return reaches is not None and reaches > max(lapse.until or date.min, yesterday)


def days_planned(prison: str, release: date | None, today: date, *, goes_in: bool) -> Days:
    """Return the days of a pair that has no meetings yet: those its plan will have.

    `goes_in` says that they are to meet in the prison.
    """
    if release is None:
        return Days(prison, None, date.max if goes_in else None)
    last = _last_planned(release)
    visit = release - timedelta(days=LAST_VISIT_DAYS)
    has_room = visit >= today + timedelta(days=ROOM_FOR_VISITS_DAYS)
    return Days(prison, last, (visit if has_room else release) if goes_in else None)


@cache
def _last_planned(release: date) -> date:
    """Return the last day of the plan for a release: whole regions leave on a few dozen days."""
    return max(row.closes.day(release, official_calendar()) for row in TABLE.forms[0].meetings)


def days_met(prison: str, meetings: Collection[tuple[MeetingKind, date]]) -> Days:
    """Return the days of a pair whose meetings, still to be held, are on these days."""
    visits = (on for kind, on in meetings if kind in VISITS)
    return Days(prison, max(on for _, on in meetings), max(visits, default=None))
