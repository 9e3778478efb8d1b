"""The service's own doctor looks at a world: quickly each day, thoroughly in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session

from matcher.doctor.case import Case
from matcher.invariants import INVARIANTS, Health, examine
from matcher.journal import Journal

if TYPE_CHECKING:
    from tests.simulation.world import World

QUICK = frozenset({"I1", "I2", "I3", "I4", "I5", "I18"})
NOT_HERE = frozenset({"I9"})
"""A world has no clock that runs all the time: what is stuck in the end, the oracle says."""


def complaints(db: Session, world: World, *, thorough: bool) -> list[str]:
    """What the doctor finds broken, in the codes of the world."""
    journal, key = Journal(world.journal), b"key" if thorough else None
    case = Case(db, now=world.now, real_now=world.now, journal=journal, audit_key=key)
    wanted = [
        one
        for one in INVARIANTS
        if one.find and one.code not in NOT_HERE and (thorough or one.code in QUICK)
    ]
    found = []
    for verdict in examine(case, wanted):
        code = verdict.invariant.code
        breaches = [
            one for one in verdict.breaches if code != "I5" or one.row_id not in world.lacking
        ]
        found += [f"{code} {one.noun} {one.row_id}: {one.what}" for one in breaches]
        if verdict.health is Health.UNREADABLE:
            found.append(f"{code}: {verdict.notes}")
    return [world.named(sentence) for sentence in found[:20]]
