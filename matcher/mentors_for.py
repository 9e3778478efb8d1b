"""One leaver and the mentors there are, as everybody stands at this moment.

The same rules, gates and score as the whole plan's, asked about one leaver.
Reasons are for the manager alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import numpy as np
from scipy import sparse
from sqlalchemy import Text, type_coerce
from sqlmodel import Session, col, func, select

from matcher.core.candidates import BrokenRule, broken_rules, reason_in_words
from matcher.core.columns import PairArray
from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.eligibility import RULES
from matcher.core.explanation import PairOfProfiles
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.in_the_way import broken_bits
from matcher.core.planning import PlanSettings
from matcher.core.rarity import TickRarity
from matcher.core.readings import TICKS
from matcher.core.sending import local_day
from matcher.core.similarity import MentorSimilarity, Scores
from matcher.gazetteer import england_and_wales
from matcher.plan_tables import ExplainedPair, explained
from matcher.profiles import Restrictions, WaitingLeaver, leavers_of, mentors_in_plan
from matcher.proposals import are_fixed
from models.pairs import LIVE, Pair
from models.people import Mentor
from models.profiles import MentorProfile
from models.referrals import Referral
from models.vocabulary import Experience, Need, Word

SETTINGS = PlanSettings()
"""The settings of the plan in force, as the nightly run takes them."""


@dataclass(frozen=True)
class Candidate:
    """A mentor within whose travel limit a leaver resettles.

    `score` is in thousandths of a point, None where rules stand in the way;
    `reasons` say why the mentor fits, `broken` why not.
    """

    mentor_id: UUID
    mentor: MentorProfile
    score: int | None
    reasons: tuple[str, ...]
    broken: tuple[str, ...]


@dataclass(frozen=True)
class MentorsFor:
    """A leaver, and mentors by id with the places that others hold counted as taken.

    `rarity` is learnt from all mentors on file, whoever is read here: so a
    score is that of the whole plan.
    """

    leaver: WaitingLeaver
    mentors: Mapping[UUID, MentorProfile]
    conditions: Conditions
    rarity: TickRarity

    @classmethod
    def of(
        cls,
        db: Session,
        referral: Referral,
        *,
        now: datetime,
        only: Collection[UUID] | None = None,
    ) -> Self:
        """Read the leaver of a referral, and all mentors or those named."""
        conditions = conditions_at(now)
        people = None if only is None else {referral.leaver_id, *only}
        restricted = Restrictions(db, conditions.today, people)
        [leaver] = leavers_of(db, conditions.today, [referral], restricted=restricted)
        taken = _places_taken(db, but=leaver.leaver_id)
        mentors = mentors_in_plan(db, conditions.today, taken, only=only, restricted=restricted)
        return cls(leaver, mentors, conditions, rarity_of_ticks(db))

    @classmethod
    def in_reach(
        cls, db: Session, referral: Referral, *, now: datetime, also: Collection[UUID] = ()
    ) -> Self:
        """Read the leaver of a referral, the mentors who would travel that far, and those named."""
        ids = _in_reach(db, referral, conditions_at(now))
        return cls.of(db, referral, now=now, only={*ids, *also})

    def in_the_way(self, mentor_id: UUID) -> list[BrokenRule]:
        """Return every gate and rule between the leaver and one mentor; none, and they may pair."""
        return broken_rules(self.leaver.profile, self.mentors[mentor_id], self.conditions)

    def may_visit(self, mentor_id: UUID) -> bool:
        """Say whether the mentor may meet the leaver inside the prison."""
        mentor = self.mentors[mentor_id]
        return PairOfProfiles.of(self.leaver.profile, mentor, self.conditions).may_visit

    def explained(self, mentor_id: UUID) -> ExplainedPair:
        """Return the pair with one mentor, scored and in words."""
        ids = sorted(self.mentors, key=lambda one: self.mentors[one].code)
        wanted = np.array([one == mentor_id for one in ids])
        return self._in_words(self._scores(ids, wanted), ids.index(mentor_id), mentor_id)

    def candidates(self) -> list[Candidate]:
        """Return the mentors in reach, best score first, then those whom fewest rules bar."""
        ids = sorted(self.mentors, key=lambda one: self.mentors[one].code)
        if not ids:
            return []
        leavers, mentors = self._columns(ids)
        km = leavers.conditions.places.km[leavers.district[0], mentors.district]
        broken = broken_bits(leavers, mentors)[0]
        scores = self._scores(ids, (broken == 0) & (km <= mentors.travel_km))
        found = [
            self._candidate(mentor_id, column, int(broken[column]), scores)
            for column, mentor_id in enumerate(ids)
            if km[column] <= mentors.travel_km[column]
        ]
        return sorted(
            found, key=lambda one: (one.score is None, -(one.score or 0), len(one.broken))
        )

    def _candidate(self, mentor_id: UUID, column: int, broken: int, scores: Scores) -> Candidate:
        mentor = self.mentors[mentor_id]
        if broken:
            rules = (rule for index, rule in enumerate(RULES) if broken >> index & 1)
            why_not = tuple(reason_in_words(rule, self.leaver.profile, mentor) for rule in rules)
            return Candidate(mentor_id, mentor, None, (), why_not)
        told = self._in_words(scores, column, mentor_id)
        return Candidate(mentor_id, mentor, sum(told.parts), (*told.reasons, *told.weighed), ())

    def _in_words(self, scores: Scores, column: int, mentor_id: UUID) -> ExplainedPair:
        mentor = self.mentors[mentor_id]
        pair = PairOfProfiles.of(self.leaver.profile, mentor, self.conditions)
        return explained(pair, scores, 0, column)

    def _columns(self, ids: Collection[UUID]) -> tuple[LeaverColumns, MentorColumns]:
        profiles = [self.mentors[one] for one in ids]
        return (
            LeaverColumns.of([self.leaver.profile], self.conditions),
            MentorColumns.of(profiles, self.conditions),
        )

    def _scores(
        self, ids: Collection[UUID], wanted: np.ndarray[tuple[int], np.dtype[np.bool_]]
    ) -> Scores:
        leavers, mentors = self._columns(ids)
        pairs: PairArray = sparse.csr_array(wanted[None, :])
        similarity = MentorSimilarity(SETTINGS.weights).with_rarity(mentors, self.rarity)
        return similarity.score_pairs(leavers, pairs)


def conditions_at(now: datetime) -> Conditions:
    """Return under which conditions the rules are asked at a moment."""
    return Conditions(local_day(now), england_and_wales(), RuleSettings())


def candidates(db: Session, referral: Referral, now: datetime) -> list[Candidate]:
    """Return the mentors in reach of a leaver with score or reasons; gates are not asked."""
    return MentorsFor.in_reach(db, referral, now=now).candidates()


def _places_taken(db: Session, *, but: UUID) -> Mapping[UUID, int]:
    """Return how many places of mentors are held by pairs that stand, one leaver apart."""
    live = col(Pair.state).in_(LIVE), Pair.leaver_id != but, are_fixed()
    held = select(Pair.mentor_id, func.count()).where(*live).group_by(col(Pair.mentor_id))
    return dict(map(tuple, db.execute(held)))


def rarity_of_ticks(db: Session) -> TickRarity:
    """Return how rare each tick is among all mentors on file, counted where they lie."""
    kinds: Mapping[type[Word], Any] = {Need: Mentor.needs, Experience: Mentor.experiences}
    ticked = [
        func.count().filter(
            type_coerce(kinds[type(tick)], Text).contains(f" {tick.value} ", autoescape=True)
        )
        for tick in TICKS
    ]
    people, *counts = db.execute(select(func.count(), *ticked).select_from(Mentor)).one()
    return TickRarity().fit_counts(people, counts)


def _in_reach(db: Session, referral: Referral, conditions: Conditions) -> list[UUID]:
    """Return the ids of the mentors within whose travel limit a leaver resettles."""
    places = conditions.places
    km = places.km[places.district_index[referral.resettling_in]]
    homes = db.execute(select(Mentor.id, Mentor.home, Mentor.travel_limit_km))
    return [row_id for row_id, home, limit in homes if km[places.district_index[home]] <= limit]
