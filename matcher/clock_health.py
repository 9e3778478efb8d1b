"""Whether a clock looks at what is due: each leaves a row behind, and pages read the newest.

All times here are real, also in a demo, whose date may be moved.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.post import ClockHealth

SILENT_AFTER = timedelta(minutes=5)
"""How long no clock need look before someone is told: a plan of a large region takes a while."""

SET_BACK = timedelta(minutes=1)
"""What was written down for later than this was written before the machine's clock was set back."""

KEPT = timedelta(days=7)
"""How long it is known of a clock that it ran."""


def note_start(db: Session, worker: str, *, now: datetime) -> None:
    """Note that a clock began, and forget those that ended long ago."""
    db.execute(delete(ClockHealth).where(col(ClockHealth.last_look_at) < now - KEPT))
    db.add(ClockHealth(worker=worker, started_at=now, last_look_at=now))


def note_look(
    db: Session, worker: str, *, now: datetime, jumped_at: datetime | None, trouble: str
) -> None:
    """Note that a clock looked, whether it ever saw the time jump, and what is in its way."""
    health = db.get(ClockHealth, worker)
    if health is None:
        health = ClockHealth(worker=worker, started_at=now, last_look_at=now)
        db.add(health)
    health.last_look_at, health.last_jump_at, health.trouble = now, jumped_at, trouble


def clocks(db: Session) -> list[ClockHealth]:
    """Return the clocks of the last days, the one that looked last first."""
    return list(db.exec(select(ClockHealth).order_by(col(ClockHealth.last_look_at).desc())))


def clock_trouble(db: Session, now: datetime) -> str:
    """Return what is wrong with the clocks in one sentence, "" if nothing is."""
    known = clocks(db)
    looked = [one for one in known if one.last_look_at <= now + SET_BACK]
    newest = next(iter(looked), None)
    if newest is None and known:
        return "No clock has looked since this machine's clock was set back, so no letter leaves."
    if newest is None:
        return "No clock has ever run, so no letter leaves and nothing is planned."
    silent = now - newest.last_look_at
    if silent > SILENT_AFTER:
        return f"No clock has looked for {_ago(silent)}, so no letter leaves."
    living = [one for one in looked if now - one.last_look_at <= SILENT_AFTER]
    trouble = next((one.trouble for one in living if one.trouble), "")
    return f"Letters wait: {trouble}." if trouble else ""


def _ago(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"
