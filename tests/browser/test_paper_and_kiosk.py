"""Who would rather write it down, or ask by themselves: a paper is keyed in, a kiosk is opened."""

import re

import pytest
from sqlmodel import select

from models.people import Leaver
from models.referrals import Referral
from models.states import Role
from tests.browser.at_the_council import BORN, FIRST_NAME, NUMBER, PHONE, SURNAME
from tests.browser.screen import Screen
from tests.browser.site import Site
from tests.rows import NOW

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
SIGNED = f"{NOW.day} {NOW.month} {NOW.year}"


def test_a_peer_keys_in_a_paper_is_told_what_is_missing_and_sends_it(
    site: Site, screen: Screen
) -> None:
    screen.signs_in(site.desks.account(Role.PEER))
    assert screen.saves("link", "Print a blank form (PDF, 12 pages)").startswith(b"%PDF")
    screen.presses("Key in a paper form")
    screen.types("Prison number", NUMBER)
    screen.page.locator("#first_name").fill(FIRST_NAME)
    screen.presses("Keep it and stop for now")
    screen.follows(re.compile(f"^Paper form for {FIRST_NAME}, begun on Monday 23 November 2026"))

    screen.presses("Check answers")
    screen.sees("There is a problem", "Write their surname.")
    key_in_the_rest(screen)
    screen.presses("Check answers")
    assert screen.heading == "Check your answers"
    screen.sees("Hold the paper beside it", "Someone helped me", "In care as a child")
    screen.presses("Send")

    screen.sees("Write the code on the paper form", code_of(site))


def test_a_leaver_asks_at_the_kiosk_and_finds_nothing_of_the_desk(
    site: Site, screen: Screen
) -> None:
    screen.signs_in(site.desks.account(Role.PEER))
    screen.follows("Open the kiosk, where they fill in the form by themselves")
    screen.presses("Open the kiosk")
    assert screen.heading == "Would you like a mentor?"
    screen.presses("Start")
    ask(screen)
    screen.sees("Your code is", code_of(site))

    screen.presses("I have written it down. Finish")
    screen.opens("/council/")
    assert screen.heading == "Would you like a mentor?"
    screen.does_not_see(NUMBER, FIRST_NAME, SURNAME, code_of(site))
    screen.presses("Close the kiosk")
    assert screen.heading == "Sign in"


def key_in_the_rest(screen: Screen) -> None:
    """Type what stands on the paper beyond the number and the first name."""
    screen.types("Surname", SURNAME)
    screen.writes_day("When were they born?", BORN)
    screen.chooses("Sex", "Female")
    screen.chooses("How is the day decided?", "I do not know")
    screen.chooses("Seeing a GP", "Most")
    screen.page.locator("#experiences").check(force=True)
    screen.types("Where will they live?", "LS6")
    screen.chooses("Which one of these may the mentor have?", "None of these")
    screen.page.locator("#agreed").check()
    screen.chooses("Who filled in the form?", "Someone helped me")
    screen.writes_day("What day stands beside their mark?", SIGNED)


def ask(screen: Screen) -> None:
    """Fill in the form at the kiosk, as the person themselves."""
    assert screen.heading == "About you"
    screen.types("Your prison number", NUMBER)
    screen.types("Your first name", FIRST_NAME)
    screen.types("Your surname", SURNAME)
    screen.writes_day("When were you born?", BORN)
    screen.chooses("Your sex", "Female")
    screen.presses("Save and continue")
    screen.chooses("How is the day decided?", "I do not know")
    screen.presses("Save and continue")
    screen.chooses("Seeing a GP", "Most")
    for _ in ("needs", "experience", "likes", "languages", "rather"):
        screen.presses("Save and continue")
    screen.chooses("Is there anyone you must not meet?", "No")
    screen.presses("Save and continue")
    screen.types("Where will you live?", "LS6")
    screen.presses("Save and continue")
    screen.types("Phone number", PHONE)
    screen.chooses("Which one of these may your mentor have?", "By phone")
    screen.presses("Save and continue")
    screen.presses("Save and continue")
    screen.sees("Read this, or ask someone to read it out to you")
    screen.ticks("I have read or heard this, and I say yes.")
    screen.presses("Save and continue")
    screen.sees("Is all of it right?")
    screen.presses("Send")


def code_of(site: Site) -> str:
    with site.desks.session() as db:
        referral = db.exec(select(Referral)).one()
        return db.get_one(Leaver, referral.leaver_id).code
