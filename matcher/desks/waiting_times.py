"""How long people wait for a mentor: from being put forward to a mentor's yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func

from matcher.core.sending import local_day
from matcher.desks.picture_parts import (
    Cell,
    Column,
    Drawing,
    Line,
    Part,
    Picture,
    Way,
    months_to,
    named_month,
    start_of,
)
from models.access import referrals_seen_by
from models.accounts import Account
from models.pairs import Pair
from models.referrals import BEFORE_MATCH, Referral

EMPTY = (
    "Nobody waits, and no mentor has said yes in the last 12 months. Look at the proposals: an "
    "offer goes out when you approve one."
)
NOTE = (
    "Half of the people waited no longer than the middle. A quarter of them, the slowest, waited "
    "longer than the last figure."
)


def waiting_times(db: Session, account: Account, now: datetime) -> Picture:
    """Return how long those waited whom a mentor said yes to, by month, and who waits now."""
    months = months_to(now)
    waited: dict[Any, list[int]] = {month: [] for month in months}
    for since, until in db.execute(_accepted(account, start_of(months[0]))):
        waited[local_day(until).replace(day=1)].append(days_between(since, until))
    waiting = [days_between(since, now) for (since,) in db.execute(_waiting(account))]
    lines = [Line(*named_month(month), _figures(days)) for month, days in waited.items()]
    lines.append(Line("Waiting now", "Waiting now", _figures(waiting)))
    heads = Column("People"), Column("Middle, days"), Column("Slowest quarter, days")
    drawing = Drawing("Days from put forward to a mentor’s yes", (1, 2), way=Way.FROM_THE_START)
    part = Part("By month", "Month of the yes", heads, tuple(lines), (drawing,), note=NOTE)
    return Picture((part,), empty="" if waiting or any(waited.values()) else EMPTY)


def put_forward() -> Any:
    """Return when a referral began to wait; those from a file begin when they came."""
    return func.coalesce(col(Referral.put_forward_at), col(Referral.created_at))


def days_between(since: datetime, until: datetime) -> int:
    """Return how many days lie between two moments; none if they are out of order."""
    return max(0, (local_day(until) - local_day(since)).days)


def no_longer_than(days: Sequence[int], hundredths: int) -> Cell:
    """Return the fewest days that so many in a hundred waited no longer than; None of nobody."""
    ordered = sorted(days)
    return ordered[-(-len(ordered) * hundredths // 100) - 1] if ordered else None


def _figures(days: Sequence[int]) -> tuple[Cell, ...]:
    return len(days), no_longer_than(days, 50), no_longer_than(days, 75)


def _accepted(account: Account, since: datetime) -> Any:
    """Select when each referral began to wait and when the first mentor said yes."""
    first = func.min(Pair.accepted_at)
    return (
        referrals_seen_by(account)
        .join(Pair, col(Pair.referral_id) == Referral.id)
        .with_only_columns(put_forward(), first)
        .group_by(col(Referral.id))
        .having(first >= since)
    )


def _waiting(account: Account) -> Any:
    waiting = referrals_seen_by(account).where(col(Referral.state).in_(BEFORE_MATCH))
    return waiting.with_only_columns(put_forward())
