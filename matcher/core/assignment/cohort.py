"""The leavers, mentors and eligible pairs of one plan, in order and in whole numbers.

Points become whole thousandths here and stay whole from here on, so that sums
are exact. The order of the stored entries is forgotten here too: pairs are
numbered by leaver and then by mentor, whatever file or query they came from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from matcher.core.assignment.plan_input import (
    THOUSANDTHS,
    WHOLE_IN_A_FLOAT,
    Integers,
    Pairs,
    Points,
    Sparse,
    amount,
    counts,
    eligible_values,
    kept_pairs,
    thousandths,
)

ROOM = 128
"""The solver stays below so many times what a pair and its place can differ by, for each leaver
and two more: a path meets a leaver once, its ends may be shifted by three such paths and, at the
prices of bids and chains, by three paths of those, and every number is made of at most seven paths
(`full_matching`)."""


@dataclass(frozen=True, eq=False)
class Cohort:
    """One plan's people and pairs.

    Pair ``p`` is leaver ``leaver[p]`` with mentor ``mentor[p]`` and is worth
    ``value[p]``; the pairs of leaver ``i`` are those from ``first[i]`` up to
    ``first[i + 1]``. Value (bonus included) and load are in thousandths of a
    point. ``places`` counts no more of a mentor's places than there are
    leavers eligible for them; `free` counts them all. Who has whom is written as ``held``: for each
    leaver the number of a pair, or -1.
    """

    first: Integers
    leaver: Integers
    mentor: Integers
    value: Integers
    places: Integers
    taken: Integers
    urgency: Integers
    load: int
    free: Integers

    def pair_number(self, leaver: int, mentor: int) -> int:
        """Return the number of one pair, or -1 where the two are not eligible."""
        first, end = int(self.first[leaver]), int(self.first[leaver + 1])
        number = first + int(np.searchsorted(self.mentor[first:end], mentor))
        return number if number < end and self.mentor[number] == mentor else -1

    def with_pairs_of(
        self, leaver: int, mentors: Integers, values: Integers, held: Integers
    ) -> tuple[Cohort, Integers]:
        """Return the cohort where these are all the pairs of a leaver, sorted, and who has whom.

        The leaver holds no pair, before or after.
        """
        start, end = int(self.first[leaver]), int(self.first[leaver + 1])
        more = mentors.size - (end - start)
        mentor = np.concatenate([self.mentor[:start], mentors, self.mentor[end:]])
        changed = replace(
            self,
            first=self.first + more * (np.arange(self.first.size) > leaver),
            leaver=np.concatenate(
                [self.leaver[:start], np.full(mentors.size, leaver), self.leaver[end:]]
            ),
            mentor=mentor,
            value=np.concatenate([self.value[:start], values, self.value[end:]]),
            places=usable_places(self.free, mentor),
        )
        return changed, held + more * (held >= end)

    def with_one_more_place(self, mentor: int) -> Cohort:
        """Return the cohort where this mentor can take one leaver more."""
        free = self.free + (np.arange(self.free.size) == mentor)
        return replace(self, free=free, places=usable_places(free, self.mentor))

    def with_place_taken(self, mentor: int) -> Cohort:
        """Return the cohort where one more of this mentor's free places is taken already."""
        here = np.arange(self.free.size) == mentor
        free = self.free - here
        return replace(
            self, free=free, places=usable_places(free, self.mentor), taken=self.taken + here
        )

    def pair_numbers(self, leavers: Integers, mentors: Integers) -> Integers:
        """Return the number of each pair, or -1 where the two are not eligible."""
        keys = np.append(self.leaver * self.places.size + self.mentor, -1)
        wanted = leavers * self.places.size + mentors
        numbers = np.searchsorted(keys[:-1], wanted)
        return np.where(keys[numbers] == wanted, numbers, -1)

    def of_their_mentor(self, of_mentors: Integers, held: Integers, alone: Integers) -> Integers:
        """Return for each leaver what their mentor has, or else what they have `alone`."""
        found = alone.copy()
        found[held >= 0] = of_mentors[self.mentor[held[held >= 0]]]
        return found

    def filled(self, held: Integers) -> Integers:
        """Return how many leavers each mentor has."""
        filled = np.bincount(self.mentor[held[held >= 0]], minlength=self.places.size)
        return filled.astype(np.int64)

    def costs(self, filled: Integers) -> Integers:
        """Return what each mentor's next place costs when so many are filled."""
        return self.load * (self.taken + filled)

    def last_place_costs(self, held: Integers) -> Integers:
        """Return what each mentor's last filled place costs, or the first while none is filled."""
        return self.costs(np.maximum(self.filled(held) - 1, 0))

    def cost_of_filling(self, filled: Integers) -> int:
        """Return what it costs in all that so many places of each mentor are filled."""
        return int((self.load * (self.taken * filled + filled * (filled - 1) // 2)).sum())

    def place_by_place(self, pairs: Integers) -> tuple[Integers, Integers]:
        """Return each pair once for every place of its mentor: the pair, and the place.

        Places are numbered mentor after mentor.
        """
        before = np.cumsum(self.places) - self.places
        mentors = self.mentor[pairs]
        return np.repeat(pairs, self.places[mentors]), runs(before[mentors], self.places[mentors])

    def place_owners(self) -> tuple[Integers, Integers]:
        """Return for every place its mentor, and how many places that mentor has before it."""
        mentors = np.repeat(np.arange(self.places.size), self.places)
        return mentors, runs(np.zeros_like(self.places), self.places)


def usable_places(free: Integers, mentor: Integers) -> Integers:
    """Return how many of each mentor's free places the leavers of these pairs could use."""
    return np.minimum(free, np.bincount(mentor, minlength=free.size))


def runs(starts: Integers, lengths: Integers) -> Integers:
    """Return start, start + 1, ... for as long as each run is, run after run."""
    offsets = np.cumsum(lengths) - lengths
    counted: Integers = np.arange(lengths.sum()) + np.repeat(starts - offsets, lengths)
    return counted


def cohort_of(
    values: Sparse,
    places: ArrayLike,
    taken: ArrayLike | None,
    urgency: ArrayLike | None,
    keep: Pairs,
    bonus: float,
    load: float,
) -> Cohort:
    """Check what a plan is asked from and put it in order; `ValueError` names what is wrong.

    A pair to keep that is not eligible has no effect; one named twice gets
    the bonus once.
    """
    table = eligible_values(values)
    leavers, mentors = table.shape
    kept = kept_pairs(keep, leavers, mentors)
    points = amount("bonus", bonus), amount("load", load)
    free = counts("places", places, "mentors", mentors, least=0)
    usable = usable_places(free, table.indices.astype(np.int64))
    used = counts("taken", _all(0, mentors, taken), "mentors", mentors, least=0)
    pressing = counts("urgency", _all(1, leavers, urgency), "leavers", leavers, least=1)
    _refuse_sums_beyond_a_float(pressing)
    refuse_sums_beyond_the_solver(table.data, *points, used + usable, leavers)
    extra, load_in_thousandths = (int(thousandths(each)) for each in points)
    cohort = Cohort(
        first=table.indptr.astype(np.int64),
        leaver=np.repeat(np.arange(leavers), np.diff(table.indptr)),
        mentor=table.indices.astype(np.int64),
        value=thousandths(table.data),
        places=usable,
        taken=used,
        urgency=pressing,
        load=load_in_thousandths,
        free=free,
    )
    numbers = np.unique(cohort.pair_numbers(kept[:, 0], kept[:, 1]))
    cohort.value[numbers[numbers >= 0]] += extra
    return cohort


def _all(usual: int, size: int, given: ArrayLike | None) -> ArrayLike:
    return np.full(size, usual) if given is None else given


def _refuse_sums_beyond_a_float(urgency: Integers) -> None:
    if urgency.sum(dtype=np.float64) >= WHOLE_IN_A_FLOAT:
        raise ValueError(f"urgency must add up to less than {WHOLE_IN_A_FLOAT} over all leavers.")


def refuse_sums_beyond_the_solver(
    values: Points, bonus: float, load: float, reached: Integers, leavers: int
) -> None:
    """Keep every number the solver can meet among the whole numbers that a float64 holds."""
    width = values.max(initial=0.0) + bonus + load * float(reached.max(initial=0))
    limit = WHOLE_IN_A_FLOAT / THOUSANDTHS / (ROOM * (leavers + 2))
    if width > limit:
        raise ValueError(
            f"values, bonus and load must stay exact: with {leavers} leavers the greatest value, "
            f"the bonus and the load of a mentor's last place may add up to {limit:.0f} points, "
            f"not {width:.6g}."
        )
