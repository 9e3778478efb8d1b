"""One leaver and two mentors, and every move and event between them, in any order at all."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from matcher import life_events, pairing, planning_again, tasks
from matcher.core.conditions import RuleSettings
from matcher.core.planning import PlanSettings
from matcher.doctor.case import Case as Examined
from matcher.invariants import INVARIANTS, examine
from matcher.keeping_up import keep_up
from matcher.life_facts import Merged
from matcher.proposals import propose
from matcher.released_unmatched import close_released
from models.key_ring import blind_index
from models.outbox import NOT_UNDER_WAY, Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.states import EventKind, LetterKind, PairState
from tests.simulation.acting import REFUSALS
from tests.simulation.acts import DEEDS, People
from tests.simulation.deeds import Chosen
from tests.simulation.desk import look, paused_mentors
from tests.simulation.happenings import TELLINGS, Case, back
from tests.simulation.oracle import Oracle
from tests.simulation.people import Life, settle_desks

BEGIN = datetime(2027, 9, 20, 9, 30, tzinfo=UTC)
SOUND = ("I1", "I2", "I3", "I10", "I14", "I18")
STILL_GOES = {LetterKind.STOOD_DOWN, LetterKind.RING_US, LetterKind.CALENDAR_ENTRY}
"""What may still go about someone who died or withdrew: stand down, ring us, take it out."""

NO_DEEDS = Counter(f"did: {what}" for what in DEEDS)
"""As if all had been done: the machine has a rule of its own for them."""

OF_LEAVERS = set(TELLINGS) - {"mentor pauses", "mentor ends", "mentor withdraws"}
SEEDS = st.integers(0, 2**20)


class PairMachine(RuleBasedStateMachine):
    """All that may be done to one leaver and two mentors; after each step it must all be sound."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.db, self.now = Session(engine), BEGIN
        self.desks = settle_desks(self.db, 2, Random(1), BEGIN)
        self.life = Life(1, 0, 40, [])
        self.ended: dict = {}
        self.quiet: set = set()
        self.oracle = Oracle()

    def teardown(self) -> None:
        self.db.rollback()
        self.db.close()

    @initialize(steps=st.integers(0, 7))
    def they_have_come_so_far(self, steps):
        """From nothing to a pair that is on its way, or anywhere between."""
        for step in range(steps):
            self.someone_acts(step)
            self.time_passes(1 if step < 3 else 24)

    @rule(seed=SEEDS)
    def someone_acts(self, seed):
        """Whoever has something on their desk does it."""
        people, seen = People(self.desks, Random(seed), NO_DEEDS), self._seen()
        for act in list(people.acts(self.life, seen, self.now)):
            self._do(act)

    @rule(what=st.sampled_from(sorted(DEEDS)), seed=SEEDS)
    def someone_does_something_out_of_the_ordinary(self, what, seed):
        """A link, a hold, a stop, a choice, an answer, something taken back or put right."""
        seen, deed = self._seen(), DEEDS[what]
        one = Chosen(self.life, seen, self.now, self.desks, Random(seed)) if seen else None
        if one and deed.may(one):
            self._do(deed.make(one))

    @rule(what=st.sampled_from(sorted(OF_LEAVERS)), seed=SEEDS, other_way=st.booleans())
    def two_records_are_one(self, what, seed, other_way):
        """The same person is put forward twice, both are told of the same, and are made one."""
        seen, chance = self._seen(), Random(seed)
        if seen and not self.life.dead:
            people = People(self.desks, chance)
            self._try(lambda: self._makes_one(people, seen, TELLINGS[what], chance, other_way))

    def _makes_one(self, people, seen, tells, chance, other_way) -> None:
        people.second_record(self.life, seen, self.now).do(self.db, self.now)
        number = blind_index("prison_number", self.life.second_number)
        second = self.db.exec(select(Leaver).where(Leaver.prison_number_index == number)).one()
        telling = tells(Case(seen, self.now, chance))
        first = self.db.get_one(Leaver, seen.leaver_id)
        stays, goes = (second, first) if other_way else (first, second)
        words = {"by": None, "now": self.now}
        for person in (stays, goes):
            told = (self.db, person, telling.kind, telling.facts)
            life_events.record(*told, happened_at=telling.happened_at, **words)
        facts = Merged(goes=goes.code, said_by="Robin")
        merged = (self.db, stays, EventKind.MERGED, facts)
        life_events.record(*merged, happened_at=self.now, **words)
        assert not life_events.record(*merged, happened_at=self.now, **words).is_news
        self.db.expire_all()
        if other_way:
            self.oracle.becomes(seen.leaver_id, stays.id)

    @rule(what=st.sampled_from(sorted(TELLINGS)), seed=SEEDS)
    def something_happens(self, what, seed):
        """An event is told, of the leaver or of the mentor."""
        seen = self._seen()
        telling = TELLINGS[what](Case(seen, self.now, Random(seed))) if seen else None
        if telling is not None:
            self._record(telling)

    @rule()
    def paused_mentors_come_back(self):
        """Whoever paused is there again."""
        for mentor_id in paused_mentors(self.db):
            self._record(back(mentor_id, self.now))

    @rule(number=st.sampled_from([pairing.stop, pairing.resume]))
    def the_manager_decides(self, number):
        """A pair is stopped, or goes on."""
        seen = self._seen()
        if seen and seen.pair_id:
            pair, words = self.db.get_one(Pair, seen.pair_id), {"by": None, "now": self.now}
            extra = {"reason": "It ends."} if number is pairing.stop else {}
            self._try(lambda: number(self.db, pair, **words, **extra))

    @rule(hours=st.sampled_from([1, 8, 24, 72, 168]))
    def time_passes(self, hours):
        """Some time goes by, and the clock does what is due."""
        self.now += timedelta(hours=hours)
        rules, plan = RuleSettings(), PlanSettings()
        close_released(self.db, now=self.now)
        keep_up(self.db, now=self.now)
        pairing.expire_offers(self.db, now=self.now)
        propose(self.db, now=self.now, rules=rules, settings=plan)
        planning_again.plan_again(self.db, now=self.now, rules=rules, settings=plan)
        tasks.raise_due(self.db, now=self.now)
        self.db.flush()

    @invariant()
    def the_doctor_finds_it_sound(self):
        case = Examined(self.db, now=self.now, real_now=self.now)
        verdicts = examine(case, [one for one in INVARIANTS if one.code in SOUND])

        assert [one.breaches for one in verdicts if one.breaches] == []

    @invariant()
    def what_has_ended_stays_as_it_ended(self):
        over = self.db.exec(select(Pair).where(Pair.state == PairState.ENDED)).all()
        ends = {one.id: (one.end_reason, one.state_since, one.place_number) for one in over}

        assert self.ended.items() <= ends.items()
        self.ended = ends

    @invariant()
    def nothing_is_left_to_send_about_whom_nobody_may_hear_of(self):
        unsent = select(Letter.kind).where(
            col(Letter.pair_id).in_(self.quiet), col(Letter.state).in_(NOT_UNDER_WAY)
        )

        assert set(self.db.exec(unsent)) <= STILL_GOES

    @invariant()
    def whoever_is_kept_apart_is_not_brought_together(self):
        pairs = self.db.exec(select(Pair)).all()

        assert list(self.oracle.of_barred(pairs)) == []

    def _do(self, act) -> None:
        """Do an act, and tell the oracle what it bars."""
        leaver = self._seen()
        if self._try(lambda: act.do(self.db, self.now)):
            self.life.touchpoints.append(act.what)
            if leaver:
                self.oracle.bar(self.db, leaver.leaver_id, act.bars, 0)
            if act.what == "put forward" and leaver:
                self.oracle.lift(leaver.leaver_id, "stop")

    def _seen(self):
        return next(iter(look(self.db).values()), None)

    def _record(self, telling) -> None:
        person = self.db.get_one(telling.of, telling.person_id)
        words = {"happened_at": telling.happened_at, "by": None, "now": self.now}
        told = (self.db, person, telling.kind, telling.facts)
        if self._try(lambda: life_events.record(*told, **words)):
            self._try(lambda: self._again_changes_nothing(told, words))
            ends = (EventKind.DIED, EventKind.CONSENT_WITHDRAWN)
            if telling.of is Leaver and telling.kind in ends:
                self.quiet |= set(self.db.exec(select(Pair.id)))

    def _again_changes_nothing(self, told, words) -> None:
        assert not life_events.record(*told, **words).is_news

    def _try(self, do) -> bool:
        """Do it, or nothing; say which."""
        savepoint = self.db.begin_nested()
        try:
            do()
            self.db.flush()
        except REFUSALS:
            savepoint.rollback()
            return False
        savepoint.commit()
        return True


@pytest.mark.long
@pytest.mark.parametrize("examples", [6])
def test_whatever_happens_between_two_people_stays_sound(engine, examples):
    bounded = settings(
        max_examples=examples,
        stateful_step_count=16,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )

    run_state_machine_as_test(lambda: PairMachine(engine), settings=bounded)
    with Session(engine) as db:
        assert db.exec(select(Mentor)).all() == []
