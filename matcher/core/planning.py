"""From people to the whole plan: who is paired, who stands by, and what it is worth.

Everything is decided here at once and from facts alone: the same people under
the same conditions always give the same plan, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.core.assignment import Plan, assign, worth
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


@dataclass(frozen=True)
class PlanSettings:
    """What the controller may set about the plan; points of worth, but the last.

    `bonus` is what a proposal that stands keeps over a new one; a mentor's
    k-th place costs `load` × (k - 1); `standbys` is for how many pairs one
    mentor may stand by.
    """

    bonus: float = 5.0
    load: float = 2.0
    standbys: int = 2
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True, eq=False)
class WholePlan:
    """The best whole plan for these people, who stand in the order of their codes.

    `plan.pairs` and `standbys` hold indices into `leavers` and `mentors`.
    """

    leavers: Sequence[LeaverProfile]
    mentors: Sequence[MentorProfile]
    leaver_columns: LeaverColumns
    mentor_columns: MentorColumns
    scores: Scores
    plan: Plan
    standbys: Pairs

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
    leavers, mentors = _by_code(leavers), _by_code(mentors)
    tell("Reading the people into columns")
    leaver_columns = LeaverColumns.of(leavers, conditions)
    mentor_columns = MentorColumns.of(mentors, conditions)
    tell("Applying the rules")
    eligible = eligible_pairs(leaver_columns, mentor_columns)
    tell("Scoring the pairs")
    similarity = MentorSimilarity(settings.weights).fit(mentor_columns)
    scores = similarity.score_pairs(leaver_columns, eligible)
    tell("Finding the best whole plan")
    values = worth(scores.as_array())
    plan = assign(
        values,
        mentor_columns.free_places,
        taken=mentor_columns.taken,
        urgency=urgency(leaver_columns),
        keep=_indices(keep, leavers, mentors),
        bonus=settings.bonus,
        load=settings.load,
    )
    tell("Choosing standbys")
    free = np.array([settings.standbys - (standing_by or {}).get(m.code, 0) for m in mentors])
    standbys = _standbys(values, plan.pairs, np.maximum(free, 0), urgency(leaver_columns))
    return WholePlan(leavers, mentors, leaver_columns, mentor_columns, scores, plan, standbys)


def _by_code(people: Collection[Person]) -> list[Person]:
    ordered = sorted(people, key=lambda person: person.code)
    for one, following in pairwise(ordered):
        if one.code == following.code:
            raise ValueError(f"two people have the code {one.code}: give each their own")
    return ordered


def _indices(
    keep: Collection[tuple[str, str]],
    leavers: Sequence[LeaverProfile],
    mentors: Sequence[MentorProfile],
) -> list[tuple[int, int]]:
    """Return the kept pairs by index; a pair whose leaver or mentor is gone is dropped."""
    rows = {leaver.code: row for row, leaver in enumerate(leavers)}
    columns = {mentor.code: column for column, mentor in enumerate(mentors)}
    return sorted((rows[lc], columns[mc]) for lc, mc in keep if lc in rows and mc in columns)


def _standbys(
    values: PairArray, pairs: Pairs, places: NDArray[np.int64], pressing: NDArray[np.int64]
) -> Pairs:
    """Return a second mentor for as many covered leavers as can be, by the same two levels."""
    entries = values.tocoo()
    row, column = entries.coords
    mentor_of = np.full(values.shape[0], -1)
    mentor_of[pairs[:, 0]] = pairs[:, 1]
    second = (mentor_of[row] >= 0) & (mentor_of[row] != column)
    others = sparse.csr_array(
        (entries.data[second], (row[second], column[second])), shape=values.shape
    )
    standbys: Pairs = assign(others, places, urgency=pressing).pairs
    return standbys
