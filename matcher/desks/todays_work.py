"""The manager's morning in ten minutes: who is to be rung first, then all else that waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from matcher.core.sending import local_day
from matcher.desks.paging import Paged
from matcher.desks.proposal_cards import ProposalCard, proposals
from matcher.desks.referrals_to_screen import ReferralToScreen, referrals_to_screen
from matcher.desks.tasks_to_do import TaskCard, open_tasks
from models.access import referrals_seen_by
from models.accounts import Account
from models.desk_words import TaskKind
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

IN_ONE_SITTING = 10
"""How many proposals are laid out at once."""

FIRST_OF_GROUP = 5
"""How many tasks of one kind are shown at once."""

RING_NOW = (TaskKind.NO_HOME_SAFE, TaskKind.RING)
"""Tasks that cannot wait for the rest of the page, the most pressing kind first."""

ON_THE_WAY = (*BEFORE_MATCH, ReferralState.MATCHED)


@dataclass(frozen=True)
class WithoutCover:
    """Someone leaving soon whose mentor at the gate is not certain.

    `pair_*` is the live pair, if any; one that is accepted lacks the gate plan.
    """

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
class TaskGroup:
    """The tasks of one kind: how many there are, and the most pressing of them."""

    kind: TaskKind
    total: int
    first: tuple[TaskCard, ...]


@dataclass(frozen=True)
class TodaysWork:
    """All that the manager's first page shows, in its order."""

    ring_now: list[TaskCard]
    without_cover: list[WithoutCover]
    proposals: Paged[ProposalCard]
    to_screen: list[ReferralToScreen]
    tasks: list[TaskGroup]

    @property
    def other_tasks(self) -> int:
        """Return how many tasks there are beside those to ring about."""
        return sum(group.total for group in self.tasks)

    @property
    def is_done(self) -> bool:
        """Whether nothing waits."""
        waiting = (self.ring_now, self.without_cover, self.proposals.rows, self.to_screen)
        return not any((*waiting, self.tasks))


def todays_work(db: Session, account: Account, now: datetime) -> TodaysWork:
    """Return what waits for this manager at `now`."""
    today = local_day(now)
    tasks = open_tasks(db, account, today)
    ring_now = [task for task in tasks if task.kind in RING_NOW]
    return TodaysWork(
        ring_now=sorted(ring_now, key=lambda task: RING_NOW.index(task.kind)),
        without_cover=without_cover(db, account, today),
        proposals=proposals(db, account, now, size=IN_ONE_SITTING),
        to_screen=referrals_to_screen(db, account, now),
        tasks=_in_groups(task for task in tasks if task.kind not in RING_NOW),
    )


def without_cover(db: Session, account: Account, today: date) -> list[WithoutCover]:
    """Return who leaves within 14 days and has no certain mentor at the gate, soonest first.

    A mentor is certain once they have said yes; from 7 days before the
    release the gate must also be booked and its plan agreed.
    """
    on_the_way = referrals_seen_by(account).where(col(Referral.state).in_(ON_THE_WAY))
    live = and_(col(Pair.referral_id) == Referral.id, col(Pair.state).in_(LIVE))
    said_yes = col(Pair.state).is_not_distinct_from(PairState.ACCEPTED)
    later = col(Leaver.release_date) > today + AGREED_BY
    rows = db.exec(
        select(Leaver, Referral, Pair)
        .join(Referral, col(Referral.leaver_id) == Leaver.id)
        .join(Pair, live, isouter=True)
        .where(col(Referral.id).in_(on_the_way.with_only_columns(col(Referral.id))))
        .where(col(Leaver.release_date).between(today, today + COVER_BY))
        .where(~and_(said_yes, or_(later, _gate_is_agreed())))
        .order_by(col(Leaver.release_date), col(Leaver.code))
    )
    return [_without_cover(*row) for row in rows]


def _gate_is_agreed() -> ColumnElement[bool]:
    """The pair has a gate plan, which holds only while the gate meeting is booked, or held."""
    met = col(Meeting.state).in_((MeetingState.BOOKED, MeetingState.HELD))
    at_gate = select(Meeting.id).where(
        Meeting.pair_id == Pair.id, Meeting.kind == MeetingKind.GATE, met
    )
    agreed = select(GatePlan.id).where(GatePlan.pair_id == Pair.id)
    return and_(at_gate.exists(), agreed.exists())


def _in_groups(tasks: Iterable[TaskCard]) -> list[TaskGroup]:
    """Return the tasks by kind, in the order of the kinds' own list."""
    found: dict[TaskKind, list[TaskCard]] = {}
    for task in tasks:
        found.setdefault(task.kind, []).append(task)
    return [
        TaskGroup(kind, len(found[kind]), tuple(found[kind][:FIRST_OF_GROUP]))
        for kind in TaskKind
        if kind in found
    ]


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
