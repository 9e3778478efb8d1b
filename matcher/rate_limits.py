"""How often something may be tried: counted in rows, so that every server counts together.

A try is counted before it is looked at, in a transaction of its own: tries
at the same moment cannot pass each other. What is counted by is kept as an
HMAC alone, whose key lies with the keys of persons: names and addresses are
not guessed from it. A try that came to a good end is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from matcher.core.words import counted
from models.key_ring import blind_index
from models.sign_ins import LimitKind, RateLimit

KEPT = timedelta(days=1)
"""How long a count is kept that nobody adds to, unless its limit is for longer."""


@dataclass(frozen=True)
class Limit:
    """So many tries within a time; a further one waits until that time is over."""

    tries: int
    within: timedelta


LIMITS: Mapping[LimitKind, Limit] = {
    LimitKind.NAME_HERE: Limit(5, timedelta(minutes=15)),
    LimitKind.NAME: Limit(20, timedelta(hours=1)),
    LimitKind.ADDRESS: Limit(60, timedelta(minutes=15)),
    LimitKind.CODE: Limit(5, timedelta(minutes=15)),
    LimitKind.CODES_HERE: Limit(20, timedelta(minutes=15)),
    LimitKind.NAMES: Limit(20, timedelta(days=7)),
    LimitKind.DEVICE: Limit(5, timedelta(minutes=15)),
    LimitKind.SENT: Limit(600, timedelta(minutes=10)),
    LimitKind.SHOWN: Limit(300, timedelta(minutes=10)),
    LimitKind.COSTLY: Limit(60, timedelta(minutes=10)),
    LimitKind.FEED: Limit(600, timedelta(minutes=10)),
}
"""A prison's desks share one address; a name tried from elsewhere does not lock its owner out
for as long as others are few. Names are counted for as long as an invitation is good: whoever
holds one does not go through the names of others. SENT, SHOWN and COSTLY are by account, and more
than a person can do: one form a second, a record every two, a report or a letter every ten. The
calendars of many mentors may come by from one address. To change a limit, change its row."""

Tries = Sequence[tuple[LimitKind, str]]


def count_try(db: Session, tries: Tries, *, now: datetime) -> datetime | None:
    """Count one try by each kind and key; return until when to wait if that is one too many."""
    return max(filter(None, [_count(db, kind, key, now) for kind, key in tries]), default=None)


def take_back(db: Session, tries: Tries) -> None:
    """Uncount a try that came to a good end; what is counted by a name begins anew."""
    for kind, key in tries:
        mine = (col(RateLimit.kind) == kind, col(RateLimit.key_hash) == _hash(key))
        if kind in {LimitKind.ADDRESS, LimitKind.CODES_HERE}:
            fewer = update(RateLimit).where(*mine, col(RateLimit.tries) > 0)
            db.execute(fewer.values(tries=col(RateLimit.tries) - 1))
        else:
            db.execute(delete(RateLimit).where(*mine))


def forget_old(db: Session, *, now: datetime) -> None:
    """Forget counts that nobody adds to any more."""
    for kind, limit in LIMITS.items():
        old = col(RateLimit.since) < now - max(KEPT, limit.within)
        db.execute(delete(RateLimit).where(col(RateLimit.kind) == kind, old))


def to_wait(until: datetime, *, now: datetime) -> str:
    """Return the sentence that says how long to wait."""
    minutes = max(1, -int((now - until).total_seconds() // 60))
    return f"There were too many tries. Wait {counted(minutes, 'minute')}, then try again."


def _count(db: Session, kind: LimitKind, key: str, now: datetime) -> datetime | None:
    limit = LIMITS[kind]
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(RateLimit).values(kind=kind, key_hash=_hash(key), tries=1, since=now)
    is_over = col(RateLimit.since) <= now - limit.within
    added = row.on_conflict_do_update(
        index_elements=["kind", "key_hash"],
        set_={
            "tries": case((is_over, 1), else_=col(RateLimit.tries) + 1),
            "since": case((is_over, now), else_=col(RateLimit.since)),
        },
    ).returning(col(RateLimit.tries), col(RateLimit.since))
    tries, since = db.execute(added).one()
    return since + limit.within if tries > limit.tries else None


def _hash(key: str) -> str:
    return blind_index("tried", key)
