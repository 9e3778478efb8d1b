"""Who leaves next, as the liaison reads it: few questions to the database, however many leave."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from matcher.desks.liaison_start import STANDING, expected_soon, leaving_soon
from matcher.desks.liaison_tasks import tasks_to_do
from models.states import PairState, ReferralState, Role
from tests.matcher.accepted import an_accepted_pair, at
from tests.rows import NOW, a_leaver_row, a_referral, an_account, an_expected_leaver


@pytest.fixture
def liaison(db):
    account = an_account(Role.LIAISON)
    db.add(account)
    db.flush()
    return account


def cards(db, liaison, now):
    """Everybody on the first page, and who has left."""
    leaving = leaving_soon(db, liaison, now)
    return [*leaving.found.rows, *leaving.have_left]


def test_a_longer_list_asks_the_database_no_more_often(db, liaison):
    an_accepted_pair(db).plan()
    once = _asked(db, liaison)

    for _ in range(4):
        an_accepted_pair(db).plan()

    assert _asked(db, liaison) == once
    assert leaving_soon(db, liaison, NOW).found.total == 5


def test_the_next_to_leave_stands_first_and_who_has_no_date_last(db, liaison):
    days = [None, NOW.date() + timedelta(days=30), NOW.date() + timedelta(days=3)]
    for day in days:
        leaver = a_leaver_row(release_date=day)
        db.add_all([leaver, a_referral(leaver)])
    db.flush()

    found = [card.release_date for card in cards(db, liaison, NOW)]

    assert found == [days[2], days[1], None]


def test_the_list_comes_in_pages_and_can_be_cut_down_to_what_is_to_do(db, liaison):
    states = [ReferralState.WAITING, ReferralState.PUT_FORWARD, ReferralState.WAITING]
    for days, state in enumerate(states, start=1):
        leaver = a_leaver_row(release_date=NOW.date() + timedelta(days=days))
        db.add_all([leaver, a_referral(leaver, state=state)])
    db.flush()

    second = leaving_soon(db, liaison, NOW, 2, size=2)
    busy = leaving_soon(db, liaison, NOW, only_to_do=True)

    assert [card.release_date.day - NOW.day for card in second.found.rows] == [3]
    assert (second.found.pages, second.ahead, second.to_do) == (2, 3, 1)
    assert [card.to_do for card in busy.found.rows] == [("Complete and endorse",)]
    assert busy.found.total == 1


def test_whoever_left_stays_on_the_list_for_a_week(db, liaison):
    for ago in (7, 8):
        leaver = a_leaver_row(release_date=NOW.date() - timedelta(days=ago))
        db.add_all([leaver, a_referral(leaver)])
    db.flush()

    [card] = cards(db, liaison, NOW)

    assert card.release_date == NOW.date() - timedelta(days=7)


def test_only_what_is_under_way_is_listed(db, liaison):
    listed = set()
    for state in ReferralState:
        leaver = a_leaver_row()
        db.add_all([leaver, a_referral(leaver, state=state)])
        listed |= {leaver.code} if state not in _OVER else set()
    db.flush()

    assert {card.code for card in cards(db, liaison, NOW)} == listed


def test_a_pair_that_is_paused_has_nothing_to_book(db, liaison):
    there = an_accepted_pair(db)
    there.plan()
    there.pair.state = PairState.SUSPENDED
    db.flush()

    [card] = cards(db, liaison, NOW)

    assert card.to_do == ()
    assert card.standing == "Paused until the date is clear"


@pytest.mark.parametrize("days", [None, 0, -1])
def test_a_pair_paused_without_a_day_ahead_waits_for_the_new_date(db, liaison, days):
    there = an_accepted_pair(db)
    there.pair.state = PairState.SUSPENDED
    there.leaver.release_date = None if days is None else NOW.date() + timedelta(days=days)
    db.flush()

    [card] = cards(db, liaison, NOW)

    assert card.to_do == ("Give the new date",)
    assert not card.has_left


def test_the_gate_plan_is_asked_for_two_weeks_before(db, liaison):
    there = an_accepted_pair(db)
    there.plan()
    two_weeks = NOW + (there.leaver.release_date - NOW.date()) - timedelta(days=14)

    [early] = cards(db, liaison, two_weeks - timedelta(days=1))
    [late] = cards(db, liaison, two_weeks)

    assert "Agree the gate plan" not in early.to_do
    assert "Agree the gate plan" in late.to_do


def test_every_state_has_words_and_none_gives_a_reason():
    said = " ".join(STANDING.values()).lower()

    assert STANDING.keys() == set(ReferralState)
    for word in ("risk", "hold", "score", "licence", "refused"):
        assert word not in said


def _asked(db, liaison):
    """How many statements the first page takes."""
    statements = []

    def count(*_told):
        statements.append(1)

    db.flush()
    event.listen(db.get_bind(), "before_cursor_execute", count)
    leaving_soon(db, liaison, NOW)
    expected_soon(db, liaison, NOW, 1)
    tasks_to_do(db, liaison, NOW)
    event.remove(db.get_bind(), "before_cursor_execute", count)
    return len(statements)


_OVER = {ReferralState.DRAFT, ReferralState.WITHDRAWN, ReferralState.RELEASED_UNMATCHED}


def test_who_is_expected_comes_page_by_page_in_the_order_of_days(db, liaison):
    today = NOW.date()
    for days in (5, 1, 3):
        db.add(an_expected_leaver(release_date=today + timedelta(days=days)))
    db.flush()

    first, second = (expected_soon(db, liaison, NOW, page, size=2) for page in (1, 2))

    assert [(card.release_date - today).days for card in (*first.rows, *second.rows)] == [1, 3, 5]
    assert (first.pages, first.total) == (2, 3)


def test_what_was_to_be_booked_on_days_that_are_over_is_not_asked_for_any_more(db, liaison):
    there = an_accepted_pair(db)
    there.plan()
    release = there.leaver.release_date

    [on_the_day] = cards(db, liaison, at(release))
    [the_day_after] = cards(db, liaison, at(release + timedelta(days=1)))

    assert "Agree the gate plan" in on_the_day.to_do
    assert the_day_after.to_do == ()
