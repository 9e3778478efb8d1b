"""The way to make room for one more leaver that loses least, in a plan that is the best.

The leaver asks a mentor for a place; one of those the mentor has moves on and
asks another; and so on, until a place is free or somebody stays alone. With the
prices of a best plan nobody gains by moving on, so that a chain which has lost
as much as the best known way need not be followed any further.

Urgency and points are compared one after the other. What a chain has lost in
urgency so far is the urgency price of the mentor it has come to, whichever way
it came.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matcher.core.assignment.cohort import Cohort, runs
from matcher.core.assignment.plan_input import Integers
from matcher.core.assignment.prices import Prices

NOWHERE = -1
NEVER = 2**61
"""More than any chain loses, and far enough from the end of int64 to be added to."""


@dataclass(frozen=True, eq=False)
class Arrival:
    """A leaver who has no mentor yet, and the pairs they may have.

    mentors, values: those pairs, in thousandths of a point
    ranks: per pair, which comes first where they are equally good
    may_stay_alone: whether that is one of the ways
    """

    leaver: int
    mentors: Integers
    values: Integers
    ranks: Integers
    may_stay_alone: bool


@dataclass(eq=False)
class Room:
    """What is known of the ways to make room, in the end of the best.

    lost: per mentor, the thousandths lost until they are asked for a place, or `NEVER`;
        true wherever less is lost than in the best way
    rank: per mentor, that of the pair by which a chain so good begins
    via: per mentor, the pair that asks, or `NOWHERE` for the one who arrives
    best: urgency, thousandths and rank of the best way; urgency is that of
        the leaver who is left alone, or 0
    mentor: the last one asked, or `NOWHERE` if the one who arrives stays alone
    alone: who is left alone in the end, or `NOWHERE` if a place was free
    """

    lost: Integers
    rank: Integers
    via: Integers
    best: tuple[int, int, int] = (NEVER, NEVER, NEVER)
    mentor: int = NOWHERE
    alone: int = NOWHERE

    def offer(self, urgency: Integers, lost: Integers, mentors: Integers, alone: Integers) -> None:
        """Take the best of these ways to end, if it is better than the best so far."""
        if not mentors.size:
            return
        rank = self.rank[mentors]
        least = np.lexsort((alone, mentors, rank, lost, urgency))[0]
        found = int(urgency[least]), int(lost[least]), int(rank[least])
        if found < self.best:
            self.best = found
            self.mentor, self.alone = int(mentors[least]), int(alone[least])

    def promising(self, urgency: Integers, lost: Integers, rank: Integers) -> NDArray[np.bool_]:
        """Return which chains could still be better than the best way."""
        most, points, first = self.best
        as_good = (lost < points) | ((lost == points) & (rank < first))
        good: NDArray[np.bool_] = (urgency < most) | ((urgency == most) & as_good)
        return good


@dataclass(frozen=True, eq=False)
class Search:
    """Sweeps over the mentors who have just been asked for a place, or asked for less."""

    cohort: Cohort
    held: Integers
    prices: Prices
    filled: Integers = field(init=False)
    holders: Integers = field(init=False)

    def __post_init__(self) -> None:
        covered = np.flatnonzero(self.held >= 0)
        by_mentor = np.argsort(self.cohort.mentor[self.held[covered]], kind="stable")
        object.__setattr__(self, "filled", self.cohort.filled(self.held))
        object.__setattr__(self, "holders", covered[by_mentor])

    def room_for(self, arrival: Arrival) -> Room:
        """Return the way that loses least, or one without a best where there is none at all."""
        mentors = self.cohort.places.size
        room = Room(np.full(mentors, NEVER), np.full(mentors, NEVER), np.full(mentors, NOWHERE))
        if arrival.may_stay_alone:
            room.best = int(self.cohort.urgency[arrival.leaver]), 0, NOWHERE
        lost = self.prices.value[arrival.mentors] - arrival.values
        asks = np.full(lost.size, NOWHERE)
        asked = self._ask(room, arrival.mentors, lost, arrival.ranks, asks)
        while asked.size:
            self._end_at_free_places(room, asked)
            asked = self._move_on(room, asked)
        return room

    def _ask(
        self, room: Room, mentors: Integers, lost: Integers, rank: Integers, pairs: Integers
    ) -> Integers:
        """Ask these mentors for a place; return those who are asked for less than before."""
        less = (lost < room.lost[mentors]) | (
            (lost == room.lost[mentors]) & (rank < room.rank[mentors])
        )
        less &= room.promising(self.prices.urgency[mentors], lost, rank)
        mentors, lost, rank, pairs = mentors[less], lost[less], rank[less], pairs[less]
        order = np.lexsort((pairs, rank, lost, mentors))
        asked, at = np.unique(mentors[order], return_index=True)
        room.lost[asked] = lost[order][at]
        room.rank[asked] = rank[order][at]
        room.via[asked] = pairs[order][at]
        return asked

    def _end_at_free_places(self, room: Room, asked: Integers) -> None:
        free = asked[self.filled[asked] < self.cohort.places[asked]]
        cost = self.cohort.costs(self.filled)[free] - self.prices.value[free]
        room.offer(np.zeros_like(free), room.lost[free] + cost, free, np.full_like(free, NOWHERE))

    def _move_on(self, room: Room, asked: Integers) -> Integers:
        """Let everyone whom these mentors have stay alone, or ask all others they may have."""
        first_holder = np.cumsum(self.filled) - self.filled
        leavers = self.holders[runs(first_holder[asked], self.filled[asked])]
        left = np.repeat(asked, self.filled[asked])
        lost = room.lost[left] + self.cohort.value[self.held[leavers]] - self.prices.value[left]
        room.offer(self.cohort.urgency[leavers], lost, left, leavers)
        urgency, rank = self.prices.urgency[left], room.rank[left]
        still = room.promising(urgency, room.lost[left], rank)
        leavers, lost, rank = leavers[still], lost[still], rank[still]
        lengths = np.diff(self.cohort.first)[leavers]
        pairs = runs(self.cohort.first[leavers], lengths)
        mentors = self.cohort.mentor[pairs]
        lost = np.repeat(lost, lengths) + self.prices.value[mentors] - self.cohort.value[pairs]
        return self._ask(room, mentors, lost, np.repeat(rank, lengths), pairs)


def raised(prices: Prices, room: Room) -> Prices:
    """Return prices at which nobody would gain by a move, once room is made this way."""
    urgency, points, _ = room.best
    asked = (room.lost < NEVER) & (
        (prices.urgency < urgency) | ((prices.urgency == urgency) & (room.lost < points))
    )
    return Prices(
        np.where(asked, urgency, prices.urgency),
        np.where(asked, prices.value + points - room.lost, prices.value),
    )


def make_room(cohort: Cohort, held: Integers, room: Room) -> int:
    """Move everybody along the chain, last first; return the mentor of the one who arrives."""
    if room.alone != NOWHERE:
        held[room.alone] = NOWHERE
    mentor = room.mentor
    while mentor != NOWHERE and room.via[mentor] != NOWHERE:
        pair = int(room.via[mentor])
        leaver = int(cohort.leaver[pair])
        mentor, held[leaver] = int(cohort.mentor[held[leaver]]), pair
    return mentor
