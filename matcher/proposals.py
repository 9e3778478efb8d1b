"""The nightly run: rows in, the best whole plan out, proposed pairs and standbys as rows.

Approved pairs, open offers, accepted pairs and overrides are fixed, and their
places taken. Proposals nobody has approved may be replaced, and keep a bonus
so that plans do not churn.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.conditions import RULES_VERSION, Conditions, RuleSettings
from matcher.core.planning import PlanSettings, WholePlan, make_plan
from matcher.core.sending import LONDON
from matcher.core.similarity import MODEL_VERSION
from matcher.gazetteer import england_and_wales
from matcher.pair_reasons import reasons_of
from matcher.plan_tables import ExplainedPair, ExplainedPlan
from matcher.profiles import WaitingLeaver, mentors_in_plan, waiting_leavers
from matcher.standbys import keep_standbys, standing_by
from models.database import wait_for_other_runs
from models.pairs import LIVE, Pair, PairHistory
from models.places import free_places
from models.profiles import MentorProfile
from models.runs import PlanRun
from models.states import Move, PairState


@dataclass(frozen=True)
class Everyone:
    """Who is in the plan, with the rows behind them, by code."""

    leavers: Mapping[str, WaitingLeaver]
    mentors: Mapping[str, UUID]
    mentor_profiles: Mapping[str, MentorProfile]

    def with_codes(self, pairs: Collection[Pair]) -> Iterator[tuple[tuple[str, str], Pair]]:
        """Yield the pairs whose two people are both in the plan, with their codes."""
        leavers = {leaver.leaver_id: code for code, leaver in self.leavers.items()}
        mentors = {mentor_id: code for code, mentor_id in self.mentors.items()}
        for pair in pairs:
            if pair.leaver_id in leavers and pair.mentor_id in mentors:
                yield (leavers[pair.leaver_id], mentors[pair.mentor_id]), pair


def propose(db: Session, *, now: datetime, rules: RuleSettings, settings: PlanSettings) -> PlanRun:
    """Make the whole plan as it stands at `now` and keep it as proposed pairs and standbys.

    Proposals that the plan keeps stay the same rows, with today's score; the
    others are replaced. Returns the run with its proof. Run again at once, it
    changes no pair.
    """
    started = perf_counter()
    wait_for_other_runs(db)
    conditions = Conditions(now.astimezone(LONDON).date(), england_and_wales(), rules)
    live = list(db.exec(select(Pair).where(col(Pair.state).in_(LIVE))))
    fixed = [pair for pair in live if is_fixed(pair)]
    standing = [pair for pair in live if not is_fixed(pair)]
    people = _everyone(db, conditions, fixed)
    plan = make_plan(
        [leaver.profile for leaver in people.leavers.values()],
        people.mentor_profiles.values(),
        conditions,
        settings,
        keep=[codes for codes, _ in people.with_codes(standing)],
        standing_by=standing_by(db, fixed),
    )
    run = _kept_run(db, plan, settings, now=now, seconds=perf_counter() - started)
    pairs = _kept_pairs(db, plan, run, standing, people)
    keep_standbys(db, plan, pairs, people.mentors, now=now)
    return run


def is_fixed(pair: Pair) -> bool:
    """Say whether no run may replace this live pair: approved, or made by a manager's override."""
    return pair.state is not PairState.PROPOSED or pair.overridden_by is not None


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


def _kept_run(
    db: Session, plan: WholePlan, settings: PlanSettings, *, now: datetime, seconds: float
) -> PlanRun:
    """Keep the proof of a run: what it covered, its total and the bound no plan can pass."""
    run = PlanRun(
        recorded_at=now,
        day=plan.conditions.today,
        covered=plan.plan.covered,
        urgency=plan.plan.urgency,
        total=round(plan.plan.total * 1000),
        bound=round(plan.plan.bound * 1000),
        seconds=seconds,
        weights_version=settings.weights.version,
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


def _kept_pairs(
    db: Session, plan: WholePlan, run: PlanRun, standing: Collection[Pair], people: Everyone
) -> dict[str, Pair]:
    """Keep the plan's pairs as rows and return them by the leaver's code."""
    explained = {(pair.leaver, pair.mentor): pair for pair in ExplainedPlan(plan).pairs}
    kept = {codes: pair for codes, pair in people.with_codes(standing) if codes in explained}
    kept_ids = {pair.id for pair in kept.values()}
    for pair in standing:
        if pair.id not in kept_ids:
            pair.move(Move.REPLACE, by=None, now=run.recorded_at)
    db.flush()
    for codes, pair in kept.items():
        for column, value in _reasons(explained[codes], people, run).items():
            setattr(pair, column, value)
    free = _free_places(db)
    added = {
        codes: _proposed(told, people, free, run)
        for codes, told in explained.items()
        if codes not in kept
    }
    _add(db, added.values(), run)
    return {leaver: pair for (leaver, _), pair in (kept | added).items()}


def _add(db: Session, pairs: Collection[Pair], run: PlanRun) -> None:
    """Add new proposals, each with the first line of its history."""
    db.add_all(pairs)
    db.flush()
    db.add_all(
        PairHistory(pair_id=pair.id, to_state=pair.state, moved_at=run.recorded_at)
        for pair in pairs
    )
    db.flush()


def _proposed(
    told: ExplainedPair, people: Everyone, free: Mapping[UUID, list[int]], run: PlanRun
) -> Pair:
    """Return a new proposal in the lowest free place of its mentor."""
    leaver, mentor_id = people.leavers[told.leaver], people.mentors[told.mentor]
    return Pair(
        leaver_id=leaver.leaver_id,
        referral_id=leaver.referral_id,
        mentor_id=mentor_id,
        place_number=free[mentor_id].pop(0),
        proposed_at=run.recorded_at,
        state_since=run.recorded_at,
        **_reasons(told, people, run),
    )


def _reasons(told: ExplainedPair, people: Everyone, run: PlanRun) -> dict[str, Any]:
    """Return today's score, parts, reasons and versions of a proposal, by column."""
    leaver, mentor = people.leavers[told.leaver].profile, people.mentor_profiles[told.mentor]
    return {**reasons_of(told, leaver, mentor, run.weights_version), "plan_run_id": run.id}


def _free_places(db: Session) -> defaultdict[UUID, list[int]]:
    """Return the numbers of each mentor's free places, lowest first."""
    free: defaultdict[UUID, list[int]] = defaultdict(list)
    for mentor_id, number in db.execute(free_places()):
        free[mentor_id].append(number)
    return free
