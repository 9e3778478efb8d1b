"""A life told again from its rows, in any order, comes out as it was."""

from contextlib import suppress
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from matcher import journey, life_events
from matcher.core.sending import local_day
from matcher.life_facts import (
    AtLarge,
    Away,
    Lapsed,
    NewSentence,
    NotReleased,
    OnADay,
    Transferred,
    Withdrawn,
)
from matcher.refusing import NotAllowed
from matcher.release_changes import move_date
from matcher.standings import standing_of
from models.desk_words import AwayReason, LapseStep
from models.events import Event
from models.meetings import Meeting
from models.outbox import NOT_UNDER_WAY, Letter
from models.release_words import DateKind
from models.releases import ReleaseDate
from models.states import EventKind, LetterKind, MeetingState, PairState
from tests.matcher.accepted import an_accepted_pair, at, contents_of
from tests.rows import NOW

A_DAY = timedelta(days=1)
DAYS = st.integers(0, 100)
KINDS = st.sampled_from([DateKind.CONFIRMED, DateKind.POST_RECALL, DateKind.CONDITIONAL])
LEAVERS = {
    "recalled": (EventKind.RECALLED, OnADay),
    "sentenced": (EventKind.NEW_SENTENCE, NewSentence),
    "not released": (EventKind.NOT_RELEASED, NotReleased),
    "at large": (EventKind.UNLAWFULLY_AT_LARGE, AtLarge),
}
RARELY = st.sampled_from(["died", "withdrawn", "mentor pauses", "mentor back", "mentor withdraws"])

happenings = st.lists(
    st.one_of(
        st.tuples(st.just("date"), DAYS, KINDS),
        st.tuples(st.sampled_from(sorted(LEAVERS)), DAYS, st.none()),
        st.tuples(st.just("away"), DAYS, st.one_of(st.none(), st.integers(0, 20))),
        st.tuples(st.just("back"), DAYS, st.none()),
        st.tuples(st.just("moved"), DAYS, st.sampled_from(["WCI", "MDI", "LEI"])),
        st.tuples(RARELY, DAYS, st.none()),
    ),
    min_size=1,
    max_size=6,
)


class Life:
    """One pair, the day it is, and what may happen to the two."""

    def __init__(self, db):
        self.db, self.now = db, NOW
        self.there = an_accepted_pair(db)
        self.there.plan()
        db.flush()

    def happens(self, what, days, more):
        """One thing happens, a while after the one before; what cannot be told is not."""
        self.now = at(local_day(self.now) + (days % 9) * A_DAY, 9 + days % 8)
        with suppress(NotAllowed):
            self._tell(what, days, more)

    def _tell(self, what, days, more):
        today, leaver = local_day(self.now), self.there.leaver
        if what == "date":
            words = {"source": "a board", "given_by": "", "by": None, "now": self.now}
            move_date(self.db, leaver, kind=more, day=today + days * A_DAY, **words)
        elif what in LEAVERS:
            kind, facts = LEAVERS[what]
            self._record(leaver, kind, facts(on=today))
        elif what == "away":
            first = today + (days % 30) * A_DAY
            until = None if more is None else first + more * A_DAY
            told = Away(on=first, until=until, why=AwayReason.COURT)
            self._record(leaver, EventKind.AWAY, told)
        elif what == "moved":
            self._record(leaver, EventKind.TRANSFERRED, Transferred(on=today, prison=more))
        else:
            self._tell_of_the_rare(what, today)

    def _tell_of_the_rare(self, what, today):
        leaver, mentor = self.there.leaver, self.there.mentor
        at_large = standing_of(self.db, leaver).frozen[-1:] == (EventKind.UNLAWFULLY_AT_LARGE,)
        lapse = EventKind.MENTOR_LAPSED
        if what == "back" and at_large:
            missed = self.db.exec(
                select(Event).where(Event.kind == EventKind.UNLAWFULLY_AT_LARGE)
            ).all()
            on = max(local_day(one.happened_at) for one in missed)
            self._record(leaver, EventKind.UNLAWFULLY_AT_LARGE, AtLarge(on=on, back_on=today))
        elif what == "died":
            self._record(leaver, EventKind.DIED, OnADay(on=today))
        elif what == "withdrawn":
            self._record(leaver, EventKind.CONSENT_WITHDRAWN, Withdrawn())
        elif what == "mentor pauses":
            self._record(mentor, lapse, Lapsed(step=LapseStep.PAUSE))
        elif what == "mentor back":
            self._record(mentor, lapse, Lapsed(step=LapseStep.BACK))
        elif what == "mentor withdraws":
            self._record(mentor, EventKind.CONSENT_WITHDRAWN, Withdrawn())

    def _record(self, person, kind, facts):
        words = {"happened_at": self.now, "by": None, "now": self.now}
        life_events.record(self.db, person, kind, facts, **words)

    def rows(self, kind):
        """All rows of a kind, as what they hold."""
        return [contents_of(row) for row in self.db.exec(select(kind))]

    def as_it_is(self):
        """What a life has come to: standings, states, and until when each meeting ahead is to be.

        What nobody said anything about on its day is not ahead: a replay does not live the days.
        """
        there = self.there
        if there.pair.state is not PairState.ENDED:
            journey.follow_date(self.db, there.pair, by=None, now=self.now)
        still_open = (MeetingState.PLANNED, MeetingState.BOOKED)
        ahead = select(Meeting).where(col(Meeting.state).in_(still_open))
        days = {
            (one.kind, one.number): (one.window_last, one.release_number)
            for one in self.db.exec(ahead)
            if one.window_last >= local_day(self.now)
        }
        return (
            standing_of(self.db, there.leaver),
            standing_of(self.db, there.mentor),
            (there.pair.state, there.referral.state, there.mentor.state),
            there.pair.form if there.pair.state is not PairState.ENDED else None,
            days,
        )

    def replay(self, dates, events):
        """Tell the events again from their rows; the dates on file are given."""
        known = {row["id"] for row in self.rows(ReleaseDate)}
        self.db.add_all(ReleaseDate(**row) for row in dates if row["id"] not in known)
        self.db.flush()
        for row in events:
            person = self.there.leaver if row["leaver_id"] else self.there.mentor
            life_events.take(self.db, person, Event(**row), by=None, now=self.now)


def replayed(db, told, data):
    """Live one life, take all but its rows back, and tell them again in another order."""
    life = Life(db)
    fresh = db.begin_nested()
    for one in told:
        life.happens(*one)
    lived = life.as_it_is()
    one_digest = db.exec(
        select(Letter).where(Letter.kind == LetterKind.DIGEST, col(Letter.state).in_(NOT_UNDER_WAY))
    ).all()
    events, dates = life.rows(Event), life.rows(ReleaseDate)
    fresh.rollback()
    order = data.draw(st.permutations(events))
    again = data.draw(st.lists(st.sampled_from(events), max_size=3)) if events else []
    life.replay(dates, [*order, *again])
    return lived, life.as_it_is(), one_digest


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=happenings, data=st.data())
def test_a_life_replayed_from_its_rows_in_any_order_comes_out_the_same(db, told, data):
    try:
        lived, again, unsent = replayed(db, told, data)

        assert again == lived
        assert len(unsent) <= 1
    finally:
        db.rollback()
