"""What a mentor does at the screen, and three mentors to do it."""

import re
from dataclasses import dataclass
from typing import Any

from models.accounts import Account
from models.people import Mentor
from models.states import MentorState, Role
from tests.browser.screen import Screen
from tests.browser.site import Site
from tests.rows import a_mentor_row, places_of, vetting_of

SURNAMES = ("Heron", "Bittern", "Egret")
WORDS = "I was inside too. I came out and found my feet."

READ = re.compile("^Read and answer")
TODAY = re.compile("^Open the page for today")


@dataclass(frozen=True)
class Mentors:
    """Three mentors in the order of how well they fit, each with an account."""

    best: Account
    second: Account
    third: Account


def three_mentors(site: Site) -> Mentors:
    """Keep Alex, Bryn and Cari, of whom each fits a little less well than the one before."""
    nothing: dict[str, Any] = {"interests": frozenset()}
    further = nothing | {"home": "BD1", "experiences": frozenset()}
    told = zip(("Alex", "Bryn", "Cari"), SURNAMES, ({}, nothing, further), strict=True)
    return Mentors(*(_a_mentor(site, name, surname, **own) for name, surname, own in told))


def _a_mentor(site: Site, first_name: str, surname: str, **told: Any) -> Account:
    names = {"first_name": first_name, "surname": surname, "state": MentorState.ACTIVE}
    mentor: Mentor = a_mentor_row(**names | told)
    site.desks.keep(mentor)
    site.desks.keep(*places_of(mentor), *vetting_of(mentor))
    return site.desks.account(Role.MENTOR, mentor_id=mentor.id, name=first_name)


def refuse(screen: Screen) -> None:
    """Say no, with a reason of one tap."""
    screen.presses(READ)
    screen.presses("No, not this time")
    screen.presses("It is too far")
    screen.sees("It is fine to say no.")


def write_own_words(screen: Screen, email: str) -> None:
    """Write what the letter says of the mentor."""
    screen.follows("My words")
    screen.types("Your own words", WORDS)
    screen.types("Your e-mail", email)
    screen.presses("Save")
    screen.sees("Your words are saved.")


def say_we_met(screen: Screen, on: str = "") -> None:
    """Say on the start page that the two met; a day is asked where nothing was booked."""
    _say_yes(screen, "met", "Which day did you meet?", on)


def say_we_were_in_touch(screen: Screen, on: str) -> None:
    """Say on the start page that the two were in touch, on a day that nobody booked."""
    _say_yes(screen, "were in touch", "Which day were you in touch?", on)


def say_the_days_suit(screen: Screen) -> None:
    """Say that the days that have moved suit."""
    screen.presses(re.compile("^Yes, they suit me"))
    screen.sees("We have written down that the new days suit you.")


def say_we_did_not(screen: Screen, who: str) -> None:
    """Say that a meeting was missed, and by whom."""
    _tap(screen, re.compile("^(No, we|We) did not meet"))
    screen.chooses("Who was not there?", who)
    screen.presses("Send")
    screen.sees("Thank you for telling us.")


def _say_yes(screen: Screen, did: str, which_day: str, on: str) -> None:
    _tap(screen, re.compile(f"^(Yes, we|We) {did}"))
    if on:
        screen.writes_day(which_day, on)
        screen.presses(f"Yes, we {did}")
    screen.sees(f"We have written down that you {did}.")
    if screen.page.get_by_role("button", name="It was hard").count():
        screen.presses("Well")
        screen.presses("No, all is well")


def _tap(screen: Screen, words: re.Pattern[str]) -> None:
    """Answer where it is asked; an answer before it is asked is a link in the plan."""
    if screen.page.get_by_role("button", name=words).count():
        screen.presses(words)
    else:
        screen.follows(words)
