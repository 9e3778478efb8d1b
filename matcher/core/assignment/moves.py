"""What would happen if: the best plan with a pair, without it, with a place or with pairs more.

A best plan stays the best, as its prices prove, when a leaver is taken out of
it and the place they had is filled along a chain that loses nothing. Put in
again, under whatever conditions, they take the way that loses least. So every
answer is two chains of moves, and is proved like a plan that is solved afresh.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from matcher.core.assignment.cohort import Cohort, refuse_sums_beyond_the_solver
from matcher.core.assignment.plan import Plan, proved
from matcher.core.assignment.plan_input import THOUSANDTHS, Integers, eligible_values, thousandths
from matcher.core.assignment.prices import Prices
from matcher.core.assignment.room import NOWHERE, Arrival, Search, make_room, raised
from matcher.core.assignment.tight_chains import fill, least_again, tight_chains


@dataclass(frozen=True, eq=False)
class Solved:
    """A problem with its best plan, ready to be asked what would happen if.

    Leavers and mentors are numbered as in the problem; `ValueError` for a
    number that is not among them. Every plan in an answer is proved the best,
    as that of `assign` is; which of several best plans it is may differ.

    held: per leaver the number of their pair in `cohort`, or -1
    prices: the least prices that prove the plan
    kept: the pairs that get the bonus
    bonus: points
    """

    plan: Plan
    cohort: Cohort
    held: Integers
    prices: Prices
    kept: frozenset[tuple[int, ...]]
    bonus: float

    def if_paired(self, leaver: int, mentor: int) -> Plan | None:
        """Return the best plan with this pair in it; None if not eligible or without a place.

        Its prices are for the pair as settled: what one more place would add
        while these two stay together.
        """
        pair = self._pair(leaver, mentor)
        if pair == NOWHERE or not self.cohort.places[mentor]:
            return None
        if self.held[leaver] == pair:
            return self.plan
        own = self.cohort.value[pair : pair + 1]
        held = self._held_without(leaver)
        arrival = Arrival(leaver, np.array([mentor]), own, np.zeros(1, np.int64), False)
        room = Search(self.cohort, held, self.prices).room_for(arrival)
        make_room(self.cohort, held, room)
        nobody = np.zeros(0, np.int64)
        rest, held = self.cohort.with_pairs_of(leaver, nobody, nobody, held)
        rest = rest.with_place_taken(mentor)
        plan = proved(rest, held, least_again(rest, held, raised(self.prices, room)))
        points = int(own[0]) - self.cohort.load * int(self.cohort.taken[mentor])
        return _with_pair(plan, leaver, mentor, int(self.cohort.urgency[leaver]), points)

    def if_apart(self, leaver: int, mentor: int) -> Plan:
        """Return the best plan without this pair."""
        pair = self._pair(leaver, mentor)
        if pair == NOWHERE:
            return self.plan
        own = self._pairs_of(leaver)
        others = own[own != pair]
        return self._planned_again(leaver, self.cohort.mentor[others], self.cohort.value[others])

    def runner_up(self, leaver: int) -> int | None:
        """Return the mentor, other than the plan's, whose best plan with this leaver is best.

        By urgency, then by points, then the one who stands first; None if the
        plan does not cover the leaver, or if no other mentor has a place.
        """
        _refuse_unknown("leaver", leaver, self.held.size)
        own = self._pairs_of(leaver)
        others = own[own != self.held[leaver]]
        if self.held[leaver] == NOWHERE:
            return None
        mentors = self.cohort.mentor[others]
        arrival = Arrival(leaver, mentors, self.cohort.value[others], mentors, False)
        held = self._held_without(leaver)
        room = Search(self.cohort, held, self.prices).room_for(arrival)
        return make_room(self.cohort, held, room) if room.mentor != NOWHERE else None

    def with_one_more_place(self, mentor: int) -> Plan:
        """Return the best plan if this mentor could take one leaver more."""
        _refuse_unknown("mentor", mentor, self.cohort.places.size)
        cohort = self.cohort.with_one_more_place(mentor)
        held = self.held.copy()
        if self.plan.prices[mentor].tolist() > [0, 0]:
            fill(self.cohort, held, mentor, self._chains)
        return proved(cohort, held, least_again(cohort, held, self.prices))

    def with_pairs(self, leaver: int, mentors: ArrayLike, values: ArrayLike) -> Plan:
        """Return the best plan if these pairs of a leaver were eligible as well.

        values: points, one for each mentor; a pair that is eligible already
        gets this value instead of its own. A pair to keep gets the bonus here
        as well. `ValueError` for what `assign` would refuse.
        """
        _refuse_unknown("leaver", leaver, self.held.size)
        own = self._pairs_of(leaver)
        new, worths = self._pairs_given(leaver, mentors, values)
        others = own[~np.isin(self.cohort.mentor[own], new)]
        all_mentors = np.concatenate([self.cohort.mentor[others], new])
        order = np.argsort(all_mentors)
        all_values = np.concatenate([self.cohort.value[others], worths])
        return self._planned_again(leaver, all_mentors[order], all_values[order])

    @cached_property
    def _chains(self) -> Integers:
        return tight_chains(self.cohort, self.held, self.prices)

    def _pairs_of(self, leaver: int) -> Integers:
        return np.arange(self.cohort.first[leaver], self.cohort.first[leaver + 1])

    def _pair(self, leaver: int, mentor: int) -> int:
        _refuse_unknown("leaver", leaver, self.held.size)
        _refuse_unknown("mentor", mentor, self.cohort.places.size)
        return self.cohort.pair_number(leaver, mentor)

    def _pairs_given(
        self, leaver: int, mentors: ArrayLike, values: ArrayLike
    ) -> tuple[Integers, Integers]:
        """Return the mentors and what they are worth, in thousandths and with the bonus."""
        given, points = np.atleast_1d(np.asarray(mentors)), np.atleast_1d(np.asarray(values))
        if given.shape != points.shape or given.ndim != 1:
            raise ValueError("mentors and values must be as many, one value for each mentor.")
        if given.size and given.dtype.kind not in "iu":
            raise ValueError("mentors must be whole numbers.")
        known = given.astype(np.int64)
        for mentor in known.tolist():
            _refuse_unknown("mentor", mentor, self.cohort.places.size)
        row = sparse.coo_array(
            (points, (np.zeros_like(known), known)), shape=(1, self.cohort.places.size)
        )
        table = eligible_values(row)
        kept = [(leaver, mentor) in self.kept for mentor in table.indices.tolist()]
        refuse_sums_beyond_the_solver(
            table.data,
            self.bonus,
            self.cohort.load / THOUSANDTHS,
            self.cohort.taken + self.cohort.places + 1,
            self.held.size,
        )
        worths = thousandths(table.data) + np.where(kept, thousandths(self.bonus), 0)
        return table.indices.astype(np.int64), worths

    def _held_without(self, leaver: int) -> Integers:
        """Return who has whom in a best plan for all the others."""
        held = self.held.copy()
        if held[leaver] != NOWHERE:
            mentor = int(self.cohort.mentor[held[leaver]])
            held[leaver] = NOWHERE
            fill(self.cohort, held, mentor, self._chains)
        return held

    def _planned_again(self, leaver: int, mentors: Integers, values: Integers) -> Plan:
        """Return the best plan where these are all the pairs of this leaver."""
        held = self._held_without(leaver)
        cohort, held = self.cohort.with_pairs_of(leaver, mentors, values, held)
        arrival = Arrival(leaver, mentors, values, np.zeros_like(mentors), True)
        room = Search(cohort, held, self.prices).room_for(arrival)
        mentor = make_room(cohort, held, room)
        if mentor != NOWHERE:
            held[leaver] = cohort.pair_number(leaver, mentor)
        return proved(cohort, held, least_again(cohort, held, raised(self.prices, room)))


def _refuse_unknown(person: str, number: int, people: int) -> None:
    if not 0 <= number < people:
        numbers = f"be from 0 to {people - 1}, not {number}" if people else "exist: there is none"
        raise ValueError(f"{person} must {numbers}.")


def _with_pair(plan: Plan, leaver: int, mentor: int, urgency: int, points: int) -> Plan:
    """Return a plan for all the others, with this pair and what it adds (thousandths)."""
    at = int(np.searchsorted(plan.pairs[:, 0], leaver))
    return replace(
        plan,
        pairs=np.insert(plan.pairs, at, [leaver, mentor], axis=0),
        covered=plan.covered + 1,
        urgency=plan.urgency + urgency,
        total=(int(thousandths(plan.total)) + points) / THOUSANDTHS,
        bound=(int(thousandths(plan.bound)) + points) / THOUSANDTHS,
    )
