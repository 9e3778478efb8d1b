"""Moves a demo's date on: hour by hour, doing what the clock would have done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from matcher.clock import run_due
from matcher.demo_clock import demo_time, set_demo_clock
from matcher.done import Done
from models.audit import Hand
from web.demo.making import clock_of
from web.surroundings import Surroundings

HOUR = timedelta(hours=1)
STEPS = 24


def move_on(around: Surroundings) -> Iterator[tuple[datetime, Done]]:
    """Move the date on by one day, and yield what was done and when, as it is done.

    The pages see each new hour once it has been lived. A clock that runs
    beside this does no harm: each thing is done once.
    """
    context = clock_of(around)
    for _ in range(STEPS):
        moment = around.now() + HOUR
        for done in run_due(context, moment):
            yield moment, done
        with around.writing() as db:
            db.write_as(Hand(None, at=moment, origin="demo-day"))
            real = around.real_now()
            set_demo_clock(db, demo_time(db, real) + HOUR - real)
            db.commit()
