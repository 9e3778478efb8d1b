"""One person's whole way, by clicking and typing, from the council's form to the last follow-up."""

from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage
from typing import TypeVar

import pytest
from icalendar import Calendar, Component
from sqlmodel import select

from matcher import outcomes
from models.accounts import Account
from models.meetings import Meeting
from models.pairs import Pair
from models.states import EndReason, MeetingKind, MeetingState, PairState, Role
from tests.browser import at_the_council, at_the_liaisons, at_the_managers, at_the_mentors
from tests.browser.at_the_council import FIRST_NAME, NAME, NOT_TO_BE_TOLD
from tests.browser.at_the_mentors import SURNAMES, Mentors
from tests.browser.screen import LARGE, SMALL, Screen
from tests.browser.site import Site, local

Found = TypeVar("Found")

MONDAY = date(2026, 11, 23)
PERSONAL = (
    FIRST_NAME,
    *NOT_TO_BE_TOLD,
    *SURNAMES,
    *("Alex", "Bryn", "Cari", "prison", "Leeds", "HMP"),
)
"""What no e-mail and no text message holds."""


@dataclass
class Way:
    """The service, one window, the people who sit at it in turn, and all mail so far."""

    site: Site
    screen: Screen
    mentors: Mentors
    peer: Account
    liaison: Account
    manager: Account
    code: str = ""
    mail: list[EmailMessage] = field(default_factory=list)

    def new_mail(self) -> list[tuple[str, str]]:
        """To whom mail went since last asked, and with which subject."""
        new = self.site.new_mail()
        self.mail += new
        return [(str(one["To"]), str(one["Subject"])) for one in new]


@pytest.mark.parametrize(
    ("databases", "size"),
    [("sqlite", SMALL), ("sqlite", LARGE), ("postgresql", SMALL)],
    ids=["sqlite-320", "sqlite-1280", "postgresql-320"],
    indirect=True,
)
def test_one_person_is_carried_from_the_form_to_the_last_follow_up(
    site: Site, screen: Screen
) -> None:
    way = a_way(site, screen)

    the_council_puts_someone_forward(way)
    the_liaison_uploads_completes_and_endorses(way)
    the_manager_screens_and_probation_is_asked(way)
    the_plan_is_made_and_the_best_mentor_is_asked(way)
    the_first_mentor_says_no_and_the_next_best_is_silent(way)
    the_third_mentor_says_yes(way)
    the_liaison_books_and_prints(way)
    the_first_meeting_is_held(way)
    the_date_moves_and_the_plan_with_it(way)
    the_visits_are_held_or_missed(way)
    the_day_at_the_gate_comes(way)
    the_last_follow_up_closes_the_pair(way)

    assert what_mail_gives_away(way) == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("size", [LARGE], indirect=True, ids=lambda size: size.name)
def test_one_person_is_carried_all_the_way_by_people_who_have_a_keyboard_alone(
    site: Site, screen_by_keys: Screen
) -> None:
    test_one_person_is_carried_from_the_form_to_the_last_follow_up(site, screen_by_keys)

    assert screen_by_keys.heading


def a_way(site: Site, screen: Screen) -> Way:
    """People with accounts, and mentors who are ready; nobody is put forward yet."""
    phone = {"phone": "0808 157 0111"}
    return Way(
        site,
        screen,
        at_the_mentors.three_mentors(site),
        peer=site.desks.account(Role.PEER),
        liaison=site.desks.account(Role.LIAISON),
        manager=site.desks.account(Role.MANAGER, **phone),
    )


def the_council_puts_someone_forward(way: Way) -> None:
    way.screen.opens("/")
    way.screen.signs_in(way.peer)

    way.code = at_the_council.put_someone_forward(way.screen)
    way.screen.follows("Go to your list")

    assert way.code.startswith("GM-")
    way.screen.sees(way.code, "With the liaison")
    way.screen.does_not_see(FIRST_NAME, *NOT_TO_BE_TOLD)


def the_liaison_uploads_completes_and_endorses(way: Way) -> None:
    way.screen.signs_in(way.liaison)

    to_mend = at_the_liaisons.take_a_report(way.screen)
    way.screen.opens("/liaison/")
    way.screen.sees("Lowri Sandpiper", NAME)
    at_the_liaisons.complete_and_endorse(way.screen)

    assert "C65X3GH" in to_mend
    assert "31/02/1985" in to_mend
    assert "Sandpiper" not in to_mend


def the_manager_screens_and_probation_is_asked(way: Way) -> None:
    way.screen.signs_in(way.manager)
    way.screen.sees("1 referral to screen")

    at_the_managers.settle_who_to_avoid(way.screen)
    way.screen.presses("Send the question by e-mail")
    at_the_managers.screen_without_probation(way.screen)
    on_hold = way.site.turn_to(MONDAY, 9, 50)
    at_the_managers.screen_again_with_probation(way.screen)

    assert "plan: 0 of 1 waiting leaver covered" in on_hold
    assert [to for to, _subject in way.new_mail()] == [at_the_liaisons.PRACTITIONER]


def the_plan_is_made_and_the_best_mentor_is_asked(way: Way) -> None:
    made = way.site.turn_to(date(2026, 11, 24), 6, 5)
    way.site.turn_to(date(2026, 11, 24), 9, 30)
    way.screen.signs_in(way.manager)

    way.screen.follows("Proposals")
    way.screen.presses("Make the plan now")
    way.screen.sees("Making the plan", "0 of 4 steps done")
    way.site.turn_to(date(2026, 11, 24), 9, 31)
    way.screen.follows("Look again")
    way.screen.sees("No other plan finds a mentor for more of those who need one most")
    way.screen.follows("Today")
    parts, total = at_the_managers.read_the_parts(way.screen)
    way.screen.sees("Why this pair")
    way.screen.follows("Today")
    at_the_managers.approve(way.screen, "Alex")
    way.site.turn_to(date(2026, 11, 24), 9, 45)

    assert "plan: 1 of 1 waiting leaver covered" in made
    assert (len(parts) >= 4, sum(parts)) == (True, total)
    asked = [(way.mentors.best.email, "Sign in: something new for you")]
    assert way.new_mail() == asked


def the_first_mentor_says_no_and_the_next_best_is_silent(way: Way) -> None:
    way.screen.signs_in(way.mentors.best)
    way.screen.presses(at_the_mentors.READ)
    way.screen.sees("Can you mentor someone new?", "February 2027")
    way.screen.does_not_see(FIRST_NAME, way.code, "HMP", *NOT_TO_BE_TOLD)
    way.screen.opens("/mentor/")
    at_the_mentors.refuse(way.screen)
    planned = way.site.turn_to(date(2026, 11, 24), 9, 47)

    way.screen.signs_in(way.manager)
    at_the_managers.approve(way.screen, "Bryn")
    way.site.turn_to(date(2026, 11, 24), 11)
    asked = way.new_mail()
    way.site.live_through(date(2026, 11, 25), 9, 5)
    reminded = way.new_mail()
    way.site.live_through(date(2026, 11, 26), 9, 5)
    lapsed = way.site.turn_to(date(2026, 11, 27), 17, 1)

    second = way.mentors.second.email
    assert "plan again: 1 new pair proposed" in planned
    assert asked == [(second, "Sign in: something new for you")]
    assert reminded == [(second, "Sign in: we are waiting for your answer")]
    assert "offers: 1 offer lapsed" in lapsed
    assert way.new_mail() == []


def the_third_mentor_says_yes(way: Way) -> None:
    way.site.live_through(date(2026, 11, 30), 9, 5)
    way.screen.signs_in(way.manager)
    at_the_managers.approve(way.screen, "Cari")
    way.site.turn_to(date(2026, 11, 30), 9, 20)
    third = str(way.mentors.third.email)

    way.screen.signs_in(way.mentors.third)
    at_the_mentors.write_own_words(way.screen, third)
    way.screen.follows("My diary")
    way.screen.presses(at_the_mentors.READ)
    way.screen.presses("Yes, I will")
    way.screen.sees("Your meetings are in your diary", FIRST_NAME, "Wednesday 3 February 2027")
    way.screen.sees("Introduction", "At the gate", "Review and closing report")
    way.screen.does_not_see("Pat Assessor", *NOT_TO_BE_TOLD)
    way.site.turn_to(date(2026, 11, 30), 10)

    told = {to for to, _subject in way.new_mail()}
    assert told == {third, at_the_liaisons.PRACTITIONER}


def the_liaison_books_and_prints(way: Way) -> None:
    way.screen.signs_in(way.liaison)
    way.screen.follows(NAME)

    at_the_liaisons.book(way.screen, "introduction", "22 12 2026", "10am")
    way.screen.sees("There is a problem", "Wednesday 23 December 2026")
    way.screen.opens("/liaison/")
    way.screen.follows(NAME)
    at_the_liaisons.book(way.screen, "introduction", "30 12 2026", "10am")
    at_the_liaisons.book(way.screen, "prison visit 1", "7 1 2027", "2pm")
    at_the_liaisons.book(way.screen, "prison visit 2", "14 1 2027", "2pm")
    letter = at_the_liaisons.print_letter(way.screen)
    way.site.turn_to(date(2026, 11, 30), 11)

    told = way.new_mail()
    assert told == [(way.mentors.third.email, "Gatemate: appointment")] * 3
    entries = [entry for one in way.mail[-3:] for entry in calendar_entries(one)]
    assert {str(one["SUMMARY"]) for one in entries} == {"Gatemate: appointment"}
    assert not any("LOCATION" in one for one in entries)
    starts = sorted(one["DTSTART"].dt.isoformat() for one in entries)
    assert starts[0] == "2026-12-30T10:00:00+00:00"
    assert all(words in letter for words in (FIRST_NAME, "Cari", at_the_mentors.WORDS))
    assert "Bittern" not in letter


def the_first_meeting_is_held(way: Way) -> None:
    way.site.live_through(date(2026, 12, 29), 10, 5)
    assert way.new_mail() == [(way.mentors.third.email, "Gatemate: your appointment")]

    way.site.live_through(date(2026, 12, 30), 13)
    way.screen.signs_in(way.mentors.third)
    way.screen.sees(f"Did you meet {FIRST_NAME}?")
    at_the_mentors.say_we_met(way.screen)


def the_date_moves_and_the_plan_with_it(way: Way) -> None:
    way.site.live_through(date(2027, 1, 4), 9, 30)
    way.screen.signs_in(way.liaison)
    at_the_liaisons.tell_of_a_new_date(way.screen, "24 2 2027")
    way.screen.sees("Nothing is changed yet", "It becomes Wednesday 24 February 2027")
    way.screen.sees("meetings have new days", "The mentor is told once.")

    way.screen.presses("Confirm")
    way.screen.sees("Held", "Wednesday 30 December 2026, 10am", "Wednesday 24 February 2027")
    way.site.turn_to(date(2027, 1, 4), 10)
    way.site.live_through(date(2027, 1, 5), 10)

    stayed = [one for one in meetings_of(way) if one[2] in ("held", "booked")]
    assert stayed == [
        ("introduction", 1, "held", "30 Dec 10:00"),
        ("prison_visit", 1, "booked", "07 Jan 14:00"),
        ("prison_visit", 2, "booked", "14 Jan 14:00"),
    ]
    assert way.new_mail() == [(way.mentors.third.email, "Sign in: something new for you")]


def the_visits_are_held_or_missed(way: Way) -> None:
    way.screen.signs_in(way.liaison)
    way.screen.follows(NAME)
    at_the_liaisons.agree_the_gate_plan(way.screen)
    way.screen.sees("Agreed.")
    way.site.turn_to(date(2027, 1, 5), 11)

    way.site.live_through(date(2027, 1, 7), 16)
    way.screen.signs_in(way.mentors.third)
    at_the_mentors.say_the_days_suit(way.screen)
    at_the_mentors.say_we_met(way.screen)
    way.site.live_through(date(2027, 1, 14), 16)
    way.screen.signs_in(way.mentors.third)
    at_the_mentors.say_we_did_not(way.screen, "The prison could not hold it")

    way.screen.signs_in(way.manager)
    way.screen.sees("1 other thing to do")
    way.screen.follows("A meeting was missed")
    way.screen.types("What did you do?", "Rang the prison: they look for another day.")
    way.screen.presses("It is done")
    way.screen.sees("Nothing waits for you")


def the_day_at_the_gate_comes(way: Way) -> None:
    way.site.live_through(date(2027, 2, 17), 9, 30)
    way.screen.signs_in(way.liaison)
    card = at_the_liaisons.print_letter(way.screen)
    assert "Bench by the main gate" in card

    way.site.live_through(date(2027, 2, 24), 8, 50)
    way.screen.signs_in(way.mentors.third)
    way.screen.presses(at_the_mentors.TODAY)
    way.screen.sees("Bench by the main gate", "Gate desk", "07700 900456")
    way.screen.presses("Arrived")
    way.screen.presses("Met")
    way.screen.presses("Home safe")
    way.screen.sees("Home safe: you told us at")


def the_last_follow_up_closes_the_pair(way: Way) -> None:
    way.site.live_through(date(2027, 2, 25), 17, 30)
    way.screen.signs_in(way.mentors.third)
    at_the_mentors.say_we_were_in_touch(way.screen, on="25 2 2027")
    way.site.live_through(date(2027, 3, 3), 17, 30)
    way.screen.signs_in(way.mentors.third)
    at_the_mentors.say_we_did_not(way.screen, FIRST_NAME)
    way.site.live_through(date(2027, 3, 4), 9)
    way.screen.signs_in(way.manager)
    way.screen.sees("A meeting was missed")
    hold_the_other_follow_ups(way)

    way.site.live_through(date(2027, 5, 26), 17, 30)
    way.screen.signs_in(way.mentors.third)
    at_the_mentors.say_we_met(way.screen, on="26 5 2027")
    way.screen.signs_in(way.liaison)
    way.screen.signs_in(way.manager)

    pairs = [(one.state, one.end_reason) for one in rows_of(way, Pair)]
    assert pairs.count((PairState.ENDED, EndReason.COMPLETED)) == 1


def hold_the_other_follow_ups(way: Way) -> None:
    """Those between the first and the review, by code: their page has been seen."""
    with way.site.desks.session() as db:
        ahead = select(Meeting).where(Meeting.state == MeetingState.PLANNED)
        for meeting in sorted(db.exec(ahead), key=lambda one: one.window_last):
            if meeting.kind is MeetingKind.FOLLOW_UP:
                day = meeting.window_last
                outcomes.held(db, meeting, on=day, by=None, now=local(day, 18))
        db.commit()


def meetings_of(way: Way) -> list[tuple[str, int, str, str]]:
    """Each meeting: what it is, how it stands, and its local time."""
    return sorted(
        (one.kind.value, one.number, one.state.value, f"{one.starts_local or date.min:%d %b %H:%M}")
        for one in rows_of(way, Meeting)
    )


def rows_of(way: Way, kind: type[Found]) -> list[Found]:
    with way.site.desks.session() as db:
        return list(db.exec(select(kind)).all())


def calendar_entries(mail: EmailMessage) -> list[Component]:
    """The appointments in a letter, as a calendar program reads them."""
    files = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return [entry for file in files for entry in Calendar.from_ical(file.get_content()).events]


def what_mail_gives_away(way: Way) -> list[str]:
    """Each personal word that stands in any letter: subject, text or calendar entry."""
    words = [
        str(one["Subject"]) + "".join(part.get_content() for part in texts_of(one))
        for one in way.mail
    ]
    return [word for word in PERSONAL for text in words if word.lower() in text.lower()]


def texts_of(mail: EmailMessage) -> list[EmailMessage]:
    return [part for part in mail.walk() if part.get_content_maintype() == "text"]
