"""Rule 5, first half: is there a district where two people can meet."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.core.columns import Flags, Grid, stands_in
from matcher.core.features import LeaverColumns, MentorColumns

Where = tuple[NDArray[np.intp], ...]
"""Where pairs stand in a block or a list: one array for each axis."""

AT_ONCE = 2_000
"""How many pairs with a zone are looked at district by district at once, to bound memory."""


def km_between(leavers: LeaverColumns, mentors: MentorColumns) -> NDArray[np.float32]:
    """Return how far the mentors live from the resettlement districts."""
    km = leavers.conditions.places.km
    between: NDArray[np.float32] = km.take(leavers.district * np.int64(len(km)) + mentors.district)
    return between


def covers_home(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Return where the mentor's travel limit covers the resettlement district."""
    within: Grid = km_between(leavers, mentors) <= mentors.travel_km
    return within


def can_meet_somewhere(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Return where a district lies within both people's reach and outside both zones.

    Nearly always the resettlement district itself will do; only the pairs for
    which it may not are looked at more closely.
    """
    can: Grid = covers_home(leavers, mentors) & ~leavers.zoned & ~mentors.zoned
    if not can.all():
        left = np.nonzero(~can)
        one = _Side(*_of_pairs(left, can.shape, leavers.district, leavers.travel_km, leavers.zone))
        other = _Side(
            *_of_pairs(left, can.shape, mentors.district, mentors.travel_km, mentors.zone)
        )
        can[left] = _anywhere_near(leavers.conditions.places.km, one, other, left[0])
    return can


class _Side(NamedTuple):
    """One side of some pairs: where they set out, how far they go, and where they may not."""

    home: NDArray[np.int16]
    reach: NDArray[np.float32]
    zone: NDArray[np.int16]

    def goes_to(self, km: NDArray[np.float32], some: NDArray[np.intp]) -> Grid:
        """Return the districts that some of them may go to: people × districts."""
        within: Grid = km[self.home[some]] <= self.reach[some, None]
        zone = self.zone[some]
        row, place = np.nonzero(zone >= 0)
        within[row, zone[row, place]] = False
        return within


def _of_pairs(left: Where, shape: tuple[int, ...], *columns: NDArray[Any]) -> list[NDArray[Any]]:
    """Return columns of aligned people for each of the pairs `left`."""
    return [np.broadcast_to(each, shape + each.shape[len(shape) :])[left] for each in columns]


def _anywhere_near(
    km: NDArray[np.float32], leavers: _Side, mentors: _Side, leaver: NDArray[np.intp]
) -> Flags:
    """Return which pairs share a district: those with a zone one by one, others by leaver."""
    anywhere = km[leavers.home, mentors.home] <= mentors.reach
    anywhere &= ~(stands_in(leavers.home, leavers.zone) | stands_in(leavers.home, mentors.zone))
    zoned = (leavers.zone >= 0).any(axis=1) | (mentors.zone >= 0).any(axis=1)
    left = np.flatnonzero(~anywhere & zoned)
    for start in range(0, len(left), AT_ONCE):
        some = left[start : start + AT_ONCE]
        both = leavers.goes_to(km, some) & mentors.goes_to(km, some)
        anywhere[some] = both.any(axis=1)
    free = np.flatnonzero(~anywhere & ~zoned)
    for some in np.split(free, np.flatnonzero(np.diff(leaver[free])) + 1):
        near = km[leavers.home[some[:1]]] <= leavers.reach[some[:1], None]
        nearest = km[near.any(axis=0)].min(axis=0, initial=np.inf)
        anywhere[some] = nearest[mentors.home[some]] <= mentors.reach[some]
    return anywhere
