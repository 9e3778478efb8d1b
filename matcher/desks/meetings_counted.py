"""Meetings that were held and meetings that were missed, by month and by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col

from matcher.desks.picture_parts import (
    Column,
    Drawing,
    Line,
    Part,
    Picture,
    counted_by,
    month_of,
    months_to,
    named_month,
    start_of,
)
from models.access import meetings_seen_by
from models.accounts import Account
from models.meetings import Meeting
from models.pairs import Pair
from models.referrals import Referral
from models.states import MeetingKind, MeetingState
from models.vocabulary import Word

KEPT = (MeetingState.HELD, MeetingState.MISSED)
COLUMNS = (Column("Held"), Column("Missed"))
EMPTY = (
    "No meeting was held or missed in the last 12 months. Meetings come here when the mentor says "
    "whether they met: look at the tasks on Today for meetings that are not booked yet."
)

Counted = Mapping[tuple[Any, ...], int]
"""How many meetings there were, by month (counted from 0), kind and state."""


def meetings_counted(
    db: Session, account: Account, now: datetime, only: Word | None = None
) -> Picture:
    """Return the meetings of the region's people, held and missed; by month of one kind or all."""
    months = months_to(now)
    found = _counted(db, account, now, months)
    kinds = [only] if only else list(MeetingKind)
    by_month = tuple(
        Line(*named_month(month), _figures(found, [at], kinds)) for at, month in enumerate(months)
    )
    every = range(len(months))
    by_kind = tuple(
        Line(kind.label, kind.label, _figures(found, every, [kind])) for kind in MeetingKind
    )
    which = f"{only.label}, by month" if only else "By month"
    drawn = Drawing(f"Meetings: {which.lower()}", (0, 1))
    all_kinds = Drawing("Meetings of 12 months, by kind", (0, 1))
    parts = (
        Part(which, "Month", COLUMNS, by_month, (drawn,)),
        Part("By kind", "Kind", COLUMNS, by_kind, (all_kinds,)),
    )
    return Picture(parts, "" if found else EMPTY)


def _counted(db: Session, account: Account, now: datetime, months: Sequence[date]) -> Counted:
    """Count the meetings by which of the months they were in, kind and state."""
    theirs = (
        meetings_seen_by(account, now)
        .join(Pair, col(Pair.id) == Meeting.pair_id)
        .join(Referral, col(Referral.id) == Pair.referral_id)
        .where(col(Referral.region).in_(account.regions), col(Meeting.state).in_(KEPT))
        .where(col(Meeting.starts_at) >= start_of(months[0]), col(Meeting.starts_at) <= now)
    )
    by = month_of(col(Meeting.starts_at), months), col(Meeting.kind), col(Meeting.state)
    return counted_by(db, theirs, *by)


def _figures(found: Counted, months: Sequence[int], kinds: Sequence[Word]) -> tuple[int, ...]:
    """Return how many meetings of some months and kinds were held, and how many missed."""
    return tuple(
        sum(found.get((month, kind, state), 0) for month in months for kind in kinds)
        for state in KEPT
    )
