"""Planning again for those alone whom a change touches, because nobody else's plan can differ.

People hang together where eligible pairs, or pairs that stood, lead from one
to the other. A part that no change touches has the same people, pairs and
places as before, and what stands in it is its best plan, each pair with the
bonus: so any other plan of it is worth less, and solving it again would find
what stands. That holds while the day is the same, and the mentors whom the
rarity of ticks is learnt from; the nightly run settles the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.core.assignment import component_of
from matcher.core.columns import PairArray
from matcher.core.conditions import Conditions
from matcher.core.planning import PlanSettings, WholePlan, WhoMayMeet, best_plan, who_may_meet
from models.profiles import LeaverProfile, MentorProfile

Codes = Collection[str]


@dataclass(frozen=True)
class Replanned:
    """The best plan of those who hang together with the touched people.

    `plan` stands for these `leavers` and `mentors`, given by code; of nobody
    else does it say anything.
    """

    plan: WholePlan
    leavers: frozenset[str]
    mentors: frozenset[str]

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """Return the pairs by code."""
        people = self.plan
        return {
            (people.leavers[row].code, people.mentors[column].code)
            for row, column in people.plan.pairs
        }


def replan(
    leavers: Collection[LeaverProfile],
    mentors: Collection[MentorProfile],
    conditions: Conditions,
    settings: PlanSettings,
    *,
    keep: Collection[tuple[str, str]],
    touched_leavers: Codes,
    touched_mentors: Codes,
    standing_by: Mapping[str, int] | None = None,
) -> Replanned:
    """Return the best plan of the part that the touched people belong to.

    Takes everyone of the whole plan; `keep` are the proposals that stand, as
    the last plan left them. A code of nobody in the plan touches nobody.
    """
    people = who_may_meet(leavers, mentors, conditions)
    standing = people.indices(keep)
    rows, columns = component_of(
        _who_hangs_together(people, standing),
        [row for row, one in enumerate(people.leavers) if one.code in touched_leavers],
        [column for column, one in enumerate(people.mentors) if one.code in touched_mentors],
    )
    part = replace(people, eligible=_among(people.eligible, rows))
    return Replanned(
        best_plan(part, settings, keep, standing_by),
        frozenset(people.leavers[row].code for row in rows),
        frozenset(people.mentors[column].code for column in columns),
    )


def _who_hangs_together(people: WhoMayMeet, standing: Collection[tuple[int, int]]) -> PairArray:
    """Return the eligible pairs and those that stood: a pair now barred sets its mentor free."""
    ends = np.array(list(standing), dtype=np.int64).reshape(-1, 2)
    marks = np.ones(len(ends), dtype=np.bool_)
    stood = sparse.csr_array((marks, (ends[:, 0], ends[:, 1])), shape=people.eligible.shape)
    return people.eligible + stood


def _among(eligible: PairArray, rows: NDArray[np.int64]) -> PairArray:
    """Return the eligible pairs of some leavers alone, in an array of the same shape."""
    entries = eligible.tocoo()
    row, column = entries.coords
    of_them = np.isin(row, rows)
    marks = np.ones(int(of_them.sum()), dtype=np.bool_)
    return sparse.csr_array((marks, (row[of_them], column[of_them])), shape=eligible.shape)
