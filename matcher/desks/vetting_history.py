"""What managers recorded of a mentor's vetting and coach: what, when, and who did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from matcher.core.words import day_in_words, listed
from models.accounts import Account
from models.needs import MentorCoach
from models.people import Mentor
from models.reference import prisons
from models.vetting import Clearance, Supervision, Training

AT_MOST = 20
"""So many rows are shown, the newest on top."""

THE_SERVICE = "A file, or the service itself"


@dataclass(frozen=True)
class Recorded:
    """One row of the history, in a sentence."""

    what: str
    at: datetime
    by: str


def vetting_history(db: Session, mentor: Mentor) -> tuple[Recorded, ...]:
    """Return what was recorded last of a mentor's vetting and coach, the newest on top."""
    rows = [row for kind in TOLD for row in _newest(db, kind, mentor)]
    rows.sort(key=lambda row: row.recorded_at, reverse=True)
    shown = rows[:AT_MOST]
    by = {row.recorded_by for row in shown if row.recorded_by}
    names = {one.id: one.name for one in db.exec(select(Account).where(col(Account.id).in_(by)))}
    return tuple(
        Recorded(TOLD[type(row)](row), row.recorded_at, names.get(row.recorded_by) or THE_SERVICE)
        for row in shown
    )


def _newest(db: Session, kind: Any, mentor: Mentor) -> Iterator[Any]:
    theirs = select(kind).where(kind.mentor_id == mentor.id)
    yield from db.exec(theirs.order_by(kind.recorded_at.desc()).limit(AT_MOST))


def _supervised(row: Supervision) -> str:
    held = f"Supervision on {day_in_words(row.held_on)}, counts" if row.held_on else "Supervision"
    until = f" until {day_in_words(row.supervision_until)}" if row.supervision_until else ""
    after = f". The next is on {day_in_words(row.next_on)}" if row.next_on else ""
    return f"{held}{until}{after}"


def _trained(row: Training) -> str:
    done = ["basic training"] if row.basic_training_on else []
    done += [one.label for one in sorted(row.modules, key=lambda one: one.rank)]
    on = f", the newest on {day_in_words(row.done_on)}" if row.done_on else ""
    return f"Training done: {listed(done, len(done)) if done else 'none yet'}{on}"


def _cleared(row: Clearance) -> str:
    days = f"{day_in_words(row.cleared_from)} to {day_in_words(row.cleared_until)}"
    return f"Clearance for {prisons()[row.prison].title}, {days}"


def _coached(row: MentorCoach) -> str:
    return f"Coach: {row.name}, {row.phone}" if row.name else "No coach any more"


TOLD: Mapping[type[Any], Callable[[Any], str]] = {
    Supervision: _supervised,
    Training: _trained,
    Clearance: _cleared,
    MentorCoach: _coached,
}
"""How a row of each history reads."""
