"""How many pairs change overnight, and what keeping the others costs.

Lifelike people (`matcher.example`), as many mentors as leavers. Overnight 1%
of the leavers are gone, 1% are new and 0.5% of the mentors are gone. A change
is forced where the pair touches somebody gone or come, is barred now, or lost
its cover. Cover is never traded, so some change besides because a newcomer,
or somebody whose mentor is gone, can only be covered if others move up: the
steadiest plan, which keeps the most pairs that the best cover allows, tells
how many. What changes beyond that is chosen, for the score alone.

The night is lived several times over, each from the plan of the night before,
so that what is lost does not hide in a chain of small losses; no mentor comes.
The goal: at most 2% changed beyond the forced, for at most 0.25% of the total
of a fresh best plan. With more than one seed, the last line is the worst of
each column.

    python -m benchmarks.stability [leavers] [nights] [seeds]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np

from matcher.core.conditions import Conditions
from matcher.core.planning import PlanSettings, WholePlan, WhoMayMeet, best_plan, who_may_meet
from matcher.example import example_people
from matcher.gazetteer import england_and_wales
from models.profiles import LeaverProfile, MentorProfile

TODAY = date(2026, 11, 23)
LEAVERS_GONE = LEAVERS_NEW = 0.01
MENTORS_GONE = 0.005
SIZE, NIGHTS = 20_000, 3
ABOVE_ANY_GAIN = 10_000.0
"""Points: as much as a hundred pairs can be worth, so that no gain outweighs a pair kept."""

Mentored = Mapping[str, str]
"""The code of each covered leaver's mentor."""


class Night(NamedTuple):
    """What one night changed: counts of pairs, and the share of the fresh best plan's total lost.

    `pairs` is how many there were before; `changed` how many leavers' mentors
    changed, `forced` those whom the night itself touched, and `steadiest` how
    many change in the plan that keeps the most pairs under the best cover.
    """

    pairs: int
    changed: int
    forced: int
    steadiest: int
    loss: float

    @property
    def beyond(self) -> float:
        """Return the share of the pairs that changed though the night did not touch them."""
        return (self.changed - self.forced) / self.pairs

    @property
    def chosen(self) -> float:
        """Return the share of the pairs that changed though the best cover did not ask for it."""
        return (self.changed - self.steadiest) / self.pairs


class People(NamedTuple):
    """Who is there before the first night, and the leavers who come, in their order."""

    leavers: list[LeaverProfile]
    mentors: list[MentorProfile]
    coming: list[LeaverProfile]


def people_of(size: int, seed: int, count: int) -> People:
    """Draw so many leavers and mentors, and who comes in so many nights.

    Mentors are drawn for the newcomers too and left out again, so that places
    are as short on the first night whatever the number of nights.
    """
    more = round(size * LEAVERS_NEW) * count
    people = example_people(size + more, size + more, seed, TODAY)
    chance = np.random.default_rng(seed)
    leavers = [people.leavers[row] for row in chance.permutation(size + more)]
    mentors = [people.mentors[row] for row in chance.permutation(size + more)]
    return People(leavers[more:], mentors[more:], leavers[:more])


def nights(size: int, seed: int, count: int, settings: PlanSettings) -> list[Night]:
    """Live so many nights, each from the plan of the night before."""
    here, mentors, coming = people_of(size, seed, count)
    share = len(coming) // count
    standing = mentored(best_plan(_who_may_meet(here, mentors), settings))
    lived = []
    for _ in range(count):
        gone = round(LEAVERS_GONE * len(here))
        here, new, coming = here[gone:] + coming[:share], coming[:share], coming[share:]
        mentors = mentors[round(MENTORS_GONE * len(mentors)) :]
        people = _who_may_meet(here, mentors)
        night, standing = _lived(people, settings, standing, {one.code for one in new})
        lived.append(night)
    return lived


def _lived(
    people: WhoMayMeet, settings: PlanSettings, standing: Mentored, new: Collection[str]
) -> tuple[Night, Mentored]:
    """Return what a night changed in the plan that stood, and the plan it leaves."""
    keep = standing.items()
    kept, fresh = best_plan(people, settings, keep), best_plan(people, settings)
    steadiest = best_plan(people, replace(settings, bonus=ABOVE_ANY_GAIN), keep)
    after = mentored(kept)
    changed = changes(standing, after)
    night = Night(
        len(standing),
        len(changed),
        len(forced(changed, standing, kept, new)),
        len(changes(standing, mentored(steadiest))),
        1 - worth_apart_from_bonus(kept) / worth_apart_from_bonus(fresh),
    )
    return night, after


def changes(before: Mentored, after: Mentored) -> set[str]:
    """Return the codes of the leavers who have another mentor than before, or one or none now."""
    return {one for one in before.keys() | after.keys() if before.get(one) != after.get(one)}


def forced(
    changed: Collection[str], before: Mentored, plan: WholePlan, new: Collection[str]
) -> set[str]:
    """Return who of the changed is new, has no mentor now or may not meet the one they had."""
    after, may = mentored(plan), _who_may(plan)
    return {
        one
        for one in changed
        if one in new or one not in after or (one in before and (one, before[one]) not in may)
    }


def _who_may(plan: WholePlan) -> set[tuple[str, str]]:
    """Return the eligible pairs by code."""
    return {
        (plan.leavers[row].code, plan.mentors[column].code)
        for row, column in zip(plan.scores.row, plan.scores.column, strict=True)
    }


def mentored(plan: WholePlan) -> dict[str, str]:
    """Return the code of each covered leaver's mentor."""
    return {plan.leavers[row].code: plan.mentors[column].code for row, column in plan.plan.pairs}


def worth_apart_from_bonus(plan: WholePlan) -> float:
    """Return the total of a plan in points, without what it got for keeping pairs."""
    kept = {tuple(pair) for pair in plan.plan.pairs.tolist()} & set(plan.kept)
    return plan.plan.total - plan.settings.bonus * len(kept)


def _who_may_meet(
    leavers: Collection[LeaverProfile], mentors: Collection[MentorProfile]
) -> WhoMayMeet:
    return who_may_meet(leavers, mentors, Conditions(TODAY, england_and_wales()))


def main(
    size: int = SIZE, count: int = NIGHTS, seeds: int = 1, say: Callable[[str], None] = print
) -> None:
    """Print one line for each night of each seed, and the worst."""
    say(f"{size:,} leavers, {size:,} mentors, bonus {PlanSettings().bonus}")
    say("seed night   pairs changed forced  beyond the forced  chosen  loss of total")
    every = []
    for seed in range(1, seeds + 1):
        for number, night in enumerate(nights(size, seed, count, PlanSettings()), start=1):
            every.append(night)
            counts = f"{night.pairs:7,} {night.changed:7,} {night.forced:6,}"
            say(f"{seed:4} {number:5} {counts} {_shares(night.beyond, night.chosen, night.loss)}")
    if seeds > 1:
        worst = np.max([(one.beyond, one.chosen, one.loss) for one in every], axis=0)
        say(f"{'the worst':32} {_shares(*worst)}")


def _shares(beyond: float, chosen: float, loss: float) -> str:
    return f"{beyond:18.2%} {chosen:7.2%} {loss:14.3%}"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
