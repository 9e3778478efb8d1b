"""A mentor tells of themselves: a break with no reason asked, an end, and that nobody came out."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from matcher.desks.mentor_ripples import NOTHING
from matcher.life_events import record
from matcher.life_facts import AtLarge, Lapsed, NotReleased, OnADay
from models.accounts import Account
from models.desk_words import LapseReason, LapseStep, TaskKind
from models.events import Event
from models.outbox import NOT_UNDER_WAY, Letter
from models.pairs import Pair
from models.people import Mentor
from models.states import (
    EndReason,
    EventKind,
    MeetingKind,
    MentorState,
    Move,
    PairState,
    ReferralState,
    Role,
)
from models.tasks import Task
from tests.rows import NOW, a_leaver_row, a_pair, a_referral
from tests.web.walks import a_walk, a_walk_that_ended, booked

TODAY = NOW.date()
REASONS = ("Ill.", "rrest", "ecall", "sentence")


def events(desks, kind):
    with desks.session() as db:
        return db.exec(select(Event).where(Event.kind == kind)).all()


def happens(desks, person, kind, facts):
    with desks.session() as db:
        row = db.get_one(type(person), person.id)
        record(db, row, kind, facts, happened_at=NOW, by=None, now=NOW)
        db.commit()


def at_the_gate(desks):
    """A mentor at the gate on the day, at the time and place that were agreed."""
    walk = a_walk(desks, release_date=TODAY)
    walk.meeting(kind=MeetingKind.GATE, **booked(TODAY, hour=12, place="The visitors’ car park"))
    return walk


def test_a_break_shows_what_follows_and_then_begins_and_nobody_asks_why(desks):
    walk = a_walk(desks)
    walk.meeting(kind=MeetingKind.FOLLOW_UP, **booked(TODAY + timedelta(days=3), hour=15))
    browser = walk.browser()

    page = browser.get("/mentor/break").text
    shown = browser.post("/mentor/break").text
    assert walk.read(Mentor, walk.mentor.id).state is MentorState.ACTIVE
    answer = browser.post("/mentor/break/confirmation", follow_redirects=True)

    assert "Your time with 1 person ends." in shown
    assert "1 meeting comes out of your diary. Please do not go to it." in shown
    assert "This was booked: Follow-up 1, Thursday 26 November 2026, 3pm." in shown
    assert "Why" not in page + shown
    assert "You are on a break." in answer.text
    assert walk.read(Mentor, walk.mentor.id).state is MentorState.PAUSED
    assert walk.read(Pair, walk.pair.id).state is PairState.ENDED
    [event] = events(desks, EventKind.MENTOR_LAPSED)
    assert event.facts["why"] == LapseReason.OWN_PAUSE


def test_what_follows_counts_no_pair_that_the_mentor_has_never_heard_of(desks):
    walk = a_walk(desks)
    with desks.session() as db:
        leaver = a_leaver_row()
        referral = a_referral(leaver, state=ReferralState.WAITING)
        unknown = a_pair(referral, walk.mentor, state=PairState.PROPOSED, place_number=2)
        db.add_all([leaver, referral, unknown])
        db.commit()

    shown = walk.browser().post("/mentor/break").text

    assert "Your time with 1 person ends." in shown
    assert "offer" not in shown[shown.index("<h1") :]


def test_to_a_mentor_with_nobody_it_is_said_that_nothing_of_theirs_changes(desks):
    walk = a_walk(desks)
    with desks.session() as db:
        db.get_one(Pair, walk.pair.id).move(Move.COMPLETE, by=None, now=NOW)
        db.commit()

    assert NOTHING in walk.browser().post("/mentor/break").text


def test_a_page_that_is_only_read_changes_nothing(desks):
    walk = a_walk(desks)
    browser = walk.browser()

    for address in ("/mentor/break", "/mentor/stopping", "/mentor/"):
        assert browser.get(address).status_code == 200

    assert walk.read(Mentor, walk.mentor.id).state is MentorState.ACTIVE
    assert walk.read(Pair, walk.pair.id).state is PairState.ACCEPTED


def test_a_break_told_twice_is_one_break_and_says_so_kindly(desks):
    walk = a_walk(desks)
    browser = walk.browser()
    browser.post("/mentor/break/confirmation")

    for address in ("/mentor/break", "/mentor/break/confirmation"):
        again = browser.post(address, follow_redirects=True)
        assert "You are on a break already." in again.text
    assert len(events(desks, EventKind.MENTOR_LAPSED)) == 1


def test_on_a_break_with_nobody_to_walk_with_no_page_says_that_we_write(desks):
    walk = a_walk_that_ended(desks, EndReason.COMPLETED, since=NOW - timedelta(days=15))
    browser = walk.browser()
    browser.post("/mentor/break/confirmation")

    page = browser.get("/mentor/").text

    assert "Nobody writes to you about anyone new while you are on a break." in page
    assert "we write to you and ask" not in page


def test_a_break_of_ones_own_ends_with_one_tap(desks):
    walk = a_walk(desks)
    walk.browser().post("/mentor/break/confirmation")
    desks.now = NOW + timedelta(minutes=5)
    browser = walk.browser()
    assert "I can start again" in browser.get("/mentor/").text

    back = browser.post("/mentor/return", follow_redirects=True)
    again = browser.post("/mentor/return", follow_redirects=True)

    assert "Welcome back." in back.text
    assert "You are not on a break." in again.text
    assert walk.read(Mentor, walk.mentor.id).state is MentorState.ACTIVE
    assert len(events(desks, EventKind.MENTOR_LAPSED)) == 2


@pytest.mark.parametrize("on_a_break", [True, False])
def test_a_pause_that_a_manager_told_is_not_the_mentors_to_end(desks, on_a_break):
    walk = a_walk(desks)
    if on_a_break:
        walk.browser().post("/mentor/break/confirmation")
        desks.now = NOW + timedelta(minutes=5)
    arrest = Lapsed(step=LapseStep.PAUSE, why=LapseReason.ARREST)
    with desks.session() as db:
        mentor = db.get_one(Mentor, walk.mentor.id)
        told = {"happened_at": desks.now, "by": None, "now": desks.now}
        record(db, mentor, EventKind.MENTOR_LAPSED, arrest, **told)
        db.commit()
    browser = walk.browser()

    page = browser.get("/mentor/").text
    answers = [
        browser.post(address, follow_redirects=True).text
        for address in ("/mentor/break", "/mentor/break/confirmation", "/mentor/return")
    ]

    assert "I can start again" not in page
    assert not [reason for reason in REASONS if reason in page]
    assert all("Please ring us" in answer for answer in answers)
    assert walk.read(Mentor, walk.mentor.id).state is MentorState.PAUSED


def test_who_stops_is_written_nothing_more_and_is_signed_out(desks):
    walk = a_walk(desks)
    browser = walk.browser()

    page = browser.get("/mentor/stopping").text
    shown = browser.post("/mentor/stopping", data={"sure": "y"}).text
    assert walk.read(Mentor, walk.mentor.id).consented_on is not None
    answer = browser.post("/mentor/stopping/confirmation", data={"sure": "y"})

    assert "Your time with 1 person ends." in shown
    assert "you cannot sign in any more" in page
    assert answer.status_code == 200
    assert "You have stopped" in answer.text
    assert browser.get("/mentor/").location == "/sign-in"
    assert walk.read(Account, walk.account.id).disabled_at == NOW
    assert walk.read(Mentor, walk.mentor.id).consented_on is None
    with desks.session() as db:
        unsent = select(Letter).where(
            Letter.mentor_id == walk.mentor.id, col(Letter.state).in_(NOT_UNDER_WAY)
        )
        assert [one for one in db.exec(unsent) if "mentor" in one.recipient] == []


def test_who_has_not_ticked_the_box_has_not_stopped(desks):
    walk = a_walk(desks)

    browser = walk.browser()
    for address in ("/mentor/stopping", "/mentor/stopping/confirmation"):
        answer = browser.post(address)
        assert answer.status_code == 422
        assert "Tick the box if you want to stop." in answer.text
    assert events(desks, EventKind.CONSENT_WITHDRAWN) == []


def test_that_nobody_came_out_shows_what_follows_and_then_what_to_do_now(desks):
    walk = at_the_gate(desks)
    browser, address = walk.browser(), f"/mentor/pairs/{walk.pair.id}/not-released"
    assert "They did not come out" in browser.get(f"/mentor/pairs/{walk.pair.id}/gate").text

    shown = browser.post(address).text
    assert events(desks, EventKind.NOT_RELEASED) == []
    answer = browser.post(f"{address}/confirmation", follow_redirects=True)

    assert "1 meeting comes out of your diary. Please do not go to it." in shown
    assert "This was booked: At the gate, Monday 23 November 2026, noon." in shown
    assert "Your manager is told now, and asked to ring you." in shown
    assert "You do not need to wait any more." in answer.text
    assert "0808 157 0100" in answer.text
    assert "car park" not in answer.text
    [event] = events(desks, EventKind.NOT_RELEASED)
    assert (event.leaver_id, event.recorded_by) == (walk.leaver.id, walk.account.id)
    assert walk.read(Pair, walk.pair.id).state is PairState.SUSPENDED
    with desks.session() as db:
        [task] = db.exec(select(Task).where(Task.kind == TaskKind.RING)).all()
    assert task.pair_id == walk.pair.id


def test_that_nobody_came_out_told_twice_is_told_once(desks):
    walk = at_the_gate(desks)
    browser = walk.browser()
    address = f"/mentor/pairs/{walk.pair.id}/not-released"
    browser.post(f"{address}/confirmation")

    for way in ("", "/confirmation"):
        again = browser.post(address + way, follow_redirects=True)
        assert "You have told us already." in again.text
    assert len(events(desks, EventKind.NOT_RELEASED)) == 1


def test_before_the_day_and_once_they_have_met_nobody_says_that_they_did_not_come(desks):
    early = a_walk(desks, release_date=TODAY + timedelta(days=1))
    met = at_the_gate(desks)
    met.browser().post(f"/mentor/pairs/{met.pair.id}/gate/met")

    for walk in (early, met):
        browser = walk.browser()
        page = browser.get(f"/mentor/pairs/{walk.pair.id}/gate").text
        address = f"/mentor/pairs/{walk.pair.id}/not-released"

        assert "did not come out" not in page
        for way in ("", "/confirmation"):
            assert "Please ring us." in browser.post(address + way, follow_redirects=True).text
        assert browser.get(address).location == f"/mentor/pairs/{walk.pair.id}/gate"
        assert browser.get(f"/mentor/pairs/{walk.pair.id}/told").status_code == 404
    assert events(desks, EventKind.NOT_RELEASED) == []


def test_a_tap_by_mistake_is_put_right_and_all_is_as_agreed(desks):
    walk = at_the_gate(desks)
    browser, pair = walk.browser(), f"/mentor/pairs/{walk.pair.id}"
    browser.post(f"{pair}/not-released/confirmation")
    desks.now = NOW + timedelta(minutes=2)
    browser = walk.browser()
    assert "put it right" in browser.get("/mentor/").text
    assert "They came out after all" in browser.get(f"{pair}/told").text

    shown = browser.post(f"{pair}/came-out").text
    assert len(events(desks, EventKind.NOT_RELEASED)) == 1
    answer = browser.post(f"{pair}/came-out/confirmation", follow_redirects=True)
    again = browser.post(f"{pair}/came-out/confirmation")

    assert f"Your plan with {walk.leaver.first_name} goes on." in shown
    assert "This is booked as before: At the gate, Monday 23 November 2026, noon." in shown
    assert "car park" in answer.text
    assert again.location == f"{pair}/gate"
    assert walk.read(Pair, walk.pair.id).state is PairState.ACCEPTED
    told = events(desks, EventKind.NOT_RELEASED)
    assert sorted(one.facts["came_out"] for one in told) == [False, True]


def test_what_the_prison_has_told_is_not_the_mentors_to_take_back(desks):
    walk = at_the_gate(desks)
    happens(desks, walk.leaver, EventKind.NOT_RELEASED, NotReleased(on=TODAY))
    browser, pair = walk.browser(), f"/mentor/pairs/{walk.pair.id}"

    page = browser.get(f"{pair}/told").text
    for way in ("", "/confirmation"):
        answer = browser.post(f"{pair}/came-out{way}", follow_redirects=True).text
        assert "You cannot take this back yourself now." in answer

    assert "They came out after all" not in page
    assert len(events(desks, EventKind.NOT_RELEASED)) == 1


def test_the_day_after_a_mentor_rings_to_put_it_right(desks):
    walk = at_the_gate(desks)
    pair = f"/mentor/pairs/{walk.pair.id}"
    walk.browser().post(f"{pair}/not-released/confirmation")
    desks.now = NOW + timedelta(days=1)
    browser = walk.browser()

    assert "put it right" not in browser.get("/mentor/").text
    answer = browser.post(f"{pair}/came-out/confirmation", follow_redirects=True).text
    assert "You cannot take this back yourself now." in answer
    assert len(events(desks, EventKind.NOT_RELEASED)) == 1


def test_nothing_is_told_by_who_has_only_looked(desks):
    walk = at_the_gate(desks)
    browser = walk.browser()
    pair = f"/mentor/pairs/{walk.pair.id}"

    for address in ("not-released", "came-out"):
        assert browser.get(f"{pair}/{address}").location == f"{pair}/gate"
    assert events(desks, EventKind.NOT_RELEASED) == []


def test_of_other_peoples_pairs_nobody_can_say_anything(desks):
    walk = at_the_gate(desks)
    other = desks.browser(a_walk(desks).account)

    for way in ("not-released", "came-out"):
        for method in ("get", "post"):
            answer = getattr(other, method)(f"/mentor/pairs/{walk.pair.id}/{way}")
            assert answer.status_code == 404
        address = f"/mentor/pairs/{walk.pair.id}/{way}/confirmation"
        assert other.post(address).status_code == 404
    assert other.get(f"/mentor/pairs/{walk.pair.id}/told").status_code == 404
    for role in (Role.LIAISON, Role.PEER):
        browser = desks.browser_of(role)
        assert browser.get("/mentor/break").status_code == 404
        assert browser.post("/mentor/return").status_code == 404
    assert events(desks, EventKind.NOT_RELEASED) == []


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (EventKind.UNLAWFULLY_AT_LARGE, AtLarge(on=TODAY)),
        (EventKind.RECALLED, OnADay(on=TODAY)),
    ],
)
def test_while_someone_is_at_large_or_recalled_no_page_holds_a_place_or_a_reason(
    desks, kind, facts
):
    walk = at_the_gate(desks)
    walk.meeting(kind=MeetingKind.FOLLOW_UP, **booked(TODAY, hour=15, place="The visitors’ café"))
    happens(desks, walk.leaver, kind, facts)
    browser = walk.browser()
    gate = f"/mentor/pairs/{walk.pair.id}/gate"

    pages = [browser.get(one).text for one in ("/mentor/", f"/mentor/pairs/{walk.pair.id}")]

    assert browser.get(gate).location == "/mentor/"
    assert browser.post(f"{gate.removesuffix('gate')}not-released").location == gate
    for page in pages:
        assert "This is on pause." in page
        assert "visitors" not in page
        assert "large" not in page.replace("govuk-body-l", "")
        assert "recall" not in page.lower()
