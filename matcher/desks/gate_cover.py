"""Who leaves soon while it is not certain that a mentor stands at the gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression
from sqlmodel import Session, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from matcher.desks.paging import ROWS_PER_PAGE, Paged, paged
from models.access import referrals_seen_by
from models.accounts import Account
from models.gate import GatePlan
from models.meetings import Meeting
from models.pairs import LIVE, Pair
from models.people import Leaver
from models.reference import prisons
from models.referrals import BEFORE_MATCH, Referral
from models.states import MeetingKind, MeetingState, PairState, ReferralState

COVER_BY = timedelta(days=14)
"""So long before the release a mentor at the gate must be certain."""

AGREED_BY = timedelta(days=7)
"""So long before the release it must be agreed where and when to meet at the gate."""

ON_THE_WAY = (*BEFORE_MATCH, ReferralState.MATCHED)


@dataclass(frozen=True)
class WithoutCover:
    """Someone leaving soon whose mentor at the gate is not certain.

    `pair_*` is the live pair, if any; one that is accepted lacks the gate plan.
    """

    referral_id: UUID
    leaver_id: UUID
    leaver: str
    leaver_code: str
    prison: str
    release_date: date | None
    referral_state: ReferralState
    pair_id: UUID | None
    pair_state: PairState | None
    answer_by: datetime | None


def without_cover(
    db: Session, account: Account, today: date, page: int = 1, size: int = ROWS_PER_PAGE
) -> Paged[WithoutCover]:
    """Return who leaves within 14 days and has no certain mentor at the gate, soonest first.

    A mentor is certain once they have said yes; from 7 days before the
    release the gate must also be booked and its plan agreed.
    """
    query = _leaving_without_cover(account, today).with_only_columns(Leaver, Referral, Pair)
    query = query.order_by(col(Leaver.release_date), col(Leaver.code))
    return paged(db, query, page, _card, size)


def has_no_cover(
    account: Account, today: date, leaver_id: SQLColumnExpression[UUID | None]
) -> ColumnElement[bool]:
    """Whether the leaver of a row is one of those whom `without_cover` lists."""
    listed = _leaving_without_cover(account, today).with_only_columns(col(Leaver.id))
    return listed.where(col(Leaver.id) == leaver_id).exists()


def _leaving_without_cover(account: Account, today: date) -> SelectOfScalar[Referral]:
    live = and_(col(Pair.referral_id) == Referral.id, col(Pair.state).in_(LIVE))
    return (
        referrals_seen_by(account)
        .where(col(Referral.state).in_(ON_THE_WAY))
        .join(Leaver, col(Leaver.id) == Referral.leaver_id)
        .join(Pair, live, isouter=True)
        .where(col(Leaver.release_date).between(today, today + COVER_BY))
        .where(~is_covered(today))
    )


def is_covered(today: date) -> ColumnElement[bool]:
    """Whether the mentor of a pair is certain to stand at the gate, of rows of pairs and leavers.

    Never where there is no pair.
    """
    said_yes = col(Pair.state).is_not_distinct_from(PairState.ACCEPTED)
    later = col(Leaver.release_date) > today + AGREED_BY
    return and_(said_yes, or_(later, _gate_is_agreed()))


def _gate_is_agreed() -> ColumnElement[bool]:
    """The pair has a gate plan, which holds only while the gate meeting is booked, or held."""
    met = col(Meeting.state).in_((MeetingState.BOOKED, MeetingState.HELD))
    at_gate = select(Meeting.id).where(
        Meeting.pair_id == Pair.id, Meeting.kind == MeetingKind.GATE, met
    )
    agreed = select(GatePlan.id).where(GatePlan.pair_id == Pair.id)
    return and_(at_gate.exists(), agreed.exists())


def _card(leaver: Leaver, referral: Referral, pair: Pair | None) -> WithoutCover:
    return WithoutCover(
        referral_id=referral.id,
        leaver_id=leaver.id,
        leaver=leaver.first_name,
        leaver_code=leaver.code,
        prison=prisons()[leaver.prison].title,
        release_date=leaver.release_date,
        referral_state=referral.state,
        pair_id=pair.id if pair else None,
        pair_state=pair.state if pair else None,
        answer_by=pair.answer_by if pair else None,
    )
