"""How matches fared: why they ended, by month, also those of which only a number is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import Session, col

from matcher.desks.picture_parts import (
    Column,
    Drawing,
    Line,
    Look,
    Part,
    Picture,
    counted_by,
    month_of,
    months_to,
    named_month,
    start_of,
)
from models.access import pair_counts_seen_by, pairs_seen_by
from models.accounts import Account
from models.pairs import Pair
from models.privacy import PairCount
from models.referrals import Referral
from models.states import EndReason
from models.vocabulary import Word

BACK = 18
"""How many months are shown: people's rows go 12 months after the end, their number stays."""

KINDS: Mapping[str, tuple[EndReason, ...]] = {
    "Completed": (EndReason.COMPLETED,),
    "No yes from the mentor": (EndReason.DECLINED, EndReason.EXPIRED),
    "Ended early": (
        EndReason.WITHDRAWN,
        EndReason.STOOD_DOWN,
        EndReason.DIED,
        EndReason.BARRED,
    ),
}
"""How the reasons are put together in the picture by month; proposals that the next plan
replaced reached nobody, and are no matches."""

REASONS = tuple(reason for reasons in KINDS.values() for reason in reasons)
EMPTY = (
    "No match has ended in the last 18 months. There is nothing to do: matches come here when "
    "they are completed, or when they end early."
)
NOTES = (
    "Ended early means withdrawn, stood down, died or no longer allowed.",
    "Some ended so long ago that the people are no longer on file. They are counted here too.",
)

Ended = Counter[tuple[date, Word]]


def matches_ended(
    db: Session, account: Account, now: datetime, only: Word | None = None
) -> Picture:
    """Return how the matches of the region's people ended; by month for one reason or all."""
    months = months_to(now, BACK)
    found = _ended(db, account, now, months)
    shown = {only.label: (only,)} if only else KINDS
    lines = tuple(
        Line(*named_month(month), tuple(_sum(found, [month], one) for one in shown.values()))
        for month in months
    )
    by_reason = tuple(
        Line(reason.label, reason.label, (_sum(found, months, (reason,)),)) for reason in REASONS
    )
    which = f"{only.label}, by month" if only else "By month"
    order = Drawing(f"Matches that ended: {which.lower()}", tuple(range(len(shown))))
    all_of = Drawing("Matches that ended in 18 months, by reason", (0,), (Look.SOLID,))
    parts = (
        Part(which, "Month", tuple(map(Column, shown)), lines, (order,)),
        Part("By reason", "Why it ended", (Column("Matches"),), by_reason, (all_of,)),
    )
    return Picture(parts, "" if found else EMPTY, NOTES)


def _ended(db: Session, account: Account, now: datetime, months: list[date]) -> Ended:
    """Count the pairs on file and those of which a number is left, with one question each."""
    theirs = (
        pairs_seen_by(account, now)
        .join(Referral, col(Referral.id) == Pair.referral_id)
        .where(col(Referral.region).in_(account.regions), col(Pair.end_reason).in_(REASONS))
        .where(col(Pair.state_since) >= start_of(months[0]))
    )
    by = month_of(col(Pair.state_since), months), col(Pair.end_reason)
    found: Ended = Counter()
    for (at, reason), number in counted_by(db, theirs, *by).items():
        found[months[at], reason] += number
    left = pair_counts_seen_by(account).where(
        col(PairCount.month) >= months[0], col(PairCount.end_reason).in_(REASONS)
    )
    for count in db.exec(left):
        found[count.month, count.end_reason] += count.pairs
    return found


def _sum(found: Ended, months: list[date], reasons: tuple[Word, ...]) -> int:
    return sum(found[month, reason] for month in months for reason in reasons)
