"""The small things of a mentor's day: pause from an offer, files, maps, and a late "home safe"."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from models.desk_words import DeclineReason, GateStep, TaskKind
from models.gate import GateMark, GatePlan
from models.pairs import Pair
from models.states import MeetingKind, MeetingState, PairState, Role
from tests.rows import NOW, a_task
from tests.web.walks import a_walk, an_offer, body, booked

LIBRARY = "Central Library, Leeds LS1 3AB"
TODAY, TOMORROW = NOW.date(), NOW.date() + timedelta(days=1)
YESTERDAY = NOW.date() - timedelta(days=1)


def a_gate(desks, day=TODAY, state=MeetingState.BOOKED, **told):
    """A walk whose day at the gate is `day`, home by an hour before the tests begin."""
    walk = a_walk(desks, release_date=day)
    told = booked(day, hour=8) | {"kind": MeetingKind.GATE, "state": state} | told
    walk.meeting(**told)
    home_by = NOW - timedelta(hours=1)
    desks.keep(GatePlan(pair_id=walk.pair.id, home_by=home_by, recorded_at=NOW))
    return walk


def test_each_reason_is_one_tap(desks):
    offer = an_offer(desks)
    browser, page = offer.browser(), f"/mentor/offers/{offer.pair.id}/refusal"

    asked = browser.get(page).text
    browser.post(page, data={"why": "too_far", "version": "1"})

    for reason in DeclineReason:
        assert f'<button type="submit" name="why" value="{reason.value}"' in asked
    assert offer.read(Pair, offer.pair.id).state is PairState.ENDED


def test_from_an_offer_one_tap_leads_to_what_a_break_changes_and_changes_nothing_yet(desks):
    offer = an_offer(desks)
    browser = offer.browser()

    page = browser.get(f"/mentor/offers/{offer.pair.id}").text
    shown = browser.post("/mentor/break").text

    assert 'action="/mentor/break"' in page[page.index("Need a rest from being asked?") :]
    assert "Nothing is changed yet." in shown
    assert offer.read(Pair, offer.pair.id).state is PairState.OFFERED


def test_there_is_a_file_for_one_person_and_for_one_meeting(desks):
    walk = a_walk(desks, release_date=NOW.date() - timedelta(days=4))
    first, second = (
        walk.meeting(kind=MeetingKind.FOLLOW_UP, number=number, **booked(TOMORROW, hour))
        for number, hour in ((1, 10), (2, 14))
    )
    browser = walk.browser()

    page = browser.get(f"/mentor/pairs/{walk.pair.id}").text
    files = [
        browser.get(f"/mentor/calendar/{path}.ics")
        for path in (f"pairs/{walk.pair.id}", f"meetings/{second.id}")
    ]

    assert f"/mentor/calendar/pairs/{walk.pair.id}.ics" in page
    assert f"/mentor/calendar/meetings/{second.id}.ics" in page
    found = [
        [str(one["UID"]).split("@")[0] for one in Calendar.from_ical(file.data).walk("VEVENT")]
        for file in files
    ]
    assert found == [[str(first.id), str(second.id)], [str(second.id)]]
    assert "Library" not in files[0].text


@pytest.mark.parametrize("kind", ["pairs", "meetings"])
def test_the_file_of_somebody_else_is_not_there(desks, kind):
    walk, other = a_walk(desks), a_walk(desks)
    meeting = other.meeting(**booked(TOMORROW))
    foreign = {"pairs": other.pair.id, "meetings": meeting.id}[kind]
    absent = "00000000-0000-4000-8000-000000000000"
    browser = walk.browser()

    answers = [browser.get(f"/mentor/calendar/{kind}/{one}.ics") for one in (foreign, absent)]

    assert [one.status_code for one in answers] == [404, 404]
    assert body(answers[0]) == body(answers[1])


def test_a_map_is_the_phones_own_and_no_page_of_another_site(desks):
    walk = a_walk(desks, release_date=NOW.date() - timedelta(days=4))
    walk.meeting(kind=MeetingKind.FOLLOW_UP, number=1, **booked(TOMORROW, place=LIBRARY))
    walk.meeting(kind=MeetingKind.FOLLOW_UP, number=2, **booked(TOMORROW, place="By phone"))

    page = walk.browser().get(f"/mentor/pairs/{walk.pair.id}").text

    where = "Central%20Library%2C%20Leeds%20LS1%203AB"
    assert page.count("On a map:") == 1
    assert f'href="geo:0,0?q={where}"' in page
    assert f'href="maps:?q={where}"' in page
    assert "https://" not in page[page.index("<main") :]


def test_a_late_home_safe_stands_on_top_of_the_gate_page_until_it_is_told(desks):
    walk = a_gate(desks, state=MeetingState.HELD)
    browser, page = walk.browser(), f"/mentor/pairs/{walk.pair.id}/gate"

    late = browser.get(page).text
    browser.post(f"{page}/home-safe")
    told = browser.get(page).text

    assert "It is past 8:30am, and we have not heard that you are home safe." in late
    assert "It is past" not in told


def test_the_day_after_the_diary_still_asks_if_they_came_home_in_one_tap(desks):
    walk = a_gate(desks, YESTERDAY, MeetingState.HELD)
    browser = walk.browser()

    asked = browser.get("/mentor/").text
    browser.post(f"/mentor/pairs/{walk.pair.id}/gate/home-safe")

    assert "Did Sam get home safe?" in asked
    assert f'action="/mentor/pairs/{walk.pair.id}/gate/home-safe"' in asked
    assert walk.read(GateMark, walk.pair.id, GateStep.HOME_SAFE) is not None
    assert "Did Sam get home safe?" not in browser.get("/mentor/").text


def test_nobody_is_asked_any_more_after_two_days_or_before_the_day_is_over(desks):
    long_ago = a_gate(desks, NOW.date() - timedelta(days=3), MeetingState.HELD)
    today = a_gate(desks, TODAY, MeetingState.HELD)

    for walk in (long_ago, today):
        assert "get home safe?" not in walk.browser().get("/mentor/").text


def test_the_manager_reads_what_to_say_when_home_safe_is_late(desks):
    walk = a_gate(desks)
    task = a_task(kind=TaskKind.NO_HOME_SAFE, pair_id=walk.pair.id)
    desks.keep(task)

    page = desks.browser_of(Role.MANAGER).get(f"/manager/tasks/{task.id}").text

    assert "What to say" in page
    assert "We have not heard that you are both home safe. Are you all right?" in page
    assert 'href="tel:999"' in page
