"""Two runs of the whole plan side by side: their figures, and who came to have another mentor.

Counts are of the whole service and name nobody; pairs are those that a manager may find.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlmodel import Session, col, or_, select

from models.access import pairs_seen_by
from models.accounts import Account
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.runs import PlanRun
from models.states import PairState

MOST_NAMED = 100
"""How many pairs a page names."""

Stood = dict[UUID, tuple[UUID, UUID]]
"""The mentor and the pair of each leaver at a moment."""


class Turn(Enum):
    """What became of a leaver between two runs, in the words of the page."""

    GAINED = "Had no mentor, and has one"
    CHANGED = "Has another mentor"
    LOST = "Had a mentor, and has none"


@dataclass(frozen=True)
class TurnedPair:
    """One pair that a leaver came to have, or has no more; the two people by their codes."""

    turn: Turn
    pair_id: UUID
    leaver: str
    mentor: str


@dataclass(frozen=True)
class RunsCompared:
    """Two runs, how many leavers took each turn, how many kept their mentor, and pairs to open."""

    earlier: PlanRun
    later: PlanRun
    counts: dict[Turn, int]
    same: int
    pairs: tuple[TurnedPair, ...]


def compared(
    db: Session, earlier: PlanRun, later: PlanRun, account: Account, now: datetime
) -> RunsCompared:
    """Compare two runs; the pairs are of this manager's region, of a change the later one."""
    before, after = _stood(db, earlier.recorded_at), _stood(db, later.recorded_at)
    turns = dict(_turns(before, after))
    counts = {turn: sum(one is turn for one in turns.values()) for turn in Turn}
    pairs = {
        (before if turn is Turn.LOST else after)[leaver][1]: turn for leaver, turn in turns.items()
    }
    same = len(before.keys() & after.keys()) - counts[Turn.CHANGED]
    return RunsCompared(earlier, later, counts, same, _to_open(db, pairs, account, now))


def _stood(db: Session, moment: datetime) -> Stood:
    """Return who had whom once the run of a moment was kept: what it replaced ended at the same."""
    live = or_(col(Pair.state) != PairState.ENDED, col(Pair.state_since) > moment)
    stood = select(Pair.leaver_id, Pair.mentor_id, Pair.id).where(Pair.proposed_at <= moment, live)
    return {leaver: (mentor, pair) for leaver, mentor, pair in db.exec(stood)}


def _turns(before: Stood, after: Stood) -> Iterator[tuple[UUID, Turn]]:
    for leaver in before.keys() | after.keys():
        if leaver not in before:
            yield leaver, Turn.GAINED
        elif leaver not in after:
            yield leaver, Turn.LOST
        elif before[leaver][0] != after[leaver][0]:
            yield leaver, Turn.CHANGED


def _to_open(
    db: Session, pairs: dict[UUID, Turn], account: Account, now: datetime
) -> tuple[TurnedPair, ...]:
    """Return the pairs that the manager may find, in the order of the turns and of codes."""
    mine = (
        pairs_seen_by(account, now)
        .join(Leaver, col(Leaver.id) == col(Pair.leaver_id))
        .join(Mentor, col(Mentor.id) == col(Pair.mentor_id))
        .with_only_columns(col(Pair.id), col(Leaver.code), col(Mentor.code))
    )
    found = [TurnedPair(pairs[row[0]], *row) for row in db.execute(mine) if row[0] in pairs]
    order = list(Turn)
    return tuple(sorted(found, key=lambda one: (order.index(one.turn), one.leaver))[:MOST_NAMED])
