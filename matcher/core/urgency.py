"""How pressing each leaver is: whom the plan covers first when places are short."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.core.features import LeaverColumns

STEPS = ((28, 8), (42, 4), (63, 2))
"""Days to go at most, and the urgency that goes with them, soonest first."""

LEAST = 1
"""The urgency of everyone with longer to go, or with no release date to count to."""


def urgency(leavers: LeaverColumns) -> NDArray[np.int64]:
    """Return each leaver's urgency, a whole number from 1 to 16.

    It rises as the release nears, and is doubled for an accommodation or
    health need that matters most.
    """
    days_to_go = leavers.release_on.astype(np.int64) - leavers.today
    base = np.select([days_to_go <= days for days, _ in STEPS], [u for _, u in STEPS], LEAST)
    doubled: NDArray[np.int64] = np.where(leavers.pressing, 2 * base, base).astype(np.int64)
    return doubled
