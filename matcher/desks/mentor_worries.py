"""What a mentor reads of the worries they told of: when it was read, and that it was seen to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col

from matcher.worries import tasks_about
from models.access import worries_seen_by
from models.accounts import Account
from models.desk_words import WorryKind
from models.worries import Worry

SHOWN = 2
"""So many of the newest stand above the form; none names anybody, and none repeats what was
written: a phone is looked at over the shoulder."""


@dataclass(frozen=True)
class WorryLine:
    """One worry: what it was, when it was told and read, and when somebody had seen to it."""

    kind: WorryKind
    told_at: datetime
    read_at: datetime | None
    answered_at: datetime | None


def told_by(db: Session, account: Account) -> list[WorryLine]:
    """Return the newest worries of this account's mentor, the last one on top."""
    mine = worries_seen_by(account).order_by(col(Worry.told_at).desc()).limit(SHOWN)
    return [_line(db, worry) for worry in db.exec(mine)]


def _line(db: Session, worry: Worry) -> WorryLine:
    ends = [task.done_at for task in tasks_about(db, worry) if task.done_at]
    return WorryLine(worry.kind, worry.told_at, worry.read_at, min(ends, default=None))
