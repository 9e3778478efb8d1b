"""Something happens: who may tell it does so at the screen, and sees first what follows."""

import re
from datetime import date

import pytest
from sqlmodel import col, select

from matcher import twin_tasks
from models.events import Event
from models.states import EventKind, MeetingKind, Role
from tests.browser.screen import Screen
from tests.browser.site import Site
from tests.matcher.accepted import an_accepted_pair
from tests.rows import NOW, a_leaver_row, a_referral
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
    screen.sees("Nothing is changed yet", "This was booked: At the gate")
    screen.presses("Confirm: they did not come out")
    screen.sees("You do not need to wait any more.")
    screen.presses("They came out after all")
    screen.sees("Nothing is changed yet", "This is booked as before: At the gate")
    screen.follows("Cancel")
    screen.follows("My diary")
    screen.follows("I need a break")
    screen.presses("See what follows")
    screen.presses("Start my break")
    screen.sees("You are on a break.")
    screen.presses("I can start again")
    screen.sees("Welcome back.")
    screen.follows("I want to stop")
    screen.ticks("I want to stop being a mentor.")
    screen.presses("See what follows")
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


def test_a_manager_sees_two_records_of_one_person_and_makes_them_one(
    site: Site, screen: Screen
) -> None:
    manager = site.desks.account(Role.MANAGER)
    born = {"first_name": "Siân", "birth_date": date(1980, 1, 2)}
    rows = [a_leaver_row(**born, surname=name) for name in ("Smythe", "Smyth", "Smithe")]
    site.desks.keep(*rows, *(a_referral(row) for row in rows))
    with site.desks.session() as db:
        twin_tasks.ask_about(db, twin_tasks.twins_of_regions(db), now=site.desks.now)
        db.commit()
    screen.signs_in(manager)
    screen.sees("Two records may be one person", "See all 3")

    screen.page.get_by_role("link", name="Two records may be one person").first.click()
    screen.looks()
    screen.sees("Nearly the same", "Hidden", "What are they?")
    screen.follows("Show surnames, numbers and dates of birth")
    screen.presses("These are two people")
    screen.sees("Noted: two people.", "See all 2")
    screen.page.get_by_role("link", name="Two records may be one person").first.click()
    screen.looks()
    screen.presses("They are one person: see what follows")
    screen.sees("Nothing is changed yet", "becomes part of")
    screen.presses("Change what you wrote")
    screen.sees("These may be the same person", "Or give the code of another record")
    screen.follows(re.compile("^Say if Siân"))
    screen.presses("They are one person: see what follows")
    screen.presses("Confirm")
    assert events(site) == [EventKind.MERGED]


def test_a_liaison_tells_that_someone_wants_to_stop_in_one_way(site: Site, screen: Screen) -> None:
    liaison = site.desks.account(Role.LIAISON)
    with site.desks.session() as db:
        there = an_accepted_pair(db)
        there.plan()
        db.commit()
    screen.signs_in(liaison)
    screen.follows("Sam Ordinary")

    screen.follows("They want to stop")
    screen.presses("See what follows")
    screen.sees("There is a problem", "Write the name of who told you.")
    screen.types("Who told you?", "Sam")
    screen.presses("See what follows")
    screen.sees("1 pair ends.", "This cannot be undone.")
    screen.presses("Stop now")
    screen.sees("Stopped. No letter goes out any more.", "No longer going ahead")
    assert events(site) == [EventKind.CONSENT_WITHDRAWN]
