"""The manager's morning in ten minutes: what waits for a person today, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, and_, col, select

from matcher.core.sending import local_day
from matcher.desks.paging import Paged
from matcher.desks.proposal_cards import ProposalCard, proposals
from matcher.desks.referrals_to_screen import ReferralToScreen, referrals_to_screen
from matcher.desks.tasks_to_do import TaskCard, open_tasks
from models.access import referrals_seen_by
from models.accounts import Account
from models.pairs import LIVE, Pair
from models.people import Leaver
from models.reference import prisons
from models.referrals import BEFORE_MATCH, Referral
from models.states import PairState, ReferralState

COVER_BY = timedelta(days=14)
"""So long before the release a mentor at the gate must be certain."""

IN_ONE_SITTING = 20
"""How many proposals are laid out at once."""

ON_THE_WAY = (*BEFORE_MATCH, ReferralState.MATCHED)


@dataclass(frozen=True)
class WithoutCover:
    """Someone leaving soon whom no mentor has said yes to; `pair_*` is the live pair, if any."""

    referral_id: UUID
    leaver: str
    leaver_code: str
    prison: str
    release_date: date | None
    referral_state: ReferralState
    pair_id: UUID | None
    pair_state: PairState | None
    answer_by: datetime | None


@dataclass(frozen=True)
class TodaysWork:
    """All that the manager's first page shows."""

    proposals: Paged[ProposalCard]
    to_screen: list[ReferralToScreen]
    tasks: list[TaskCard]
    without_cover: list[WithoutCover]

    @property
    def is_done(self) -> bool:
        """Whether nothing waits."""
        waiting = (self.proposals.rows, self.to_screen, self.tasks, self.without_cover)
        return not any(waiting)


def todays_work(db: Session, account: Account, now: datetime) -> TodaysWork:
    """Return what waits for this manager at `now`."""
    today = local_day(now)
    return TodaysWork(
        proposals=proposals(db, account, now, size=IN_ONE_SITTING),
        to_screen=referrals_to_screen(db, account, now),
        tasks=open_tasks(db, account, today),
        without_cover=without_cover(db, account, today),
    )


def without_cover(db: Session, account: Account, today: date) -> list[WithoutCover]:
    """Return who leaves within 14 days and has no mentor who said yes, soonest first."""
    on_the_way = referrals_seen_by(account).where(col(Referral.state).in_(ON_THE_WAY))
    live = and_(col(Pair.referral_id) == Referral.id, col(Pair.state).in_(LIVE))
    rows = db.exec(
        select(Leaver, Referral, Pair)
        .join(Referral, col(Referral.leaver_id) == Leaver.id)
        .join(Pair, live, isouter=True)
        .where(col(Referral.id).in_(on_the_way.with_only_columns(col(Referral.id))))
        .where(col(Leaver.release_date).between(today, today + COVER_BY))
        .where(col(Pair.state).is_distinct_from(PairState.ACCEPTED))
        .order_by(col(Leaver.release_date), col(Leaver.code))
    )
    return [_without_cover(*row) for row in rows]


def _without_cover(leaver: Leaver, referral: Referral, pair: Pair | None) -> WithoutCover:
    return WithoutCover(
        referral_id=referral.id,
        leaver=leaver.first_name,
        leaver_code=leaver.code,
        prison=prisons()[leaver.prison].title,
        release_date=leaver.release_date,
        referral_state=referral.state,
        pair_id=pair.id if pair else None,
        pair_state=pair.state if pair else None,
        answer_by=pair.answer_by if pair else None,
    )
