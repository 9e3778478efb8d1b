"""What sets two plans apart: who moves, who gains, who loses, and what it does to the whole.

A person's own points are the points of their score, 0 to 100, that the pages
show. The total is what the plan maximises: worth, with bonus and load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.core.assignment import Plan
from matcher.core.planning import WholePlan
from matcher.core.words import counted, listed
from models.profiles import LeaverProfile, MentorProfile

NAMED = 6
"""How many people are named one by one; the rest are counted."""


@dataclass(frozen=True)
class Figures:
    """How many a plan covers, the sum of their urgency, and its total in thousandths of a point."""

    covered: int
    urgency: int
    total: int

    @classmethod
    def of(cls, plan: Plan) -> Figures:
        """Return the figures of a plan."""
        return cls(plan.covered, plan.urgency, round(plan.total * 1000))


@dataclass(frozen=True)
class Standing:
    """A leaver's mentor in one plan, and the score of the pair in thousandths of a point."""

    mentor: MentorProfile | None = None
    points: int = 0


ALONE = Standing()
"""A leaver without a mentor."""


@dataclass(frozen=True)
class Moved:
    """A leaver whose mentor is not the same in two plans."""

    leaver: LeaverProfile
    before: Standing
    after: Standing

    @property
    def points(self) -> int:
        """Return how much the leaver's score rises, in thousandths of a point."""
        return self.after.points - self.before.points

    @property
    def sentence(self) -> str:
        """Return what happens to the leaver, as a manager reads it."""
        before, after = self.before.mentor, self.after.mentor
        if after is None:
            return f"{self.leaver.code} would be left without a mentor."
        if before is None:
            said = f"{self.leaver.code} would have {mentor_in_words(after)}"
            return f"{said}, at {points_in_words(self.after.points)}."
        change = "gain" if self.points >= 0 else "lose"
        return (
            f"{self.leaver.code} would {change} {points_in_words(abs(self.points))}, "
            f"with {mentor_in_words(after)} in place of {mentor_in_words(before)}."
        )


@dataclass(frozen=True)
class Difference:
    """Two plans side by side, and everybody whose mentor is not the same in both."""

    before: Figures
    after: Figures
    moved: tuple[Moved, ...]

    @property
    def left_alone(self) -> tuple[Moved, ...]:
        """Return who had a mentor and would have none."""
        return tuple(one for one in self.moved if one.after.mentor is None)

    @property
    def newly_covered(self) -> tuple[Moved, ...]:
        """Return who had no mentor and would have one."""
        return tuple(one for one in self.moved if one.before.mentor is None)

    @property
    def pairs_moved(self) -> tuple[Moved, ...]:
        """Return who would change from one mentor to another."""
        return tuple(one for one in self.moved if one.before.mentor and one.after.mentor)

    @property
    def losers(self) -> tuple[Moved, ...]:
        """Return who would lose points with another mentor, the greatest loss first."""
        return tuple(sorted((m for m in self.pairs_moved if m.points < 0), key=_by_points))

    @property
    def gainers(self) -> tuple[Moved, ...]:
        """Return who would gain points with another mentor, the greatest gain first."""
        return tuple(sorted((m for m in self.pairs_moved if m.points > 0), key=_by_points)[::-1])

    @property
    def whole(self) -> str:
        """Return what the change does to the plan as a whole, in one sentence."""
        urgency = self.after.urgency - self.before.urgency
        total = self.after.total - self.before.total
        covered = counted(self.after.covered, "leaver")
        if self.after.covered != self.before.covered:
            return f"The whole plan would cover {covered} in place of {self.before.covered:,}."
        if urgency:
            kind = "more" if urgency > 0 else "less"
            return f"The whole plan would still cover {covered}, but {kind} pressing ones."
        if not total:
            return "The whole plan would be worth exactly as much."
        change = "gain" if total > 0 else "lose"
        return f"The whole plan would {change} {points_in_words(abs(total))}."

    @property
    def sentences(self) -> list[str]:
        """Return the whole, then who would bear it and who would gain, the gravest first."""
        groups = (self.left_alone, self.losers, self.gainers, self.newly_covered)
        return [self.whole, *(said for group in groups for said in _named(group))]


def plan_difference(plan: WholePlan, after: Plan, before: Plan | None = None) -> Difference:
    """Return what sets another plan for the same people apart from theirs, or from one `before`.

    Every pair must be eligible in the whole plan: KeyError otherwise.
    """
    before = before or plan.plan
    before_of, after_of = (_mentors(plan, one) for one in (before, after))
    rows = np.flatnonzero(before_of != after_of)
    moved = tuple(
        Moved(
            plan.leavers[row],
            _standing(plan, row, int(before_of[row])),
            _standing(plan, row, int(after_of[row])),
        )
        for row in rows.tolist()
    )
    return Difference(Figures.of(before), Figures.of(after), moved)


def people_difference(before: WholePlan, after: WholePlan) -> Difference:
    """Return what sets two whole plans apart, person by person of those in both, by their codes."""
    befores, afters = standings(before), standings(after)
    moved = tuple(
        Moved(leaver, befores.get(leaver.code, ALONE), afters.get(leaver.code, ALONE))
        for leaver in before.leavers
        if _code(befores, leaver.code) != _code(afters, leaver.code)
    )
    return Difference(Figures.of(before.plan), Figures.of(after.plan), moved)


def standings(plan: WholePlan) -> dict[str, Standing]:
    """Return each covered leaver's mentor and points, by the leaver's code."""
    return {
        plan.leavers[row].code: _standing(plan, row, column)
        for row, column in plan.plan.pairs.tolist()
    }


def mentor_in_words(mentor: MentorProfile) -> str:
    """Return a mentor as a manager reads of them: first name and code, or the code alone."""
    return f"{mentor.first_name} ({mentor.code})" if mentor.first_name else mentor.code


def points_in_words(thousandths: int) -> str:
    """Return thousandths of a point as points, to a tenth: nobody decides by less."""
    text = f"{thousandths / 1000:,.1f}".removesuffix(".0")
    if text == "0" and thousandths:
        return "less than 0.1 points"
    return f"{text} point" if text == "1" else f"{text} points"


def _code(standings: Mapping[str, Standing], leaver: str) -> str | None:
    mentor = standings.get(leaver, ALONE).mentor
    return mentor.code if mentor else None


def _mentors(plan: WholePlan, chosen: Plan) -> NDArray[np.int64]:
    mentor_of = np.full(len(plan.leavers), -1)
    mentor_of[chosen.pairs[:, 0]] = chosen.pairs[:, 1]
    return mentor_of


def _standing(plan: WholePlan, row: int, column: int) -> Standing:
    if column < 0:
        return ALONE
    return Standing(plan.mentors[column], int(plan.scores.of_pair(row, column).sum()))


def _by_points(one: Moved) -> int:
    return one.points


def _named(group: tuple[Moved, ...]) -> list[str]:
    said = [one.sentence for one in group[:NAMED]]
    rest = [one.leaver.code for one in group[NAMED:]]
    return (
        [*said, f"And so on for {counted(len(rest), 'other')}: {listed(rest)}."] if rest else said
    )
