"""They came out after all: a false word at the gate is taken back, and the plan is as it was."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from matcher import coming_out, life_events
from matcher.core.standing import standing_after
from matcher.gate_day import GatePlanFacts, confirm, gate_meeting
from matcher.gate_taps import mark
from matcher.life_facts import NotReleased, OnADay
from matcher.refusing import NotAllowed
from matcher.standings import as_happened, standing_of
from models.desk_words import GateStep, RingReason, TaskKind
from models.events import Event
from models.outbox import NOT_UNDER_WAY
from models.states import (
    EventKind,
    LetterKind,
    LetterState,
    MeetingKind,
    MeetingMove,
    MeetingState,
    PairState,
    Role,
)
from tests.matcher.accepted import RELEASE, an_accepted_pair, at, on
from tests.rows import NOW, an_account

A_DAY = timedelta(days=1)
CAME_OUT = NotReleased(on=RELEASE, came_out=True)
NOT_OUT = NotReleased(on=RELEASE)
OPEN = (MeetingState.PLANNED, MeetingState.BOOKED)


@pytest.fixture
def there(db):
    """A pair on the day of release: the gate agreed, the mentor there, the day after booked."""
    there = an_accepted_pair(db)
    there.plan()
    agreed = GatePlanFacts(
        starts_local=on(RELEASE, 9),
        place="The visitors' car park",
        home_by_local=on(RELEASE, 13),
        bring="ID",
        ring_name="Gate desk",
        ring_phone="07700 900456",
    )
    confirm(db, there.pair, agreed, by=there.liaison.id, now=NOW)
    there.book(there.meeting(MeetingKind.FIRST_CONTACT), on(RELEASE + A_DAY))
    there.plan(now=at(RELEASE, 8))
    return there


@pytest.fixture
def mentors(there):
    account = an_account(Role.MENTOR, mentor_id=there.mentor.id)
    there.db.add(account)
    there.db.flush()
    return account


def happens(there, facts, now, by=None, kind=EventKind.NOT_RELEASED):
    told = {"happened_at": now, "by": by or there.liaison.id, "now": now}
    return life_events.record(there.db, there.leaver, kind, facts, **told)


def plan_of(there):
    return [
        (
            *(one.kind, one.number, one.state, one.window_first, one.window_last, one.book_by),
            *(one.starts_at, one.minutes, one.place, one.booked_by),
        )
        for one in there.meetings(*OPEN)
    ]


def calls(there):
    still_open = [one for one in there.tasks(TaskKind.RING) if one.done_at is None]
    return [why for why in RingReason if any(f":{why.value}:" in one.key for one in still_open)]


@pytest.mark.parametrize("minutes", [30, 75], ids=["before its time", "after its time"])
def test_the_plan_is_as_if_nobody_had_said_that_they_did_not_come_out(there, minutes):
    before, tap = plan_of(there), at(RELEASE, 8) + timedelta(minutes=minutes)
    mark(there.db, there.pair, GateStep.ARRIVED, by=None, now=at(RELEASE, 8, 20))
    happens(there, NOT_OUT, tap)
    assert plan_of(there) == []

    ripple = happens(there, CAME_OUT, tap + timedelta(minutes=5))

    assert there.pair.state is PairState.ACCEPTED
    assert plan_of(there) == before
    assert gate_meeting(there.db, there.pair).place == "The visitors' car park"
    assert ripple.resumes
    assert ripple.meetings_back == 2
    assert "2 meetings are booked as before." in ripple.sentences()
    mark(there.db, there.pair, GateStep.MET, by=None, now=tap + timedelta(minutes=6))


def test_whoever_was_told_not_to_wait_is_told_at_once_and_no_call_about_it_is_left(there):
    tap = at(RELEASE, 8, 30)
    happens(there, NOT_OUT, tap)

    happens(there, CAME_OUT, tap + timedelta(minutes=5))

    assert there.letters(LetterKind.STOOD_DOWN, *NOT_UNDER_WAY - {LetterState.CANCELLED}) == []
    changed = there.letters(LetterKind.GATE_CHANGED, LetterState.PLANNED)
    assert {one.recipient.partition(":")[0] for one in changed} == {"mentor", "manager"}
    assert all(one.urgent for one in changed)
    assert calls(there) == [RingReason.GATE_CHANGED]


def test_a_mentor_who_takes_back_their_own_word_is_neither_written_nor_rung(there, mentors):
    tap = at(RELEASE, 8, 30)
    happens(there, NOT_OUT, tap, by=mentors.id)

    happens(there, CAME_OUT, tap + timedelta(minutes=5), by=mentors.id)

    [changed] = there.letters(LetterKind.GATE_CHANGED, LetterState.PLANNED)
    assert changed.recipient.startswith("manager:")
    assert calls(there) == []


def test_both_words_stay_on_file_and_the_same_again_is_nothing_new(there):
    tap = at(RELEASE, 8, 30)
    happens(there, NOT_OUT, tap)
    happens(there, CAME_OUT, tap + timedelta(minutes=5))

    again = happens(there, CAME_OUT, tap + timedelta(minutes=6))

    assert not again.is_news
    told = there.db.exec(select(Event).order_by(col(Event.recorded_at))).all()
    assert [one.facts["came_out"] for one in told] == [False, True]


def test_told_once_more_that_they_did_not_come_out_they_did_not(there):
    tap = at(RELEASE, 8, 30)
    for minutes, facts in enumerate((NOT_OUT, CAME_OUT, NOT_OUT)):
        happens(there, facts, tap + timedelta(minutes=minutes))

    assert there.pair.state is PairState.SUSPENDED
    assert plan_of(there) == []


def test_the_words_count_in_whichever_order_they_are_read(there):
    tap = at(RELEASE, 8, 30)
    happens(there, NOT_OUT, tap)
    happens(there, CAME_OUT, tap + timedelta(minutes=5))
    told = [as_happened(one) for one in there.db.exec(select(Event)).all()]

    assert standing_after(told) == standing_after(reversed(told)) == standing_after(told * 2)
    assert standing_of(there.db, there.leaver).frozen == ()


@pytest.mark.parametrize("told_before", [True, False], ids=["the day after", "nothing told"])
def test_what_nobody_told_today_cannot_be_taken_back(there, told_before):
    now = at(RELEASE, 8, 30)
    if told_before:
        happens(there, NOT_OUT, now)
        now += A_DAY
    facts = NotReleased(on=RELEASE + A_DAY, came_out=True) if told_before else CAME_OUT

    with pytest.raises(NotAllowed, match="Nobody has told us today"):
        happens(there, facts, now)


def test_another_reason_to_stop_still_stops_the_plan(there):
    tap = at(RELEASE, 8, 30)
    happens(there, NOT_OUT, tap)
    happens(there, OnADay(on=RELEASE), tap + timedelta(minutes=1), kind=EventKind.RECALLED)

    happens(there, CAME_OUT, tap + timedelta(minutes=5))

    assert there.pair.state is PairState.SUSPENDED
    assert plan_of(there) == []
    assert there.letters(LetterKind.GATE_CHANGED, LetterState.PLANNED) == []


def test_a_mentor_takes_back_only_what_they_told_themselves(there, mentors):
    tap = at(RELEASE, 8, 30)
    happens(there, NOT_OUT, tap)

    assert not coming_out.may_take_back(there.db, mentors, there.leaver, tap)
    assert coming_out.may_take_back(there.db, there.liaison, there.leaver, tap)
    assert not coming_out.may_take_back(there.db, there.liaison, there.leaver, tap + A_DAY)


def test_a_booking_that_was_lost_before_does_not_come_back(there):
    first = there.meeting(MeetingKind.FIRST_CONTACT)
    first.move(MeetingMove.UNBOOK, now=at(RELEASE, 8, 5))
    there.db.add(first)
    there.db.flush()
    tap = at(RELEASE, 8, 30)
    happens(there, NOT_OUT, tap)

    happens(there, CAME_OUT, tap + timedelta(minutes=5))

    assert there.meeting(MeetingKind.FIRST_CONTACT).state is MeetingState.PLANNED
