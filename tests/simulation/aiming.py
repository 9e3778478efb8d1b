"""What every world of many lives must have met, in one place, and chance bent towards it.

A death before and after the commit of every stage, every fault of the mail server, every fate of
a line of the journal, every kind of event, and the deeds that are asked for. What has not been
met yet is likelier to come, by lots of the same seed; what is missing in the end, `unmet` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product
from random import Random
from typing import TYPE_CHECKING, TypeVar

from matcher.jobs import JOBS
from models.desk_words import DeclineReason
from models.runs import JobRun
from models.states import EventKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.simulation.world import World

DIES = 0.004
"""How often a process dies before a commit, and after one."""

RISES = 0.15
"""How much likelier, with each commit of its stage, a death that this world has not met yet."""

POST = ("give_back", "claim", "start", "record", "hand_back")
STAGES = ("page", *POST, *(f"job {job.name}" for job in JOBS))
"""Whatever commits: a page, the steps of the post, each job of the clock."""

DECLINES = "did: declines ({0.value})"
SAYS_NO, SAYS_NO_ANEW = 0.15, 0.35
"""How often a mentor declines an offer; where some reason for it has not been given yet."""

LINE_BREAKS, LINE_BREAKS_ANEW = 0.012, 0.06
"""How often something comes in the way of a line of the journal; where some fate is not met yet."""

GONE = "the database is gone"
WHEN = ("before", "after")
LINE_FATES = ("before", "torn", "after", "full")

Lot = TypeVar("Lot")


def stage_of(db: Session, stage: str) -> str:
    """The stage whose session this is: of a job, by the run that it has claimed."""
    if stage != "job":
        return stage
    runs = [row for row in db.identity_map.values() if isinstance(row, JobRun)]
    return f"job {runs[0].job}" if runs else stage


def death(stage: str, when: str) -> str:
    """How a death is counted."""
    return f"died {when} commit of {stage}"


def dies(counted: Counter[str], stage: str, when: str, drawn: float) -> bool:
    """Say whether a process dies now; what has never come comes in the end, in any world."""
    met = counted[death(stage, when)]
    return drawn < (DIES if met else RISES * counted[f"commit of {stage}"])


def declines(counted: Counter[str], drawn: float) -> bool:
    """Say whether a mentor declines an offer."""
    met = all(counted[DECLINES.format(why)] for why in DeclineReason)
    return drawn < (SAYS_NO if met else SAYS_NO_ANEW)


def line_breaks(counted: Counter[str], drawn: float) -> bool:
    """Say whether something comes in the way of a line of the journal."""
    met = all(counted[f"journal: {fate}"] for fate in LINE_FATES)
    return drawn < (LINE_BREAKS if met else LINE_BREAKS_ANEW)


def goes_away(counted: Counter[str], drawn: float) -> bool:
    """Say whether the database goes away before a commit; `drawn` is far from that of a death."""
    return drawn > (0.995 if counted[GONE] else 0.97)


def one_of(options: Sequence[Lot], chance: Random, counted: Counter[str], count: str) -> Lot:
    """One of those not met yet, or else any."""
    anew = [one for one in options if not counted[count.format(one)]]
    return chance.choice(anew or options)


def unmet(world: World, deeds: Sequence[str], faults: Sequence[str]) -> list[str]:
    """What a world of many lives should have met and has not; `deeds` are those that it owes."""
    counted = world.counted
    wanted = [
        *(f"commit of {stage}" for stage in STAGES),
        *(death(stage, when) for stage, when in product(STAGES, WHEN)),
        *(f"journal: {fate}" for fate in LINE_FATES),
        GONE,
        *(f"told: {kind.value}" for kind in EventKind),
        *(DECLINES.format(why) for why in DeclineReason),
        *(f"did: {what}" for what in deeds),
        *(f"met: {fault}" for fault in faults),
    ]
    strange = [one for one in counted if one.startswith("commit of ") and one not in wanted]
    return [f"never: {one}" for one in wanted if not counted[one]] + strange
