"""Standbys as rows: a second mentor beside each proposal, who takes no place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.planning import WholePlan
from models.pairs import Pair
from models.people import Mentor
from models.standbys import STANDBYS_PER_MENTOR, Standby
from models.states import EndReason


def standing_by(db: Session, fixed: Collection[Pair]) -> dict[str, int]:
    """Return for how many of the fixed pairs each mentor stands by, by the mentor's code."""
    fixed_ids = {pair.id for pair in fixed}
    rows = db.exec(
        select(Standby.pair_id, Mentor.code).where(
            Standby.mentor_id == Mentor.id, col(Standby.slot).is_not(None)
        )
    )
    return Counter(code for pair_id, code in rows if pair_id in fixed_ids)


def keep_standbys(
    db: Session,
    plan: WholePlan,
    pairs: Mapping[str, Pair],
    mentors: Mapping[str, UUID],
    *,
    now: datetime,
) -> None:
    """Keep the plan's standbys as rows: the same ones stay, the others are closed.

    `pairs` are the proposals by the leaver's code, `mentors` ids by code.
    Standbys of fixed pairs are left alone. One who stood by for a pair that
    has ended, and is proposed to the same leaver now, has been called.
    """
    chosen = _chosen(plan, pairs, mentors)
    replaced = {pair.id for pair in pairs.values()}
    proposed = {(pair.leaver_id, pair.mentor_id) for pair in pairs.values()}
    slots: defaultdict[UUID, set[int]] = defaultdict(lambda: set(range(1, STANDBYS_PER_MENTOR + 1)))
    for row in db.exec(select(Standby).where(col(Standby.slot).is_not(None))):
        score = chosen.get((row.pair_id, row.mentor_id))
        if score is not None:
            row.score = score
            del chosen[row.pair_id, row.mentor_id]
        elif row.pair_id in replaced or _has_ended(db, row.pair_id):
            _let_go(db, row, proposed, now=now)
            continue
        slots[row.mentor_id].discard(row.slot or 0)
    db.flush()
    for (pair_id, mentor_id), score in chosen.items():
        slot = min(slots[mentor_id])
        slots[mentor_id].discard(slot)
        db.add(Standby(pair_id=pair_id, mentor_id=mentor_id, slot=slot, score=score, chosen_at=now))
    db.flush()


def _chosen(
    plan: WholePlan, pairs: Mapping[str, Pair], mentors: Mapping[str, UUID]
) -> dict[tuple[UUID, UUID], int]:
    """Return the standbys of the pairs there are, by the ids of pair and mentor, with scores."""
    return {
        (
            pairs[plan.leavers[row].code].id,
            mentors[plan.mentors[column].code],
        ): int(plan.scores.of_pair(int(row), int(column)).sum())
        for row, column in plan.standbys
        if plan.leavers[row].code in pairs
    }


def _let_go(
    db: Session, row: Standby, proposed: Collection[tuple[UUID, UUID]], *, now: datetime
) -> None:
    """Let a standby go, as called if the plan now proposes them where the first mentor fell out."""
    pair = db.get_one(Pair, row.pair_id)
    fell_out = pair.end_reason not in (None, EndReason.REPLACED)
    if fell_out and (pair.leaver_id, row.mentor_id) in proposed:
        row.call(now=now)
    else:
        row.close(now=now)


def _has_ended(db: Session, pair_id: UUID) -> bool:
    pair = db.get(Pair, pair_id)
    return pair is None or not pair.is_live
