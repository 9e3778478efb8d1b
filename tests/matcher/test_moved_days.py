"""New days of a pair: its mentor is asked once whether they suit, and what comes of the answer."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matcher import moved_days
from matcher.gate_day import GatePlanFacts, confirm
from matcher.refusing import NotAllowed
from matcher.release_changes import move_date
from models.desk_words import TaskKind
from models.meetings import DaysAsked
from models.release_words import DateKind
from models.states import Move
from models.tasks import Task
from tests.matcher.accepted import RELEASE, an_accepted_pair, on
from tests.rows import NOW

A_WEEK = timedelta(days=7)
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def there(db):
    there = an_accepted_pair(db)
    there.plan()
    return there


def move(there, day, now=NOW):
    told = {"source": "the board", "given_by": "Robin", "by": there.liaison.id}
    move_date(there.db, there.leaver, kind=DateKind.CONFIRMED, day=day, now=now, **told)


def asked(there):
    return there.db.exec(select(DaysAsked).order_by(DaysAsked.asked_at)).all()


def answer(there, suits, now=LATER):
    one = moved_days.asked_of(there.db, [there.pair.id])[there.pair.id]
    moved_days.answer(there.db, there.pair, one, suits=suits, by=there.manager.id, now=now)


def rings(there):
    kinds = select(Task).where(Task.kind == TaskKind.RING)
    return there.db.exec(kinds).all()


def test_a_mentor_is_asked_once_however_often_the_days_move_before_the_answer(there):
    move(there, RELEASE + A_WEEK)
    move(there, RELEASE + timedelta(days=9), now=LATER)

    [one] = asked(there)
    assert (one.pair_id, one.asked_at, one.answered_at) == (there.pair.id, LATER, None)


def test_a_date_that_changes_nothing_asks_nothing(there):
    move(there, RELEASE)

    assert asked(there) == []


def test_a_gate_that_was_settled_and_moves_asks_too(there):
    gate = {"starts_local": on(RELEASE, 9), "home_by_local": on(RELEASE, 17)}
    ring = {"ring_name": "Robin", "ring_phone": "0808 157 0192"}
    confirm(there.db, there.pair, GatePlanFacts(place="The gate", **gate, **ring), by=None, now=NOW)

    move(there, RELEASE + A_WEEK)

    assert len(asked(there)) == 1


def test_a_yes_is_kept_with_who_and_when_and_stands(there):
    move(there, RELEASE + A_WEEK)

    answer(there, True)
    answer(there, False, now=LATER + A_WEEK)

    [one] = asked(there)
    assert (one.suits, one.answered_at, one.answered_by) == (True, LATER, there.manager.id)
    assert rings(there) == []


def test_a_no_lets_the_manager_ring_the_mentor(there):
    move(there, RELEASE + A_WEEK)

    answer(there, False)

    [task] = rings(there)
    assert (task.pair_id, task.mentor_id) == (there.pair.id, there.mentor.id)
    assert task.region is there.referral.region


def test_days_that_move_after_the_answer_are_asked_about_again(there):
    move(there, RELEASE + A_WEEK)
    answer(there, True)

    move(there, RELEASE + timedelta(days=9), now=LATER)

    assert [one.suits for one in asked(there)] == [True, None]


def test_a_pair_that_is_paused_is_asked_about_only_when_it_goes_on(there):
    move(there, RELEASE + 30 * A_WEEK)
    paused = asked(there)

    move(there, RELEASE + A_WEEK, now=LATER)

    assert paused == []
    assert [one.asked_at for one in asked(there)] == [LATER]


def test_nothing_is_answered_for_a_pair_on_pause(there):
    move(there, RELEASE + A_WEEK)
    there.pair.move(Move.SUSPEND, by=None, now=NOW)

    with pytest.raises(NotAllowed, match="on pause or has ended"):
        answer(there, True)
