"""From people to the whole plan: who is paired, who stands by, and what it is worth.

Everything is decided here at once and from facts alone: the same people under
the same conditions always give the same plan, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.core.assignment import Plan, Solved, assign, solve, worth
from matcher.core.candidates import eligible_pairs
from matcher.core.columns import PairArray
from matcher.core.conditions import Conditions
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.gates import on_hold
from matcher.core.similarity import MentorSimilarity, Scores, Weights
from matcher.core.urgency import urgency
from models.profiles import LeaverProfile, MentorProfile

Person = TypeVar("Person", LeaverProfile, MentorProfile)

Pairs = NDArray[np.int64]
"""Pairs × 2: index of the leaver and index of the mentor."""

Tell = Callable[[str], None]
"""Called with the name of each step as it begins."""

FINDING = "Finding the best whole plan"
"""The step that solves the plan and proves it."""


@dataclass(frozen=True)
class PlanSettings:
    """What the controller may set about the plan; points of worth, but the last.

    `bonus` is what a proposal that stands keeps over a new one; a mentor's
    k-th place costs `load` × (k - 1); `standbys` is for how many pairs one
    mentor may stand by.
    """

    bonus: float = 8.0
    load: float = 2.0
    standbys: int = 2
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True, eq=False)
class WhoMayMeet:
    """Leavers and mentors in the order of their codes, with the pairs that nothing bars."""

    leavers: Sequence[LeaverProfile]
    mentors: Sequence[MentorProfile]
    leaver_columns: LeaverColumns
    mentor_columns: MentorColumns
    eligible: PairArray

    def indices(self, pairs: Collection[tuple[str, str]]) -> list[tuple[int, int]]:
        """Return pairs of codes by index; a pair whose leaver or mentor is gone is dropped."""
        rows = {leaver.code: row for row, leaver in enumerate(self.leavers)}
        columns = {mentor.code: column for column, mentor in enumerate(self.mentors)}
        return sorted((rows[lc], columns[mc]) for lc, mc in pairs if lc in rows and mc in columns)

    def worth_keeping(self, pairs: Collection[tuple[str, str]]) -> list[tuple[int, int]]:
        """Return those that stand by index, but for a leaver who has chosen somebody else."""
        return [
            (row, column)
            for row, column in self.indices(pairs)
            if not self.leavers[row].chosen or self.mentors[column].code in self.leavers[row].chosen
        ]


@dataclass(frozen=True, eq=False)
class WholePlan:
    """The best whole plan for these people, who stand in the order of their codes.

    `plan.pairs` and `standbys` hold indices into `leavers` and `mentors`;
    `kept` are the pairs by index that had the bonus. `solved` answers what
    would happen if; `similarity` is the fitted estimator, so that a changed
    pair can be scored as these were.
    """

    leavers: Sequence[LeaverProfile]
    mentors: Sequence[MentorProfile]
    leaver_columns: LeaverColumns
    mentor_columns: MentorColumns
    scores: Scores
    solved: Solved
    standbys: Pairs
    settings: PlanSettings
    kept: Sequence[tuple[int, int]]
    similarity: MentorSimilarity

    @cached_property
    def values(self) -> PairArray:
        """Return what each eligible pair is worth, as the plan was made from it."""
        worths: PairArray = worth(self.scores.as_array())
        return worths

    @cached_property
    def urgency(self) -> NDArray[np.int64]:
        """Return the urgency of each leaver."""
        return urgency(self.leaver_columns)

    @property
    def plan(self) -> Plan:
        """Return the pairs, with their proof."""
        return self.solved.plan

    @cached_property
    def leaver_index(self) -> Mapping[str, int]:
        """Return the index of each leaver by code."""
        return {leaver.code: index for index, leaver in enumerate(self.leavers)}

    @cached_property
    def mentor_index(self) -> Mapping[str, int]:
        """Return the index of each mentor by code."""
        return {mentor.code: index for index, mentor in enumerate(self.mentors)}

    @cached_property
    def mentor_of(self) -> NDArray[np.int64]:
        """Return each leaver's mentor by index, or -1."""
        found = np.full(len(self.leavers), -1)
        found[self.plan.pairs[:, 0]] = self.plan.pairs[:, 1]
        return found

    @property
    def conditions(self) -> Conditions:
        """Return the conditions the plan was made under."""
        return self.leaver_columns.conditions

    @property
    def counts(self) -> dict[str, int]:
        """Return how many people, eligible pairs, pairs and standbys there are."""
        return {
            "leavers": len(self.leavers),
            "mentors": len(self.mentors),
            "places": int(self.mentor_columns.free_places.sum()),
            "eligible_pairs": len(self.scores.row),
            "on_hold": int(on_hold(self.leaver_columns).sum()),
            "pairs": len(self.plan.pairs),
            "standbys": len(self.standbys),
        }

    @property
    def worst_off(self) -> float | None:
        """Return the lowest score of any pair of the plan, 0 to 100; None for a plan of none."""
        rows, columns = self.plan.pairs.T
        return float(self.scores.as_array()[rows, columns].min()) if len(rows) else None

    @property
    def uncovered(self) -> NDArray[np.intp]:
        """Return the indices of the leavers whom no pair covers."""
        return np.setdiff1d(np.arange(len(self.leavers)), self.plan.pairs[:, 0])


def make_plan(
    leavers: Collection[LeaverProfile],
    mentors: Collection[MentorProfile],
    conditions: Conditions,
    settings: PlanSettings,
    keep: Collection[tuple[str, str]] = (),
    standing_by: Mapping[str, int] | None = None,
    tell: Tell = lambda _step: None,
) -> WholePlan:
    """Return the best whole plan.

    `keep` are the (leaver, mentor) codes of proposals that stand;
    `standing_by` says for how many fixed pairs a mentor, by code, stands by
    already. Two people with one code are a ValueError.
    """
    people = who_may_meet(leavers, mentors, conditions, tell)
    return best_plan(people, settings, keep, standing_by, tell)


def who_may_meet(
    leavers: Collection[LeaverProfile],
    mentors: Collection[MentorProfile],
    conditions: Conditions,
    tell: Tell = lambda _step: None,
) -> WhoMayMeet:
    """Read people into columns and ask every rule and gate of them."""
    ordered, able = _by_code(leavers), _by_code(mentors)
    tell("Reading the people into columns")
    leaver_columns = LeaverColumns.of(ordered, conditions)
    mentor_columns = MentorColumns.of(able, conditions)
    tell("Applying the rules")
    eligible = eligible_pairs(leaver_columns, mentor_columns)
    return WhoMayMeet(ordered, able, leaver_columns, mentor_columns, eligible)


def best_plan(
    people: WhoMayMeet,
    settings: PlanSettings,
    keep: Collection[tuple[str, str]] = (),
    standing_by: Mapping[str, int] | None = None,
    tell: Tell = lambda _step: None,
) -> WholePlan:
    """Return the best plan among the eligible pairs; how rare a tick is, all the mentors tell."""
    tell("Scoring the pairs")
    similarity = MentorSimilarity(settings.weights).fit(people.mentor_columns)
    scores = similarity.score_pairs(people.leaver_columns, people.eligible)
    tell(FINDING)
    values, pressing = worth(scores.as_array()), urgency(people.leaver_columns)
    kept = people.worth_keeping(keep)
    solved = solve(
        values,
        people.mentor_columns.free_places,
        taken=people.mentor_columns.taken,
        urgency=pressing,
        keep=kept,
        bonus=settings.bonus,
        load=settings.load,
    )
    tell("Choosing standbys")
    free = _free_to_stand_by(people, settings, standing_by or {})
    return WholePlan(
        leavers=people.leavers,
        mentors=people.mentors,
        leaver_columns=people.leaver_columns,
        mentor_columns=people.mentor_columns,
        scores=scores,
        solved=solved,
        standbys=_standbys(values, solved.plan.pairs, free, pressing),
        settings=settings,
        kept=kept,
        similarity=similarity,
    )


def _by_code(people: Collection[Person]) -> list[Person]:
    ordered = sorted(people, key=lambda person: person.code)
    for one, following in pairwise(ordered):
        if one.code == following.code:
            raise ValueError(f"two people have the code {one.code}: give each their own")
    return ordered


def _free_to_stand_by(
    people: WhoMayMeet, settings: PlanSettings, standing_by: Mapping[str, int]
) -> NDArray[np.int64]:
    """Return for how many more pairs each mentor may stand by."""
    free = [settings.standbys - standing_by.get(one.code, 0) for one in people.mentors]
    return np.maximum(np.array(free, dtype=np.int64), 0)


def _standbys(
    values: PairArray, pairs: Pairs, places: NDArray[np.int64], pressing: NDArray[np.int64]
) -> Pairs:
    """Return a second mentor for as many covered leavers as can be, by the same two levels."""
    mentor_of = np.full(values.shape[0], -1)
    mentor_of[pairs[:, 0]] = pairs[:, 1]
    first = np.repeat(mentor_of, np.diff(values.indptr))
    second = (first >= 0) & (first != values.indices)
    starts = np.append(0, np.cumsum(second))[values.indptr]
    others = sparse.csr_array(
        (values.data[second], values.indices[second], starts), shape=values.shape
    )
    standbys: Pairs = assign(others, places, urgency=pressing).pairs
    return standbys
