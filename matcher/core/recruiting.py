"""Which mentors to look for: where, free when, having lived what, and whom each would match.

Mentors are supposed one after the other. Each is told of so that they would fit as many as can be
of those who have nobody, and then the whole plan is made again: what counts is who has a mentor
then and had none before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.core.features import MentorColumns
from matcher.core.gates import on_hold
from matcher.core.in_the_way import broken_bits
from matcher.core.new_mentors import NewMentor, as_profile
from matcher.core.planning import WholePlan
from matcher.core.what_if import Supposed, what_if
from models.hours import DAYTIME
from models.vocabulary import Experience, Sex

MOST = 3
"""So many mentors are told of; after them everybody can think again."""

HOMES = 6
"""In so many districts, those where most without a mentor go, a new mentor is tried."""

PLACES = 4
"""A new mentor is supposed to walk with so many at most."""

LIVED = 2
"""So many experiences are named."""

DAYS = 7


@dataclass(frozen=True)
class Recruit:
    """A mentor to look for; `day` is the one of the week that is enough, None where none is.

    `matched` counts who would have a mentor once the whole plan is made again with this one and
    those told of before.
    """

    home: str
    sex: Sex
    day: int | None
    experiences: tuple[Experience, ...]
    matched: int


def recruits(plan: WholePlan, rows: Collection[int], most: int = MOST) -> list[Recruit]:
    """Return which mentors to look for, for some leavers by index; each is proved by solving.

    Those who have a mentor or whom a gate holds are left out.
    """
    found: list[Recruit] = []
    added: list[NewMentor] = []
    codes = {plan.leavers[row].code for row in rows}
    now = plan
    while len(found) < most:
        alone = _alone(now, codes)
        told = _best(now, alone)
        if told is None:
            break
        new, day = told
        after = what_if(plan, Supposed(new=[*added, new])).after
        left = _alone(after, codes)
        matched = len(alone) - len(left)
        if matched <= 0:
            break
        found.append(Recruit(new.home, new.sex, day, _lived(new), matched))
        added.append(new)
        now = after
    return found


def _alone(plan: WholePlan, codes: Collection[str]) -> list[int]:
    """Return who of these has no mentor and is not on hold, by index."""
    held = on_hold(plan.leaver_columns)
    return [
        row for row in plan.uncovered.tolist() if plan.leavers[row].code in codes and not held[row]
    ]


def _best(plan: WholePlan, alone: Sequence[int]) -> tuple[NewMentor, int | None] | None:
    """Return the mentor who would fit most of some leavers, and the day that is enough."""
    where = Counter(plan.leavers[row].resettling_in for row in alone)
    homes = sorted(where, key=lambda home: (-where[home], home))[:HOMES]
    told = [NewMentor(home, sex) for home in homes for sex in Sex]
    if not told:
        return None
    fits = _fits(plan, alone, told)
    best = int(fits.sum(axis=0).argmax())
    reached = [row for row, fit in zip(alone, fits[:, best], strict=True) if fit]
    if not reached:
        return None
    ticked = Counter(one for row in reached for one in plan.leavers[row].experiences)
    needs = Counter(one for row in reached for one in plan.leavers[row].needs)
    new = replace(
        told[best],
        places=min(PLACES, len(reached)),
        experiences=frozenset(_most(ticked)),
        needs=frozenset(_most(needs)),
    )
    by_day = [
        replace(new, hours=frozenset(h for h in DAYTIME if h // 24 == day)) for day in range(DAYS)
    ]
    enough = _fits(plan, reached, by_day).sum(axis=0) >= min(PLACES, len(reached))
    day = int(enough.argmax()) if enough.any() else None
    return (by_day[day] if day is not None else new), day


def _fits(plan: WholePlan, rows: Sequence[int], told: Sequence[NewMentor]) -> NDArray[np.bool_]:
    """Return whom no rule bars: leavers × supposed mentors."""
    prisons = {plan.leavers[row].prison for row in rows}
    today = plan.conditions.today
    profiles = [
        as_profile(one, number, today, prisons, plan.mentor_index)
        for number, one in enumerate(told)
    ]
    columns = MentorColumns.of(profiles, plan.conditions)
    leavers = plan.leaver_columns.take(list(rows))
    broken = broken_bits(leavers.with_keys_met(columns), columns.with_keys_met(leavers))
    fits: NDArray[np.bool_] = broken == 0
    return fits


def _most(ticked: Counter[Any]) -> list[Any]:
    return sorted(ticked, key=lambda one: (-ticked[one], one.value))[:LIVED]


def _lived(new: NewMentor) -> tuple[Experience, ...]:
    return tuple(sorted(new.experiences, key=lambda one: one.value))
