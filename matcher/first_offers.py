"""The manager is pressed when a proposal stands unapproved and its first offer is nearly due."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.pair_days import days_to_decide
from matcher.tasks import raise_for_manager
from models.desk_words import TaskKind
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import PairState
from models.tasks import Task


def press(db: Session, *, now: datetime) -> list[Task]:
    """Ask for each proposal of an earlier day to be approved, its offer due in two working days.

    Each is asked for once; return the tasks raised.
    """
    unapproved = select(Pair, Referral, Leaver).where(
        Pair.referral_id == Referral.id,
        Pair.leaver_id == Leaver.id,
        Pair.state == PairState.PROPOSED,
    )
    today, raised = local_day(now), []
    for pair, referral, leaver in db.exec(unapproved.order_by(col(Leaver.release_date))):
        days = days_to_decide(pair, referral, leaver.release_date)
        if days.press_on <= today and local_day(pair.proposed_at) < today:
            key, kind = f"first_offer:{pair.id}", TaskKind.FIRST_OFFER
            raised.append(raise_for_manager(db, pair, key, kind, due_on=days.offer_by, now=now))
    db.flush()
    return [task for task in raised if task]
