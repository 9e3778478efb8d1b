"""How a meeting went, in two taps of its mentor, and what the manager reads of it."""

from datetime import timedelta

from sqlmodel import select

from models.desk_words import RingReason, TaskKind, Went
from models.meetings import HowItWent
from models.states import MeetingKind, MeetingState, Role
from models.tasks import Task
from tests.rows import NOW
from tests.web.walks import a_walk, body, booked

YESTERDAY = NOW.date() - timedelta(days=1)


def a_meeting_held(desks):
    walk = a_walk(desks)
    told = booked(YESTERDAY) | {"state": MeetingState.HELD, "kind": MeetingKind.PRISON_VISIT}
    return walk, walk.meeting(**told)


def said(desks):
    with desks.session() as db:
        return db.exec(select(HowItWent)).one_or_none()


def calls(desks):
    with desks.session() as db:
        return db.exec(select(Task).where(Task.kind == TaskKind.RING)).all()


def test_the_answer_that_they_met_leads_to_how_it_went(desks):
    walk = a_walk(desks)
    meeting = walk.meeting(**booked(YESTERDAY))

    answer = walk.browser().post(
        f"/mentor/meetings/{meeting.id}/held", data={"version": "1"}, follow_redirects=True
    )

    assert "We have written down that you met." in answer.text
    assert "How did it go?" in answer.text


def test_two_taps_say_how_it_was_and_that_nobody_needs_to_ring(desks):
    walk, meeting = a_meeting_held(desks)
    browser, page = walk.browser(), f"/mentor/meetings/{meeting.id}/how"

    first = browser.post(page, data={"went": "well"}, follow_redirects=True).text
    second = browser.post(page, data={"call": "no"}, follow_redirects=True).text

    assert "Do you want us to ring you about it?" in first
    assert "Thank you for telling us." in second
    assert (said(desks).went, said(desks).wants_call) == (Went.WELL, False)
    assert calls(desks) == []


def test_whoever_wants_a_call_is_rung_once_however_often_they_tap(desks):
    walk, meeting = a_meeting_held(desks)
    browser, page = walk.browser(), f"/mentor/meetings/{meeting.id}/how"
    browser.post(page, data={"went": "hard"})

    for _ in range(2):
        browser.post(page, data={"call": "yes"})

    [call] = calls(desks)
    today = desks.browser_of(Role.MANAGER).get("/manager/").text
    assert RingReason.AFTER_MEETING.label in today
    assert call.meeting_id == meeting.id


def test_whoever_goes_back_once_both_are_told_is_not_asked_again(desks):
    walk, meeting = a_meeting_held(desks)
    browser, page = walk.browser(), f"/mentor/meetings/{meeting.id}/how"
    browser.post(page, data={"went": "hard"})
    browser.post(page, data={"call": "yes"})

    again = browser.get(page, follow_redirects=True).text

    assert "You have told us how it went." in again
    assert "Do you want us to ring you about it?" not in again


def test_the_manager_reads_it_in_the_story_of_the_pair(desks):
    walk, meeting = a_meeting_held(desks)
    browser, page = walk.browser(), f"/mentor/meetings/{meeting.id}/how"
    browser.post(page, data={"went": "hard"})
    browser.post(page, data={"call": "yes"})

    text = desks.browser_of(Role.MANAGER).get(f"/manager/pairs/{walk.pair.id}").text

    assert "How it went: it was hard" in text
    assert "They want to be rung about it." in text


def test_a_meeting_that_was_not_held_has_no_such_page_nor_has_that_of_another_mentor(desks):
    walk, meeting = a_meeting_held(desks)
    ahead = walk.meeting(**booked(NOW.date() + timedelta(days=2)))

    not_held = walk.browser().get(f"/mentor/meetings/{ahead.id}/how")
    foreign = a_walk(desks).browser().get(f"/mentor/meetings/{meeting.id}/how")

    assert not_held.status_code == foreign.status_code == 404
    assert body(not_held) == body(foreign)


def test_what_is_no_answer_is_asked_again(desks):
    walk, meeting = a_meeting_held(desks)

    answer = walk.browser().post(f"/mentor/meetings/{meeting.id}/how", data={"went": "splendid"})

    assert answer.status_code == 422
    assert said(desks) is None
