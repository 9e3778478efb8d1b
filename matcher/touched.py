"""Whom the plan must look at again: everyone whom a change since the last look is about.

Facts are read from the audit, which has an entry for every row that is added,
changed or removed: no verb has to tell of what it changed, and none can
forget to.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarResult
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from models.audit import AuditEntry
from models.pairs import Pair, PairHistory
from models.referrals import Referral
from models.restrictions import Link
from models.runs import JobRun, PlanRun
from models.states import EndReason, Move, PairState, ReferralState

OF_LEAVERS = ("leaver", "referral", "screening", "exclusion_zone", "curfew", "own_say")
OF_MENTORS = (
    *("mentor", "mentor_assessment", "clearance", "children_check", "training", "supervision"),
    *("term", "mentor_licence", "mentor_gangs", "exclusion_zone", "curfew"),
)
"""The tables that the rules and the score read of a leaver and of a mentor."""

OF_PLANS = frozenset({*OF_LEAVERS, *OF_MENTORS, "link", "opposed_gangs", "pair", "standby"})
"""Every table whose change may change a whole plan, and that has entries in the audit."""


@dataclass(frozen=True)
class Touched:
    """The ids of leavers who wait, and of mentors, whom changes are about."""

    leavers: frozenset[UUID]
    mentors: frozenset[UUID]

    def __bool__(self) -> bool:
        """Say whether there is anybody."""
        return bool(self.leavers or self.mentors)


def last_look(db: Session, job: str) -> datetime | None:
    """Return when a whole run or that job last looked at changes; None before the first run."""
    whole: datetime | None = db.exec(select(func.max(PlanRun.recorded_at))).one()
    looks = select(func.max(JobRun.started_at)).where(
        JobRun.job == job, col(JobRun.finished_at).is_not(None)
    )
    last: datetime | None = db.exec(looks).one()
    return whole and max(whole, last or whole)


def last_entry(db: Session) -> int:
    """Return the number of the newest entry of the audit, 0 for none."""
    return db.exec(select(func.max(AuditEntry.number))).one() or 0


def is_touched_since(db: Session, entry: int) -> bool:
    """Say whether anything has changed since an entry of the audit that may change a whole plan."""
    later = select(AuditEntry.number).where(
        AuditEntry.number > entry,
        col(AuditEntry.noun).in_(OF_PLANS),
        AuditEntry.action != "read",
    )
    return db.exec(later.limit(1)).first() is not None


def touched_since(db: Session, moment: datetime) -> Touched:
    """Return whom the changes since a moment are about, and who was a pair that has ended."""
    ended = db.exec(_ended_since(moment)).all()
    linked = db.exec(select(Link).where(_linked_since(moment))).all()
    leavers = {
        *_about(db, col(AuditEntry.leaver_id), OF_LEAVERS, moment),
        *(end for link in linked for end in (link.one_leaver_id, link.other_leaver_id)),
        *(pair.leaver_id for pair in ended),
    }
    mentors = {
        *_about(db, col(AuditEntry.mentor_id), OF_MENTORS, moment),
        *(end for link in linked for end in (link.one_mentor_id, link.other_mentor_id)),
        *(pair.mentor_id for pair in ended),
    }
    waiting = set(
        db.exec(select(Referral.leaver_id).where(Referral.state == ReferralState.WAITING))
    )
    return Touched(frozenset(leavers & waiting), frozenset(filter(None, mentors)))


def _about(
    db: Session, person: Mapped[UUID | None], nouns: Collection[str], moment: datetime
) -> ScalarResult[UUID | None]:
    """Return whom the rows of some tables are about that were written since a moment."""
    return db.exec(
        select(person)
        .where(
            col(AuditEntry.at) >= moment,
            col(AuditEntry.noun).in_(nouns),
            AuditEntry.action != "read",
        )
        .distinct()
    )


def _ended_since(moment: datetime) -> SelectOfScalar[Pair]:
    """Return the SELECT of the pairs that ended, but for those that a plan itself replaced."""
    by_a_manager = (
        select(PairHistory.number)
        .where(PairHistory.pair_id == Pair.id, PairHistory.move == Move.REPLACE)
        .where(col(PairHistory.moved_by).is_not(None))
        .exists()
    )
    return select(Pair).where(
        Pair.state == PairState.ENDED,
        Pair.state_since >= moment,
        or_(Pair.end_reason != EndReason.REPLACED, by_a_manager),
    )


def _linked_since(moment: datetime) -> ColumnElement[bool]:
    return or_(col(Link.recorded_at) >= moment, col(Link.closed_at) >= moment)
