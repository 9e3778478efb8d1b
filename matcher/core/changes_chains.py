"""Who makes room for whom: chains of leavers who each move to another mentor of theirs.

A chain begins with a leaver without a mentor, who takes a place; whoever held
it takes another; the last of them needs a place that is free, or one more.
Nobody on a chain is left without a mentor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.core.columns import Flags
from matcher.core.planning import WholePlan

Thousandths = NDArray[np.int64]
"""Whole numbers: points in thousandths, or urgency."""

Rows = NDArray[np.intp]
Points = NDArray[np.float64]


def can_take_one_more(plan: WholePlan) -> Flags:
    """Return which mentors could take one leaver more without anybody losing theirs.

    Those with a free place, and those whose leavers could make room by moving
    on to mentors who could.
    """
    filled = np.bincount(plan.plan.pairs[:, 1], minlength=len(plan.mentors))
    spare: Flags = filled < plan.mentor_columns.free_places
    row, column, holding = plan.scores.row, plan.scores.column, plan.mentor_of
    while True:
        able = np.zeros(len(plan.leavers), dtype=np.bool_)
        able[row[spare[column]]] = True
        more = spare.copy()
        more[holding[able & (holding >= 0)]] = True
        if (more == spare).all():
            return spare
        spare = more


def would_serve(plan: WholePlan, leaver: int) -> Flags:
    """Return the mentors whose one more place the plan would use for this leaver's sake.

    The prices say what one more place is worth, and so which chains are worth
    as much: those alone are followed. Two leavers who bring equally much to a
    place are both said to be served by it.
    """
    cohort, prices = plan.solved.cohort, plan.solved.prices
    urgency, left = left_behind(plan)
    holders = np.argsort(plan.mentor_of, kind="stable")
    starts = np.searchsorted(plan.mentor_of[holders], np.arange(len(plan.mentors) + 1))
    served = np.zeros(len(plan.mentors), dtype=np.bool_)
    moving = np.array([leaver])
    while len(moving):
        pairs = _runs(cohort.first[moving], cohort.first[moving + 1])
        who, to = cohort.leaver[pairs], cohort.mentor[pairs]
        as_urgent = urgency[who] == prices.urgency[to]
        as_good = left[who] + cohort.value[pairs] == prices.value[to]
        new = np.unique(to[as_urgent & as_good & ~served[to]])
        served[new] = True
        moving = holders[_runs(starts[new], starts[new + 1])]
    return served


def surely_serves(
    plan: WholePlan, leaver: int, mentor: int, rows: Rows, points: Points, places: int
) -> bool:
    """Say whether the prices prove that a mentor who has changed would be this leaver's.

    `rows` are the leavers open to the mentor then, `points` what each pair is
    worth, `places` how many the mentor has then. True only where every best
    plan covers the leaver, and all whom it covered: False does not say that
    it would not.
    """
    urgency, left = (side[rows] for side in left_behind(plan))
    gain = left + np.rint(points * 1000).astype(np.int64) + _bonus(plan, mentor, rows)
    mine = rows == leaver
    others = ~mine & (plan.mentor_of[rows] != mentor)
    free = places - int((plan.mentor_of == mentor).sum())
    if free > int((others & (urgency > 0)).sum()):
        return True
    before = (plan.solved.prices.urgency[mentor], plan.solved.prices.value[mentor])
    in_plan = plan.mentor_columns.free_places[mentor] > 0
    rivals = list(zip(urgency[others].tolist(), gain[others].tolist(), strict=True))
    own = (int(urgency[mine][0]), int(gain[mine][0]))
    if in_plan:
        return own > before and all(rival <= before for rival in rivals)
    return all(rival < own for rival in rivals)


def left_behind(plan: WholePlan) -> tuple[Thousandths, Thousandths]:
    """Return what it is worth that each leaver leaves for a mentor: urgency, and points.

    Of a covered leaver, what their place is worth to others less their own
    pair; of another, their urgency alone.
    """
    cohort, held, prices = plan.solved.cohort, plan.solved.held, plan.solved.prices
    covered = np.flatnonzero(held >= 0)
    theirs = cohort.mentor[held[covered]]
    urgency, points = cohort.urgency.copy(), np.zeros_like(cohort.urgency)
    urgency[covered] = prices.urgency[theirs]
    points[covered] = prices.value[theirs] - cohort.value[held[covered]]
    return urgency, points


def _bonus(plan: WholePlan, mentor: int, rows: Rows) -> Thousandths:
    """Return the bonus of the pairs that a mentor keeps with these leavers."""
    kept = np.array([leaver for leaver, with_whom in plan.kept if with_whom == mentor])
    bonus: Thousandths = np.isin(rows, kept) * round(plan.settings.bonus * 1000)
    return bonus


def _runs(starts: Thousandths, ends: Thousandths) -> NDArray[np.int64]:
    """Return start, start + 1, ... up to each end, run after run."""
    lengths = ends - starts
    offsets = np.cumsum(lengths) - lengths
    counted: NDArray[np.int64] = np.arange(lengths.sum()) + np.repeat(starts - offsets, lengths)
    return counted
