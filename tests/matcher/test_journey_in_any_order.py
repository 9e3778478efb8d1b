"""Whatever happens in whatever order, the rows are the pure plan plus what was held or sent."""

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from matcher.bookings import Booking, book
from matcher.core.pathway_rows import LetterKey, MeetingKey
from matcher.core.schedule import Done, plan_ahead
from matcher.core.sending import local_day
from matcher.core.working_days import official_calendar
from matcher.gate_taps import mark, unmark
from matcher.keeping_up import keep_up
from matcher.meeting_days import BEHIND_WALLS, asks_for_answer, over_on
from matcher.outcomes import held, missed
from matcher.pair_days import TABLE, days_of, is_near
from matcher.refusing import NotAllowed
from matcher.release_changes import move_date, preview
from models.desk_words import GateStep
from models.gate import GateMark
from models.meetings import Meeting
from models.moves import IllegalMove
from models.outbox import Letter
from models.release_words import DateKind
from models.states import (
    Absentee,
    LetterKind,
    LetterState,
    MeetingKind,
    MeetingState,
    PairForm,
    PairState,
)
from tests.matcher.accepted import RELEASE, an_accepted_pair, at, contents, contents_of, on, send
from tests.rows import NOW

OPEN = (MeetingState.PLANNED, MeetingState.BOOKED)
BY_DATE = (LetterKind.INTRODUCTION, LetterKind.FIRST_MEETING_WARNING)
UNSENT = (LetterState.PLANNED, LetterState.DUE, LetterState.CLAIMED, LetterState.RETRY)
A_DAY = timedelta(days=1)

steps = st.lists(
    st.one_of(
        st.tuples(st.just("days go by"), st.integers(0, 30)),
        st.tuples(st.just("date"), st.integers(-45, 60)),
        st.tuples(st.just("no date"), st.just(0)),
        st.tuples(st.just("a mistake"), st.integers(-45, 60)),
        st.tuples(st.just("met"), st.just(0)),
        st.tuples(st.just("not met"), st.just(0)),
        st.tuples(st.just("book"), st.integers(0, 40)),
        st.tuples(st.just("held"), st.integers(0, 12)),
        st.tuples(st.just("missed"), st.integers(0, 12)),
        st.tuples(st.just("sent"), st.integers(0, 3)),
        st.tuples(st.just("keep up"), st.just(0)),
    ),
    min_size=3,
    max_size=12,
)


class Life:
    """One pair, the day it is, and what may happen to it."""

    def __init__(self, db, form):
        self.db = db
        self.now = NOW
        self.there = an_accepted_pair(db, form=form)
        self.there.plan()
        self.settled = {}

    def happens(self, what, number):
        """One thing happens, or is refused and then changes nothing."""
        before = contents(self.db)
        try:
            getattr(self, f"_{what.replace(' ', '_')}")(number)
        except (NotAllowed, IllegalMove):
            assert contents(self.db) == before
        self.now += timedelta(minutes=1)

    def _days_go_by(self, days):
        self.now = at(local_day(self.now) + days * A_DAY, 9 + days % 8, self.now.minute)

    def _date(self, days):
        self._tell(RELEASE + days * A_DAY)

    def _no_date(self, _number):
        self._tell(None)

    def _a_mistake(self, days):
        """The person has not left, whatever was told."""
        self._tell(RELEASE + days * A_DAY, has_left=False)
        held_now = {one.id for one in self.there.meetings(MeetingState.HELD)}
        letters = {one.id for one in self.letters()}
        self.settled = {
            row: kept for row, kept in self.settled.items() if row in held_now | letters
        }

    def _met(self, _number):
        release = self.there.leaver.release_date
        if release and release >= local_day(self.now):
            self.now = max(self.now, at(release, 9))
        mark(self.db, self.there.pair, GateStep.MET, by=None, now=self.now)

    def _not_met(self, _number):
        gates = {one.id for one in self.there.meetings(MeetingState.HELD) if is_gate(one)}
        unmark(self.db, self.there.pair, GateStep.MET, now=self.now)
        held_now = {one.id for one in self.there.meetings(MeetingState.HELD)}
        self.settled = {
            row: kept for row, kept in self.settled.items() if row not in gates - held_now
        }

    def has_one_gate_ahead(self):
        """Whoever is told of a release ahead finds one gate planned, and no word of having met."""
        release, today = self.there.leaver.release_date, local_day(self.now)
        if self.there.pair.state is PairState.ACCEPTED and release and release > today:
            [gate] = [one for one in self.there.meetings(*OPEN) if is_gate(one)]
            assert (gate.window_first, gate.window_last) == (release, release)
            assert not [one for one in self.there.meetings(MeetingState.HELD) if is_gate(one)]
            assert self.db.exec(select(GateMark)).all() == []

    def has_nothing_inside_after_the_release(self):
        """No meeting that is still to come behind walls may be booked for after the release."""
        release = self.there.leaver.release_date
        if self.there.pair.state is not PairState.ACCEPTED or release is None:
            return
        for one in self.there.meetings(*OPEN):
            if one.kind in BEHIND_WALLS and not asks_for_answer(one, self.now):
                assert one.window_last < release

    def _tell(self, day, **answer):
        there = self.there
        words = {
            "kind": DateKind.CONFIRMED,
            "day": day,
            "source": "liaison",
            "given_by": "Robin",
        } | answer
        shown = preview(self.db, there.leaver, **words, by=None, now=self.now)
        done = move_date(self.db, there.leaver, **words, by=None, now=self.now)
        assert done == shown
        if done.is_news:
            self.agrees_with_the_plan()

    def _book(self, number):
        open_ones = self.there.meetings(*OPEN)
        if open_ones:
            meeting = open_ones[number % len(open_ones)]
            length = (meeting.window_last - meeting.window_first).days + 1
            day = meeting.window_first + number % length * A_DAY
            told = Booking(starts_local=on(day, 10 + number % 6), minutes=60, place="Hall")
            book(self.db, meeting, told, by=None, now=self.now)

    def _held(self, number):
        self._answer(number, lambda meeting: held(self.db, meeting, by=None, now=self.now))

    def _missed(self, number):
        who = Absentee.LEAVER
        self._answer(number, lambda one: missed(self.db, one, who=who, by=None, now=self.now))

    def _answer(self, number, say):
        meeting = self._meeting_to_answer(number)
        if meeting:
            was_open = meeting.state in OPEN
            say(meeting)
            if was_open:
                self.agrees_with_the_plan()

    def _meeting_to_answer(self, number):
        """Any meeting whatever its state, or one of the next that are open, once it is over."""
        if number < 4:
            every = self.there.meetings()
            return every[number % len(every)] if every else None
        soon = self.there.meetings(*OPEN)[: 1 + number % 3]
        if not soon:
            return None
        over = at(over_on(soon[-1]), 18)
        self.now = max(self.now, over)
        return soon[-1]

    def _sent(self, number):
        ready = [one for one in self.letters() if one.state in UNSENT and one.due_at <= self.now]
        for letter in ready[number : number + 1]:
            send(letter, self.now)

    def _keep_up(self, _number):
        keep_up(self.db, now=self.now)
        release, near = self.there.leaver.release_date, self.there.pair.state is PairState.ACCEPTED
        assert near or not is_near(release, local_day(self.now)) or self.has_ended()
        self.agrees_with_the_plan()

    def has_ended(self):
        return self.there.pair.state is PairState.ENDED

    def letters(self):
        theirs = select(Letter).where(Letter.pair_id == self.there.pair.id).order_by(Letter.key)
        return [one for one in self.db.exec(theirs) if one.kind in BY_DATE]

    def what_is_done_stays(self):
        """Held meetings and sent letters never change, and no key is made twice."""
        for row in [*self.there.meetings(MeetingState.HELD), *self.letters()]:
            if isinstance(row, Meeting) or row.state is LetterState.SENT:
                assert self.settled.setdefault(row.id, contents_of(row)) == contents_of(row)
        kept = {one.id for one in (*self.there.meetings(MeetingState.HELD), *self.letters())}
        assert self.settled.keys() <= kept
        keys = Counter(letter.key for letter in self.db.exec(select(Letter)))
        assert not [key for key, times in keys.items() if times > 1]

    def agrees_with_the_plan(self):
        """The open rows are the plan of today, apart from what waits for an answer."""
        today = local_day(self.now)
        release, pair = self.there.leaver.release_date, self.there.pair
        rows = self.there.meetings(*OPEN)
        waiting = [one for one in rows if asks_for_answer(one, self.now)]
        ahead = [one for one in rows if one not in waiting]
        if pair.state is not PairState.ACCEPTED:
            assert not ahead
            assert not [one for one in self.letters() if one.state in UNSENT]
            return
        booked = [one for one in waiting if one.state is MeetingState.BOOKED]
        days = days_of(pair, self.there.referral, release)
        held_keys = {key(one) for one in self.there.meetings(MeetingState.HELD)}
        sent = {
            LetterKey(one.kind, one.number)
            for one in self.letters()
            if one.state is LetterState.SENT
        }
        done = Done(frozenset(held_keys | {key(one) for one in booked}), frozenset(sent))
        plan = plan_ahead(TABLE, days, done, today, official_calendar())
        planned = {one.key: (one.first_day, one.last_day) for one in plan.meetings}
        # A booking before the gate is kept as long as it can be, wherever the plan would put it.
        kept = {
            key(one)
            for one in ahead
            if one.state is MeetingState.BOOKED and one.kind in BEHIND_WALLS
        }
        assert {key(one): still_ahead(one, today) for one in ahead if key(one) not in kept} == {
            which: found for which, found in planned.items() if which not in kept
        }
        for one in ahead:
            if one.state is MeetingState.BOOKED:
                assert one.window_first <= local_day(one.starts_at) <= one.window_last
        self._letters_agree(Done(frozenset(held_keys), frozenset(sent)), days, today)

    def _letters_agree(self, done, days, today):
        plan = plan_ahead(TABLE, days, done, today, official_calendar())
        unsent = [one for one in self.letters() if one.state in UNSENT]
        assert Counter((one.kind, one.number, one.not_after) for one in unsent) == Counter(
            (*one.key, one.window.not_after) for one in plan.letters if one.key.kind in BY_DATE
        )


def is_gate(meeting):
    return meeting.kind is MeetingKind.GATE


def key(meeting):
    return MeetingKey(meeting.kind, meeting.number)


def still_ahead(meeting, today):
    """The days of a meeting, without those that have passed."""
    first, last = meeting.window_first, meeting.window_last
    if first < today:
        first = min(official_calendar().on_or_after(today), last)
    return first, last


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.sampled_from(list(PairForm)))
def test_the_rows_are_the_plan_of_the_dates_plus_what_was_held_or_sent(db, happening, form):
    life = Life(db, form)

    for what, number in happening:
        life.happens(what, number)
        life.what_is_done_stays()
        life.has_one_gate_ahead()
        life.has_nothing_inside_after_the_release()

    life.happens("keep up", 0)
    life.agrees_with_the_plan()
    before = contents(db)
    life.there.plan(life.now)
    assert contents(db) == before
    db.rollback()


def test_a_whole_life_in_its_order_ends_with_a_completed_pair(db):
    life = Life(db, PairForm.IN_PRISON)

    for meeting in life.there.meetings(*OPEN):
        life.now = at(meeting.window_first, 8)
        with suppress(NotAllowed):
            there, day = life.there, meeting.window_first
            there.book(meeting, on(day, 10), now=life.now)
        life.now = at(meeting.window_first, 15)
        held(db, meeting, by=None, now=life.now)
        life.agrees_with_the_plan()

    assert life.there.pair.state is PairState.ENDED
    assert len(life.there.meetings(MeetingState.HELD)) == 13
    assert life.there.meetings()[3].kind is MeetingKind.GATE
    assert local_day(life.now) > RELEASE + timedelta(weeks=12) > date(2027, 4, 1)
