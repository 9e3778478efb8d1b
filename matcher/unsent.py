"""What was sent when a stay was over: kept for the same account, and thrown away once sent.

Verbs: they take the session and `now`, never commit and never read the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models.access import unsent_seen_by
from models.accounts import Account, Unsent

KEPT = timedelta(hours=24)
MOST = 5
"""So many pages are kept for one account; a further one takes the place of the oldest."""

LONGEST = 500_000
"""Signs of one page: Flask reads no form that is longer, a file apart."""

Fields = Iterable[tuple[str, str]]


def keep(
    db: Session,
    account: Account,
    *,
    sent_to: str,
    page: str,
    fields: Fields,
    with_file: bool,
    now: datetime,
) -> Unsent:
    """Keep what was sent to a path; what was kept for the same path before is gone."""
    kept = db.exec(unsent_seen_by(account).order_by(col(Unsent.written_at).desc())).all()
    row = next((one for one in kept if one.sent_to == sent_to), None)
    if row is None:
        for oldest in kept[MOST - 1 :]:
            db.delete(oldest)
        row = Unsent(account_id=account.id, sent_to=sent_to, page=page, written_at=now)
        db.add(row)
    row.page, row.with_file, row.written_at = page, with_file, now
    row.fields = tuple(_within(fields))
    db.flush()
    return row


def kept_for(db: Session, account: Account, *, now: datetime) -> Sequence[Unsent]:
    """Return what this account has not sent yet, the newest first."""
    fresh = unsent_seen_by(account).where(Unsent.written_at > now - KEPT)
    return db.exec(fresh.order_by(col(Unsent.written_at).desc())).all()


def throw_away(db: Session, account: Account, *, sent_to: str) -> None:
    """Forget what was sent to a path, any words at all: it is sent now, or not wanted any more."""
    for row in db.exec(unsent_seen_by(account)).all():
        if row.sent_to == sent_to:
            db.delete(row)
    db.flush()


def forget_old(db: Session, *, now: datetime) -> int:
    """Forget what nobody came back for, and return how many pages that were."""
    old = db.exec(select(Unsent).where(Unsent.written_at <= now - KEPT)).all()
    for row in old:
        db.delete(row)
    return len(old)


def _within(fields: Fields) -> Iterable[tuple[str, str]]:
    """Yield the fields up to the greatest length of a page."""
    length = 0
    for name, value in fields:
        length += len(name) + len(value)
        if length <= LONGEST:
            yield name, value
