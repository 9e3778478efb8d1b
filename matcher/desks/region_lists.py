"""The region's long lists, a page at a time: referrals, letters, mentors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, case, col, func, or_, select

from matcher.desks.finding import among
from matcher.desks.letter_steps import LetterStep, is_at, step_of
from matcher.desks.paging import Paged, Part, paged
from matcher.desks.todays_work import RING_NOW
from models.access import letters_seen_by, mentors_seen_by, referrals_seen_by, tasks_seen_by
from models.accounts import Account
from models.outbox import HandOver, Letter
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.reference import prisons
from models.referrals import Referral
from models.states import (
    Channel,
    LetterKind,
    LetterState,
    MentorState,
    PairState,
    ReferralState,
)
from models.tasks import Task

TO_LEAVE = (
    LetterState.PLANNED,
    LetterState.DUE,
    LetterState.CLAIMED,
    LetterState.SENDING,
    LetterState.RETRY,
    LetterState.UNKNOWN,
)
"""How far letters have come that are still to leave, or may be sent again."""

NOTHING_AHEAD = (ReferralState.WITHDRAWN, ReferralState.RELEASED_UNMATCHED)
"""How referrals end for which nobody looks for a mentor any more."""


@dataclass(frozen=True)
class ReferralRow:
    """One referral of the list; `pair_*` is the leaver's live pair, if there is one.

    `to_ring` says that somebody must be rung about them now, `has_left` that
    they are out.
    """

    referral_id: UUID
    leaver_id: UUID
    leaver: str
    leaver_code: str
    prison: str
    resettling_in: str
    release_date: date | None
    state: ReferralState
    pair_id: UUID | None
    pair_state: PairState | None
    to_ring: bool
    has_left: bool


@dataclass(frozen=True)
class LetterRow:
    """One letter of the list, without its text or its address."""

    letter_id: UUID
    kind: LetterKind
    channel: Channel
    step: LetterStep
    due_at: datetime
    sent_at: datetime | None
    attempt: int
    leaver_id: UUID | None
    leaver: str
    leaver_code: str
    mentor_id: UUID | None
    mentor: str
    mentor_code: str
    pair_id: UUID | None


@dataclass(frozen=True)
class MentorRow:
    """One mentor of the list, with how many places are taken, here and elsewhere."""

    mentor_id: UUID
    mentor: str
    mentor_code: str
    state: MentorState
    home: str
    places: int
    taken: int


def referrals_listed(
    db: Session, account: Account, state: ReferralState | None, today: date, part: Part
) -> Paged[ReferralRow]:
    """Return a page of the region's referrals of one state, or of all, by what needs doing.

    First those about whom somebody must be rung now, then those still inside,
    the soonest out at the top, last those who are out or withdrew, the newest
    at the top.
    """
    seen = referrals_seen_by(account)
    if state:
        seen = seen.where(Referral.state == state)
    live = and_(col(Pair.referral_id) == Referral.id, col(Pair.state).in_(LIVE))
    to_ring = _to_ring(account)
    release, past = col(Leaver.release_date), col(Referral.state).in_(NOTHING_AHEAD)
    rank = case((to_ring, 0), (or_(release < today, past), 2), else_=1)
    query = (
        select(Leaver, Referral, Pair, to_ring)
        .join(Referral, col(Referral.leaver_id) == Leaver.id)
        .join(Pair, live, isouter=True)
        .where(col(Referral.id).in_(seen.with_only_columns(col(Referral.id))))
        .where(among(part.people, leaver_id=col(Leaver.id)))
        .order_by(
            rank,
            release.is_(None),
            case((rank != 2, release)),
            release.desc(),
            col(Leaver.code),
        )
    )
    return paged(db, query, part.page, partial(_referral_row, today), part.size)


def letters_listed(
    db: Session, account: Account, now: datetime, step: LetterStep | None, part: Part
) -> Paged[LetterRow]:
    """Return a page of the region's letters that have come this far, or of all.

    Dead ones come first, then those still to leave, the next one at the top;
    then sent ones, the newest at the top, and last those that never went.
    """
    seen = letters_seen_by(account, now).where(is_at(step))
    leaver_id = func.coalesce(Letter.leaver_id, Pair.leaver_id)
    mentor_id = func.coalesce(Letter.mentor_id, Pair.mentor_id)
    rank = case(
        (col(Letter.state) == LetterState.DEAD, 0),
        (col(Letter.state).in_(TO_LEAVE), 1),
        (col(Letter.state) == LetterState.SENT, 2),
        else_=3,
    )
    query = (
        select(Letter, Leaver, Mentor, HandOver)
        .join(HandOver, col(HandOver.letter_id) == Letter.id, isouter=True)
        .join(Pair, col(Pair.id) == Letter.pair_id, isouter=True)
        .join(Leaver, col(Leaver.id) == leaver_id, isouter=True)
        .join(Mentor, col(Mentor.id) == mentor_id, isouter=True)
        .where(col(Letter.id).in_(seen.with_only_columns(col(Letter.id))))
        .where(among(part.people, leaver_id=col(Leaver.id), mentor_id=col(Mentor.id)))
        .order_by(
            rank,
            case((rank == 1, col(Letter.due_at)), else_=None),
            func.coalesce(Letter.sent_at, Letter.due_at).desc(),
            col(Letter.key),
        )
    )
    return paged(db, query, part.page, _letter_row, part.size)


def mentors_listed(
    db: Session, account: Account, state: MentorState | None, part: Part
) -> Paged[MentorRow]:
    """Return a page of the mentors this manager sees, of one standing or of all, by code."""
    ids = mentors_seen_by(account).with_only_columns(col(Mentor.id))
    live = and_(col(Pair.mentor_id) == Mentor.id, col(Pair.state).in_(LIVE))
    taken = select(func.count()).select_from(Pair).where(live).scalar_subquery()
    query = (
        select(Mentor, taken)
        .where(col(Mentor.id).in_(ids), among(part.people, mentor_id=col(Mentor.id)))
        .order_by(col(Mentor.code))
    )
    if state:
        query = query.where(Mentor.state == state)
    return paged(db, query, part.page, _mentor_row, part.size)


def _to_ring(account: Account) -> ColumnElement[bool]:
    """Return whether a task of this desk says that somebody must be rung about the leaver now."""
    calls = tasks_seen_by(account).where(
        Task.leaver_id == Leaver.id, col(Task.kind).in_(RING_NOW), col(Task.done_at).is_(None)
    )
    return calls.correlate(Leaver).exists().label("to_ring")


def _referral_row(
    today: date, leaver: Leaver, referral: Referral, pair: Pair | None, to_ring: bool
) -> ReferralRow:
    return ReferralRow(
        referral_id=referral.id,
        leaver_id=leaver.id,
        leaver=leaver.first_name,
        leaver_code=leaver.code,
        prison=prisons()[leaver.prison].title,
        resettling_in=referral.resettling_in,
        release_date=leaver.release_date,
        state=referral.state,
        pair_id=pair.id if pair else None,
        pair_state=pair.state if pair else None,
        to_ring=bool(to_ring),
        has_left=leaver.release_date is not None and leaver.release_date < today,
    )


def _letter_row(
    letter: Letter, leaver: Leaver | None, mentor: Mentor | None, handed: HandOver | None
) -> LetterRow:
    return LetterRow(
        letter_id=letter.id,
        kind=letter.kind,
        channel=letter.channel,
        step=step_of(letter.state, letter.channel, handed_over=handed is not None),
        due_at=letter.due_at,
        sent_at=letter.sent_at,
        attempt=letter.attempt,
        leaver_id=leaver.id if leaver else None,
        leaver=leaver.first_name if leaver else "",
        leaver_code=leaver.code if leaver else "",
        mentor_id=mentor.id if mentor else None,
        mentor=mentor.first_name if mentor else "",
        mentor_code=mentor.code if mentor else "",
        pair_id=letter.pair_id,
    )


def _mentor_row(mentor: Mentor, taken: int) -> MentorRow:
    return MentorRow(
        mentor_id=mentor.id,
        mentor=mentor.first_name,
        mentor_code=mentor.code,
        state=mentor.state,
        home=mentor.home,
        places=mentor.places,
        taken=taken + mentor.taken_elsewhere,
    )
