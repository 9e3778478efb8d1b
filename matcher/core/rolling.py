"""Day by day: which proposals are ready to approve, and which the plan still holds.

Everyone in the twelve-week window is planned every night, and what nobody has
approved may change with who comes next. A mentor whom a leaver gets too early
is not there for whoever needs just this one, and nothing that a pair does
begins before six weeks to go. So every proposal is held until eight weeks
before the release, the day by which a scarce mentor must be held for
somebody, and no longer: then two weeks are left for the first offer. Lived
through (`benchmarks/rolling.py`), that covers more leavers, and better, than
to approve at once; to hold only mentors of whom today's plan wants more
places does not, because today's plan does not know who comes tomorrow.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from matcher.core.pathway_rows import PathwayTable
from matcher.core.schedule import deadlines
from matcher.core.working_days import WorkingDays
from models.states import Deadline

APPROVE_IN = 2
"""Working days that a manager has to approve; so long before the first offer it is pressing."""


class DecisionDays(NamedTuple):
    """When a proposal is to be decided on.

    From `ready_on` the plan holds it no more; from `press_on` on the manager
    is pressed; the first offer is to be out by `offer_by`.
    """

    ready_on: date
    press_on: date
    offer_by: date


def decision_days(
    table: PathwayTable,
    release: date,
    referred_on: date,
    proposed_on: date,
    calendar: WorkingDays,
) -> DecisionDays:
    """Return the days of a proposal made on `proposed_on`; what comes late is ready at once."""
    days = deadlines(table, release, referred_on, calendar)
    offer_by = days[Deadline.FIRST_OFFER]
    held_to = min(days[Deadline.SCARCE_MENTOR_HELD], offer_by)
    press_on = calendar.add(offer_by, -APPROVE_IN)
    return DecisionDays(max(proposed_on, held_to), max(proposed_on, press_on), offer_by)
