"""A manager is pressed to approve in time for the first offer."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from matcher import first_offers, pairing, tasks
from matcher.core.sending import opening_of
from models.states import Move
from models.tasks import Task
from tests.matcher.people_waiting import a_manager, proposed
from tests.rows import NOW

# The leaver of tests leaves on 3 February 2027: six weeks before is Wednesday 23 December.
PRESSING = opening_of(date(2026, 12, 21))


def pressed(db, now):
    return first_offers.press(db, now=now)


def test_two_working_days_before_the_first_offer_is_due_the_manager_is_pressed_once(db):
    pair = proposed(db)

    early = pressed(db, opening_of(date(2026, 12, 18)))
    [task] = pressed(db, PRESSING)
    again = pressed(db, PRESSING + timedelta(hours=1))

    assert (early, again) == ([], [])
    assert (task.pair_id, task.due_on, task.done_at) == (pair.id, date(2026, 12, 23), None)
    assert task.region is not None


def approved(db, pair):
    pairing.approve(db, pair, by=a_manager(db), now=PRESSING)


def replaced(db, pair):
    pair.move(Move.REPLACE, by=None, now=PRESSING)


@pytest.mark.parametrize("what", [approved, replaced])
def test_the_task_is_done_when_the_offer_is_out_or_the_proposal_gives_way(db, what):
    pair = proposed(db)
    pressed(db, PRESSING)

    what(db, pair)
    tasks.raise_due(db, now=PRESSING)

    assert db.exec(select(Task.done_at)).one() == PRESSING


def test_a_proposal_of_today_is_not_pressed_yet(db):
    pair = proposed(db)
    pair.proposed_at = PRESSING
    db.commit()

    assert pressed(db, PRESSING) == []
    assert len(pressed(db, PRESSING + timedelta(days=1))) == 1


def test_what_is_approved_already_is_not_pressed(db):
    pair = proposed(db)
    pairing.approve(db, pair, by=a_manager(db), now=NOW)
    db.commit()

    assert pressed(db, PRESSING) == []
