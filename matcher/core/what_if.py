"""What if: the whole plan made again with something changed, beside the plan as it is.

A mentor lost, mentors added who are like one there is, a weight, a setting:
everything is planned anew, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from matcher.core.conditions import RuleSettings
from matcher.core.new_mentors import NewMentor, as_profile
from matcher.core.planning import PlanSettings, WholePlan, make_plan
from matcher.core.relaxing import Relaxation, relaxed_leaver, relaxed_mentor, relaxed_settings
from matcher.core.similarity import Weights
from matcher.core.what_if_difference import Difference, people_difference
from models.profiles import MentorProfile

THEIR_OWN: Mapping[str, Any] = {
    "prison_number": None,
    "first_name": "",
    "surname": "",
    "no_contact": frozenset(),
    "declined": frozenset(),
    "taken": 0,
}
"""What a mentor has of their own, which another mentor like them would not have."""


@dataclass(frozen=True)
class Supposed:
    """What is supposed to be otherwise; what is left out stays as it is.

    `lost` are codes of mentors who go; `like` maps the code of a mentor to
    how many more like them come; `new` are mentors told of from nothing.
    Weights are in points, by the name of the part; the parts not named share
    what is left in proportion. `relaxed` are ways in which rules are easier.
    """

    lost: Collection[str] = ()
    like: Mapping[str, int] = field(default_factory=dict)
    settings: PlanSettings | None = None
    rules: RuleSettings | None = None
    new: Sequence[NewMentor] = ()
    relaxed: Sequence[Relaxation] = ()


@dataclass(frozen=True, eq=False)
class WhatIf:
    """The plan as it is, the plan as it would be, and what sets them apart."""

    before: WholePlan
    after: WholePlan
    difference: Difference


def what_if(plan: WholePlan, supposed: Supposed) -> WhatIf:
    """Make the plan again with something supposed to be otherwise.

    Proposals that stood keep their bonus in both plans. Raises KeyError with
    the code of a mentor who is not in the plan.
    """
    for code in (*supposed.lost, *supposed.like):
        if code not in plan.mentor_index:
            raise KeyError(code)
    rules = relaxed_settings(supposed.relaxed, supposed.rules or plan.conditions.settings)
    after = make_plan(
        [relaxed_leaver(supposed.relaxed, leaver) for leaver in plan.leavers],
        _mentors(plan, supposed),
        replace(plan.conditions, settings=rules),
        supposed.settings or plan.settings,
        keep=[(plan.leavers[row].code, plan.mentors[column].code) for row, column in plan.kept],
    )
    return WhatIf(plan, after, people_difference(plan, after))


def with_weights(weights: Weights, wanted: Mapping[str, int]) -> Weights:
    """Return the weights with some parts set to whole points and the rest in proportion.

    The others share what is left, in whole points, as nearly as they did.
    Raises KeyError for a part that is none, ValueError where nothing adds up
    to 100.
    """
    unknown = wanted.keys() - {part.name for part in weights.parts}
    if unknown:
        raise KeyError(min(unknown))
    others = [part for part in weights.parts if part.name not in wanted]
    left = 100 - sum(wanted.values())
    if left < 0:
        raise ValueError(f"the weights add up to {100 - left} points, and 100 is the most")
    shared = dict(zip((part.name for part in others), _shared(left, others), strict=True))
    points = {**shared, **wanted}
    parts = tuple(replace(part, weight=points[part.name]) for part in weights.parts)
    return Weights(f"{weights.version}, supposed", parts)


def _shared(left: int, others: Collection[Any]) -> list[int]:
    """Return whole points in proportion to the weights, which add up to what is left."""
    whole = sum(part.weight for part in others) or 1
    exact = [left * part.weight / whole for part in others]
    points = [int(share) for share in exact]
    order = sorted(range(len(points)), key=lambda index: points[index] - exact[index])
    for index in order[: max(0, left - sum(points))]:
        points[index] += 1
    return points


def _mentors(plan: WholePlan, supposed: Supposed) -> list[MentorProfile]:
    stay = [mentor for mentor in plan.mentors if mentor.code not in set(supposed.lost)]
    taken = set(plan.mentor_index)
    for code, count in supposed.like.items():
        model = plan.mentors[plan.mentor_index[code]]
        for number in range(1, count + 1):
            new = _new_code(code, number, taken)
            taken.add(new)
            stay.append(model.model_copy(update={**THEIR_OWN, "code": new}))
    today = plan.conditions.today
    others = [relaxed_mentor(supposed.relaxed, mentor, today) for mentor in stay]
    prisons = {leaver.prison for leaver in plan.leavers}
    for number, told in enumerate(supposed.new, 1):
        others.append(as_profile(told, number, today, prisons, taken))
        taken.add(others[-1].code)
    return others


def _new_code(code: str, number: int, taken: Collection[str]) -> str:
    """Return a code that nobody has: LIKE-M-17-1, LIKE-M-17-2."""
    new = f"LIKE-{code}-{number}"
    while new in taken:
        new += "-X"
    return new
