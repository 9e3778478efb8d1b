from datetime import timedelta

import pytest

from matcher import moved_days
from matcher.endings import end_pair
from matcher.gate_taps import mark
from matcher.outcomes import held
from matcher.ringing import raise_ring, settle_rings, why_to_ring
from models.desk_words import GateStep, RingReason, TaskKind
from models.states import MeetingKind, Move
from models.tasks import Task
from tests.matcher.accepted import RELEASE, an_accepted_pair, at, on
from tests.rows import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def there(db):
    there = an_accepted_pair(db)
    there.plan()
    return there


def still_open(there):
    """Why someone is still to be rung."""
    return [why_to_ring(one) for one in there.tasks(TaskKind.RING) if one.done_at is None]


@pytest.mark.parametrize("why", list(RingReason))
def test_a_call_says_why_in_a_sentence(there, why):
    raise_ring(there.db, there.pair, why, now=NOW)

    [task] = there.tasks(TaskKind.RING)
    assert why_to_ring(task) is why
    assert why.label.endswith(".")
    assert "ring" not in why.label.lower().split()


def test_a_task_of_another_kind_is_no_call():
    told = {"kind": TaskKind.NO_ANSWER, "raised_at": NOW, "due_on": NOW.date()}

    assert why_to_ring(Task(key="no_answer:1", **told)) is None


def test_a_second_reason_of_the_same_kind_takes_the_place_of_the_first(there):
    raise_ring(there.db, there.pair, RingReason.GATE_CHANGED, now=NOW)
    raise_ring(there.db, there.pair, RingReason.GATE_CHANGED, now=LATER)
    raise_ring(there.db, there.pair, RingReason.GATE_CHANGED, now=LATER)
    raise_ring(there.db, there.pair, RingReason.ON_PAUSE, now=LATER)

    open_now = [one for one in there.tasks(TaskKind.RING) if one.done_at is None]
    assert [one.raised_at for one in open_now] == [LATER, LATER]
    assert set(still_open(there)) == {RingReason.GATE_CHANGED, RingReason.ON_PAUSE}


@pytest.mark.parametrize("suits", [True, False])
def test_a_mentor_whom_the_new_days_suit_need_not_be_rung(there, suits):
    raise_ring(there.db, there.pair, RingReason.GATE_CHANGED, now=NOW)
    moved_days.ask(there.db, there.pair, now=NOW)
    there.db.flush()
    asked = moved_days.asked_of(there.db, [there.pair.id])[there.pair.id]

    moved_days.answer(there.db, there.pair, asked, suits=suits, by=None, now=LATER)

    both = [RingReason.GATE_CHANGED, RingReason.DAYS_DO_NOT_SUIT]
    assert still_open(there) == ([] if suits else both)


def test_a_mentor_who_stands_at_the_gate_need_not_be_rung_about_it(there):
    raise_ring(there.db, there.pair, RingReason.GATE_CHANGED, now=NOW)

    mark(there.db, there.pair, GateStep.ARRIVED, by=None, now=at(RELEASE))

    assert still_open(there) == []
    assert there.tasks(TaskKind.RING)[0].outcome == "The mentor was at the gate."


@pytest.mark.parametrize("what", ["held", "unbooked"])
def test_a_meeting_that_is_behind_or_called_off_is_nothing_to_ring_about(there, what):
    contact = there.meeting(MeetingKind.INTRODUCTION)
    day = contact.window_first
    there.book(contact, on(day, 8), now=at(day, 7))
    rung = still_open(there)

    if what == "held":
        held(there.db, contact, by=None, now=at(day, 12))
    else:
        there.leaver.release_date = day
        there.plan(at(day, 7, 30))

    assert rung == [RingReason.BOOKED_LATE]
    assert still_open(there) == []


def test_a_pair_that_has_ended_leaves_only_the_call_that_says_so(there):
    for why in set(RingReason) - {RingReason.STOOD_DOWN, RingReason.AFTER_MEETING}:
        raise_ring(there.db, there.pair, why, now=NOW)

    end_pair(there.db, there.pair, Move.STAND_DOWN, by=there.manager.id, now=LATER)

    assert still_open(there) == [RingReason.STOOD_DOWN]


def test_a_call_of_one_pair_is_not_closed_by_another(there):
    other = an_accepted_pair(there.db)
    why = RingReason.GATE_CHANGED
    raise_ring(there.db, there.pair, why, now=NOW)

    settle_rings(there.db, {why}, outcome="Rung.", by=None, now=LATER, pair_id=other.pair.id)

    assert still_open(there) == [why]
