"""The diary, the plan with each person, the calendar file and the day of release."""

import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlmodel import select

from models.audit import AuditEntry
from models.contacts import Contact
from models.council_words import Note
from models.desk_words import ContactWay
from models.states import Absentee, EndReason, MeetingKind, MeetingState, PairState
from tests.rows import NOW
from tests.web.walks import a_walk, a_walk_that_ended, body, booked

TODAY = NOW.date()
SOON = date(2026, 11, 25)


def test_the_diary_says_who_leaves_when_and_what_is_next(desks):
    walk = a_walk(desks)
    walk.meeting(**booked(SOON, place="Visits hall, door 3"))

    page = walk.browser().get("/mentor/").text

    for words in (
        "Leaves on Wednesday 3 February 2027, in 72 days.",
        "Wednesday 25 November 2026, 10am",
        "Introduction with Sam, Visits hall, door 3, HMP Leeds",
    ):
        assert words in page


def test_a_meeting_not_booked_shows_the_days_between_which_it_is_to_be(desks):
    walk = a_walk(desks)
    walk.meeting()

    page = walk.browser().get(f"/mentor/pairs/{walk.pair.id}").text

    assert "Between Wednesday 23 December 2026 and Wednesday 20 January 2027" in page
    assert "Not booked" in page
    assert "We book this with the prison." in page


def test_the_time_of_a_meeting_that_was_given_up_is_not_told(desks):
    walk = a_walk(desks)
    walk.meeting(**booked(SOON, state=MeetingState.PLANNED, place="The old hall"))

    page = walk.browser().get(f"/mentor/pairs/{walk.pair.id}").text

    assert "10am" not in page
    assert "The old hall" not in page


def test_the_plan_shows_what_was_held_and_what_was_missed(desks):
    walk = a_walk(desks)
    day = TODAY - timedelta(days=5)
    walk.meeting(**booked(day, state=MeetingState.HELD))
    missed = {"state": MeetingState.MISSED, "missed_by": Absentee.PRISON}
    walk.meeting(kind=MeetingKind.PRISON_VISIT, **booked(day, **missed))

    page = walk.browser().get(f"/mentor/pairs/{walk.pair.id}").text

    assert "Held" in page
    assert "Missed" in page


def test_the_diary_shows_the_next_few_meetings_and_leads_to_the_rest(desks):
    walk = a_walk(desks)
    for number in range(1, 6):
        walk.meeting(kind=MeetingKind.FOLLOW_UP, number=number)

    page = walk.browser().get("/mentor/").text

    assert [f"Follow-up {number}</h3>" in page for number in range(1, 6)] == [True] * 3 + [
        False
    ] * 2
    assert f'href="/mentor/pairs/{walk.pair.id}"' in page


def test_what_a_leaver_shared_is_read_and_the_reading_is_kept(desks):
    walk = a_walk(desks)
    told = {"leaver_id": walk.leaver.id, "recorded_at": NOW}
    contact = Contact(
        phone="07700 900123", email="sam@example.org", shares=ContactWay.PHONE, **told
    )
    note = Note(text="Likes to be rung in the evening.", shareable=True, **told)
    desks.keep(contact, note, Note(text="Not for the mentor.", shareable=False, **told))

    page = walk.browser().get(f"/mentor/pairs/{walk.pair.id}").text

    assert "07700 900123" in page
    assert "Likes to be rung in the evening." in page
    assert "sam@example.org" not in page
    assert "Not for the mentor." not in page
    with desks.session() as db:
        reads = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all()
    assert {(one.noun, one.fields) for one in reads} == {
        ("contact", frozenset({"phone"})),
        ("note", frozenset({"text"})),
        ("leaver", frozenset({"first_name", "release_date", "meeting_place"})),
    }
    assert {one.account_id for one in reads} == {walk.account.id}


def test_the_newest_word_on_how_to_reach_someone_stands(desks):
    walk = a_walk(desks)
    told = {"leaver_id": walk.leaver.id}
    desks.keep(
        Contact(phone="07700 900123", shares=ContactWay.PHONE, recorded_at=NOW, **told),
        Contact(phone="07700 900123", recorded_at=NOW + timedelta(hours=1), **told),
    )

    page = walk.browser().get(f"/mentor/pairs/{walk.pair.id}").text

    assert "07700 900123" not in page
    assert (
        "They have not given us a way to reach them yet. Ask them at the gate, or ring us." in page
    )


def test_whoever_is_to_ring_us_about_an_end_finds_the_number_and_no_plan(desks):
    walk = a_walk_that_ended(desks, EndReason.DIED)
    browser = walk.browser()

    pages = [browser.get(one).text for one in ("/mentor/", f"/mentor/pairs/{walk.pair.id}")]

    for page in pages:
        assert re.search(r"Please ring us\. Our number: <a [^>]+>0808 157 0100<", page)
        assert "Nothing more is booked yet" not in page


def test_a_pair_on_pause_leads_nobody_to_the_person(desks):
    walk = a_walk(desks, state=PairState.SUSPENDED)
    walk.meeting(**booked(SOON, place="Visits hall"))
    contact = {"phone": "07700 900123", "shares": ContactWay.PHONE, "recorded_at": NOW}
    desks.keep(Contact(leaver_id=walk.leaver.id, **contact))
    browser = walk.browser()

    pages = [browser.get(address).text for address in ("/mentor/", f"/mentor/pairs/{walk.pair.id}")]

    for page in pages:
        assert "Please do not go to any meeting until we tell you." in page
        for words in ("Visits hall", "25 November", "07700 900123", "3 February"):
            assert words not in page
    old_page = browser.get(f"/mentor/pairs/{walk.pair.id}/gate", follow_redirects=True).text
    assert "there is no day at the gate now" in old_page
    assert "Our number: " in old_page
    assert "Visits hall" not in old_page


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (EndReason.COMPLETED, "You have come to the end of the plan."),
        (EndReason.DIED, "Please ring us."),
        (EndReason.BARRED, "You do not need to do anything."),
        (EndReason.WITHDRAWN, "You do not need to do anything."),
        (EndReason.STOOD_DOWN, "You do not need to do anything."),
    ],
)
def test_a_pair_that_ended_says_so_without_a_name_or_a_reason(desks, reason, words):
    walk = a_walk_that_ended(desks, reason, code="Canarycode")
    walk.meeting(**booked(SOON, state=MeetingState.HELD, place="Visits hall"))

    browser = walk.browser()

    pages = [browser.get(address).text for address in ("/mentor/", f"/mentor/pairs/{walk.pair.id}")]

    for page in pages:
        assert words in page
        assert "Someone you were paired with until Monday 23 November 2026</h" in page
        for secret in ("Sam", "Canarycode", "Visits hall", "February", reason.label):
            assert secret not in page


def test_fourteen_days_after_its_end_a_pair_is_gone(desks):
    walk = a_walk_that_ended(desks, EndReason.COMPLETED, since=NOW - timedelta(days=15))
    browser = walk.browser()

    assert "Someone you were paired with" not in browser.get("/mentor/").text
    assert browser.get(f"/mentor/pairs/{walk.pair.id}").status_code == 404


def test_another_mentor_s_pair_reads_like_one_that_is_not_there(desks):
    theirs, own = a_walk(desks), a_walk(desks)
    browser = own.browser()

    for part in ("", "/gate"):
        foreign = browser.get(f"/mentor/pairs/{theirs.pair.id}{part}")
        absent = browser.get(f"/mentor/pairs/{theirs.leaver.id}{part}")
        assert foreign.status_code == absent.status_code == 404
        assert body(foreign) == body(absent)


def test_the_calendar_file_says_when_and_nothing_else(desks):
    walk = a_walk(desks)
    meeting = walk.meeting(**booked(SOON, place="Visits hall", generation=3))

    answer = walk.browser().get("/mentor/appointments.ics")

    assert answer.mimetype == "text/calendar"
    [event] = Calendar.from_ical(answer.text).walk("VEVENT")
    assert str(event["SUMMARY"]) == str(event["DESCRIPTION"]) == "Gatemate: appointment"
    assert event["DTSTART"].dt == meeting.starts_at
    assert event["SEQUENCE"] == 3
    assert "LOCATION" not in event
    for secret in ("Sam", "Visits", "Ordinary"):
        assert secret not in answer.text


def test_a_time_that_was_given_up_is_cancelled_in_the_calendar(desks):
    walk = a_walk(desks)
    walk.meeting(**booked(SOON, state=MeetingState.PLANNED, generation=2))

    answer = walk.browser().get("/mentor/appointments.ics")

    [event] = Calendar.from_ical(answer.text).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 2)


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_meetings(desks):
    from sqlalchemy import event

    few, many = a_walk(desks), a_walk(desks)
    for number in range(1, 9):
        many.meeting(kind=MeetingKind.FOLLOW_UP, number=number)
    browsers = [few.browser(), many.browser()]
    asked = []
    listener = lambda *told: asked.append(told[2])  # noqa: E731
    event.listen(desks.engine, "before_cursor_execute", listener)

    counts = []
    for browser in browsers:
        asked.clear()
        assert browser.get("/mentor/").status_code == 200
        counts.append(len([one for one in asked if one.startswith("SELECT")]))
    event.remove(desks.engine, "before_cursor_execute", listener)

    assert counts[0] == counts[1] > 0


def test_after_the_yes_a_mentor_reads_which_prison_to_go_to_and_for_what(desks):
    walk = a_walk(desks, prison="WEI")
    day = TODAY - timedelta(days=5)
    walk.meeting(**booked(day, state=MeetingState.HELD))
    walk.meeting(kind=MeetingKind.PRISON_VISIT)
    walk.meeting(kind=MeetingKind.VIDEO)
    walk.meeting(kind=MeetingKind.GATE)
    browser = walk.browser()

    pages = [browser.get(address).text for address in ("/mentor/", f"/mentor/pairs/{walk.pair.id}")]

    assert [page.count("HMP Wealstun, Wetherby</p>") for page in pages] == [2, 2]


def test_someone_who_is_out_left_and_is_no_longer_said_to_leave(desks):
    walk = a_walk(desks, release_date=TODAY - timedelta(days=1))
    browser = walk.browser()

    pages = [browser.get(address).text for address in ("/mentor/", f"/mentor/pairs/{walk.pair.id}")]

    for page in pages:
        assert "Left on Sunday 22 November 2026, yesterday." in page
        assert "Leaves on" not in page
    assert "They have not given us a way to reach them yet. Please ring us." in pages[1]


def test_meetings_of_one_day_stand_in_order_of_their_time(desks):
    walk = a_walk(desks)
    walk.meeting(kind=MeetingKind.PRISON_VISIT, number=1, **booked(SOON, 15))
    walk.meeting(kind=MeetingKind.FOLLOW_UP, number=1, window_first=SOON, window_last=SOON)
    walk.meeting(**booked(SOON, 9))

    page = walk.browser().get(f"/mentor/pairs/{walk.pair.id}").text

    titles = ("Introduction</h3>", "Prison visit 1</h3>", "Follow-up 1</h3>")
    places = [page.index(title) for title in titles]
    assert places == sorted(places)


def test_what_is_asked_on_top_of_the_diary_is_not_asked_again_below(desks):
    walk = a_walk(desks)
    meeting = walk.meeting(**booked(TODAY - timedelta(days=1)))

    page = walk.browser().get("/mentor/").text

    assert page.count(f"/mentor/meetings/{meeting.id}/missed") == 1
