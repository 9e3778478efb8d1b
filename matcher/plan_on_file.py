"""The best whole plan for the service's people as they stand, made to answer questions.

Nothing of it is written. The plan made last is kept in the process: it stands
until the audit has a new entry about any row that it was made from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from uuid import UUID

from sqlmodel import Session, col, or_, select

from matcher.collecting import no_search_for_cycles
from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.features import LeaverColumns
from matcher.core.gates import on_hold
from matcher.core.planning import PlanSettings, WholePlan, make_plan
from matcher.core.sending import local_day
from matcher.gazetteer import england_and_wales
from matcher.profiles import WaitingLeaver, leavers_whose, mentors_in_plan
from matcher.proposal_rows import Everyone
from matcher.proposals import is_fixed
from matcher.standbys import standing_by
from matcher.touched import OF_LEAVERS, OF_MENTORS
from models.audit import AuditedSession, AuditEntry
from models.pairs import LIVE, Pair
from models.referrals import Referral
from models.states import ReferralState

ON_THE_WAY = (
    ReferralState.DRAFT,
    ReferralState.PUT_FORWARD,
    ReferralState.ENDORSED,
    ReferralState.SCREENED,
    ReferralState.WAITING,
)
"""How far a referral has come that may yet be given its first mentor."""

MADE_FROM = frozenset((*OF_LEAVERS, *OF_MENTORS, "pair", "standby", "link", "opposed_gangs"))
"""The tables a plan is made from."""


@dataclass(frozen=True, eq=False)
class PlanOnFile:
    """The best whole plan for the people on file, and the rows behind them.

    `not_waiting` are those whom no gate holds and whose referral is on the way
    but does not wait: they are not in the plan.
    """

    plan: WholePlan
    people: Everyone
    not_waiting: tuple[WaitingLeaver, ...] = ()

    def row_of(self, referral: Referral) -> int:
        """Return the index of the leaver of a referral; KeyError if they are not in the plan."""
        codes = {one.leaver_id: code for code, one in self.people.leavers.items()}
        return self.plan.leaver_index[codes[referral.leaver_id]]

    def leaves_out(self, referral: Referral) -> bool:
        """Say whether the leaver of a referral is not in the plan."""
        leavers = self.people.leavers.values()
        return all(one.leaver_id != referral.leaver_id for one in leavers)


def plan_on_file(db: Session, now: datetime, beside: Referral | None = None) -> PlanOnFile:
    """Make the plan for everyone on file as they stand at `now`, and keep nothing of it.

    Who waits is in it, and who does not wait yet because a gate holds them.
    The leaver of the referral `beside` is in it whatever stands between: a
    pair of theirs that is fixed gives its place back.
    """
    conditions = Conditions(local_day(now), england_and_wales(), RuleSettings())
    live = list(db.exec(select(Pair).where(col(Pair.state).in_(LIVE))))
    own = beside.leaver_id if beside else None
    fixed = [pair for pair in live if is_fixed(pair) and pair.leaver_id != own]
    standing = [pair for pair in live if not is_fixed(pair)]
    with no_search_for_cycles():
        people, not_waiting = _everyone(db, conditions, fixed, beside)
        plan = make_plan(
            people.leaver_profiles,
            people.mentor_profiles.values(),
            conditions,
            PlanSettings(),
            keep=[codes for codes, _ in people.with_codes(standing)],
            standing_by=standing_by(db, fixed),
        )
    return PlanOnFile(plan, people, tuple(not_waiting))


def newest_plan(db: Session, now: datetime, beside: Referral | None = None) -> PlanOnFile:
    """Return what `plan_on_file` would, at once if the plan made last is still that.

    A session that has changed anything itself always gets a plan of its own.
    """
    if _has_written(db):
        return plan_on_file(db, now, beside)
    return _NEWEST.of(db, now, beside)


def forget_newest_plan() -> None:
    """Let go of the plan made last: for whoever changes rows without telling the audit."""
    _NEWEST.forget()


@dataclass(frozen=True)
class _MadeFor:
    """What a plan was made for: the database by the last entry of its audit, the day, whom."""

    database: str
    last_entry: str
    day: date
    beside: UUID | None


class _NewestPlan:
    """The plan made last, and what it was made for; one at a time is made."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[_MadeFor, PlanOnFile] | None = None

    def of(self, db: Session, now: datetime, beside: Referral | None) -> PlanOnFile:
        database, day = str(db.get_bind().engine.url), local_day(now)
        with self._lock:
            asked = _MadeFor(database, _last_entry(db), day, _id_of(beside))
            if self._kept is None or self._kept[0] != asked:
                self._kept = None
                self._kept = asked, plan_on_file(db, now, beside)
            return self._kept[1]

    def forget(self) -> None:
        """Let go of the plan."""
        with self._lock:
            self._kept = None


_NEWEST = _NewestPlan()


def _has_written(db: Session) -> bool:
    """Say whether a session may see rows that the audit does not tell of yet."""
    if isinstance(db, AuditedSession):
        return db.has_written
    return not db.get_bind().get_execution_options().get("only_reads")


def _last_entry(db: Session) -> str:
    """Return the link of the audit's chain that the last change to a row of the plan made."""
    told = select(AuditEntry.chain).where(
        AuditEntry.action != "read", col(AuditEntry.noun).in_(MADE_FROM)
    )
    return db.exec(told.order_by(col(AuditEntry.number).desc()).limit(1)).first() or ""


def _everyone(
    db: Session, conditions: Conditions, fixed: Collection[Pair], beside: Referral | None
) -> tuple[Everyone, list[WaitingLeaver]]:
    """Return everyone in the plan, and whom it leaves out though their referral is on the way."""
    asked = or_(col(Referral.state).in_(ON_THE_WAY), col(Referral.id) == _id_of(beside))
    paired = {pair.leaver_id for pair in fixed}
    coming = leavers_whose(db, conditions.today, asked, apart_from=paired)
    left_out = _neither_waiting_nor_held(coming, conditions, beside)
    apart = {one.referral_id for one in left_out}
    mentors = mentors_in_plan(db, conditions.today, Counter(pair.mentor_id for pair in fixed))
    people = Everyone(
        leavers={one.profile.code: one for one in coming if one.referral_id not in apart},
        mentors={profile.code: mentor_id for mentor_id, profile in mentors.items()},
        mentor_profiles={profile.code: profile for profile in mentors.values()},
    )
    return people, left_out


def _neither_waiting_nor_held(
    coming: Collection[WaitingLeaver], conditions: Conditions, beside: Referral | None
) -> list[WaitingLeaver]:
    others = [one for one in coming if one.referral_id != _id_of(beside)]
    early = [one for one in others if one.state is not ReferralState.WAITING]
    held = on_hold(LeaverColumns.of([one.profile for one in early], conditions))
    return [one for one, is_held in zip(early, held.tolist(), strict=True) if not is_held]


def _id_of(beside: Referral | None) -> UUID | None:
    return beside.id if beside else None
