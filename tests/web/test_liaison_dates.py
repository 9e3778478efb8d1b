"""A release date moves: what follows is shown first, and done once it is confirmed."""

import re
from datetime import date, timedelta

import pytest
from sqlmodel import select

from matcher.gate_taps import mark
from matcher.meeting_days import OPEN
from models.desk_words import GateStep
from models.gate import GateMark
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver
from models.states import LetterKind, MeetingKind, MeetingState, PairState
from tests.matcher.accepted import RELEASE, contents
from tests.rows import NOW
from tests.web.prisons import someone_matched, someone_waiting

MOVED = {"kind": "confirmed", "day": ["10", "2", "2027"], "given_by": "Pat at the desk"}
GONE = {"kind": "confirmed", "removed": "y", "given_by": "Pat at the desk"}


def test_what_follows_is_shown_and_nothing_is_changed(desks):
    there = someone_matched(desks)
    before = _kept(desks)

    page = _tell(there, MOVED)

    assert page.status_code == 200
    assert "Nothing is changed yet" in page.text
    assert "It becomes Wednesday 10 February 2027." in page.text
    assert page.text.count("10 February 2027") == 1
    assert "does not move" not in page.text
    assert re.search(r"\d+ meetings have new days", page.text)
    assert _kept(desks) == before


def test_a_day_that_has_passed_is_asked_about_before_it_is_kept(desks):
    there = someone_matched(desks)
    passed = NOW.date() - timedelta(days=3)
    day = {"day": [str(passed.day), str(passed.month), str(passed.year)]}

    over, ahead = _tell(there, MOVED | day), _tell(there, MOVED)

    assert "That day has passed. Is it right?" in over.text
    assert "That day has passed" not in ahead.text


def test_whoever_changes_what_they_wrote_finds_it_on_the_form(desks):
    there = someone_matched(desks)
    shown = _tell(there, MOVED).text
    before = _kept(desks)

    page = there.browser.post(f"{there.address}/date", data={**_hidden(shown), "change": "yes"})

    assert page.status_code == 200
    assert 'value="Pat at the desk"' in page.text
    assert re.search(r'name="day"[^>]*value="10"', page.text)
    assert "There is a problem" not in page.text
    assert _kept(desks) == before


def test_once_confirmed_the_meetings_follow_and_the_mentor_is_told_once(desks):
    there = someone_matched(desks)
    shown = _tell(there, MOVED).text

    answer = there.browser.post(f"{there.address}/date/confirmation", data=_hidden(shown))

    assert answer.status_code == 302
    assert there.now(Leaver, there.leaver.id).release_date == date(2027, 2, 10)
    gate = there.now(Meeting, there.meeting(MeetingKind.GATE).id)
    assert gate.window_first == date(2027, 2, 10)
    with desks.session() as db:
        digests = db.exec(select(Letter).where(Letter.kind == LetterKind.DIGEST)).all()
    assert len(digests) == 1


def test_a_date_taken_away_pauses_the_pair(desks):
    there = someone_matched(desks)
    shown = _tell(there, GONE).text

    there.browser.post(f"{there.address}/date/confirmation", data=_hidden(shown))

    assert "The pair is paused" in shown
    assert there.now(Pair, there.pair.id).state is PairState.SUSPENDED
    page = there.browser.get(there.address).text
    assert "Paused until the date is clear" in page
    assert "Nothing can be booked now" in page


def test_a_date_that_is_moved_on_says_the_day_given_and_the_day_it_becomes_once_each(desks):
    there = someone_waiting(desks)

    page = _tell(there, MOVED | {"kind": "conditional", "day": ["7", "2", "2027"]}).text

    assert page.count("Thursday 4 February 2027") == 1
    assert "That is at a weekend" in page
    assert "Conditional release date: Sunday 7 February 2027" in page


@pytest.mark.parametrize(
    ("typed", "sentence", "leads_to"),
    [
        (MOVED | {"kind": ""}, "Choose which date it is.", "kind"),
        (MOVED | {"day": ["", "", ""]}, "Give the new date, or tick that there is none", "day-day"),
        (MOVED | {"removed": "y"}, "Give the new date, or tick that there is none", "day-day"),
        (MOVED | {"given_by": ""}, "Write the name of who told you.", "given_by"),
        (MOVED | {"day": ["30", "2", "2027"]}, "There is no 30 February 2027", "day-day"),
    ],
)
def test_what_is_not_clear_is_asked_again_on_both_pages(desks, typed, sentence, leads_to):
    there = someone_matched(desks)

    for way in ("date", "date/confirmation"):
        answer = there.browser.post(f"{there.address}/{way}", data=_version(there) | typed)

        assert answer.status_code == 422
        assert sentence.lower() in answer.text.lower()
        assert f'href="#{leads_to}"' in answer.text
    assert there.now(Leaver, there.leaver.id).release_date == RELEASE


def test_a_date_that_someone_else_moved_meanwhile_is_not_moved_again(desks):
    there = someone_matched(desks)
    hidden = _hidden(_tell(there, MOVED).text)
    other = _tell(there, MOVED | {"day": ["17", "2", "2027"]}).text
    there.browser.post(f"{there.address}/date/confirmation", data=_hidden(other))

    answer = there.browser.post(f"{there.address}/date/confirmation", data=hidden)

    assert answer.status_code == 409
    assert there.now(Leaver, there.leaver.id).release_date == date(2027, 2, 17)


def test_whether_someone_met_at_the_gate_has_left_is_asked_only_where_it_is_in_doubt(desks):
    there, today = _someone_met_today(desks)

    clear = there.browser.get(f"{there.address}/date").text
    asked = _tell(there, MOVED)

    assert "Have they left prison?" not in clear
    assert asked.status_code == 422
    assert "The mentor told us that they have left: “At the gate” was held on" in asked.text
    assert "Answer below." in asked.text
    assert 'name="has_left"' in asked.text
    assert there.now(Leaver, there.leaver.id).release_date == today


def test_someone_who_has_left_does_not_leave_again_on_a_later_day(desks):
    there, today = _someone_met_today(desks)

    for way in ("date", "date/confirmation"):
        typed = _version(there) | MOVED | {"has_left": "yes"}
        answer = there.browser.post(f"{there.address}/{way}", data=typed)

        assert answer.status_code == 422
        assert "the release date cannot move to a later day" in answer.text
    assert there.now(Leaver, there.leaver.id).release_date == today


def test_what_was_told_by_mistake_is_taken_back_once_it_is_confirmed(desks):
    there, _today = _someone_met_today(desks)

    shown = _tell(there, MOVED | {"has_left": "no"}).text
    there.browser.post(f"{there.address}/date/confirmation", data=_hidden(shown))

    assert "That is taken back as a mistake." in shown
    assert there.now(Leaver, there.leaver.id).release_date == date(2027, 2, 10)
    with desks.session() as db:
        gates = db.exec(select(Meeting).where(Meeting.kind == MeetingKind.GATE)).all()
        ahead = [(one.state, one.window_first) for one in gates if one.state in OPEN]
        assert db.exec(select(GateMark)).all() == []
    assert ahead == [(MeetingState.PLANNED, date(2027, 2, 10))]
    page = there.browser.get(f"/liaison/pairs/{there.pair.id}/gate").text
    assert "waits at the gate on Wednesday 10 February 2027" in page


def test_there_is_no_gate_plan_to_agree_for_someone_who_has_left(desks):
    there, _today = _someone_met_today(desks)

    answer = there.browser.get(f"/liaison/pairs/{there.pair.id}/gate", follow_redirects=True)

    assert answer.status_code == 200
    assert "There is no day at the gate ahead for this pair." in answer.text


def _someone_met_today(desks):
    """Someone whose mentor has told us that they met at the gate today."""
    today = NOW.date()
    there = someone_matched(desks, release=today)
    with desks.session() as db:
        mark(db, db.get_one(Pair, there.pair.id), GateStep.MET, by=None, now=NOW)
        db.commit()
    return there, today


def _tell(there, typed):
    return there.browser.post(f"{there.address}/date", data=_version(there) | typed)


def _version(there):
    return {"version": str(there.now(Leaver, there.leaver.id).version)}


def _hidden(page):
    """What the confirming form sends: its hidden fields, names that repeat as lists."""
    sent: dict[str, list[str]] = {}
    form = page[page.index("date/confirmation") :]
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        sent.setdefault(name, []).append(value)
    return sent


def _kept(desks):
    with desks.session() as db:
        return contents(db)
