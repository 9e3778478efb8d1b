"""The day of release on the mentor's phone: where, when, with what, whom to ring, three taps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, select

from matcher.core.sending import local_day
from matcher.desks.mentor_pairs import called
from matcher.gate_day import gate_meeting, gate_plan
from models.desk_words import GateStep
from models.gate import GateMark
from models.pairs import Pair
from models.people import Leaver
from models.states import MeetingState, PairState


@dataclass(frozen=True)
class Tap:
    """One of the three things to tell us, and when it was told."""

    step: GateStep
    at: datetime | None


@dataclass(frozen=True)
class GateDay:
    """All that a mentor needs on the day.

    `starts_at` and what goes with it are empty until it is agreed, and again
    when the day has moved; `day` is the day of release as it stands. `can_tap`
    from that day on.
    """

    pair_id: UUID
    first_name: str
    day: date | None
    starts_at: datetime | None
    place: str
    bring: str
    ring_name: str
    ring_phone: str
    home_by: datetime | None
    taps: tuple[Tap, ...]
    can_tap: bool


def gate_day_of(db: Session, pair: Pair, now: datetime) -> GateDay | None:
    """Return the gate day of an accepted pair; None for one that does not go on."""
    if pair.state is not PairState.ACCEPTED:
        return None
    leaver, meeting = db.get_one(Leaver, pair.leaver_id), gate_meeting(db, pair)
    agreed = meeting is not None and meeting.state is not MeetingState.PLANNED
    plan = gate_plan(db, pair) if agreed else None
    marks = db.exec(select(GateMark).where(GateMark.pair_id == pair.id))
    told = {mark.step: mark.marked_at for mark in marks}
    return GateDay(
        pair_id=pair.id,
        first_name=called(leaver),
        day=leaver.release_date,
        starts_at=meeting.starts_at if meeting and agreed else None,
        place=(meeting.place or "") if meeting and agreed else "",
        bring=plan.bring if plan else "",
        ring_name=plan.ring_name if plan else "",
        ring_phone=plan.ring_phone if plan else "",
        home_by=plan.home_by if plan else None,
        taps=tuple(Tap(step, told.get(step)) for step in GateStep),
        can_tap=leaver.release_date is not None and leaver.release_date <= local_day(now),
    )
