"""Rule 5, first half: is there a district where two people can meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.core.columns import Flags, Grid
from matcher.core.features import LeaverColumns, MentorColumns


def can_meet_somewhere(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Return where a district lies within both people's reach and outside both zones.

    Nearly always the resettlement district itself will do; only the pairs for
    which it will not are looked at district by district.
    """
    km = leavers.conditions.places.km
    home = leavers.district[:, None]
    can = km[home, mentors.district[None, :]] <= mentors.travel_km[None, :]
    can &= ~(leavers.zone == home).any(axis=1)[:, None]
    zoned = np.flatnonzero((mentors.zone >= 0).any(axis=1))
    if len(zoned):
        inside = (mentors.zone[zoned][None, :, :] == home[:, :, None]).any(axis=2)
        can[:, zoned] &= ~inside
    for row in np.flatnonzero(~can.all(axis=1)):
        others = np.flatnonzero(~can[row])
        can[row, others] = _anywhere_near(leavers, int(row), mentors, others)
    return can


def _anywhere_near(
    leavers: LeaverColumns, row: int, mentors: MentorColumns, others: NDArray[np.intp]
) -> Flags:
    """Return which of `others` share a district of the leaver's reach, outside both zones."""
    km = leavers.conditions.places.km
    near = np.flatnonzero(km[leavers.district[row]] <= leavers.travel_km[row])
    near = np.setdiff1d(near, leavers.zone[row])
    within = km[near][:, mentors.district[others]] <= mentors.travel_km[others]
    for zoned in np.flatnonzero((mentors.zone[others] >= 0).any(axis=1)):
        within[:, zoned] &= ~np.isin(near, mentors.zone[others[zoned]])
    anywhere: Flags = np.any(within, axis=0)
    return anywhere
