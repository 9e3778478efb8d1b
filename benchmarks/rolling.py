"""A quarter of arrivals lived day by day, and how near to hindsight the pairs come that it makes.

Lifelike people (`matcher.example`) are put forward over thirteen weeks, three
of four about twelve weeks before their release, the others at short notice.
Each working day there is a plan, and a manager approves what is ready;
mentors say yes, say no or say nothing, some lapse, some leavers leave.
Whether a mentor would say yes to a leaver is settled by the seed, the same for
every way of deciding:

- hold: the plan, each proposal held until eight weeks before the release
- at once: the plan, every proposal approved as soon as it is made
- greedy: each leaver in turn is offered their best free mentor

Hindsight knows everyone and every answer from the first day, and no mentor
lapses in it: nobody can do better.

    python -m benchmarks.rolling [leavers] [mentors]
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from zlib import crc32

import numpy as np
from scipy import sparse

from matcher.core.assignment import solve, worth
from matcher.core.conditions import Conditions
from matcher.core.planning import PlanSettings, WholePlan, make_plan, who_may_meet
from matcher.core.rolling import DecisionDays, decision_days
from matcher.core.similarity import MentorSimilarity
from matcher.core.working_days import DAY, official_calendar
from matcher.example import example_people
from matcher.gazetteer import england_and_wales
from matcher.plans.through_the_gate import THROUGH_THE_GATE
from models.profiles import LeaverProfile, MentorProfile
from models.states import MentorState

FIRST_DAY = date(2026, 11, 23)
QUARTER = 91
SAYS_YES, SAYS_NO = 70, 90
"""Of a hundred offers so many are accepted, and the rest up to this declined; the others lapse."""

LAPSE = LEAVE = 0.04
ANSWER_IN = 3
PATIENCE = 2
"""A manager approves on every second working day."""

SETTINGS = PlanSettings()
CALENDAR = official_calendar()

Offer = tuple[str, str]
"""The codes of a leaver and a mentor."""


@dataclass(frozen=True)
class Quarter:
    """Who comes when: leavers and the day they are put forward, and the days people go, by code."""

    seed: int
    leavers: Sequence[LeaverProfile]
    mentors: Sequence[MentorProfile]
    came: dict[str, date]
    goes: dict[str, date]

    def says_yes(self, offer: Offer) -> bool:
        """Say whether the mentor of an offer would accept it."""
        return self._answer(offer) < SAYS_YES

    def answers_on(self, offer: Offer, offered_on: date) -> date:
        """Return the day on which an offer is answered, or lapses."""
        is_silent = self._answer(offer) >= SAYS_NO
        return CALENDAR.add(offered_on, ANSWER_IN if is_silent else 1)

    def _answer(self, offer: Offer) -> int:
        return crc32(f"{self.seed} {offer}".encode()) % 100

    @cached_property
    def releases(self) -> dict[str, date]:
        """Return the day of release of each leaver."""
        return {one.code: one.release_date or FIRST_DAY for one in self.leavers}

    @cached_property
    def worths(self) -> dict[Offer, float]:
        """Return what each pair is worth that may be on the day on which the leaver comes."""
        found = {}
        for day in sorted(set(self.came.values())):
            new = [one for one in self.leavers if self.came[one.code] == day]
            for offer, points in _scored(new, self.mentors, day):
                found[offer] = float(worth(points))
        return found

    @cached_property
    def hindsight(self) -> list[Offer]:
        """Return the pairs of the best plan for who is there to leave, every answer known."""
        rows = {one.code: row for row, one in enumerate(self.leavers)}
        columns = {one.code: column for column, one in enumerate(self.mentors)}
        able = [
            (offer, points)
            for offer, points in self.worths.items()
            if offer[0] not in self.goes and self.says_yes(offer)
        ]
        ends = ([rows[leaver] for (leaver, _), _ in able], [columns[m] for (_, m), _ in able])
        values = sparse.csr_array(
            ([points for _, points in able], ends), shape=(len(rows), len(columns))
        )
        places = np.array([max(0, one.places - one.taken) for one in self.mentors])
        pairs = solve(values, places).plan.pairs
        return [(self.leavers[row].code, self.mentors[column].code) for row, column in pairs]


def a_quarter(leavers: int, mentors: int, seed: int) -> Quarter:
    """Draw a quarter; the same seed gives the same."""
    people = example_people(leavers, mentors, seed, FIRST_DAY)
    chance = np.random.default_rng(seed)
    came, goes, coming = {}, {}, []
    for one, day in zip(people.leavers, sorted(chance.integers(0, QUARTER, leavers)), strict=True):
        arrival = CALENDAR.on_or_after(FIRST_DAY + timedelta(days=int(day)))
        notice = int(chance.integers(8, 42) if chance.random() < 0.25 else chance.integers(64, 85))
        release = CALENDAR.on_or_before(arrival + timedelta(days=notice))
        came[one.code] = arrival
        if chance.random() < LEAVE:
            goes[one.code] = arrival + timedelta(days=int(chance.integers(1, notice)))
        today = {"release_date": release, "consented_on": arrival, "assessed_on": arrival}
        coming.append(one.model_copy(update=today))
    able = [_in_date(one) for one in people.mentors]
    for mentor in able:
        if chance.random() < LAPSE:
            goes[mentor.code] = FIRST_DAY + timedelta(days=int(chance.integers(1, QUARTER)))
    return Quarter(seed, coming, able, came, goes)


def _in_date(mentor: MentorProfile) -> MentorProfile:
    """Renew what would lapse within the quarter, as a service does; other rules stay."""
    renewed = {"supervision_until": FIRST_DAY + timedelta(days=365), "assessed_on": FIRST_DAY}
    given = {name: day for name, day in renewed.items() if getattr(mentor, name) is not None}
    return mentor.model_copy(update=given)


@dataclass
class Life:
    """How a quarter went: offers open until their day, pairs accepted, who declined whom.

    `covered_on` are the days of a manager's approval on which the plan had a
    mentor for a leaver; `left_over` those whom it once left out though a mentor
    who fits had a place to spare.
    """

    quarter: Quarter
    today: date = FIRST_DAY
    offers: dict[Offer, date] = field(default_factory=dict)
    accepted: set[Offer] = field(default_factory=set)
    declined: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    first_offer: dict[str, date] = field(default_factory=dict)
    covered_on: defaultdict[str, list[date]] = field(default_factory=lambda: defaultdict(list))
    left_over: dict[str, date] = field(default_factory=dict)

    @property
    def fixed(self) -> set[Offer]:
        """Return the pairs that no plan may move."""
        return self.accepted | self.offers.keys()

    def waiting(self) -> list[LeaverProfile]:
        """Return the leavers who wait for a proposal today."""
        paired = {leaver for leaver, _ in self.fixed}
        return [
            one
            for one in self.quarter.leavers
            if self.quarter.came[one.code] <= self.today <= (one.release_date or self.today)
            and not self.is_gone(one.code)
            and one.code not in paired
        ]

    def mentors(self) -> list[MentorProfile]:
        """Return the mentors as they stand today."""
        held = Counter(mentor for _, mentor in self.fixed)
        return [
            one.model_copy(
                update={
                    "taken": one.taken + held[one.code],
                    "declined": one.declined | self.declined[one.code],
                    "state": MentorState.PAUSED if self.is_gone(one.code) else one.state,
                }
            )
            for one in self.quarter.mentors
        ]

    def is_gone(self, code: str) -> bool:
        """Say whether a leaver has left before their time, or a mentor has lapsed."""
        return self.quarter.goes.get(code, self.today + DAY) <= self.today

    def morning(self) -> None:
        """Let people go, and take the answers that have come or will not come."""
        gone = {offer for offer in self.fixed if any(map(self.is_gone, offer))}
        self.accepted -= gone
        for offer in [one for one in self.offers if one in gone or self.offers[one] <= self.today]:
            del self.offers[offer]
            if offer in gone:
                continue
            if self.quarter.says_yes(offer):
                self.accepted.add(offer)
            else:
                self.declined[offer[1]].add(offer[0])

    def offer(self, offer: Offer) -> None:
        """Approve a proposal: the mentor is asked today."""
        self.offers[offer] = self.quarter.answers_on(offer, self.today)
        self.first_offer.setdefault(offer[0], self.today)


Decide = Callable[[Life, bool], None]
"""What happens on a working day; said with it is whether the manager approves on that day."""


def live(quarter: Quarter, decide: Decide) -> Life:
    """Live a quarter until every release is past; return how it went."""
    life, last = Life(quarter), max(one.release_date or FIRST_DAY for one in quarter.leavers)
    for number, today in enumerate(CALENDAR.between(FIRST_DAY, last)):
        life.today = today
        life.morning()
        decide(life, number % PATIENCE == 0)
    return life


def planned(hold: bool) -> Decide:
    """Decide by the whole plan; with `hold`, nothing is approved before it is ready."""
    standing: dict[Offer, date] = {}

    def decide(life: Life, approving: bool) -> None:
        waiting = life.waiting()
        conditions = Conditions(life.today, england_and_wales())
        plan = make_plan(waiting, life.mentors(), conditions, SETTINGS, keep=list(standing))
        proposed = {offer: standing.get(offer, life.today) for offer in _pairs(plan)}
        standing.clear()
        standing.update(proposed)
        for offer, proposed_on in proposed.items():
            if approving:
                life.covered_on[offer[0]].append(life.today)
            is_ready = days_of(life.quarter, offer[0], proposed_on).ready_on <= life.today
            if approving and (is_ready or not hold):
                life.offer(offer)
                del standing[offer]
        _note_left_over(life, plan)

    return decide


def greedy(life: Life, approving: bool) -> None:
    """Offer each leaver, in the order in which they came, their best mentor who is free."""
    free = {one.code: one.places - one.taken for one in life.mentors()}
    best: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for (leaver, mentor), points in _scored(life.waiting(), life.mentors(), life.today):
        best[leaver].append((-points, mentor))
    for one in sorted(best, key=lambda code: (life.quarter.came[code], code)):
        mentor = next((code for _, code in sorted(best[one]) if free[code] > 0), None)
        if approving and mentor:
            free[mentor] -= 1
            life.offer((one, mentor))


def days_of(quarter: Quarter, leaver: str, proposed_on: date) -> DecisionDays:
    """Return the days of a proposal to a leaver of the quarter."""
    release, referred_on = quarter.releases[leaver], quarter.came[leaver]
    return decision_days(THROUGH_THE_GATE, release, referred_on, proposed_on, CALENDAR)


def _pairs(plan: WholePlan) -> Iterator[Offer]:
    """Yield each pair of a plan by code."""
    for row, column in plan.plan.pairs:
        yield plan.leavers[row].code, plan.mentors[column].code


def _note_left_over(life: Life, plan: WholePlan) -> None:
    """Note for whom a mentor with a place to spare was eligible, though the plan left them out."""
    used = np.bincount(plan.plan.pairs[:, 1], minlength=len(plan.mentors))
    spare = plan.mentor_columns.free_places > used
    alone = np.isin(plan.scores.row, plan.uncovered) & spare[plan.scores.column]
    for row in np.unique(plan.scores.row[alone]):
        life.left_over.setdefault(plan.leavers[row].code, life.today)


def _scored(
    leavers: Sequence[LeaverProfile], mentors: Sequence[MentorProfile], today: date
) -> Iterator[tuple[Offer, float]]:
    """Yield the eligible pairs with their score in points."""
    people = who_may_meet(leavers, mentors, Conditions(today, england_and_wales()))
    scorer = MentorSimilarity(SETTINGS.weights).fit(people.mentor_columns)
    scores = scorer.score_pairs(people.leaver_columns, people.eligible)
    for row, column, points in zip(scores.row, scores.column, scores.points, strict=True):
        yield (people.leavers[row].code, people.mentors[column].code), float(points)


WAYS: dict[str, Callable[[], Decide]] = {
    "hold": lambda: planned(hold=True),
    "at once": lambda: planned(hold=False),
    "greedy": lambda: greedy,
}


def shares(quarter: Quarter, life: Life) -> tuple[float, float]:
    """Return the shares of the hindsight optimum: of the leavers covered, and of the worth."""
    best = quarter.hindsight
    worths = [sum(quarter.worths.get(pair, 0) for pair in pairs) for pairs in (life.accepted, best)]
    return len(life.accepted) / len(best), worths[0] / worths[1]


def main(leavers: int = 1_000, mentors: int = 800, seed: int = 1) -> None:
    """Print one line for each way of deciding."""
    quarter = a_quarter(leavers, mentors, seed)
    print(f"{leavers:,} leavers in 13 weeks, {mentors:,} mentors, hindsight covers", end=" ")
    print(f"{len(quarter.hindsight):,}")
    print("          accepted  of hindsight  worth of hindsight")
    for name, decide in WAYS.items():
        life = live(quarter, decide())
        covered, worths = shares(quarter, life)
        print(f"{name:9} {len(life.accepted):8,} {covered:13.1%} {worths:19.1%}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
