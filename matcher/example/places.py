"""How many more leavers each mentor can carry: in all, 5% fewer than there are leavers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.example.lots import Crowd, Indices, Mask

COVERED = 0.95
"""Free places for each leaver: the shortage that every service knows (assumption)."""

MOST_PLACES = 4
"""What one mentor can carry at once (assumption)."""

CARRY_ALREADY = 0.1
"""Mentors who already walk with one or two people (assumption)."""

Counts = NDArray[np.int64]


def draw_places(crowd: Crowd, leavers: int, active: Mask) -> tuple[Counts, Counts]:
    """Return each mentor's free places and places taken.

    The free places add up to 95% of the leavers, or to four for each mentor
    if that is less. Active mentors carry as evenly as that allows, but for
    one in eight who gives a place to another; those who are not active carry
    only what the active cannot.
    """
    total = min(round(COVERED * leavers), MOST_PLACES * crowd.count)
    among_active = min(total, MOST_PLACES * int(active.sum()))
    stream = crowd.lots("places").stream
    free = np.zeros(crowd.count, dtype=np.int64)
    for who, places in ((active, among_active), (~active, total - among_active)):
        rows = stream.permutation(np.flatnonzero(who))
        if len(rows):
            each, over = divmod(places, len(rows))
            free[rows] = each
            free[rows[:over]] += 1
            _shift(free, stream.permutation(rows))
    taken = np.where(crowd.lots("taken").hit(CARRY_ALREADY), stream.integers(1, 3, crowd.count), 0)
    return free, np.where(active, np.minimum(taken, MOST_PLACES - free), 0)


def _shift(free: Counts, order: Indices) -> None:
    """Move a place from each of the first eighth to one of the next, where both can."""
    eighth = len(order) // 8
    giving, taking = order[:eighth], order[eighth : 2 * eighth]
    able = (free[giving] > 1) & (free[taking] < MOST_PLACES)
    free[giving[able]] -= 1
    free[taking[able]] += 1
