"""A mentor tells of themselves: a break with no reason asked, an end, and that nobody came out."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from matcher.life_events import record
from matcher.life_facts import AtLarge, Lapsed, OnADay
from models.accounts import Account
from models.desk_words import LapseReason, LapseStep, TaskKind
from models.events import Event
from models.outbox import NOT_UNDER_WAY, Letter
from models.pairs import Pair
from models.people import Mentor
from models.states import EventKind, MeetingKind, MentorState, PairState, Role
from models.tasks import Task
from tests.rows import NOW
from tests.web.walks import a_walk, booked

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


def test_a_break_begins_with_one_tap_and_nobody_asks_why(desks):
    walk = a_walk(desks)
    browser = walk.browser()

    page = browser.get("/mentor/break").text
    answer = browser.post("/mentor/break", follow_redirects=True)

    assert "your time with 1 person ends" in page
    assert "Why" not in page
    assert "You are on a break." in answer.text
    assert walk.read(Mentor, walk.mentor.id).state is MentorState.PAUSED
    assert walk.read(Pair, walk.pair.id).state is PairState.ENDED
    [event] = events(desks, EventKind.MENTOR_LAPSED)
    assert event.facts["why"] == LapseReason.OWN_PAUSE


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
    browser.post("/mentor/break")

    again = browser.post("/mentor/break", follow_redirects=True)

    assert "You are on a break already." in again.text
    assert len(events(desks, EventKind.MENTOR_LAPSED)) == 1


def test_a_break_of_ones_own_ends_with_one_tap(desks):
    walk = a_walk(desks)
    walk.browser().post("/mentor/break")
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
        walk.browser().post("/mentor/break")
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
        for address in ("/mentor/break", "/mentor/return")
    ]

    assert "I can start again" not in page
    assert not [reason for reason in REASONS if reason in page]
    assert all("Please ring us" in answer for answer in answers)
    assert walk.read(Mentor, walk.mentor.id).state is MentorState.PAUSED


def test_who_stops_is_written_nothing_more_and_is_signed_out(desks):
    walk = a_walk(desks)
    browser = walk.browser()

    page = browser.get("/mentor/stopping").text
    answer = browser.post("/mentor/stopping", data={"sure": "y"})

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

    answer = walk.browser().post("/mentor/stopping")

    assert answer.status_code == 422
    assert "Tick the box if you want to stop." in answer.text
    assert events(desks, EventKind.CONSENT_WITHDRAWN) == []


def test_that_nobody_came_out_is_one_tap_and_says_what_to_do_now(desks):
    walk = at_the_gate(desks)
    browser = walk.browser()
    assert "They did not come out" in browser.get(f"/mentor/pairs/{walk.pair.id}/gate").text

    answer = browser.post(f"/mentor/pairs/{walk.pair.id}/not-released", follow_redirects=True)

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
    browser.post(address)

    again = browser.post(address, follow_redirects=True)

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
        assert "Please ring us." in browser.post(address, follow_redirects=True).text
        assert browser.get(address).status_code == 404
    assert events(desks, EventKind.NOT_RELEASED) == []


def test_of_other_peoples_pairs_nobody_can_say_anything(desks):
    walk = at_the_gate(desks)
    other = desks.browser(a_walk(desks).account)

    for method in ("get", "post"):
        answer = getattr(other, method)(f"/mentor/pairs/{walk.pair.id}/not-released")
        assert answer.status_code == 404
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

    assert browser.get(gate).status_code == 404
    assert browser.post(f"{gate.removesuffix('gate')}not-released").status_code == 404
    for page in pages:
        assert "This is on pause." in page
        assert "visitors" not in page
        assert "large" not in page.replace("govuk-body-l", "")
        assert "recall" not in page.lower()
