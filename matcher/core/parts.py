"""The value of each part of the score, from 0 to 1, pair by pair.

What is not ticked counts as not shared, never as missing; a part counts for
nothing only when the leaver ticked or wished nothing in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matcher.core.columns import Flags
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.keys import Keys
from matcher.core.meeting_places import km_between
from matcher.core.readings import Numbers
from matcher.core.visits import may_visit

FULL_TIME_HOURS = 3
"""From this many shared hours in the week on, the time part is whole."""

Values = NDArray[np.float64]
"""One value from 0 to 1 for each pair."""


@dataclass(frozen=True, eq=False)
class ScoredPairs:
    """Some eligible pairs: indices into a block of leavers and mentors, and what ticks weigh.

    `tick_weights` is leavers × ticks, in whole numbers.
    """

    leavers: LeaverColumns
    mentors: MentorColumns
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    tick_weights: Numbers

    def of(self, leavers: Flags) -> Self:
        """Return the pairs of some of the leavers only."""
        kept = leavers[self.row]
        row = (np.cumsum(leavers) - 1)[self.row[kept]]
        some, weights = self.leavers.take(leavers), self.tick_weights[leavers]
        return type(self)(some, self.mentors, row, self.column[kept], weights)


def experience(pairs: ScoredPairs) -> Values:
    """Return the weight of the ticks both have over the weight of the leaver's ticks."""
    return _share(pairs, pairs.tick_weights, pairs.mentors.ticks)


def reach(pairs: ScoredPairs) -> Values:
    """Return half for getting into the prison, half for being near after release.

    A mentor who may visit gets limit / (limit + distance) of the first half:
    all of it next door, half of it at the travel limit, never nothing; one
    who may not gets none. The second half falls evenly to nothing at the limit.
    """
    return (_prison_reach(pairs) + _home_reach(pairs)) / 2


def time(pairs: ScoredPairs) -> Values:
    """Return the shared hours of the week over three, one at most."""
    shared = pairs.leavers.hours[pairs.row] & pairs.mentors.hours[pairs.column]
    hours = np.bitwise_count(shared).sum(axis=1, dtype=np.int64)
    values: Values = np.minimum(hours / FULL_TIME_HOURS, 1.0)
    return values


def risk_margin(pairs: ScoredPairs) -> Values:
    """Return 0.5 where the mentor's limit just meets the leaver's risk, 1 above it."""
    above = pairs.mentors.risk_limit[pairs.column] > pairs.leavers.risk[pairs.row]
    return np.where(above, 1.0, 0.5)


def culture(pairs: ScoredPairs) -> Values:
    """Return the share of the stated wishes for language and culture that are met."""
    return _share(pairs, pairs.leavers.wishes, pairs.mentors.offers)


def interests(pairs: ScoredPairs) -> Values:
    """Return the share of the leaver's interests that both have."""
    return _share(pairs, pairs.leavers.interests, pairs.mentors.interests)


def own_say(pairs: ScoredPairs) -> Flags:
    """Return where the leaver has asked for this very mentor."""
    asked: Keys = pairs.leavers.chosen
    found: Flags = np.zeros(len(pairs.row), dtype=np.bool_)
    says: Flags = np.any(asked != 0, axis=1)
    some = np.flatnonzero(says[pairs.row])
    codes = pairs.mentors.code[pairs.column[some], None]
    found[some] = np.any(asked[pairs.row[some]] == codes, axis=1)
    return found


PART_VALUES: tuple[Callable[[ScoredPairs], Values], ...] = (
    experience,
    reach,
    time,
    risk_margin,
    culture,
    interests,
)
"""The six parts that are weighed, in the order of the weights.

The leaver's own say is a seventh, on top of what the six come to.
"""

STATED: dict[int, Callable[[LeaverColumns], Flags]] = {
    PART_VALUES.index(experience): lambda leavers: _any_in(leavers.importance),
    PART_VALUES.index(time): lambda leavers: leavers.hours_stated,
    PART_VALUES.index(culture): lambda leavers: _any_in(leavers.wishes),
    PART_VALUES.index(interests): lambda leavers: _any_in(leavers.interests),
}
"""For each part that a leaver may leave empty: who said anything in it."""


def _any_in(table: Numbers) -> Flags:
    said: Flags = np.any(table != 0, axis=1)
    return said


def _share(pairs: ScoredPairs, wanted: Numbers, had: Numbers) -> Values:
    """Return how much of what is wanted is had; 0 where nothing is wanted.

    Whole numbers that together stay under 2^24 add up exactly in 32 bits.
    """
    shared = (wanted @ had.T).take(pairs.row * len(had) + pairs.column).astype(np.float64)
    whole = wanted.sum(axis=1).astype(np.float64)
    return shared / np.where(whole > 0, whole, 1.0)[pairs.row]


def _prison_reach(pairs: ScoredPairs) -> Values:
    reached = np.zeros(len(pairs.row))
    some = np.flatnonzero(may_visit(pairs.leavers, pairs.mentors, pairs.row, pairs.column))
    row, column = pairs.row[some], pairs.column[some]
    prison, home = pairs.leavers.prison[row], pairs.mentors.district[column]
    km = pairs.leavers.conditions.places.prison_km[prison, home].astype(np.float64)
    limit = _limit(pairs)[column]
    reached[some] = limit / (limit + km)
    return reached


def _home_reach(pairs: ScoredPairs) -> Values:
    km = km_between(pairs.leavers.down(), pairs.mentors.across()).astype(np.float64)
    near: Values = np.clip(1 - km / _limit(pairs), 0.0, 1.0)
    return near.take(pairs.row * len(pairs.mentors) + pairs.column)


def _limit(pairs: ScoredPairs) -> Values:
    return np.maximum(pairs.mentors.travel_km, 1).astype(np.float64)
