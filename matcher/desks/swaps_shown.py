"""With which proposals a pair could exchange mentors, and what it does to both scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.desks.proposal_cards import pairs_to_approve
from matcher.plan_on_file import PlanOnFile, newest_plan
from matcher.swapping import may_be_swapped
from models.accounts import Account
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.states import PairState

MOST = 10
"""So many swaps are laid out, those that are worth most at the top."""


@dataclass(frozen=True)
class SwapSide:
    """One leaver of a swap; scores in thousandths of a point, `after` with the other's mentor."""

    leaver_id: UUID
    leaver: str
    leaver_code: str
    mentor: str
    mentor_code: str
    before: int
    after: int


@dataclass(frozen=True)
class SwapShown:
    """A swap that no rule bars as everybody stands now: this pair's side, and the other's."""

    pair_id: UUID
    own: SwapSide
    other: SwapSide

    @property
    def gain(self) -> int:
        """Return what the two scores together gain, in thousandths of a point."""
        sides = (self.own, self.other)
        return sum(one.after - one.before for one in sides)


def swaps_shown(db: Session, account: Account, pair: Pair, now: datetime) -> tuple[SwapShown, ...]:
    """Return with which proposals of the region a pair could swap, the best swaps first.

    Empty for a pair that may not be swapped.
    """
    if not may_be_swapped(pair):
        return ()
    proposed = pairs_to_approve(account, now).where(
        Pair.state == PairState.PROPOSED, col(Pair.overridden_by).is_(None), Pair.id != pair.id
    )
    others = [one for one in db.exec(proposed) if one.mentor_id != pair.mentor_id]
    on_file = newest_plan(db, now)
    codes = _Codes.of(db, [pair, *others])
    found = sorted(_possible(on_file, codes, pair, others), key=lambda one: -one.gain)
    return tuple(found[:MOST])


@dataclass(frozen=True)
class _Codes:
    """The leavers and mentors of some pairs, by id."""

    leavers: dict[UUID, Leaver]
    mentors: dict[UUID, Mentor]

    @classmethod
    def of(cls, db: Session, pairs: list[Pair]) -> _Codes:
        leavers = select(Leaver).where(col(Leaver.id).in_([one.leaver_id for one in pairs]))
        mentors = select(Mentor).where(col(Mentor.id).in_([one.mentor_id for one in pairs]))
        return cls(
            {row.id: row for row in db.exec(leavers)}, {row.id: row for row in db.exec(mentors)}
        )


def _possible(
    on_file: PlanOnFile, codes: _Codes, pair: Pair, others: list[Pair]
) -> Iterator[SwapShown]:
    for other in others:
        try:
            own = _side(on_file, codes, pair, other.mentor_id)
            theirs = _side(on_file, codes, other, pair.mentor_id)
        except KeyError:  # a rule bars one of the two
            continue
        yield SwapShown(other.id, own, theirs)


def _side(on_file: PlanOnFile, codes: _Codes, pair: Pair, mentor_id: UUID) -> SwapSide:
    """Return one side of a swap; KeyError if the leaver and the new mentor may not be paired."""
    leaver, mentor = codes.leavers[pair.leaver_id], codes.mentors[mentor_id]
    plan = on_file.plan
    rows = plan.leaver_index[leaver.code], plan.mentor_index[mentor.code]
    return SwapSide(
        leaver_id=leaver.id,
        leaver=leaver.first_name,
        leaver_code=leaver.code,
        mentor=mentor.first_name,
        mentor_code=mentor.code,
        before=pair.score,
        after=int(plan.scores.of_pair(*rows).sum()),
    )
