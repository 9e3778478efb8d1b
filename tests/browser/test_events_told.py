"""Something happens: who may tell it does so at the screen, and sees first what follows."""

import pytest
from sqlmodel import col, select

from models.events import Event
from models.states import EventKind, MeetingKind, Role
from tests.browser.screen import Screen
from tests.browser.site import Site
from tests.matcher.accepted import an_accepted_pair
from tests.rows import NOW
from tests.web.walks import a_walk, booked

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
TODAY = NOW.date()


def test_a_liaison_tells_that_someone_was_recalled_and_then_moved(
    site: Site, screen: Screen
) -> None:
    liaison = site.desks.account(Role.LIAISON)
    with site.desks.session() as db:
        there = an_accepted_pair(db)
        there.plan()
        code = there.leaver.code
        db.commit()
    screen.signs_in(liaison)
    screen.follows("Sam Ordinary")

    tell(screen, "They were recalled to prison")
    screen.sees("Nothing is changed yet", "The pair is paused until this is over.")
    screen.presses("Confirm")
    screen.sees("Recalled to prison", "told by Pat at the desk, through the liaison")

    screen.follows("They moved to another prison")
    screen.chooses("Which prison are they in now?", "HMP & YOI Winchester")
    fill(screen)
    screen.presses("Confirm")
    screen.sees("Who leaves next", code)
    screen.presses(f"I have seen this (Someone has moved to another prison: {code})")
    screen.does_not_see(code)
    assert events(site) == [EventKind.RECALLED, EventKind.TRANSFERRED]


def test_a_manager_tells_that_a_mentor_is_ill_and_reads_the_story(
    site: Site, screen: Screen
) -> None:
    manager = site.desks.account(Role.MANAGER)
    walk = a_walk(site.desks)
    screen.signs_in(manager)
    screen.opens(f"/manager/mentors/{walk.mentor.id}")

    screen.follows("They pause")
    screen.chooses("Why?", "Ill")
    fill(screen)
    screen.sees("1 pair ends.")
    screen.presses("Confirm")
    screen.sees("Paused", "Ill.", "told by Pat at the desk, through Robin, the regional manager")
    assert events(site) == [EventKind.MENTOR_LAPSED]


def test_a_mentor_tells_that_nobody_came_out_takes_a_break_and_stops(
    site: Site, screen: Screen
) -> None:
    walk = a_walk(site.desks, release_date=TODAY)
    walk.meeting(kind=MeetingKind.GATE, **booked(TODAY, hour=12))
    screen.signs_in(walk.account)
    screen.presses("Open the page for today with Sam")

    screen.presses("They did not come out")
    screen.sees("You do not need to wait any more.")
    screen.follows("My diary")
    screen.follows("I need a break")
    screen.presses("Start my break")
    screen.sees("You are on a break.")
    screen.presses("I can start again")
    screen.sees("Welcome back.")
    screen.follows("I want to stop")
    screen.ticks("I want to stop being a mentor.")
    screen.presses("Stop now")
    screen.sees("You have stopped")
    assert events(site) == [
        EventKind.NOT_RELEASED,
        EventKind.MENTOR_LAPSED,
        EventKind.MENTOR_LAPSED,
        EventKind.CONSENT_WITHDRAWN,
    ]


def events(site: Site) -> list[EventKind]:
    """What was told, in the order in which it was."""
    with site.desks.session() as db:
        told = db.exec(select(Event).order_by(col(Event.recorded_at)))
        return [one.kind for one in told]


def tell(screen: Screen, what: str) -> None:
    screen.follows(what)
    fill(screen)


def fill(screen: Screen) -> None:
    """Give the day and who said it, and ask what follows."""
    days = screen.page.get_by_role("group").filter(has_text="Day")
    question = days.first.locator("legend").inner_text().strip()
    screen.writes_day(question, f"{TODAY.day} {TODAY.month} {TODAY.year}")
    screen.types("Who told you?", "Pat at the desk")
    screen.presses("See what follows")
