"""The day of release on the mentor's phone: one button after the other, and a way back."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from models.audit import AuditEntry
from models.desk_words import GateStep
from models.gate import GateMark, GatePlan
from models.meetings import Meeting
from models.states import MeetingKind, MeetingState
from tests.rows import NOW
from tests.web.walks import a_walk, booked

TODAY = NOW.date()
GREEN = 'class="govuk-button govuk-!-width-full"'
GREY = 'class="govuk-button govuk-button--secondary govuk-!-width-full"'


def a_release_today(desks, **told):
    walk = a_walk(desks, release_date=TODAY)
    walk.meeting(kind=MeetingKind.GATE, **booked(TODAY, 8, place="The main gate", **told))
    return walk


def test_on_the_day_the_diary_leads_to_the_gate_page(desks):
    walk = a_release_today(desks)

    page = walk.browser().get("/mentor/").text

    assert "Sam leaves today." in page
    assert f"/mentor/pairs/{walk.pair.id}/gate" in page


def test_the_gate_page_says_where_when_with_what_and_who_to_ring(desks):
    walk = a_release_today(desks)
    home_by = NOW + timedelta(hours=5)
    plan = {"pair_id": walk.pair.id, "home_by": home_by, "recorded_at": NOW}
    ring = {"ring_name": "Priya", "ring_phone": "0808 157 0123"}
    desks.keep(GatePlan(bring="ID, a coat", **ring, **plan))

    page = walk.browser().get(f"/mentor/pairs/{walk.pair.id}/gate").text

    for words in (
        "In danger now?",
        "tel:999",
        "0808 157 0100",
        "Monday 23 November 2026, 8am",
        "The main gate, HMP Leeds",
        "You bring",
        "We ask Sam to bring",
        "“ID, a coat”",
        "Ring 0808 157 0123 (Priya)",
        "2:30pm",
    ):
        assert words in page


def test_a_plan_for_a_day_that_moved_is_not_shown(desks):
    walk = a_release_today(desks, state=MeetingState.PLANNED)
    plan = {"pair_id": walk.pair.id, "home_by": NOW, "recorded_at": NOW}
    desks.keep(GatePlan(bring="A coat", ring_name="Priya", **plan))

    page = walk.browser().get(f"/mentor/pairs/{walk.pair.id}/gate").text

    assert "The time and place are not agreed yet. Ring us now" in page
    assert "Priya" not in page
    assert "The main gate" not in page


@pytest.mark.parametrize("step", list(GateStep))
def test_each_tap_of_the_day_is_told_once_however_often_it_is_tapped(desks, step):
    walk = a_release_today(desks)
    browser = walk.browser()
    address = f"/mentor/pairs/{walk.pair.id}/gate/{step.value.replace('_', '-')}"

    if step is GateStep.HOME_SAFE:
        browser.post(f"/mentor/pairs/{walk.pair.id}/gate/met")
    answers = [browser.post(address, follow_redirects=True) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert "you told us at 9:30am" in answers[1].text
    with desks.session() as db:
        marks = db.exec(select(GateMark)).all()
    marked = [(one.step, one.marked_by) for one in marks]
    assert marked.count((step, walk.account.id)) == 1


def test_met_at_the_gate_makes_the_gate_meeting_held(desks):
    walk = a_release_today(desks)

    walk.browser().post(f"/mentor/pairs/{walk.pair.id}/gate/met")

    with desks.session() as db:
        gate = db.exec(select(Meeting).where(Meeting.kind == MeetingKind.GATE)).one()
    assert gate.state is MeetingState.HELD


def test_before_the_day_there_is_no_button_and_a_tap_is_refused(desks):
    walk = a_walk(desks)
    browser = walk.browser()
    address = f"/mentor/pairs/{walk.pair.id}/gate"

    page = browser.get(address)
    answer = browser.post(f"{address}/arrived")

    assert f'action="{address}/arrived"' not in page.text
    assert answer.status_code == 422
    assert "You can say this on the day" in answer.text
    with desks.session() as db:
        assert db.exec(select(GateMark)).all() == []


def test_a_tap_that_there_is_not_is_not_found(desks):
    walk = a_release_today(desks)

    answer = walk.browser().post(f"/mentor/pairs/{walk.pair.id}/gate/dancing")

    assert answer.status_code == 404


def buttons(browser, walk):
    """The taps that stand on the page: the green ones, and the grey ones."""
    page = browser.get(f"/mentor/pairs/{walk.pair.id}/gate").text
    return [page.count(GREEN), page.count(GREY)], page


def test_one_button_is_green_and_home_safe_comes_after_met(desks):
    walk = a_release_today(desks)
    browser, address = walk.browser(), f"/mentor/pairs/{walk.pair.id}/gate"

    first, page = buttons(browser, walk)
    early = browser.post(f"{address}/home-safe")
    browser.post(f"{address}/arrived")
    second, _ = buttons(browser, walk)
    browser.post(f"{address}/met")
    third, last = buttons(browser, walk)

    assert (first, second, third) == ([1, 1], [1, 0], [1, 0])
    assert f"{address}/home-safe" not in page
    assert early.status_code == 422
    assert "Tell us first that you met." in early.text
    assert f'action="{address}/home-safe"' in last


@pytest.mark.parametrize("step", list(GateStep))
def test_a_tap_that_was_a_mistake_is_taken_back_and_the_audit_keeps_it(desks, step):
    walk = a_release_today(desks)
    browser, address = walk.browser(), f"/mentor/pairs/{walk.pair.id}/gate"
    told = f"{address}/{step.value.replace('_', '-')}"
    if step is GateStep.HOME_SAFE:
        browser.post(f"{address}/met")
    browser.post(told)

    page = browser.get(address).text
    answer = browser.post(f"{told}/mistake", follow_redirects=True)

    assert "That was a mistake" in page
    assert "is taken back." in answer.text
    assert f'action="{told}"' in answer.text
    with desks.session() as db:
        assert step not in db.exec(select(GateMark.step)).all()
        removed = select(AuditEntry.account_id).where(
            AuditEntry.noun == "gate_mark", AuditEntry.action == "remove"
        )
        assert db.exec(removed).all() == [walk.account.id]


def test_home_safe_is_taken_back_before_met(desks):
    walk = a_release_today(desks)
    browser, address = walk.browser(), f"/mentor/pairs/{walk.pair.id}/gate"
    for step in ("met", "home-safe"):
        browser.post(f"{address}/{step}")

    page = browser.get(address).text
    answer = browser.post(f"{address}/met/mistake")

    assert f'action="{address}/met/mistake"' not in page
    assert f'action="{address}/home-safe/mistake"' in page
    assert answer.status_code == 422
    assert "Take back &#34;home safe&#34; first" in answer.text


def test_on_the_day_after_the_question_stands_there_and_no_tap(desks):
    yesterday = TODAY - timedelta(days=1)
    walk = a_walk(desks, release_date=yesterday)
    gate = walk.meeting(kind=MeetingKind.GATE, **booked(yesterday, 8))
    browser = walk.browser()

    taps, page = buttons(browser, walk)
    late = browser.post(f"/mentor/pairs/{walk.pair.id}/gate/met")

    assert taps == [0, 0]
    assert f"/mentor/meetings/{gate.id}/held" in page
    assert late.status_code == 422
    assert "That day is over." in late.text


@pytest.mark.parametrize(("days", "said"), [(0, "past 10:30am,"), (1, "past Monday 23 November")])
def test_that_home_safe_is_late_says_the_day_once_that_is_over(desks, days, said):
    walk = a_release_today(desks)
    told = {"pair_id": walk.pair.id, "recorded_at": NOW, "ring_name": "P", "ring_phone": "0123"}
    desks.keep(GatePlan(bring="", home_by=NOW + timedelta(hours=1), **told))
    walk.browser().post(f"/mentor/pairs/{walk.pair.id}/gate/met")
    desks.now = NOW + timedelta(days=days, hours=2)

    page = walk.browser().get(f"/mentor/pairs/{walk.pair.id}/gate").text

    assert f"It is {said}" in page


def test_met_told_in_the_diary_opens_home_safe_on_the_day_after_too(desks):
    yesterday = TODAY - timedelta(days=1)
    walk = a_walk(desks, release_date=yesterday)
    walk.meeting(kind=MeetingKind.GATE, **booked(yesterday, 8, state=MeetingState.HELD))

    taps, page = buttons(walk.browser(), walk)

    assert taps == [1, 0]
    assert f'action="/mentor/pairs/{walk.pair.id}/gate/home-safe"' in page


NOT_AGREED = [
    (0, "Ring us now"),
    (2, "Ring us now"),
    (3, "write to you as soon as they are set"),
    (7, "write to you as soon as they are set"),
    (8, "We write to you about a week before"),
]


@pytest.mark.parametrize(("days", "said"), NOT_AGREED)
def test_the_closer_a_day_that_is_not_agreed_the_more_the_mentor_is_told(desks, days, said):
    walk = a_walk(desks, release_date=TODAY + timedelta(days=days))

    page = walk.browser().get(f"/mentor/pairs/{walk.pair.id}/gate").text

    assert {words for _, words in NOT_AGREED if words in page} == {said}
    assert "HMP Leeds" in page


def test_once_home_safe_the_page_asks_how_it_went_until_that_is_told(desks):
    walk = a_release_today(desks)
    browser, address = walk.browser(), f"/mentor/pairs/{walk.pair.id}/gate"

    pages = []
    for step in ("met", "home-safe"):
        browser.post(f"{address}/{step}")
        pages.append(browser.get(address).text)
    how = re.search(r"/mentor/meetings/[\w-]+/how", pages[1])[0]
    browser.post(how, data={"went": "well"})

    asks = "How did it go? Tell us in two taps"
    assert [asks in page for page in [*pages, browser.get(address).text]] == [False, True, False]


def test_met_at_a_gate_that_nobody_booked_takes_one_tap_and_no_day(desks):
    yesterday = TODAY - timedelta(days=1)
    walk = a_walk(desks, release_date=yesterday)
    days = {"window_first": yesterday, "window_last": yesterday, "book_by": yesterday}
    gate = walk.meeting(kind=MeetingKind.GATE, **days)
    browser, address = walk.browser(), f"/mentor/meetings/{gate.id}/held"

    whole, diary = browser.get(f"/mentor/pairs/{walk.pair.id}").text, browser.get("/mentor/").text
    answer = browser.post(address, data={"version": "1"})

    assert "To answer" in whole
    assert f'action="{address}"' in diary
    assert answer.location == f"/mentor/meetings/{gate.id}/how"
    kept = walk.read(Meeting, gate.id)
    assert (kept.state, kept.starts_local.date()) == (MeetingState.HELD, yesterday)


def test_an_old_page_of_the_day_leads_to_what_to_do_once_nobody_came_out(desks):
    walk = a_release_today(desks)
    browser, address = walk.browser(), f"/mentor/pairs/{walk.pair.id}"
    browser.post(f"{address}/not-released/confirmation")

    answers = [browser.get(f"{address}/gate"), browser.post(f"{address}/gate/met")]

    assert {one.location for one in answers} == {f"{address}/told"}
