"""A leaver's pair as the liaison of the prison reads it: a first name, clearance, the meetings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.meeting_days import OPEN, days_to_book, was_arranged
from matcher.printed_letters import BEFORE_THE_GATE
from models.access import meetings_seen_by, pairs_seen_by
from models.accounts import Account
from models.gate import GatePlan
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.rows import newest
from models.states import MeetingKind, MeetingState, PairState
from models.vetting import Clearance


@dataclass(frozen=True)
class MeetingCard:
    """One meeting up to the gate: between which days, and when and where once it is booked."""

    id: UUID
    version: int
    kind: MeetingKind
    number: int
    state: MeetingState
    window_first: date
    window_last: date
    book_by: date
    starts_local: datetime | None
    minutes: int | None
    place: str | None
    may_book: bool
    has_time: bool

    @property
    def is_gate(self) -> bool:
        """Whether this is the meeting at the gate, which has a plan of its own."""
        return self.kind is MeetingKind.GATE


@dataclass(frozen=True)
class GateAgreed:
    """What is agreed for the gate beside time and place; `home_by` is aware."""

    version: int
    bring: str
    ring_name: str
    ring_phone: str
    home_by: datetime


@dataclass(frozen=True)
class PairCard:
    """The pair of one leaver: whom they will meet, until when cleared for this prison, and when.

    `leaver` is the first name and surname.
    """

    id: UUID
    version: int
    leaver_id: UUID
    leaver: str
    release_date: date | None
    referral_id: UUID
    mentor: str
    cleared_from: date | None
    cleared_until: date | None
    is_paused: bool
    meetings: tuple[MeetingCard, ...]
    gate: GateAgreed | None

    @property
    def gate_meeting(self) -> MeetingCard | None:
        """The meeting at the gate that is still ahead, if there is one."""
        gates = [one for one in self.meetings if one.is_gate and one.state in OPEN]
        return gates[-1] if gates else None


def pair_of(db: Session, account: Account, referral: Referral, now: datetime) -> PairCard | None:
    """Return the pair of a referral once the mentor has said yes."""
    theirs = pairs_seen_by(account, now).where(Pair.referral_id == referral.id)
    pair = db.exec(theirs).first()
    return pair_card(db, account, pair, now) if pair else None


def pair_card(db: Session, account: Account, pair: Pair, now: datetime) -> PairCard:
    """Return the card of a pair that this liaison has found."""
    cleared = db.exec(
        newest(Clearance, "mentor_id", "prison").where(
            Clearance.mentor_id == pair.mentor_id, Clearance.prison == account.prison
        )
    ).first()
    first_name = db.get_one(Mentor, pair.mentor_id).first_name
    leaver = db.get_one(Leaver, pair.leaver_id)
    return PairCard(
        id=pair.id,
        version=pair.version,
        leaver_id=pair.leaver_id,
        leaver=f"{leaver.first_name} {leaver.surname}",
        release_date=leaver.release_date,
        referral_id=pair.referral_id,
        mentor=first_name,
        cleared_from=cleared.cleared_from if cleared else None,
        cleared_until=cleared.cleared_until if cleared else None,
        is_paused=pair.state is PairState.SUSPENDED,
        meetings=_meetings(db, account, pair, leaver.release_date, now),
        gate=_gate(db, pair),
    )


def meeting_card(meeting: Meeting, release: date | None) -> MeetingCard:
    """Return the card of a meeting that this liaison has found, its days up to the release."""
    first, last = days_to_book(meeting, release)
    return MeetingCard(
        id=meeting.id,
        version=meeting.version,
        kind=meeting.kind,
        number=meeting.number,
        state=meeting.state,
        window_first=first,
        window_last=max(first, last),
        book_by=meeting.book_by,
        starts_local=meeting.starts_local,
        minutes=meeting.minutes,
        place=meeting.place,
        may_book=meeting.state in OPEN and meeting.kind in BEFORE_THE_GATE and first <= last,
        has_time=meeting.state is MeetingState.BOOKED or was_arranged(meeting),
    )


def _meetings(
    db: Session, account: Account, pair: Pair, release: date | None, now: datetime
) -> tuple[MeetingCard, ...]:
    """Return the meetings up to the gate; those after it are no matter of the prison."""
    up_to_the_gate = meetings_seen_by(account, now).where(
        Meeting.pair_id == pair.id,
        col(Meeting.kind).in_((*BEFORE_THE_GATE, MeetingKind.GATE)),
        Meeting.state != MeetingState.CANCELLED,
    )
    in_order = up_to_the_gate.order_by(col(Meeting.window_first), col(Meeting.number))
    return tuple(meeting_card(one, release) for one in db.exec(in_order))


def _gate(db: Session, pair: Pair) -> GateAgreed | None:
    plan = db.exec(select(GatePlan).where(GatePlan.pair_id == pair.id)).first()
    if plan is None:
        return None
    return GateAgreed(plan.version, plan.bring, plan.ring_name, plan.ring_phone, plan.home_by)
