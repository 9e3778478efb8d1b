"""Whom a mentor walks with already: their pairs are fixed, so that no plan tells of them.

What if we lose this mentor? These people lose theirs at once, whatever the plan would do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.desks.proposal_cards import StandbyCard, standbys_of
from matcher.proposals import is_fixed
from models.access import pairs_seen_by
from models.accounts import Account
from models.pairs import LIVE, Pair
from models.people import Leaver
from models.states import PairState


@dataclass(frozen=True)
class WalkedWith:
    """Someone whose mentor this is for certain, and who stands by for them."""

    pair_id: UUID
    leaver_id: UUID
    leaver: str
    leaver_code: str
    release_date: date | None
    state: PairState
    standbys: tuple[StandbyCard, ...]


@dataclass(frozen=True)
class WalksWith:
    """Those of a mentor's people whom a manager sees; `elsewhere` counts the others."""

    people: tuple[WalkedWith, ...] = ()
    elsewhere: int = 0

    @property
    def total(self) -> int:
        """Return how many people in all would lose this mentor."""
        return len(self.people) + self.elsewhere


def walks_with(db: Session, account: Account, mentor_id: UUID, now: datetime) -> WalksWith:
    """Return whom a mentor's fixed pairs are with, the next to leave first."""
    live = (col(Pair.mentor_id) == mentor_id, col(Pair.state).in_(LIVE))
    seen = pairs_seen_by(account, now).join(Leaver, col(Leaver.id) == Pair.leaver_id).where(*live)
    rows = db.execute(
        seen.with_only_columns(Pair, Leaver).order_by(col(Leaver.release_date), col(Leaver.code))
    )
    people = _cards(db, [(pair, leaver) for pair, leaver in rows if is_fixed(pair)])
    fixed = [pair for pair in db.exec(select(Pair).where(*live)) if is_fixed(pair)]
    return WalksWith(people, elsewhere=len(fixed) - len(people))


def _cards(db: Session, rows: Sequence[tuple[Pair, Leaver]]) -> tuple[WalkedWith, ...]:
    standbys = standbys_of(db, [pair.id for pair, _ in rows])
    return tuple(
        WalkedWith(
            pair_id=pair.id,
            leaver_id=leaver.id,
            leaver=leaver.first_name,
            leaver_code=leaver.code,
            release_date=leaver.release_date,
            state=pair.state,
            standbys=standbys.get(pair.id, ()),
        )
        for pair, leaver in rows
    )
