"""Rule 3: when a pair may meet inside the prison.

Not being allowed in does not bar a pair: it leaves a plan of video, gate and
after, and takes half of the reach from the score.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.core.columns import Days, Flags, stands_in
from matcher.core.features import LeaverColumns, MentorColumns

VISITS_RULE = (
    3,
    "may_visit",
    "Visits only while the clearance covers the prison to the last visit; else video and gate.",
    True,
)
"""Number, code, meaning and whether it may be set aside: rule 3 bars visits, never the pair."""

LAST_VISIT_DAYS = 14
"""The last prison meeting comes at least this many days before the release."""

ROOM_FOR_VISITS_DAYS = 7
"""With fewer days than this left for visits, they may run up to the release."""


def last_visit_on(release: Days, today: int) -> Days:
    """Return the last day of prison visits: 14 days before release, else release, else today.

    At short notice visits may run up to the release; where no release is
    ahead, a clearance counts only while it is in date.
    """
    planned = release - LAST_VISIT_DAYS
    room = planned >= today + ROOM_FOR_VISITS_DAYS
    days: Days = np.where(room, planned, release).astype(np.int32)
    return days


def may_visit(
    leavers: LeaverColumns,
    mentors: MentorColumns,
    row: NDArray[np.intp],
    column: NDArray[np.intp],
) -> Flags:
    """Return, pair by pair, whether the mentor may visit this leaver in prison.

    The clearance must cover the prison to the last visit, the mentor's
    licence must not bar contact with serving prisoners, and the prison must
    not lie in the mentor's exclusion zone.
    """
    cleared = mentors.cleared_until[column, leavers.prison[row]]
    last = last_visit_on(leavers.release_or_today, leavers.today)
    barred = mentors.licence_bars_prisons[column] | in_zone(leavers, mentors, row, column)
    return (cleared >= last[row]) & ~barred


def in_zone(
    leavers: LeaverColumns,
    mentors: MentorColumns,
    row: NDArray[np.intp],
    column: NDArray[np.intp],
) -> Flags:
    """Return, pair by pair, whether the prison, and so its gate, lies in the mentor's zone."""
    district = leavers.conditions.places.prison_district[leavers.prison[row]]
    return stands_in(district, mentors.zone[column])
