"""Between two nights the plan is made again for whom a change touches: a no, a lapse, a new fact.

The clock looks every minute. A mentor's no is answered at once and commits
first: at 2,000 leavers and as many mentors, reading everyone and solving the
part that hangs together takes seconds, and people who live near one another
all hang together.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from matcher.core.conditions import RuleSettings
from matcher.core.planning import PlanSettings
from matcher.proposals import propose_again
from matcher.touched import last_look, touched_since
from models.pairs import Pair

JOB = "plan again"
"""The name of the job: when it was last done says since when changes are looked for."""

OVERLAP = timedelta(minutes=2)
"""How far behind its own time a change may be committed, with room to spare: a page waits for the
database half a minute at most. What is looked at twice changes nothing the second time."""


def plan_again(
    db: Session, *, now: datetime, rules: RuleSettings, settings: PlanSettings
) -> list[Pair]:
    """Plan again for whom something has changed since the last look; return the new proposals.

    Before the first whole run there is nothing to keep up.
    """
    last = last_look(db, JOB)
    touched = touched_since(db, last - OVERLAP) if last else None
    if not touched:
        return []
    return propose_again(
        db,
        leavers=touched.leavers,
        mentors=touched.mentors,
        now=now,
        rules=rules,
        settings=settings,
    )
