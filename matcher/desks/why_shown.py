"""Why a leaver and a mentor are paired, or are not, with no more than is the manager's.

Of a mentor of another region the manager reads the code, the region and the score: no reason and
no part of the score, since those tell of the mentor. What holds the leaver back is theirs to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from matcher.core.why import Stand, Why
from matcher.desks.candidates_shown import BARRED_ELSEWHERE
from matcher.desks.moves_shown import CostShown, cost_shown
from matcher.desks.whom_it_names import MentorNamed, mentors_named
from matcher.plan_on_file import PlanOnFile
from matcher.plan_tables import PARTS
from matcher.why import plan_about, why_pair_of
from models.accounts import Account
from models.people import Leaver
from models.referrals import Referral

A_GATE = 0
"""The number of what holds a leaver back from everyone."""


@dataclass(frozen=True)
class PartsShown:
    """One part of two scores side by side, in thousandths of a point."""

    label: str
    this: int
    chosen: int


@dataclass(frozen=True)
class WhyShown:
    """Why a leaver and a mentor are a pair or not; points in thousandths.

    `chosen` is the mentor whom the leaver has, or would have by a plan made now, where that is
    another. `cost` is what this pair would do to the others; of a pair there is, what its
    runner-up would, who is `runner_up`.
    """

    mentor: MentorNamed
    stand: Stand
    points: int
    reasons: tuple[str, ...]
    weighed: tuple[str, ...]
    broken: tuple[str, ...]
    chosen: MentorNamed | None
    chosen_points: int
    parts: tuple[PartsShown, ...]
    runner_up: MentorNamed | None
    runner_up_points: int
    cost: CostShown | None

    @property
    def is_barred(self) -> bool:
        """Whether a rule is in the way."""
        return self.stand is Stand.BARRED

    @property
    def is_pair(self) -> bool:
        """Whether the two are a pair, or would be by a plan made now."""
        return self.stand in (Stand.PAIRED, Stand.PLANNED)


def why_shown(
    db: Session, account: Account, referral: Referral, mentor_id: UUID, now: datetime
) -> WhyShown:
    """Return why the leaver of a referral and a mentor are a pair or not.

    The plan is asked as it stands now. Raises KeyError for a mentor who is not on file.
    """
    on_file = plan_about(db, referral, now)
    told = why_pair_of(on_file, db, referral, mentor_id)
    chosen, points = _chosen(told)
    second = told.runner_up.mentor.code if told.runner_up else ""
    ids = [on_file.people.mentors[code] for code in (chosen, second) if code]
    named = mentors_named(db, account, [mentor_id, *ids])
    mentor = named[mentor_id]
    found = told.runner_up.cost if told.runner_up else told.lost_by
    return WhyShown(
        mentor=mentor,
        stand=told.stand,
        points=told.points,
        reasons=told.reasons if mentor.may_be_read else (),
        weighed=told.weighed if mentor.may_be_read else (),
        broken=_broken(told, mentor),
        chosen=named[on_file.people.mentors[chosen]] if chosen else None,
        chosen_points=points,
        parts=_parts(on_file, told, chosen, named),
        runner_up=named[on_file.people.mentors[second]] if second else None,
        runner_up_points=_points_of(on_file, told.leaver.code, second) if second else 0,
        cost=cost_shown(db, account, found, on_file.people, told.leaver.code) if found else None,
    )


def leaver_of(db: Session, referral: Referral) -> Leaver:
    """Return the leaver of a referral that was found."""
    return db.get_one(Leaver, referral.leaver_id)


def _chosen(told: Why) -> tuple[str, int]:
    """Return the code of the mentor whom the leaver has in place of this one, and the score."""
    if told.lost_by is None:
        return "", 0
    own = next((one for one in told.lost_by.moved if one.leaver.code == told.leaver.code), None)
    if own is None or own.before.mentor is None:
        return "", 0
    return own.before.mentor.code, own.before.points


def _broken(told: Why, mentor: MentorNamed) -> tuple[str, ...]:
    """Return what is in the way; of a mentor of another region, only that something is."""
    if mentor.may_be_read:
        return tuple(rule.sentence for rule in told.broken)
    gates = tuple(rule.sentence for rule in told.broken if rule.number == A_GATE)
    return gates + (BARRED_ELSEWHERE,) * (len(told.broken) > len(gates))


def _parts(
    on_file: PlanOnFile, told: Why, chosen: str, named: Mapping[UUID, MentorNamed]
) -> tuple[PartsShown, ...]:
    """Return the parts of the score beside those of the chosen mentor's, if both may be read."""
    readable = all(one.may_be_read for one in named.values())
    if told.stand is Stand.BARRED or not chosen or not readable:
        return ()
    here, there = (
        _parts_of(on_file, told.leaver.code, code) for code in (told.mentor.code, chosen)
    )
    return tuple(
        PartsShown(part.label, this, other)
        for part, this, other in zip(PARTS, here, there, strict=True)
        if this or other
    )


def _parts_of(on_file: PlanOnFile, leaver: str, mentor: str) -> list[int]:
    plan = on_file.plan
    points = plan.scores.of_pair(plan.leaver_index[leaver], plan.mentor_index[mentor])
    return [int(one) for one in points]


def _points_of(on_file: PlanOnFile, leaver: str, mentor: str) -> int:
    return sum(_parts_of(on_file, leaver, mentor))
