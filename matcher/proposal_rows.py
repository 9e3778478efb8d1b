"""A plan's pairs as rows: those that stand stay the same rows, the others give way to new ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select as of_columns
from sqlmodel import Session, col

from matcher.core.planning import WholePlan
from matcher.locks import hold_leavers
from matcher.pair_reasons import reasons_of
from matcher.plan_tables import ExplainedPair, ExplainedPlan
from matcher.profiles import WaitingLeaver
from models.pairs import LIVE, Pair, PairHistory
from models.places import free_places
from models.profiles import LeaverProfile, MentorProfile
from models.referrals import Referral
from models.states import Move, PairState, ReferralState

Codes = tuple[str, str]
"""The codes of a leaver and a mentor."""


@dataclass(frozen=True)
class Everyone:
    """Who is in the plan, with the rows behind them, by code."""

    leavers: Mapping[str, WaitingLeaver]
    mentors: Mapping[str, UUID]
    mentor_profiles: Mapping[str, MentorProfile]

    @property
    def leaver_profiles(self) -> list[LeaverProfile]:
        """Return the facts of the leavers."""
        return [leaver.profile for leaver in self.leavers.values()]

    def with_codes(self, pairs: Collection[Pair]) -> Iterator[tuple[Codes, Pair]]:
        """Yield the pairs whose two people are both in the plan, with their codes."""
        leavers = {leaver.leaver_id: code for code, leaver in self.leavers.items()}
        mentors = {mentor_id: code for code, mentor_id in self.mentors.items()}
        for pair in pairs:
            if pair.leaver_id in leavers and pair.mentor_id in mentors:
                yield (leavers[pair.leaver_id], mentors[pair.mentor_id]), pair


@dataclass(frozen=True)
class ProposalRows:
    """Writes a plan over the proposals that stood, at `now`; `run_id` is the whole run's, if any.

    A pair that is proposed between two whole runs belongs to none of them.
    """

    db: Session
    people: Everyone
    weights_version: str
    now: datetime
    run_id: UUID | None

    def keep(self, plan: WholePlan, standing: Collection[Pair]) -> dict[str, Pair]:
        """Keep the plan's pairs as rows and return them by the leaver's code.

        Solving takes a while: whoever waits no more by now is left out, and
        what was approved or has ended meanwhile stays as it is.
        """
        told_of = ExplainedPlan(plan).pairs
        hold_leavers(self.db, self._leavers_of(told_of) | {pair.leaver_id for pair in standing})
        standing = [pair for pair in standing if pair.state is PairState.PROPOSED]
        may = self._may_be_proposed(standing)
        explained = {(told.leaver, told.mentor): told for told in told_of if told.leaver in may}
        stood = dict(self.people.with_codes(standing))
        kept = {codes: pair for codes, pair in stood.items() if codes in explained}
        kept_ids = {pair.id for pair in kept.values()}
        for pair in standing:
            if pair.id not in kept_ids:
                pair.move(Move.REPLACE, by=None, now=self.now)
        self.db.flush()
        for codes, pair in kept.items():
            for column, value in self._told(explained[codes]).items():
                setattr(pair, column, value)
        added = self._added([told for codes, told in explained.items() if codes not in kept])
        return {leaver: pair for (leaver, _), pair in kept.items()} | added

    def _added(self, explained: Collection[ExplainedPair]) -> dict[str, Pair]:
        """Add new proposals, each with the first line of its history."""
        free = self._free_places()
        added = {
            told.leaver: self._proposed(told, free)
            for told in explained
            if free[self.people.mentors[told.mentor]]
        }
        self.db.add_all(added.values())
        self.db.flush()
        self.db.add_all(
            PairHistory(pair_id=pair.id, to_state=pair.state, moved_at=self.now)
            for pair in added.values()
        )
        self.db.flush()
        return added

    def _proposed(self, told: ExplainedPair, free: Mapping[UUID, list[int]]) -> Pair:
        """Return a new proposal in the lowest free place of its mentor."""
        leaver, mentor_id = self.people.leavers[told.leaver], self.people.mentors[told.mentor]
        return Pair(
            leaver_id=leaver.leaver_id,
            referral_id=leaver.referral_id,
            mentor_id=mentor_id,
            place_number=free[mentor_id].pop(0),
            proposed_at=self.now,
            state_since=self.now,
            **self._told(told),
        )

    def _leavers_of(self, explained: Collection[ExplainedPair]) -> set[UUID]:
        return {self.people.leavers[told.leaver].leaver_id for told in explained}

    def _may_be_proposed(self, standing: Collection[Pair]) -> set[str]:
        """Return the codes of those who still wait, and have no pair but one that may give way."""
        waiting = of_columns(col(Referral.id), col(Referral.leaver_id)).where(
            col(Referral.state) == ReferralState.WAITING
        )
        waits = {(referral_id, leaver_id) for referral_id, leaver_id in self.db.execute(waiting)}
        live = of_columns(col(Pair.id), col(Pair.leaver_id)).where(col(Pair.state).in_(LIVE))
        giving_way = {pair.id for pair in standing}
        paired = {leaver for pair, leaver in self.db.execute(live) if pair not in giving_way}
        return {
            code
            for code, one in self.people.leavers.items()
            if (one.referral_id, one.leaver_id) in waits and one.leaver_id not in paired
        }

    def _told(self, told: ExplainedPair) -> dict[str, Any]:
        """Return today's score, parts, reasons and versions of a proposal, by column."""
        leaver = self.people.leavers[told.leaver].profile
        mentor = self.people.mentor_profiles[told.mentor]
        reasons = reasons_of(told, leaver, mentor, self.weights_version)
        return reasons | ({"plan_run_id": self.run_id} if self.run_id else {})

    def _free_places(self) -> defaultdict[UUID, list[int]]:
        """Return the numbers of each mentor's free places, lowest first."""
        free: defaultdict[UUID, list[int]] = defaultdict(list)
        for mentor_id, number in self.db.execute(free_places()):
            free[mentor_id].append(number)
        return free
