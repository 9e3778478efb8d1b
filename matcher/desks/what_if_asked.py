"""What if, asked on a page: bounded, one at a time, and nothing of it is kept.

The whole plan is made again while somebody waits. That takes about a second for two thousand
leavers and longer for more, so that a plan of too many is left to the command, and a process
answers one question at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import perf_counter

from sqlmodel import Session, col, func, select

from matcher.core.what_if import Supposed, what_if
from matcher.core.words import counted
from matcher.desks.moves_shown import CostShown, cost_shown
from matcher.plan_on_file import ON_THE_WAY, newest_plan
from matcher.refusing import NotAllowed
from models.accounts import Account
from models.referrals import Referral

MOST_LEAVERS = 5_000
"""A plan of more leavers than this is not made again while a page waits."""

BUSY = "Somebody else asks what if at this moment. Wait a few seconds, then ask again."

_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class WhatIfShown:
    """What would change; bounds are in thousandths of a point.

    `gained`, `lost` and `other` count leavers of all regions who would have a
    mentor, none, or another.
    """

    cost: CostShown
    bound_before: int
    bound_after: int
    gained: int
    lost: int
    other: int
    seconds: float


def what_if_shown(db: Session, account: Account, supposed: Supposed, now: datetime) -> WhatIfShown:
    """Make the plan again with something supposed, and return what would change for whom.

    NotAllowed where the plan is too big for a page, or another question is being answered.
    """
    _refuse_too_many(db)
    with _one_at_a_time():
        started = perf_counter()
        on_file = newest_plan(db, now)
        found = what_if(on_file.plan, supposed)
        seconds = perf_counter() - started
    gap = found.difference
    return WhatIfShown(
        cost=cost_shown(db, account, gap, on_file.people),
        bound_before=round(found.before.plan.bound * 1000),
        bound_after=round(found.after.plan.bound * 1000),
        gained=len(gap.newly_covered),
        lost=len(gap.left_alone),
        other=len(gap.pairs_moved),
        seconds=seconds,
    )


def _refuse_too_many(db: Session) -> None:
    waiting = select(func.count()).where(col(Referral.state).in_(ON_THE_WAY))
    number = db.exec(waiting).one()
    if number > MOST_LEAVERS:
        raise NotAllowed(
            f"The plan has {counted(number, 'leaver')}. That is too many to make it again on a "
            "page. Ask the people who run Gatemate: their command has no such limit."
        )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise NotAllowed(BUSY)
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()
