"""Names of many letters without a blank, on the first pages of each desk, at both widths.

That no page is wider than the screen is seen by the `Screen` itself.
"""

import pytest
from sqlmodel import select

from matcher import post
from models.accounts import Account
from models.council_words import Draft
from models.people import Leaver, Mentor
from models.releases import ExpectedLeaver
from models.states import Channel, LetterKind, Role
from tests.browser.screen import Screen
from tests.browser.site import Site
from tests.browser.test_every_page import BUSY_DESKS
from tests.matcher.lettered import a_reachable_pair, planned, sent
from web.desks import DESKS

LONG = "Wilhelmina" * 6 + "s"
"""61 letters; a name may have 80."""

PAGES = {
    Role.LIAISON: ["/liaison/letters/"],
    Role.MANAGER: ["/manager/proposals"],
    Role.ADMINISTRATOR: ["/administrator/accounts/"],
}
"""Pages beside the start that list people, side by side with a button."""


def rename_everyone(site: Site) -> None:
    with site.desks.session() as db:
        for kind in (Leaver, ExpectedLeaver):
            for person in db.exec(select(kind)):
                person.first_name = person.surname = LONG
        for mentor in db.exec(select(Mentor)):
            mentor.first_name = mentor.surname = LONG
        for account in db.exec(select(Account)):
            account.name = LONG
        for draft in db.exec(select(Draft)):
            draft.answers = {**draft.answers, "about": {"first_name": [LONG]}}
        db.commit()


def a_letter_to_hand_over(site: Site) -> None:
    with site.desks.session() as db:
        there = a_reachable_pair(db)
        told = {"channel": Channel.PRINT, "recipient": post.to_leaver(there.leaver.id)}
        sent(db, planned(there, LetterKind.INTRODUCTION, **told))
        db.commit()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [desk.role for desk in DESKS.values()], ids=str)
def test_a_name_of_many_letters_fits_the_first_pages_of_each_desk(
    role: Role, site: Site, screen: Screen
) -> None:
    accounts = BUSY_DESKS[role](site)
    if role is Role.LIAISON:
        a_letter_to_hand_over(site)
    rename_everyone(site)

    seen = ""
    for account in accounts:
        screen.signs_in(account)
        seen += screen.page.content()
        for path in PAGES.get(role, []):
            screen.opens(path)
            seen += screen.page.content()

    assert LONG in seen
