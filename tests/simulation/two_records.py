"""Someone has two records: the second is made, both are told of things, and they become one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from matcher.life_facts import Merged
from models.database import reading
from models.key_ring import blind_index
from models.people import Leaver
from models.states import EventKind
from tests.simulation.happenings import TELLINGS, Case, Telling
from tests.simulation.people import Life

if TYPE_CHECKING:
    from tests.simulation.acting import Acting

OF_BOTH = ("transferred", "away", "recalled", "date moves", "at large", "risk", "date removed")
"""What is told of both records of one person before it comes out that they are one."""


def merges(acting: Acting, life: Life, case: Case) -> Telling | None:
    """The second record is made, and it comes out that the two are one: either may stay."""
    act = acting.people.second_record(life, case.seen, case.now)
    acting.done(act.by, act.do, f"{life.code} {act.what}", life)
    with reading(acting.world.engine)() as db:
        index = blind_index("prison_number", life.second_number)
        second = select(Leaver.id, Leaver.code).where(Leaver.prison_number_index == index)
        found = db.execute(second).first()
        first = select(Leaver.code).where(Leaver.id == case.seen.leaver_id)
        own = db.execute(first).scalar_one()
    if found is None or found.id == case.seen.leaver_id:
        return None
    acting.world.names[str(found.id)] = f"{life.code}b"
    if acting.events.random() < 0.7:
        _tell_both(acting, life, case, found.id)
    stays, goes = (case.seen.leaver_id, found.code)
    if acting.events.random() < 0.5:
        stays, goes = found.id, own
    return Telling(Leaver, stays, EventKind.MERGED, Merged(goes=goes, said_by="Robin"), case.now)


def _tell_both(acting: Acting, life: Life, case: Case, second: UUID) -> None:
    """Both records are told of the same on one day, in either order."""
    what = acting.events.choice(OF_BOTH)
    telling = TELLINGS[what](case)
    if telling is None:
        return
    tellings = [telling, replace(telling, person_id=second)]
    acting.events.shuffle(tellings)
    for one in tellings:
        acting.tell(life, case.seen, one, f"{what}, of both")


def become_one(acting: Acting, life: Life, stays: UUID) -> None:
    """The record that was put forward second is the one that stays, and what was told of one."""
    goes = life.leaver_id
    if goes:
        acting.world.oracle.becomes(goes, stays)
    life.leaver_id = stays
    acting.by_leaver[stays] = life
    acting.world.names[str(stays)] = life.code
    life.held_back = [
        (replace(one, person_id=stays) if one.person_id == goes else one, what)
        for one, what in life.held_back
    ]
