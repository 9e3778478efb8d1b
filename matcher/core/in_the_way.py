"""Why someone has no mentor yet: the rules in the way, fewest first.

For each leaver whom the plan leaves uncovered, every mentor is ruled out by
some set of rules. The smallest such sets say what stands in the way; the
verified smallest change is another matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.core.candidates import Side, side_of
from matcher.core.eligibility import RULES, Rule
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.gates import Gate, hold_reasons
from matcher.core.planning import WholePlan
from matcher.core.words import counted, listed, lower_first

BLOCK = 1_000_000
"""How many pairs are looked at in one go."""

FARTHER_KM = 50
"""Mentors who live farther beyond their travel limit than this are not looked at."""

WAYS = 3
"""How many sets of rules are told, the smallest first."""

OBSTACLES: Mapping[str, str] = {
    "no_link_between_them": "a link on file that keeps them apart",
    "two_different_people": "two records of one person",
    "licences_allow_contact": "a licence that forbids the contact",
    "one_to_one_allowed": "a flag against one-to-one meetings",
    "a_place_to_meet": "no place where both may meet",
    "an_hour_to_meet": "no free hour in common",
    "gangs_not_opposed": "opposed gangs",
    "county_lines_kept_apart": "county lines, from both sides",
    "outside_the_mentors_limits": "a risk that the mentor asked not to meet",
    "mentor_as_asked_for": "not the sex or gender that the leaver asked for",
    "leaver_as_asked_for": "not the sex or gender that the mentor asked for",
    "own_pool": "a mentor for the other age group",
    "checked_for_children": "no enhanced check for work with under-18s",
    "mentor_active": "a mentor who is not active",
    "both_consented": "consent that is missing",
    "mentor_assessed": "no risk assessment of the mentor in date",
    "within_assessed_risk": "a risk above what the mentor is assessed for",
    "offence_free": "too short a time free of offences",
    "substance_free": "too short a time free of substances",
    "basic_training_done": "basic training not done",
    "modules_done": "a training module not done",
    "supervision_in_date": "supervision out of date",
    "inside_the_term": "a term that ends before the release",
    "a_free_place": "no free place",
    "fit_for_liaison_and_diversion": "no arrest, custody and court behind the mentor",
    "mentor_probation_content": "probation not content with the mentor",
    "a_common_language": "no language in common",
    "within_travel_limit": "farther than the mentor travels",
    "neither_said_no": "a no from one of the two",
}
"""What is in the way where a rule does not hold, in a few words, by its code."""

if set(OBSTACLES) != {rule.code for rule in RULES}:
    raise AssertionError("every rule needs its words")


@dataclass(frozen=True)
class Way:
    """A set of rules that, set aside together, would open some mentors to the leaver."""

    rules: tuple[Rule, ...]
    mentors: int


@dataclass(frozen=True)
class InTheWay:
    """What stands between one leaver and a mentor.

    `gates` hold the leaver back from everyone; `fitting` counts mentors whom
    no rule bars, whose places the plan gives to others; `ways` are the
    smallest sets of rules that bar the rest. Of someone on hold these two are
    what will count once no gate holds them.
    """

    leaver: int
    gates: tuple[Gate, ...]
    fitting: int
    ways: tuple[Way, ...]

    @property
    def sentences(self) -> list[str]:
        """Return what a manager reads, the nearest way out first."""
        said = [_in_words(way) for way in self.ways]
        if self.gates:
            return [*(f"On hold. {gate.reason}" for gate in self.gates), *self._once_settled(said)]
        if self.fitting:
            fit = counted(self.fitting, "mentor fits", "mentors fit")
            return [f"{fit}, but every place is needed by someone else.", *said]
        return said or [f"There is no mentor but over {FARTHER_KM} km beyond their travel limit."]

    def _once_settled(self, said: list[str]) -> list[str]:
        if self.fitting:
            said = [f"{counted(self.fitting, 'mentor fits', 'mentors fit')}.", *said]
        return [f"Once that is settled: {lower_first(sentence)}" for sentence in said]


def in_the_way(plan: WholePlan, only: Collection[int] | None = None) -> list[InTheWay]:
    """Return what stands in the way of each uncovered leaver, in the order of their codes.

    Or of some of them alone, by their indices: then those on hold whose
    screening is complete are told the rules as well, all at once.
    """
    leavers, mentors = plan.leaver_columns, plan.mentor_columns
    uncovered = plan.uncovered if only is None else np.array(sorted(only), dtype=np.intp)
    gates = hold_reasons(leavers.take(uncovered))
    found = {
        int(leaver): InTheWay(int(leaver), tuple(held), fitting=0, ways=())
        for leaver, held in zip(uncovered, gates, strict=True)
    }
    asked = leavers.screened if only is not None else np.zeros(len(leavers), dtype=np.bool_)
    waiting = uncovered[[not found[leaver].gates or asked[leaver] for leaver in uncovered.tolist()]]
    leavers, mentors = leavers.with_keys_met(mentors), mentors.with_keys_met(leavers)
    for some, others in _near(leavers, waiting, mentors):
        broken = broken_bits(leavers.take(some), mentors.take(others))
        for leaver, row in zip(some, broken, strict=True):
            fitting = int((row == 0).sum())
            found[leaver] = replace(found[leaver], fitting=fitting, ways=_smallest(row))
    return [found[leaver] for leaver in sorted(found)]


def _near(
    leavers: LeaverColumns, uncovered: NDArray[np.intp], mentors: MentorColumns
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield uncovered leavers of one district with the mentors who live not too far off."""
    order = uncovered[np.argsort(leavers.district[uncovered], kind="stable")]
    districts, starts = np.unique(leavers.district[order], return_index=True)
    km = leavers.conditions.places.km
    for district, some in zip(districts, np.split(order, starts)[1:], strict=True):
        away = km[district, mentors.district]
        others = np.flatnonzero(away <= mentors.travel_km + FARTHER_KM)
        step = max(1, BLOCK // max(1, len(others)))
        for start in range(0, len(some), step):
            yield some[start : start + step], others


def idle_mentors(plan: WholePlan) -> Iterator[tuple[int, str]]:
    """Yield each mentor without a pair, by index, with what a manager reads about why."""
    fitting = np.bincount(plan.scores.column, minlength=len(plan.mentors))
    busy = set(plan.plan.pairs[:, 1].tolist())
    sides = plan.leaver_columns, plan.mentor_columns
    alone = [rule for rule in RULES if side_of(rule, *sides) is Side.MENTOR]
    own = [(rule, rule.block(*sides)[0]) for rule in alone]
    for index in range(len(plan.mentors)):
        if index not in busy:
            broken = [rule for rule, held in own if not held[index]]
            yield index, _idle_in_words(broken, int(fitting[index]))


def _idle_in_words(broken: list[Rule], fitting: int) -> str:
    if broken:
        return f"Cannot be paired with anyone: {_named(broken)}."
    if not fitting:
        return "No leaver of this plan fits."
    fit = counted(fitting, "leaver fits", "leavers fit")
    return f"{fit}, and the whole plan serves them better with other mentors."


def _named(rules: Sequence[Rule]) -> str:
    return listed([f"{OBSTACLES[rule.code]} (rule {rule.number})" for rule in rules], most=6)


def broken_bits(leavers: LeaverColumns, mentors: MentorColumns) -> NDArray[np.uint64]:
    """Return which rules each pair breaks, one bit per rule: leavers × mentors."""
    broken = np.zeros((len(leavers), len(mentors)), dtype=np.uint64)
    for index, rule in enumerate(RULES):
        broken |= (~rule.block(leavers, mentors)).astype(np.uint64) << np.uint64(index)
    return broken


def _smallest(row: NDArray[np.uint64]) -> tuple[Way, ...]:
    sets, mentors = np.unique(row[row != 0], return_counts=True)
    order = np.lexsort((-mentors, np.bitwise_count(sets)))[:WAYS]
    return tuple(Way(_rules(int(sets[index])), int(mentors[index])) for index in order)


def _rules(broken: int) -> tuple[Rule, ...]:
    return tuple(rule for index, rule in enumerate(RULES) if broken >> index & 1)


def _in_words(way: Way) -> str:
    things = "One thing is" if len(way.rules) == 1 else f"{len(way.rules)} things are"
    return f"{things} in the way of {counted(way.mentors, 'mentor')}: {_named(way.rules)}."
