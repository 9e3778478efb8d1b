"""What a mentor may tell of themselves, and what they read once they say that nobody came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from matcher.coming_out import may_take_back
from matcher.desks.mentor_meetings import called
from matcher.gate_day import gate_plan
from matcher.standings import last_of, standing_of
from models.access import mentors_seen_by, pairs_seen_by
from models.accounts import Account
from models.desk_words import LapseReason, LapseStep
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.states import EventKind, MentorState, PairState

WALKS_WITH = (PairState.ACCEPTED, PairState.SUSPENDED)


@dataclass(frozen=True)
class Break:
    """Whether a mentor can begin a break of their own, or is on one and can end it.

    A pause that a manager has told is not theirs to end. `pairs` is how many
    people someone else will step in for.
    """

    may_begin: bool
    may_end: bool
    pairs: int


@dataclass(frozen=True)
class NobodyCame:
    """What a mentor reads after telling that someone did not come out; no place is in it.

    `may_take_back` says that it is their own word of today, which may be a mistake.
    """

    pair_id: UUID
    first_name: str
    ring_name: str
    ring_phone: str
    may_take_back: bool


def break_of(db: Session, account: Account) -> Break:
    """Return how it stands with breaks for the mentor of this account."""
    mentor = mentor_of(db, account)
    last = last_of(db, mentor, EventKind.MENTOR_LAPSED)
    told = last.facts if last else {}
    own = (told.get("step"), told.get("why")) == (LapseStep.PAUSE, LapseReason.OWN_PAUSE)
    begun = select(func.count()).where(Pair.mentor_id == mentor.id, col(Pair.state).in_(WALKS_WITH))
    return Break(
        may_begin=mentor.state is MentorState.ACTIVE,
        may_end=mentor.state is MentorState.PAUSED and own,
        pairs=db.exec(begun).one(),
    )


def mentor_of(db: Session, account: Account) -> Mentor:
    """Return the mentor whose account this is."""
    return db.exec(mentors_seen_by(account)).one()


def nobody_came_today(db: Session, account: Account, now: datetime) -> list[NobodyCame]:
    """Return of whom this mentor has told today that they did not come out."""
    paused = pairs_seen_by(account, now).where(Pair.state == PairState.SUSPENDED)
    told = [nobody_came(db, account, pair, now) for pair in db.exec(paused).all()]
    return [one for one in told if one and one.may_take_back]


def nobody_came(db: Session, account: Account, pair: Pair, now: datetime) -> NobodyCame | None:
    """Return whom to ring about a pair that is on pause since nobody came out; else None."""
    leaver = db.get_one(Leaver, pair.leaver_id)
    stopped = standing_of(db, leaver).frozen
    if pair.state is not PairState.SUSPENDED or stopped != (EventKind.NOT_RELEASED,):
        return None
    plan = gate_plan(db, pair)
    return NobodyCame(
        pair_id=pair.id,
        first_name=called(leaver),
        ring_name=plan.ring_name if plan else "",
        ring_phone=plan.ring_phone if plan else "",
        may_take_back=may_take_back(db, account, leaver, now),
    )
