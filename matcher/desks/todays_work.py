"""The manager's morning in ten minutes: who is to be rung first, then all else that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_

from matcher.core.sending import local_day
from matcher.desks.gate_cover import WithoutCover, has_no_cover, without_cover
from matcher.desks.paging import Paged, Part
from matcher.desks.proposal_cards import ProposalCard, is_proposed, proposals
from matcher.desks.referrals_to_screen import ReferralToScreen, referrals_to_screen
from matcher.desks.tasks_to_do import TaskCard, TaskGroup, first_open_tasks
from models.accounts import Account
from models.desk_words import TaskKind
from models.tasks import Task

AT_A_GLANCE = 5
"""How many of a kind are shown on the first page; the rest is a page away."""

TASKS_AT_A_GLANCE = 1
"""How many tasks of a kind: there are many kinds, and a page that goes on for ever is not read."""

RING_NOW = (TaskKind.WORRY, TaskKind.NO_HOME_SAFE, TaskKind.RING)
"""Tasks that cannot wait for the rest of the page, the most pressing kind first: shown in full."""


@dataclass(frozen=True)
class TodaysWork:
    """All that the manager's first page shows, in its order."""

    ring_now: list[TaskCard]
    without_cover: Paged[WithoutCover]
    proposals: Paged[ProposalCard]
    to_screen: Paged[ReferralToScreen]
    tasks: list[TaskGroup]

    @property
    def other_tasks(self) -> int:
        """Return how many tasks there are beside those to ring about."""
        return sum(group.total for group in self.tasks)

    @property
    def leaver_ids(self) -> list[UUID | None]:
        """Return the leavers whom the page names, beside those of proposals."""
        tasks = (*self.ring_now, *(task for group in self.tasks for task in group.first))
        return [
            *(card.leaver_id for card in self.without_cover.rows),
            *(card.leaver_id for card in self.to_screen.rows),
            *(task.leaver_id for task in tasks),
        ]

    @property
    def is_done(self) -> bool:
        """Whether nothing waits."""
        listed = (self.without_cover, self.proposals, self.to_screen)
        return not (self.ring_now or self.tasks or any(one.total for one in listed))


def todays_work(db: Session, account: Account, now: datetime) -> TodaysWork:
    """Return what waits for this manager at `now`."""
    today = local_day(now)
    groups = first_open_tasks(
        db,
        account,
        today,
        first=TASKS_AT_A_GLANCE,
        in_full=RING_NOW,
        but=_stands_above(account, today),
    )
    pressing = sorted(
        (group for group in groups if group.kind in RING_NOW),
        key=lambda group: RING_NOW.index(group.kind),
    )
    return TodaysWork(
        ring_now=[task for group in pressing for task in group.first],
        without_cover=without_cover(db, account, today, size=AT_A_GLANCE),
        proposals=proposals(db, account, now, Part(size=AT_A_GLANCE)),
        to_screen=referrals_to_screen(db, account, now, size=AT_A_GLANCE),
        tasks=[group for group in groups if group.kind not in RING_NOW],
    )


def _stands_above(account: Account, today: date) -> ColumnElement[bool]:
    """Whether a task says what the page lists already: an offer to approve, a gate not covered."""
    offer = and_(col(Task.kind) == TaskKind.FIRST_OFFER, is_proposed(account, col(Task.pair_id)))
    gate = and_(
        col(Task.kind) == TaskKind.NO_GATE_COVER,
        has_no_cover(account, today, col(Task.leaver_id)),
    )
    return or_(offer, gate)
