"""A link that a calendar follows: shown once, revoked in a tap, and saying nothing but when."""

import logging
import re
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlmodel import select

from matcher import accounts
from matcher.calendar_entries import uid_of
from matcher.calendar_feeds import hash_of
from matcher.rate_limits import LIMITS
from models.accounts import Account
from models.audit import AuditEntry
from models.calendar_feeds import CalendarFeed
from models.people import Mentor
from models.sign_ins import LimitKind, RateLimit
from models.states import MentorMove
from tests.rows import NOW
from tests.web.walks import a_walk, booked

PAGE = "/mentor/calendar/"


def a_link(walk, browser=None):
    """Make a link and return its path."""
    browser = browser or walk.browser()
    old = re.search(r'name="instead_of" value="([^"]+)"', browser.get("/mentor/calendar/").text)
    told = {"instead_of": old[1]} if old else {}
    page = browser.post("/mentor/calendar/link", data=told).text
    return re.search(r">http://127\.0\.0\.1:8000(/calendar/[\w-]{22}\.ics)<", page)[1]


def feeds(desks):
    with desks.session() as db:
        return db.exec(select(CalendarFeed).order_by(CalendarFeed.made_at)).all()


def test_a_calendar_without_a_stay_reads_when_and_nothing_else(desks):
    walk = a_walk(desks)
    meeting = walk.meeting(**booked(NOW.date() + timedelta(days=3)), generation=4)
    path = a_link(walk)

    answer = desks.browser().get(path)

    [event] = Calendar.from_ical(answer.data).walk("VEVENT")
    assert answer.mimetype == "text/calendar"
    assert (event["UID"], event["SEQUENCE"]) == (uid_of(meeting.id), 4)
    assert event["SUMMARY"] == event["DESCRIPTION"] == "Gatemate: appointment"
    assert event["DTSTART"].dt == meeting.starts_at
    assert walk.leaver.first_name not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_the_link_is_shown_once_and_only_its_hash_is_kept(desks):
    walk = a_walk(desks)
    browser = walk.browser()

    path = a_link(walk, browser)

    token = path.split("/")[2].removesuffix(".ics")
    [feed] = feeds(desks)
    assert feed.token_hash == hash_of(token)
    assert token not in browser.get(PAGE).text
    with desks.session() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.noun == "calendar_feed")).all()
    assert [entry.action for entry in entries] == ["add"]
    assert token not in str([entry.model_dump() for entry in entries])


def test_the_page_says_when_it_was_made_and_when_a_calendar_came_by(desks):
    walk = a_walk(desks)
    browser = walk.browser()
    path = a_link(walk, browser)
    before = browser.get(PAGE).text
    desks.now = NOW + timedelta(minutes=9)

    desks.browser().get(path)

    assert "Not yet" in before
    assert "Monday 23 November 2026, 9:39am" in browser.get(PAGE).text


def test_a_calendar_that_comes_each_minute_is_written_down_now_and_then_and_never_in_the_audit(
    desks,
):
    walk = a_walk(desks)
    path = a_link(walk)

    for minutes in (1, 2, 12):
        desks.now = NOW + timedelta(minutes=minutes)
        desks.browser().get(path)

    with desks.session() as db:
        told = db.exec(select(AuditEntry.action).where(AuditEntry.noun == "calendar_feed")).all()
    assert told == ["add"]
    assert feeds(desks)[0].fetched_at == NOW + timedelta(minutes=12)


def end_revoked(desks, walk):
    walk.browser().post("/mentor/calendar/link/end")


def end_replaced(desks, walk):
    desks.now = NOW + timedelta(minutes=1)
    a_link(walk)


def end_closed(desks, walk):
    with desks.session() as db:
        accounts.disable(db, db.get_one(Account, walk.account.id), by=None, now=NOW)
        db.commit()


def end_left(desks, walk):
    with desks.session() as db:
        db.get_one(Mentor, walk.mentor.id).move(MentorMove.END, now=NOW)
        db.commit()


@pytest.mark.parametrize("ends", [end_revoked, end_replaced, end_closed, end_left])
def test_a_link_that_leads_nowhere_is_answered_as_one_that_never_was(desks, ends):
    walk = a_walk(desks)
    path = a_link(walk)
    ends(desks, walk)

    over = desks.browser().get(path)
    unknown = desks.browser().get("/calendar/AAAAAAAAAAAAAAAAAAAAAA.ics")
    not_there = desks.browser().get("/calendar-there-is-none")

    assert over.status_code == unknown.status_code == 404
    assert over.data == unknown.data == not_there.data
    same = [one for one in over.headers if one[0] != "Date"]
    assert same == [one for one in unknown.headers if one[0] != "Date"]


def test_an_account_that_is_opened_again_needs_a_new_link(desks):
    walk = a_walk(desks)
    path = a_link(walk)
    end_closed(desks, walk)
    with desks.session() as db:
        db.get_one(Account, walk.account.id).disabled_at = None
        db.commit()

    assert desks.browser().get(path).status_code == 404


def test_there_is_one_link_at_a_time(desks):
    walk = a_walk(desks)

    first, second = a_link(walk), a_link(walk)

    assert first != second
    assert [one.revoked_at for one in feeds(desks)].count(None) == 1
    assert desks.browser().get(second).status_code == 200


def test_a_page_that_is_loaded_again_does_not_end_the_link_just_copied(desks):
    walk = a_walk(desks)
    browser = walk.browser()
    path = a_link(walk, browser)

    again = browser.post("/mentor/calendar/link", follow_redirects=True)

    assert "You have a link already." in again.text
    assert desks.browser().get(path).status_code == 200


def test_whoever_asks_too_often_is_told_to_wait_whether_the_link_is_good_or_not(desks):
    walk = a_walk(desks)
    path = a_link(walk)
    desks.browser().get(path)
    with desks.session() as db:
        [count] = db.exec(select(RateLimit).where(RateLimit.kind == LimitKind.FEED))
        count.tries = LIMITS[LimitKind.FEED].tries
        db.commit()

    answers = [desks.browser().get(one) for one in (path, "/calendar/AAAAAAAAAAAAAAAAAAAAAA.ics")]

    assert [one.status_code for one in answers] == [429, 429]
    assert answers[0].data == answers[1].data


def test_no_line_of_the_log_has_the_link(desks, caplog):
    walk = a_walk(desks)
    path = a_link(walk)
    token = path.split("/")[2].removesuffix(".ics")

    with caplog.at_level(logging.DEBUG):
        desks.browser().get(path)
        end_revoked(desks, walk)
        desks.browser().get(path)

    lines = [f"{one.getMessage()} {vars(one)}" for one in caplog.records]
    assert any("calendar_feed.feed" in line for line in lines)
    assert not any(token in line for line in lines)


def test_switching_off_what_is_not_there_says_so(desks):
    answer = a_walk(desks).browser().post("/mentor/calendar/link/end", follow_redirects=True)

    assert "There is no link to switch off." in answer.text
