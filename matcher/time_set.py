"""How a clock notices that the machine's own was set, and what it can tell by it after that."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

JUMP_SECONDS = 5
"""By how much the wall clock may run ahead of or behind the time that passed."""


class Watch:
    """Notices that the machine's clock was set, by the time that really passed."""

    def __init__(self, wall: datetime, passed: float) -> None:
        """Begin with what both say; `passed` is in seconds from any beginning."""
        self.wall = wall
        self.passed = passed

    def has_jumped(self, wall: datetime, passed: float) -> bool:
        """Say whether the wall clock moved otherwise than time did since the last look."""
        moved = (wall - self.wall).total_seconds()
        really = passed - self.passed
        self.wall, self.passed = wall, passed
        return abs(moved - really) > JUMP_SECONDS


class LeaseJudge:
    """Says whether it can be told by the wall clock that a lease is over.

    After the clock was set it cannot: a letter that another worker has just
    begun would look abandoned. Once a whole lease has really passed it can.
    """

    def __init__(self, lease: timedelta, wall: datetime, passed: float) -> None:
        """Begin with what both clocks say; `passed` is in seconds from any beginning."""
        self.lease = lease.total_seconds()
        self.watch = Watch(wall, passed)
        self.not_before = passed

    def may_judge(self, wall: datetime, passed: float) -> bool:
        """Say whether leases may be judged now."""
        if self.watch.has_jumped(wall, passed):
            self.not_before = passed + self.lease
        return passed >= self.not_before


def waits_for_long(scheduler: Any, now: datetime) -> bool:
    """Say whether a tick waits for more than its interval, or is long overdue.

    So it is after a clock was set forth and back between two looks at it,
    which nothing else tells of: the scheduler sleeps until a time that it
    worked out by the other one. `scheduler` is one of APScheduler.
    """
    slack = timedelta(seconds=JUMP_SECONDS)
    return any(
        abs(tick.next_run_time - now) > tick.trigger.interval + slack
        for tick in scheduler.get_jobs()
    )


def wake(scheduler: Any, now: datetime) -> None:
    """Let every tick come at once: after a clock was set back they would wait for it to catch up.

    `scheduler` is one of APScheduler, which has no types.
    """
    for tick in scheduler.get_jobs():
        tick.modify(next_run_time=now)
