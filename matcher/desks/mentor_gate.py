"""The day of release on the mentor's phone: where, when, with what, whom to ring, three taps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from matcher.core.sending import local_day
from matcher.desks.mentor_meetings import called, prison_of
from matcher.gate_day import gate_meeting, gate_plan
from matcher.gate_taps import have_met
from matcher.how_it_went import told_of
from matcher.meeting_days import asks_for_answer
from models.desk_words import GateStep
from models.gate import GateMark
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.states import MeetingState, PairState

CLOSE = timedelta(days=2)
"""So near the release, a day without a time and a place is a reason to ring us."""

SOON = timedelta(days=7)
"""By so long before the release the mentor should have heard of the time and the place."""


@dataclass(frozen=True)
class Tap:
    """One of the three things to tell us.

    `at` is when it was tapped; `is_told` also if it was told in the diary.
    `is_open` says that it can be tapped now, `is_next` that it is what comes
    next, `can_undo` that a mistake can still be taken back.
    """

    step: GateStep
    at: datetime | None
    is_told: bool
    is_open: bool
    is_next: bool
    can_undo: bool


@dataclass(frozen=True)
class GateDay:
    """All that a mentor needs on the day.

    `starts_at` and what goes with it are empty until it is agreed, and again
    when the day has moved; `day` is the day of release as it stands, `has_come`
    from that day on, `is_close` on it and just before, `is_soon` in the week
    before. `to_answer` is the gate meeting once the day is over and nobody has
    said whether they met, `to_tell` once they are home and nobody has said how
    it went. `is_late` says that the hour of "home by" has passed without a word.
    """

    pair_id: UUID
    first_name: str
    day: date | None
    starts_at: datetime | None
    place: str
    prison: str
    bring: str
    ring_name: str
    ring_phone: str
    home_by: datetime | None
    taps: tuple[Tap, ...]
    has_come: bool
    is_close: bool
    is_soon: bool
    to_answer: UUID | None
    to_tell: UUID | None
    is_late: bool

    @property
    def may_not_come(self) -> bool:
        """Whether it is the day, and nobody has told us yet that they met."""
        met = any(tap.is_told for tap in self.taps if tap.step is not GateStep.ARRIVED)
        return self.has_come and self.is_close and not met


def gate_day_of(db: Session, pair: Pair, now: datetime) -> GateDay | None:
    """Return the gate day of an accepted pair; None for one that does not go on."""
    if pair.state is not PairState.ACCEPTED:
        return None
    leaver, meeting = db.get_one(Leaver, pair.leaver_id), gate_meeting(db, pair)
    agreed = meeting is not None and meeting.state is not MeetingState.PLANNED
    plan = gate_plan(db, pair) if agreed else None
    marks = db.exec(select(GateMark).where(GateMark.pair_id == pair.id))
    told = {mark.step: mark.marked_at for mark in marks}
    day, today = leaver.release_date, local_day(now)
    met = have_met(db, pair)
    is_over = day is not None and day < today
    asks = meeting is not None and is_over and asks_for_answer(meeting, now)
    return GateDay(
        pair_id=pair.id,
        first_name=called(leaver),
        day=day,
        starts_at=meeting.starts_at if meeting and agreed else None,
        place=(meeting.place or "") if meeting and agreed else "",
        prison=prison_of(leaver),
        bring=plan.bring if plan else "",
        ring_name=plan.ring_name if plan else "",
        ring_phone=plan.ring_phone if plan else "",
        home_by=plan.home_by if plan else None,
        taps=_taps(told, _open_steps(told, day, today, met=met), met=met, today=today),
        has_come=day is not None and day <= today,
        is_close=day is not None and today <= day <= today + CLOSE,
        is_soon=day is not None and today <= day <= today + SOON,
        to_answer=meeting.id if meeting and asks else None,
        to_tell=_to_tell(db, meeting, told),
        is_late=plan is not None and plan.home_by <= now and GateStep.HOME_SAFE not in told,
    )


def _to_tell(db: Session, meeting: Meeting | None, told: Collection[GateStep]) -> UUID | None:
    """Return the gate meeting to ask about once all are home, if nobody has said how it went."""
    if meeting is None or meeting.state is not MeetingState.HELD:
        return None
    is_new = GateStep.HOME_SAFE in told and told_of(db, meeting) is None
    return meeting.id if is_new else None


def _open_steps(
    told: Collection[GateStep], day: date | None, today: date, *, met: bool
) -> tuple[GateStep, ...]:
    """Return what can be tapped now, what comes next on top."""
    if day is None or today < day or GateStep.HOME_SAFE in told:
        return ()
    if met:
        return (GateStep.HOME_SAFE,)
    if day < today:
        return ()
    return (GateStep.MET,) if GateStep.ARRIVED in told else (GateStep.ARRIVED, GateStep.MET)


def _taps(
    told: Mapping[GateStep, datetime], steps: tuple[GateStep, ...], *, met: bool, today: date
) -> tuple[Tap, ...]:
    return tuple(
        Tap(
            step=step,
            at=told.get(step),
            is_told=step in told or (step is GateStep.MET and met),
            is_open=step in steps,
            is_next=step in steps[:1],
            can_undo=_can_undo(told, step, today),
        )
        for step in GateStep
    )


def _can_undo(told: Mapping[GateStep, datetime], step: GateStep, today: date) -> bool:
    """A tap of today can be taken back, the last of "met" and "home safe" first."""
    comes_last = step is not GateStep.MET or GateStep.HOME_SAFE not in told
    return step in told and local_day(told[step]) == today and comes_last
