"""A demo's date: the real one, moved ahead by as much as a row says."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from models.accounts import DemoClock


def demo_time(db: Session, real: datetime) -> datetime:
    """Return what time it is in a demo when it is really `real`."""
    ahead = db.exec(select(DemoClock.ahead_seconds)).first() or 0
    return real + timedelta(seconds=ahead)


def set_demo_clock(db: Session, ahead: timedelta) -> None:
    """Move a demo's date to so much ahead of the real one; makes the clock if there is none."""
    clock = db.exec(select(DemoClock)).first() or DemoClock()
    clock.ahead_seconds = round(ahead.total_seconds())
    db.add(clock)
    db.flush()


def has_demo_clock(db: Session) -> bool:
    """Say whether a database is that of a demo."""
    return db.exec(select(DemoClock)).first() is not None
