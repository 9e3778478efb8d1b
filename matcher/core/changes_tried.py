"""The smallest change that would give a leaver a mentor, found and then proved by solving again.

Changes concern the leaver and one mentor. Fewest changes come first, then the
order of `changes.Kind`. A change counts only if everybody who has a mentor in
the plan still has one. Best is a change that the plan, solved again, would by
itself use for this leaver; where it would serve someone more urgent with it,
a manager can still keep the mentor for this leaver, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.core.assignment import Plan, assign, worth
from matcher.core.candidates import eligible_pairs
from matcher.core.changes import (
    MOST,
    Change,
    Kind,
    Opening,
    applied,
    changes_in_words,
    openings,
)
from matcher.core.changes_chains import can_take_one_more, surely_serves, would_serve
from matcher.core.columns import PairArray
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.gates import hold_reasons
from matcher.core.planning import Pairs, WholePlan
from matcher.core.what_if_difference import mentor_in_words
from matcher.core.words import counted
from models.profiles import LeaverProfile, MentorProfile

Counts = NDArray[np.int64]
"""One whole number for each leaver, or for each mentor."""

TRIES = 3
"""Of equally many changes, so many mentors are tried by solving again."""

QUICKLY_SOLVED = 100_000
"""With more eligible pairs than this, people are not changed and all solved again while somebody
waits: such a change is only told as one by which a manager can pair the two."""


@dataclass(frozen=True)
class WayOut:
    """The smallest change by which a leaver would have a mentor.

    `kept` says that a manager must keep the mentor for this leaver, since the
    plan would use the change for someone else. `moved` counts the other
    leavers whose mentor would be another.
    """

    leaver: LeaverProfile
    mentor: MentorProfile
    changes: tuple[Change, ...]
    kept: bool
    moved: int

    @property
    def sentence(self) -> str:
        """Return what a manager reads."""
        mentor = mentor_in_words(self.mentor)
        changes = changes_in_words(self.changes, self.leaver.code, mentor)
        said = f"{changes} would give {self.leaver.code} a mentor"
        if self.kept:
            return f"{said} if a manager pairs the two; left to the plan, it may serve another."
        moved = f"; {counted(self.moved, 'other leaver')} would change mentor" if self.moved else ""
        return f"{said}{moved}."


def no_way_out(leaver: LeaverProfile) -> str:
    """Return the sentence on a leaver whom no small change would help."""
    return f"No change would give {leaver.code} a mentor. Up to {MOST} at once were tried."


def smallest_change(plan: WholePlan, leaver: int) -> WayOut | None:
    """Return the smallest change that would give an uncovered leaver a mentor; None if none would.

    None too for a leaver whom a gate holds: an approval is no change to a
    plan. Raises ValueError for a leaver who has a mentor.
    """
    if plan.mentor_of[leaver] >= 0:
        raise ValueError(f"{plan.leavers[leaver].code} has a mentor already")
    if hold_reasons(plan.leaver_columns.take([leaver]))[0]:
        return None
    profile = plan.leavers[leaver]
    groups = openings(profile, plan.mentors, plan.mentor_columns, can_take_one_more(plan))
    for group in groups:
        group.sort(key=lambda one: (one.changes, -_value(plan, leaver, one.mentor)))
        way = _by_itself_or_kept(plan, leaver, group) if group else None
        if way:
            return way
    return None


def _by_itself_or_kept(plan: WholePlan, leaver: int, group: Sequence[Opening]) -> WayOut | None:
    """Return the first way out among equally many changes, sooner one that needs no keeping."""
    promising = _promising(plan, leaver, group)
    for attempt, some in ((_by_itself, promising), (_kept, group)):
        for opening in some[:TRIES]:
            after = attempt(plan, leaver, opening)
            if after is not None:
                return _way_out(plan, leaver, opening, after, kept=attempt is _kept)
    return None


@dataclass(frozen=True, eq=False)
class _Asked:
    """What the plan is asked from after a change: pairs, places, places taken, urgency."""

    values: PairArray
    places: Counts
    taken: Counts
    urgency: Counts

    def solved(self, plan: WholePlan) -> Plan:
        """Solve again."""
        return assign(
            self.values,
            self.places,
            taken=self.taken,
            urgency=self.urgency,
            keep=plan.kept,
            bonus=plan.settings.bonus,
            load=plan.settings.load,
        )


def _promising(plan: WholePlan, leaver: int, group: Sequence[Opening]) -> list[Opening]:
    """Return the changes that the plan may use for this leaver, to be tried in this order.

    Of single places those it would use, the one worth most to the plan first.
    Of other changes, all but those by a place that serves another already and
    will once people are changed; the least wanted mentors first.
    """
    served, prices = would_serve(plan, leaver), plan.plan.prices
    in_plan = plan.mentor_columns.free_places > 0
    too_dear = in_plan & (prices[:, 0] > plan.urgency[leaver])
    single = [one for one in group if _is_one_more_place(plan, one)]
    others = [one for one in group if not _is_one_more_place(plan, one)]
    return [
        *sorted(
            (one for one in single if served[one.mentor]), key=lambda one: -prices[one.mentor, 1]
        ),
        *sorted(
            (one for one in others if not too_dear[one.mentor]),
            key=lambda one: (one.changes, *prices[one.mentor]),
        ),
    ]


def _is_one_more_place(plan: WholePlan, opening: Opening) -> bool:
    """Say whether nothing changes but that a mentor of the plan takes one more."""
    in_the_plan = plan.mentor_columns.free_places[opening.mentor] > 0
    return bool(in_the_plan) and opening.changes == (Change(Kind.PLACE),)


def _by_itself(plan: WholePlan, leaver: int, opening: Opening) -> Pairs | None:
    """Return the pairs of the plan after a change, if it covers the leaver at nobody's loss.

    It is solved again, but where the prices prove at once who is served.
    """
    if _is_one_more_place(plan, opening):
        after = plan.solved.with_one_more_place(opening.mentor)
    elif opening.changes == (Change(Kind.INTERPRETER),):
        new_leaver, _, _ = _changed(plan, leaver, opening)
        _, mentors, points = _scored(plan, new_leaver, plan.mentor_columns)
        after = plan.solved.with_pairs(leaver, mentors, points)
    elif surely_serves(plan, leaver, opening.mentor, *_of_mentor(plan, leaver, opening)):
        return _added(plan, leaver, opening.mentor)
    elif len(plan.scores.row) <= QUICKLY_SOLVED:
        after = _asked_after(plan, leaver, opening).solved(plan)
    else:
        return None
    return after.pairs if _covers(after.pairs, [*plan.plan.pairs[:, 0], leaver]) else None


def _added(plan: WholePlan, leaver: int, mentor: int) -> Pairs:
    """Return the pairs of the plan as it stands, and one more."""
    return np.vstack([plan.plan.pairs, [[leaver, mentor]]])


def _kept(plan: WholePlan, leaver: int, opening: Opening) -> Pairs | None:
    """Return the pairs with the mentor kept for the leaver after a change, if nobody loses theirs.

    Where the mentor has a place free then, the plan as it stands with this
    pair is one. Else it is solved again: the leaver stands aside with one of
    the mentor's places, and of the others those who have a mentor come first.
    """
    filled = int((plan.mentor_of == opening.mentor).sum())
    if opening.has(Kind.PLACE) or filled < plan.mentor_columns.free_places[opening.mentor]:
        return _added(plan, leaver, opening.mentor)
    asked = _asked_after(plan, leaver, opening)
    entries = asked.values.tocoo()
    others = entries.coords[0] != leaver
    coords = tuple(axis[others] for axis in entries.coords)
    own = np.arange(len(plan.mentors)) == opening.mentor
    after = _Asked(
        sparse.csr_array((entries.data[others], coords), shape=asked.values.shape),
        asked.places - own,
        asked.taken + own,
        asked.urgency + np.where(plan.mentor_of >= 0, asked.urgency.sum() + 1, 0),
    ).solved(plan)
    pairs = np.vstack([after.pairs, [[leaver, opening.mentor]]])
    return pairs if _covers(pairs, plan.plan.pairs[:, 0]) else None


def _covers(pairs: Pairs, leavers: Sequence[int] | Counts) -> bool:
    return bool(np.isin(leavers, pairs[:, 0]).all())


def _way_out(plan: WholePlan, leaver: int, opening: Opening, after: Pairs, *, kept: bool) -> WayOut:
    mentor_of = np.full(len(plan.leavers), -1)
    mentor_of[after[:, 0]] = after[:, 1]
    moved = (plan.mentor_of >= 0) & (mentor_of != plan.mentor_of)
    return WayOut(
        leaver=plan.leavers[leaver],
        mentor=plan.mentors[opening.mentor],
        changes=opening.changes,
        kept=kept,
        moved=int(moved.sum()),
    )


def _changed(
    plan: WholePlan, leaver: int, opening: Opening
) -> tuple[LeaverColumns, MentorColumns, int]:
    """Return the two people as they would be, and how many places the mentor has then."""
    who = plan.leavers[leaver], plan.mentors[opening.mentor]
    new_leaver, new_mentor = applied(opening.changes, *who, plan.conditions.today)
    mentors = MentorColumns.of([new_mentor], plan.conditions)
    leavers = LeaverColumns.of([new_leaver], plan.conditions)
    return leavers, mentors, int(mentors.free_places[0])


def _of_mentor(
    plan: WholePlan, leaver: int, opening: Opening
) -> tuple[NDArray[np.intp], NDArray[np.float64], int]:
    """Return the leavers open to the changed mentor, what each pair is worth, and the places."""
    new_leaver, mentor, places = _changed(plan, leaver, opening)
    rows, _, points = _scored(plan, plan.leaver_columns, mentor)
    others = rows != leaver
    _, _, own = _scored(plan, new_leaver, mentor)
    all_rows = np.append(rows[others], np.full(len(own), leaver))
    return all_rows, np.append(points[others], own), places


def _asked_after(plan: WholePlan, leaver: int, opening: Opening) -> _Asked:
    """Return what the plan is asked from once the two people are changed.

    The mentor's pairs are made anew with everybody; where an interpreter is
    arranged, the leaver's pairs with everybody too.
    """
    entries = plan.values.tocoo()
    row, column = entries.coords
    stays = column != opening.mentor
    rows, points, their_places = _of_mentor(plan, leaver, opening)
    new = [(rows, np.full_like(rows, opening.mentor), points)]
    if opening.has(Kind.INTERPRETER):
        stays &= row != leaver
        new_leaver, _, _ = _changed(plan, leaver, opening)
        _, mentors, worths = _scored(plan, new_leaver, plan.mentor_columns)
        others = mentors != opening.mentor
        new.append((np.full(others.sum(), leaver), mentors[others], worths[others]))
    rows, columns, points = (
        np.concatenate(each)
        for each in zip((row[stays], column[stays], entries.data[stays]), *new, strict=True)
    )
    places = plan.mentor_columns.free_places.astype(np.int64)
    places[opening.mentor] = their_places
    values = sparse.csr_array((points, (rows, columns)), shape=plan.values.shape)
    return _Asked(values, places, plan.mentor_columns.taken.astype(np.int64), plan.urgency)


def _scored(
    plan: WholePlan, leavers: LeaverColumns, mentors: MentorColumns
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return the eligible pairs of these people and what each is worth, scored as in the plan."""
    similarity = copy(plan.similarity)
    similarity.mentors_ = mentors
    scores = similarity.score_pairs(leavers, eligible_pairs(leavers, mentors))
    return scores.row, scores.column, worth(scores.points)


def _value(plan: WholePlan, leaver: int, mentor: int) -> float:
    """Return what a pair that is eligible already is worth; 0 where it is not."""
    return float(plan.values[leaver, mentor])
