"""Why two people are paired, why they are not, and what it would cost to choose otherwise.

Asked of one leaver and one mentor of a whole plan. What a choice would cost
is never estimated: the plan is solved again with the choice made. Reasons
about a pair are the manager's alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from matcher.core.assignment import Plan
from matcher.core.candidates import BrokenRule, broken_rules
from matcher.core.explanation import PairOfProfiles, strongest_parts, to_weigh
from matcher.core.planning import WholePlan
from matcher.core.what_if_difference import (
    Difference,
    mentor_in_words,
    plan_difference,
    points_in_words,
)
from models.profiles import LeaverProfile, MentorProfile


class Stand(Enum):
    """How one leaver and one mentor stand to each other.

    Planned: a plan made now would pair them, and none has yet.
    """

    PAIRED = "paired"
    PLANNED = "planned"
    BARRED = "barred"
    NOT_CHOSEN = "not chosen"


@dataclass(frozen=True)
class RunnerUp:
    """The mentor a leaver would have if not the plan's own, and what choosing them would cost."""

    mentor: MentorProfile
    cost: Difference


@dataclass(frozen=True)
class Why:
    """Why a leaver and a mentor are a pair, or not.

    `reasons` and `weighed` tell of every pair that may be; `broken` of one
    that may not. `lost_by` says what the plan would lose if the two were
    paired, None where they are, or may not be. `runner_up` is of a pair.
    """

    leaver: LeaverProfile
    mentor: MentorProfile
    stand: Stand
    points: int = 0
    reasons: tuple[str, ...] = ()
    weighed: tuple[str, ...] = ()
    broken: tuple[BrokenRule, ...] = ()
    lost_by: Difference | None = None
    runner_up: RunnerUp | None = None

    @property
    def sentences(self) -> list[str]:
        """Return what a manager reads: how they stand, why, and what choosing otherwise costs."""
        pair = f"{self.leaver.code} and {mentor_in_words(self.mentor)}"
        if self.stand is Stand.BARRED:
            return [f"{pair} may not be paired.", *(rule.sentence for rule in self.broken)]
        points = points_in_words(self.points)
        if self.stand is Stand.PAIRED:
            return [f"{pair} are paired, at {points}.", *self._told(), *self._of_runner_up()]
        if self.stand is Stand.PLANNED:
            said = f"{pair} are not paired yet; a plan made now would pair them, at {points}."
            return [said, *self._told(), *self._of_runner_up()]
        return [f"{pair} may be paired, at {points}, and are not.", *self._told(), *self._lost()]

    def _told(self) -> list[str]:
        return [*self.reasons, *(f"To weigh: {sentence}" for sentence in self.weighed)]

    def _of_runner_up(self) -> list[str]:
        if self.runner_up is None:
            return ["No other mentor fits this leaver."]
        other = mentor_in_words(self.runner_up.mentor)
        return [f"The runner-up is {other}. With {other}:", *self.runner_up.cost.sentences]

    def _lost(self) -> list[str]:
        return ["With this pair:", *self.lost_by.sentences] if self.lost_by else []


def why(plan: WholePlan, leaver: str, mentor: str, settled: str | None = None) -> Why:
    """Return why these two, by their codes, are a pair, or are not.

    `settled` is the code of the mentor with whom this leaver is a pair
    already, if there is one, whatever the plan would have chosen. Raises
    KeyError with the code of someone who is not in it.
    """
    row, column = plan.leaver_index[leaver], plan.mentor_index[mentor]
    people = plan.leavers[row], plan.mentors[column]
    broken = tuple(broken_rules(*people, plan.conditions))
    if broken:
        return Why(*people, Stand.BARRED, broken=broken)
    parts = plan.scores.of_pair(row, column)
    pair = PairOfProfiles.of(*people, plan.conditions)
    own = plan.mentor_of[row] if settled is None else plan.mentor_index[settled]
    paired = own == column
    return Why(
        *people,
        Stand.PAIRED if paired else Stand.NOT_CHOSEN,
        points=int(parts.sum()),
        reasons=tuple(strongest_parts(pair, parts.tolist())),
        weighed=tuple(to_weigh(pair)),
        lost_by=None if paired else _cost(plan, row, int(own), column),
        runner_up=_runner_up(plan, row, column) if paired else None,
    )


def _with(plan: WholePlan, leaver: int, mentor: int) -> Plan | None:
    """Return the best plan with this pair in it, None if there is none."""
    if plan.mentor_of[leaver] == mentor:
        return plan.plan
    return plan.solved.if_paired(leaver, mentor) if mentor >= 0 else None


def _cost(plan: WholePlan, leaver: int, own: int, mentor: int) -> Difference | None:
    """Return what it would cost that the leaver has this mentor and not their own."""
    forced = _with(plan, leaver, mentor)
    return plan_difference(plan, forced, _with(plan, leaver, own)) if forced else None


def _runner_up(plan: WholePlan, leaver: int, own: int) -> RunnerUp | None:
    """Return the mentor, other than their own, with whom the whole plan loses least."""
    second = _second(plan, leaver, own)
    cost = None if second is None else _cost(plan, leaver, own, second)
    return RunnerUp(plan.mentors[second], cost) if second is not None and cost else None


def _second(plan: WholePlan, leaver: int, own: int) -> int | None:
    chosen = int(plan.mentor_of[leaver])
    if chosen == own:
        return plan.solved.runner_up(leaver)
    if chosen >= 0:
        return chosen
    others = plan.scores.column[plan.scores.row == leaver].tolist()
    plans = {one: _with(plan, leaver, one) for one in others if one != own}
    able = {one: forced for one, forced in plans.items() if forced}
    return max(able, key=lambda one: (able[one].urgency, able[one].total), default=None)
