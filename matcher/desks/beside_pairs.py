"""What stands beside a proposal: who would be next, and what the pair costs others.

A pair costs others what one more place of its mentor would add to the plan: that is what the
next in need of the place goes without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matcher.core.what_if_difference import points_in_words
from matcher.desks.whom_it_names import MentorNamed, mentors_named
from matcher.runner_ups import RUNNER_UPS
from matcher.why import newest_run
from models.accounts import Account

NOT_KNOWN = "Not worked out yet. The next plan says."
NOTHING = "Nothing: nobody else needs this place."


@dataclass(frozen=True)
class RunnerUpCard:
    """Who would be next; `score` in thousandths of a point, `whole` what it does to the plan."""

    mentor: MentorNamed
    score: int
    whole: str


@dataclass(frozen=True)
class Beside:
    """What stands beside one pair; `is_known`: the newest plan looked for its runner-up."""

    runner_up: RunnerUpCard | None = None
    cost: str = NOT_KNOWN
    is_known: bool = False

    @property
    def costs_others(self) -> bool:
        """Whether it is known that somebody else needs this place."""
        return self.cost not in (NOTHING, NOT_KNOWN)


NOTHING_BESIDE = Beside()
"""Of a pair of which no plan has told."""


def beside(db: Session, account: Account, mentors: Mapping[UUID, str]) -> Mapping[UUID, Beside]:
    """Return what the newest plan keeps of some pairs, by id; `mentors` are the mentors' codes."""
    run = newest_run(db) if mentors else None
    if run is None:
        return dict.fromkeys(mentors, NOTHING_BESIDE)
    kept: Mapping[str, Mapping[str, Any]] = run.ways_out.get(RUNNER_UPS, {})
    own = {pair_id: kept[str(pair_id)] for pair_id in mentors if kept.get(str(pair_id))}
    ids = {UUID(one["mentor_id"]) for one in own.values()}
    named = mentors_named(db, account, ids) if ids else {}
    return {
        pair_id: Beside(
            runner_up=_card(own.get(pair_id), named),
            cost=_cost(run.prices.get(code)),
            is_known=str(pair_id) in kept,
        )
        for pair_id, code in mentors.items()
    }


def _card(told: Mapping[str, Any] | None, named: Mapping[UUID, MentorNamed]) -> RunnerUpCard | None:
    mentor = named.get(UUID(told["mentor_id"])) if told else None
    return RunnerUpCard(mentor, told["score"], told["whole"]) if told and mentor else None


def _cost(price: Any) -> str:
    """Return what a place of a mentor costs others, by its price in urgency and points."""
    if price is None:
        return NOT_KNOWN
    urgency, total = price
    if urgency > 0:
        return "Somebody else without a mentor would get this place."
    if total > 0:
        return f"Others would gain {points_in_words(total)} with this place."
    return NOTHING
