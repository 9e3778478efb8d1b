"""What people see before they act: one picture of the whole world, with a few queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from models.desk_words import GateStep
from models.gate import GateMark, GatePlan
from models.meetings import Meeting
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.referrals import BEFORE_MATCH, Referral
from models.states import MeetingState, MentorState, PairState, ReferralState

OPEN = (MeetingState.PLANNED, MeetingState.BOOKED)


@dataclass
class Seen:
    """One leaver as the desks see them: prison, date, newest referral, live pair, what is ahead."""

    leaver_id: UUID
    prison: str
    release: date | None
    referral_id: UUID | None = None
    referral: ReferralState | None = None
    pair_id: UUID | None = None
    pair: PairState | None = None
    mentor_id: UUID | None = None
    since: datetime | None = None
    meetings: list[Any] = field(default_factory=list)
    marks: set[GateStep] = field(default_factory=set)
    gate_agreed: bool = False


def look(db: Session) -> dict[UUID, Seen]:
    """Everyone, by the id of the leaver."""
    rows = db.execute(select(Leaver.id, Leaver.prison, Leaver.release_date))
    seen = {row[0]: Seen(*row) for row in rows}
    states = _see_referrals(db, seen)
    by_pair = _see_pairs(db, seen, states)
    meetings = select(
        Meeting.id,
        Meeting.pair_id,
        Meeting.kind,
        Meeting.number,
        Meeting.state,
        Meeting.window_first,
        Meeting.window_last,
        Meeting.starts_at,
    ).where(col(Meeting.state).in_(OPEN))
    in_order = meetings.order_by(col(Meeting.window_last), col(Meeting.kind), col(Meeting.number))
    for meeting in db.execute(in_order):
        if meeting.pair_id in by_pair:
            by_pair[meeting.pair_id].meetings.append(meeting)
    for pair_id, step in db.execute(select(GateMark.pair_id, GateMark.step)):
        if pair_id in by_pair:
            by_pair[pair_id].marks.add(step)
    for pair_id in db.execute(select(GatePlan.pair_id)).scalars():
        if pair_id in by_pair:
            by_pair[pair_id].gate_agreed = True
    return seen


def _see_referrals(db: Session, seen: dict[UUID, Seen]) -> dict[UUID, ReferralState]:
    """The newest of each, and of two records that became one the one that goes on."""
    referrals = select(Referral.leaver_id, Referral.id, Referral.state)
    rows = db.execute(referrals.order_by(col(Referral.created_at))).all()
    for row in sorted(rows, key=lambda row: row.state in BEFORE_MATCH):
        seen[row.leaver_id].referral_id, seen[row.leaver_id].referral = row.id, row.state
    return {row.id: row.state for row in rows}


def _see_pairs(
    db: Session, seen: dict[UUID, Seen], states: dict[UUID, ReferralState]
) -> dict[UUID, Seen]:
    names = ("leaver_id", "id", "state", "mentor_id", "state_since", "referral_id")
    pairs = select(*(getattr(Pair, name) for name in names))
    by_pair: dict[UUID, Seen] = {}
    for leaver_id, *told in db.execute(pairs.where(col(Pair.state).in_(LIVE))):
        one = seen[leaver_id]
        one.pair_id, one.pair, one.mentor_id, one.since, one.referral_id = told
        one.referral = states[told[-1]]
        by_pair[one.pair_id] = one
    return by_pair


def paused_mentors(db: Session) -> list[UUID]:
    """The mentors who have paused, in the order of their codes."""
    paused = select(Mentor.id).where(Mentor.state == MentorState.PAUSED)
    return list(db.execute(paused.order_by(col(Mentor.code))).scalars())
