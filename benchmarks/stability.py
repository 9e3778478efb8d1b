"""How many pairs change overnight, and what keeping the others costs.

Lifelike people (`matcher.example`), as many mentors as leavers. Overnight 1%
of the leavers are gone, 1% are new and 0.5% of the mentors are gone. A change
is forced where the pair touches somebody gone or come, is barred now, or lost
its cover. The night is lived several times over, each from the plan of the
night before, so that what is lost does not hide in a chain of small losses.
The goal: at most 2% changed beyond the forced, for at most 0.25% of the total
of a fresh best plan.

    python -m benchmarks.stability [leavers] [nights]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import NamedTuple

import numpy as np

from matcher.core.conditions import Conditions
from matcher.core.planning import PlanSettings, WholePlan, make_plan
from matcher.example import ExamplePeople, example_people
from matcher.gazetteer import england_and_wales
from models.profiles import LeaverProfile, MentorProfile

TODAY = date(2026, 11, 23)
LEAVERS_GONE = LEAVERS_NEW = 0.01
MENTORS_GONE = 0.005
SIZE, NIGHTS, SEED = 20_000, 3, 1

Mentored = Mapping[str, str]
"""The code of each covered leaver's mentor."""


class Night(NamedTuple):
    """What one night changed: counts of pairs, and the share of the fresh best plan's total lost.

    `beyond` are the changes that nothing forced; `pairs` how many there were before.
    """

    pairs: int
    changed: int
    forced: int
    loss: float

    @property
    def beyond(self) -> float:
        """Return the share of the pairs that changed though nothing forced them."""
        return (self.changed - self.forced) / self.pairs


def nights(people: ExamplePeople, seed: int, count: int, settings: PlanSettings) -> list[Night]:
    """Live so many nights; the newcomers are taken from the people, a share for each night."""
    chance = np.random.default_rng(seed)
    leavers = [people.leavers[row] for row in chance.permutation(len(people.leavers))]
    mentors = [people.mentors[row] for row in chance.permutation(len(people.mentors))]
    share = round(LEAVERS_NEW * len(leavers) / (1 + LEAVERS_NEW * count))
    here, coming = leavers[share * count :], leavers[: share * count]
    standing = mentored(_plan(here, mentors, settings))
    lived = []
    for _ in range(count):
        gone = round(LEAVERS_GONE * len(here))
        here, new, coming = here[gone:] + coming[:share], coming[:share], coming[share:]
        mentors = mentors[round(MENTORS_GONE * len(mentors)) :]
        kept = _plan(here, mentors, settings, keep=standing)
        fresh = _plan(here, mentors, settings)
        loss = 1 - worth_apart_from_bonus(kept) / worth_apart_from_bonus(fresh)
        lived.append(compared(standing, kept, {one.code for one in new}, loss))
        standing = mentored(kept)
    return lived


def compared(before: Mentored, plan: WholePlan, new: Collection[str], loss: float) -> Night:
    """Count the leavers whose mentor changed, and those of them whose change was forced."""
    after = mentored(plan)
    may = {
        (plan.leavers[row].code, plan.mentors[column].code)
        for row, column in zip(plan.scores.row, plan.scores.column, strict=True)
    }
    changed = [one for one in before.keys() | after.keys() if before.get(one) != after.get(one)]
    forced = [
        one
        for one in changed
        if one in new or one not in after or (one in before and (one, before[one]) not in may)
    ]
    return Night(len(before), len(changed), len(forced), loss)


def mentored(plan: WholePlan) -> dict[str, str]:
    """Return the code of each covered leaver's mentor."""
    return {plan.leavers[row].code: plan.mentors[column].code for row, column in plan.plan.pairs}


def worth_apart_from_bonus(plan: WholePlan) -> float:
    """Return the total of a plan in points, without what it got for keeping pairs."""
    kept = {tuple(pair) for pair in plan.plan.pairs.tolist()} & set(plan.kept)
    return plan.plan.total - plan.settings.bonus * len(kept)


def _plan(
    leavers: Collection[LeaverProfile],
    mentors: Collection[MentorProfile],
    settings: PlanSettings,
    keep: Mentored | None = None,
) -> WholePlan:
    conditions = Conditions(TODAY, england_and_wales())
    return make_plan(leavers, mentors, conditions, settings, keep=[*(keep or {}).items()])


def main(size: int = SIZE, count: int = NIGHTS, say: Callable[[str], None] = print) -> None:
    """Print one line for each night."""
    more = round(size * LEAVERS_NEW) * count
    people = example_people(size + more, size, SEED, TODAY)
    say(f"{size:,} leavers, {size:,} mentors, bonus {PlanSettings().bonus}")
    say("night   pairs  changed  forced  beyond the forced  loss of total")
    for number, night in enumerate(nights(people, SEED, count, PlanSettings()), start=1):
        say(
            f"{number:5} {night.pairs:7,} {night.changed:8,} {night.forced:7,}"
            f" {night.beyond:18.2%} {night.loss:14.3%}"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
