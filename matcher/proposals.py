"""Rows in, the best plan out as proposals and standbys: all at night, by day whom a change touches.

Approved pairs, open offers, accepted pairs and overrides are fixed, and their
places taken. Proposals nobody has approved may be replaced, and keep a bonus
so that plans do not churn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Self
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from matcher.core.conditions import RULES_VERSION, Conditions, RuleSettings
from matcher.core.planning import FINDING, PlanSettings, WholePlan, best_plan, who_may_meet
from matcher.core.replanning import replan
from matcher.core.sending import local_day
from matcher.core.similarity import MODEL_VERSION
from matcher.core.words import counted
from matcher.gazetteer import england_and_wales
from matcher.profiles import mentors_in_plan, waiting_leavers
from matcher.proposal_rows import Everyone, ProposalRows
from matcher.standbys import keep_standbys, standing_by
from matcher.touched import is_touched_since, last_entry
from models.database import wait_for_other_runs
from models.pairs import LIVE, Pair
from models.runs import PlanRun
from models.states import PairState, PlanStage

TellStage = Callable[[PlanStage, int | None], None]
"""Called with each stage as it begins, and how many people or pairs it is about, if known."""


def propose(db: Session, *, now: datetime, rules: RuleSettings, settings: PlanSettings) -> PlanRun:
    """Make the whole plan as it stands at `now` and keep it as proposed pairs and standbys.

    Proposals that the plan keeps stay the same rows, with today's score; the
    others are replaced. Returns the run with its proof. Run again at once, it
    changes no pair. Everybody who writes waits meanwhile: `think` does not let them.
    """
    wait_for_other_runs(db)
    return think(db, now=now, rules=rules, settings=settings).keep(db)


def think(
    db: Session,
    *,
    now: datetime,
    rules: RuleSettings,
    settings: PlanSettings,
    tell: TellStage = lambda _stage, _count: None,
) -> ThoughtPlan:
    """Make the whole plan as it stands at `now`, and keep nothing of it yet; this only reads.

    `tell` is called with each stage as it begins, and with how many people
    were read or pairs may be, once that is known.
    """
    started = perf_counter()
    tell(PlanStage.READING, None)
    entry = last_entry(db)
    ground = _Ground.at(db, now=now, rules=rules)
    tell(PlanStage.WEIGHING, len(ground.people.leavers) + len(ground.people.mentors))
    people = who_may_meet(
        ground.people.leaver_profiles, ground.people.mentor_profiles.values(), ground.conditions
    )

    def tell_of_proof(step: str) -> None:
        if step == FINDING:
            tell(PlanStage.PROVING, people.eligible.nnz)

    plan = best_plan(people, settings, ground.keep, ground.standing_by, tell_of_proof)
    return ThoughtPlan(ground, plan, now, entry, perf_counter() - started)


def propose_again(
    db: Session,
    *,
    leavers: Collection[UUID],
    mentors: Collection[UUID],
    now: datetime,
    rules: RuleSettings,
    settings: PlanSettings,
) -> list[Pair]:
    """Plan again for those who hang together with these people; return the new proposals.

    What stands elsewhere stays as it is, because a new plan for everybody
    would leave it so. Run again at once, it changes no pair.
    """
    wait_for_other_runs(db)
    ground = _Ground.at(db, now=now, rules=rules)
    people = ground.people
    again = replan(
        people.leaver_profiles,
        people.mentor_profiles.values(),
        ground.conditions,
        settings,
        keep=ground.keep,
        touched_leavers={code for code, one in people.leavers.items() if one.leaver_id in leavers},
        touched_mentors={code for code, row_id in people.mentors.items() if row_id in mentors},
        standing_by=ground.standing_by,
    )
    stood = people.with_codes(ground.standing)
    part = [pair for (leaver, _), pair in stood if leaver in again.leavers]
    return ground.keep_pairs(db, again.plan, part, now=now)


def covered_in_words(run: PlanRun) -> str:
    """Return in a few words how many of those who wait a run has covered."""
    return f"{run.covered:,} of {counted(run.counts['leavers'], 'waiting leaver')} covered"


def is_fixed(pair: Pair) -> bool:
    """Say whether no run may replace this live pair: approved, or made by a manager's override."""
    return pair.state is not PairState.PROPOSED or pair.overridden_by is not None


def are_fixed() -> ColumnElement[bool]:
    """Return the same as a condition on the pairs of a SELECT."""
    return or_(col(Pair.state) != PairState.PROPOSED, col(Pair.overridden_by).is_not(None))


@dataclass(frozen=True)
class _Ground:
    """What a plan is made from, and the proposals it is written over."""

    conditions: Conditions
    people: Everyone
    standing: Sequence[Pair]
    standing_by: Mapping[str, int]

    @classmethod
    def at(cls, db: Session, *, now: datetime, rules: RuleSettings) -> Self:
        """Read everyone; the leavers of fixed pairs are left out, and their places are taken."""
        conditions = Conditions(local_day(now), england_and_wales(), rules)
        live = _live(db)
        fixed = [pair for pair in live if is_fixed(pair)]
        return cls(
            conditions,
            _everyone(db, conditions, fixed),
            [pair for pair in live if not is_fixed(pair)],
            standing_by(db, fixed),
        )

    @property
    def keep(self) -> list[tuple[str, str]]:
        """Return the proposals that stand, by code."""
        return [codes for codes, _ in self.people.with_codes(self.standing)]

    def keep_pairs(
        self,
        db: Session,
        plan: WholePlan,
        standing: Collection[Pair],
        *,
        now: datetime,
        run_id: UUID | None = None,
    ) -> list[Pair]:
        """Write a plan over those of the proposals that it may replace; return the new ones."""
        rows = ProposalRows(db, self.people, plan.settings.weights.version, now, run_id)
        before = {pair.id for pair in standing}
        pairs = rows.keep(plan, standing)  # fewer than planned, where things have changed meanwhile
        keep_standbys(db, plan, pairs, self.people.mentors, now=now)
        return [pair for pair in pairs.values() if pair.id not in before]


@dataclass(frozen=True)
class ThoughtPlan:
    """A whole plan that is made and not kept: `entry` is the newest of the audit that it knows."""

    ground: _Ground
    plan: WholePlan
    now: datetime
    entry: int
    seconds: float

    def still_stands(self, db: Session) -> bool:
        """Wait for other runs, and say whether nothing has changed that may change the plan."""
        wait_for_other_runs(db)
        return not is_touched_since(db, self.entry)

    def keep(self, db: Session) -> PlanRun:
        """Keep the plan as rows over the proposals that stand; return the run with its proof.

        Ask first whether it still stands, in the same transaction.
        """
        run = _kept_run(db, self.plan, now=self.now, seconds=self.seconds)
        standing = [pair for pair in _live(db) if not is_fixed(pair)]
        self.ground.keep_pairs(db, self.plan, standing, now=self.now, run_id=run.id)
        return run


def _live(db: Session) -> list[Pair]:
    return list(db.exec(select(Pair).where(col(Pair.state).in_(LIVE))))


def _everyone(db: Session, conditions: Conditions, fixed: Collection[Pair]) -> Everyone:
    """Return who is in the plan; the leavers of fixed pairs are not, and their places are taken."""
    paired = {pair.leaver_id for pair in fixed}
    taken = Counter(pair.mentor_id for pair in fixed)
    mentors = mentors_in_plan(db, conditions.today, taken)
    return Everyone(
        leavers={
            leaver.profile.code: leaver
            for leaver in waiting_leavers(db, conditions.today, apart_from=paired)
        },
        mentors={profile.code: mentor_id for mentor_id, profile in mentors.items()},
        mentor_profiles={profile.code: profile for profile in mentors.values()},
    )


def _kept_run(db: Session, plan: WholePlan, *, now: datetime, seconds: float) -> PlanRun:
    """Keep the proof of a run: what it covered, its total and the bound no plan can pass."""
    run = PlanRun(
        recorded_at=now,
        day=plan.conditions.today,
        covered=plan.plan.covered,
        urgency=plan.plan.urgency,
        total=round(plan.plan.total * 1000),
        bound=round(plan.plan.bound * 1000),
        worst_off=None if plan.worst_off is None else round(plan.worst_off * 1000),
        seconds=seconds,
        weights_version=plan.settings.weights.version,
        rules_version=RULES_VERSION,
        model_version=MODEL_VERSION,
        counts=plan.counts,
        prices={
            mentor.code: [int(urgency), round(total * 1000)]
            for mentor, (urgency, total) in zip(plan.mentors, plan.plan.prices, strict=True)
        },
    )
    db.add(run)
    db.flush()
    return run
