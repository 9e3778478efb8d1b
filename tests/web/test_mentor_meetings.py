"""Did you meet? One tap for yes, one more for no, and what comes after the release is booked."""

from datetime import timedelta

import pytest
from sqlmodel import select

from models.desk_words import TaskKind
from models.meetings import Meeting
from models.states import Absentee, MeetingKind, MeetingState
from models.tasks import Task
from tests.rows import NOW
from tests.web.walks import a_walk, body, booked

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
OUT = {"release_date": TODAY - timedelta(days=7)}
VERSION = {"version": "1"}
TOMORROW = TODAY + timedelta(days=1)
DAY = {"day": str(TOMORROW.day), "month": "11", "year": "2026"}


def typed(field, day):
    return {field: [str(day.day), str(day.month), str(day.year)]}


def test_after_a_booked_meeting_the_diary_asks_and_one_tap_answers(desks):
    walk = a_walk(desks)
    meeting = walk.meeting(**booked(YESTERDAY))
    browser = walk.browser()

    page = browser.get("/mentor/").text
    answer = browser.post(
        f"/mentor/meetings/{meeting.id}/held", data=VERSION, follow_redirects=True
    )

    assert "Did you meet Sam?" in page
    assert f'action="/mentor/meetings/{meeting.id}/held"' in page
    assert "We have written down that you met." in answer.text
    assert "Did you meet Sam?" not in answer.text
    kept = walk.read(Meeting, meeting.id)
    assert (kept.state, kept.outcome_by) == (MeetingState.HELD, walk.account.id)


@pytest.mark.parametrize(
    ("kind", "place", "asked", "yes", "kept"),
    [
        (MeetingKind.CALL, "Wing phone", "Did you speak to Sam?", "we spoke", "you spoke"),
        (MeetingKind.FOLLOW_UP, "By phone", "Did you speak to Sam?", "we spoke", "you spoke"),
        (
            MeetingKind.FIRST_CONTACT,
            "Café",
            "Were you in touch with Sam?",
            "we were in touch",
            "you were in touch",
        ),
        (MeetingKind.VIDEO, "Video room", "Did you meet Sam?", "we met", "you met"),
    ],
)
def test_the_question_after_a_meeting_is_worded_by_its_kind(desks, kind, place, asked, yes, kept):
    walk = a_walk(desks)
    meeting = walk.meeting(kind=kind, **booked(YESTERDAY, place=place))
    browser = walk.browser()

    pages = [browser.get(f"/mentor/{page}").text for page in ("", f"meetings/{meeting.id}/held")]
    answer = browser.post(
        f"/mentor/meetings/{meeting.id}/held", data=VERSION, follow_redirects=True
    )

    for page in pages:
        assert asked in page
        assert f"Yes, {yes}" in page
    assert f"We have written down that {kept}." in answer.text


def test_the_day_of_a_first_contact_that_nobody_booked_is_asked_in_its_own_words(desks):
    walk = a_walk(desks, **OUT)
    meeting = walk.follow_up(kind=MeetingKind.FIRST_CONTACT)

    answer = walk.browser().post(f"/mentor/meetings/{meeting.id}/held", data=VERSION)

    assert answer.status_code == 422
    assert "Which day were you in touch?" in answer.text
    assert answer.text.count("Write the day you were in touch.") == 2
    assert "meet" not in answer.text[answer.text.index("<h1") : answer.text.index("</form>")]


def test_a_follow_up_that_nobody_booked_asks_for_the_day(desks):
    walk = a_walk(desks, **OUT)
    meeting = walk.follow_up()
    browser = walk.browser()

    without = browser.post(f"/mentor/meetings/{meeting.id}/held", data=VERSION)
    with_day = browser.post(
        f"/mentor/meetings/{meeting.id}/held", data=VERSION | typed("on", YESTERDAY)
    )

    assert without.status_code == 422
    assert "Write the day you met." in without.text
    assert with_day.location == f"/mentor/meetings/{meeting.id}/how"
    kept = walk.read(Meeting, meeting.id)
    assert (kept.state, kept.starts_local.date()) == (MeetingState.HELD, YESTERDAY)


def test_a_meeting_cannot_have_been_tomorrow(desks):
    walk = a_walk(desks, **OUT)
    meeting = walk.follow_up()

    answer = walk.browser().post(
        f"/mentor/meetings/{meeting.id}/held", data=VERSION | typed("on", TOMORROW)
    )

    assert answer.status_code == 422
    assert 'value="24"' in answer.text
    assert '<a href="#on-day">' in answer.text
    assert walk.read(Meeting, meeting.id).state is MeetingState.PLANNED


@pytest.mark.parametrize("who", list(Absentee))
def test_a_missed_meeting_says_who_was_not_there_and_what_happens_next(desks, who):
    walk = a_walk(desks)
    meeting = walk.meeting(**booked(YESTERDAY))

    answer = walk.browser().post(
        f"/mentor/meetings/{meeting.id}/missed",
        data=VERSION | {"who": who.value},
        follow_redirects=True,
    )

    assert "Thank you for telling us." in answer.text
    kept = walk.read(Meeting, meeting.id)
    assert (kept.state, kept.missed_by) == (MeetingState.MISSED, who)
    with desks.session() as db:
        kinds = db.exec(select(Task.kind).where(Task.meeting_id == meeting.id)).all()
    assert kinds == [TaskKind.MISSED_MEETING]


def test_a_meeting_that_is_going_on_still_stands_in_the_diary_with_its_place(desks):
    walk = a_walk(desks, **OUT)
    walk.follow_up(**booked(TODAY, NOW.hour, place="The library"))
    desks.now = NOW + timedelta(minutes=5)

    page = walk.browser().get("/mentor/").text

    following = page[page.index("What is next") : page.index('id="pair-1"')]
    assert "The library" in following
    assert "Did you meet" not in page


def test_a_missed_meeting_without_who_asks_again(desks):
    walk = a_walk(desks)
    meeting = walk.meeting(**booked(YESTERDAY))

    answer = walk.browser().post(f"/mentor/meetings/{meeting.id}/missed", data=VERSION)

    assert answer.status_code == 422
    assert '<a href="#who">' in answer.text
    assert walk.read(Meeting, meeting.id).state is MeetingState.BOOKED


@pytest.mark.parametrize("part", ["held", "missed"])
def test_answering_twice_says_thank_you_and_changes_nothing(desks, part):
    walk = a_walk(desks)
    meeting = walk.meeting(**booked(YESTERDAY, state=MeetingState.HELD))

    answer = walk.browser().post(
        f"/mentor/meetings/{meeting.id}/{part}", data=VERSION, follow_redirects=True
    )

    assert "You have told us about this already." in answer.text
    assert walk.read(Meeting, meeting.id).state is MeetingState.HELD


@pytest.mark.parametrize("part", ["held", "missed"])
def test_a_meeting_still_to_come_cannot_be_answered(desks, part):
    walk = a_walk(desks)
    meeting = walk.meeting(**booked(TOMORROW))

    assert walk.browser().get(f"/mentor/meetings/{meeting.id}/{part}").status_code == 404


def test_a_stale_answer_is_not_taken_and_the_choice_is_kept(desks):
    walk = a_walk(desks)
    meeting = walk.meeting(**booked(YESTERDAY))
    browser = walk.browser()
    with desks.session() as db:
        db.get_one(Meeting, meeting.id).place = "Another hall"
        db.commit()

    answer = browser.post(f"/mentor/meetings/{meeting.id}/missed", data=VERSION | {"who": "prison"})

    assert answer.status_code == 409
    assert "checked" in answer.text
    assert walk.read(Meeting, meeting.id).state is MeetingState.BOOKED


def test_a_mentor_books_a_follow_up_and_it_stands_in_the_diary(desks):
    walk = a_walk(desks, **OUT)
    meeting = walk.follow_up(window_last=TOMORROW)

    answer = walk.browser().post(
        f"/mentor/meetings/{meeting.id}/booking",
        data=VERSION | typed("day", TOMORROW) | {"starts": "2pm", "place": "Central library"},
        follow_redirects=True,
    )

    assert "It is booked, and in your diary." in answer.text
    assert "Tuesday 24 November 2026, 2pm" in answer.text
    kept = walk.read(Meeting, meeting.id)
    assert (kept.state, kept.place, kept.booked_by) == (
        MeetingState.BOOKED,
        "Central library",
        walk.account.id,
    )


def test_a_booking_outside_its_days_says_which_days_and_keeps_what_was_typed(desks):
    walk = a_walk(desks, **OUT)
    meeting = walk.follow_up(window_last=TOMORROW)

    answer = walk.browser().post(
        f"/mentor/meetings/{meeting.id}/booking",
        data=VERSION
        | typed("day", TODAY + timedelta(days=9))
        | {"starts": "2pm", "place": "Central library"},
    )

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert 'value="Central library"' in answer.text
    assert walk.read(Meeting, meeting.id).state is MeetingState.PLANNED


def test_an_empty_booking_names_each_question(desks):
    walk = a_walk(desks, **OUT)
    meeting = walk.follow_up(window_last=TOMORROW)

    answer = walk.browser().post(f"/mentor/meetings/{meeting.id}/booking", data=VERSION)

    assert answer.status_code == 422
    for link in ("#day-day", "#starts", "#place"):
        assert f'<a href="{link}">' in answer.text


def test_a_booked_follow_up_shows_its_time_to_be_changed(desks):
    walk = a_walk(desks, **OUT)
    meeting = walk.follow_up(**booked(TOMORROW, 14, place="Central library"))

    page = walk.browser().get(f"/mentor/meetings/{meeting.id}/booking").text

    assert 'value="Central library"' in page
    assert 'value="14:00"' in page


def test_a_mentor_does_not_book_what_the_prison_books(desks):
    walk = a_walk(desks)
    meeting = walk.meeting(kind=MeetingKind.PRISON_VISIT)

    assert walk.browser().get(f"/mentor/meetings/{meeting.id}/booking").status_code == 404


@pytest.mark.parametrize("part", ["booking", "held", "missed"])
def test_another_mentor_s_meeting_reads_like_one_that_is_not_there(desks, part):
    theirs, own = a_walk(desks, **OUT), a_walk(desks)
    meeting = theirs.follow_up()
    browser = own.browser()

    foreign = browser.get(f"/mentor/meetings/{meeting.id}/{part}")
    absent = browser.get(f"/mentor/meetings/{theirs.leaver.id}/{part}")

    assert foreign.status_code == absent.status_code == 404
    assert body(foreign) == body(absent)


def test_after_the_release_the_prison_is_not_among_those_who_were_not_there(desks):
    walk = a_walk(desks, **OUT)
    meeting = walk.follow_up(kind=MeetingKind.FIRST_CONTACT)
    browser, address = walk.browser(), f"/mentor/meetings/{meeting.id}/missed"

    page = browser.get(address).text
    answer = browser.post(address, data=VERSION | {"who": Absentee.PRISON.value})

    assert "I was not there" in page
    assert "The prison could not hold it" not in page
    assert answer.status_code == 422
    assert walk.read(Meeting, meeting.id).state is MeetingState.PLANNED


def test_a_missed_contact_that_nobody_booked_has_its_days_and_no_time(desks):
    walk = a_walk(desks, **OUT)
    meeting = walk.follow_up(kind=MeetingKind.FIRST_CONTACT)
    browser = walk.browser()
    who = VERSION | {"who": Absentee.LEAVER.value}
    browser.post(f"/mentor/meetings/{meeting.id}/missed", data=who)

    page = browser.get(f"/mentor/pairs/{walk.pair.id}").text

    assert "Between Friday 20 November 2026 and Monday 23 November 2026" in page
    assert "noon" not in page
    assert "9:30am" not in page


def test_a_contact_whose_days_are_over_says_why_no_time_can_be_set(desks):
    walk = a_walk(desks, **OUT)
    days = {"window_first": YESTERDAY, "window_last": YESTERDAY}
    meeting = walk.follow_up(kind=MeetingKind.FIRST_CONTACT, **days)
    browser = walk.browser()

    answer = browser.get(f"/mentor/meetings/{meeting.id}/booking", follow_redirects=True)

    assert answer.status_code == 200
    assert "The days for this are over, so there is no time to set." in answer.text
    assert f"/mentor/meetings/{meeting.id}/held" in answer.text


def test_a_meeting_at_night_is_refused_at_the_time(desks):
    walk = a_walk(desks, **OUT)
    meeting = walk.follow_up(window_last=TOMORROW)

    answer = walk.browser().post(
        f"/mentor/meetings/{meeting.id}/booking",
        data=VERSION | typed("day", TOMORROW) | {"starts": "3am", "place": "Central library"},
    )

    assert answer.status_code == 422
    assert '<a href="#starts">A meeting starts at 7am or later' in answer.text
    assert walk.read(Meeting, meeting.id).state is MeetingState.PLANNED
