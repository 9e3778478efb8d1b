"""A mentor's appointments by a link of their own, which any calendar follows without signing in.

The link is all it takes, so it opens nothing but times. It holds 128 random
bits, is shown once, and only its hash is kept. There is one at a time: a new
one ends the one before. Revoked, of somebody who has left or whose account is
closed, or never made: all of these are found by the same question, and none
of them is told from another.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.accounts import Account
from models.calendar_feeds import CalendarFeed
from models.people import Mentor
from models.states import MentorState, Role

BYTES = 16
"""128 bits: nobody guesses it."""

NOTED_EVERY = timedelta(minutes=10)
"""How often it is written down that a calendar came by: some come every minute."""


def make(db: Session, account: Account, *, now: datetime) -> str:
    """Make a link for an account's calendar and return what is secret of it, once.

    The one before it leads nowhere from now on.
    """
    revoke(db, account, now=now)
    token = secrets.token_urlsafe(BYTES)
    db.add(CalendarFeed(account_id=account.id, token_hash=hash_of(token), made_at=now))
    db.flush()
    return token


def revoke(db: Session, account: Account, *, now: datetime) -> bool:
    """Let the link of an account lead nowhere any more; say whether there was one."""
    feed = feed_of(db, account)
    if feed is None:
        return False
    feed.revoked_at = now
    db.add(feed)
    db.flush()
    return True


def feed_of(db: Session, account: Account) -> CalendarFeed | None:
    """Return the link of an account that leads somewhere, if there is one."""
    mine = select(CalendarFeed).where(
        CalendarFeed.account_id == account.id, col(CalendarFeed.revoked_at).is_(None)
    )
    return db.exec(mine).first()


def whose_feed(db: Session, token: str) -> tuple[CalendarFeed, Account] | None:
    """Return the feed behind a link and whose it is; None whatever is amiss, asked all at once."""
    good = (
        select(CalendarFeed, Account)
        .join(Account, col(CalendarFeed.account_id) == Account.id)
        .join(Mentor, col(Mentor.id) == Account.mentor_id)
        .where(
            CalendarFeed.token_hash == hash_of(token),
            col(CalendarFeed.revoked_at).is_(None),
            col(Account.disabled_at).is_(None),
            Account.role == Role.MENTOR,
            Mentor.state != MentorState.ENDED,
        )
    )
    return db.exec(good).first()


def note_fetched(db: Session, feed: CalendarFeed, *, now: datetime) -> None:
    """Keep that a calendar came by, now and then; the audit does not tell of each time."""
    if feed.fetched_at and now - feed.fetched_at < NOTED_EVERY:
        return
    mine = update(CalendarFeed).where(col(CalendarFeed.id) == feed.id)
    db.execute(mine.values(fetched_at=now))


def hash_of(token: str) -> str:
    """Return what is kept of a link."""
    return sha256(token.encode()).hexdigest()
