"""A manager's lists in a browser: look for somebody, narrow it down, take the list as a file."""

import pytest

from models.states import PairState, Role
from tests.browser.screen import Screen
from tests.browser.site import Site
from tests.rows import NOW, a_standby
from tests.web.region import OwnRegion


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_somebody_is_found_and_the_list_taken_and_the_paper_has_the_list_alone(
    site: Site, screen: Screen
) -> None:
    region = OwnRegion(site.desks)
    long_names = {"first_name": "Maximiliana-Wilhelmina", "surname": "Sought"}
    mentor = region.mentor(first_name="Bartholomew-Christopher")
    referral = region.referral(leaver=long_names)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW, mentor=mentor, referral=referral)
    site.desks.keep(a_standby(pair, region.mentor()))
    region.pair()

    screen.signs_in(site.desks.account(Role.MANAGER))
    screen.opens("/manager/pairs/?state=accepted")
    screen.types("Find a person", "sought")
    screen.presses("Search")

    screen.sees("1 pair", "Maximiliana-Wilhelmina")
    assert "sought" not in screen.page.url.lower()
    assert "state=accepted" in screen.page.url
    assert b"Maximiliana-Wilhelmina" in screen.saves("link", "CSV file of pairs")
    screen.chooses("How far they have come", "Proposed")
    screen.presses("Show")
    screen.sees("Nobody here fits your search.")
    screen.follows("End the search")
    screen.sees("1 pair")
    screen.presses("Search")
    screen.sees("Write a name, a prison number or a code.")

    screen.opens("/manager/lapses/?within=12")
    screen.opens("/manager/lapses/?kind=supervision")
    screen.sees("(stands by)")
    screen.page.emulate_media(media="print")
    assert not screen.page.get_by_role("button", name="Search").is_visible()
    assert not screen.page.get_by_role("link", name="CSV file of lapses").is_visible()
    assert screen.page.get_by_role("table").is_visible()
