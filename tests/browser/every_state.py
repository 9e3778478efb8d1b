"""Every page in states that a busy desk does not show; `make screens` runs it, for minutes."""

from collections.abc import Iterable

import pytest
from playwright.sync_api import Locator

from models.accounts import Account
from models.states import Role
from tests.browser.screen import IDS, LARGE, Screen
from tests.browser.site import Site
from tests.browser.test_every_page import BUSY_DESKS, endpoints_by_links, pages_of, paths_by_links
from tests.web.walks import a_walk

LARGE_ALONE = pytest.mark.parametrize("size", [LARGE], indirect=True, ids=lambda size: size.name)
ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

QUESTIONS = "main form[method=post]:has(.govuk-form-group)"
"""Forms with something to fill in; what acts at once is not pressed here."""

NO_BLANK = ("/sign-out", "/throw-away")


@ON_SQLITE
@pytest.mark.parametrize("role", BUSY_DESKS, ids=str)
def test_a_desk_with_nothing_on_it_leads_nowhere_that_is_not_there(
    role: Role, site: Site, screen: Screen
) -> None:
    screen.signs_in(a_new_account(site, role))

    seen = endpoints_by_links(screen, site.desks.app)

    assert seen & pages_of(role, site.desks.app)


@LARGE_ALONE
@ON_SQLITE
@pytest.mark.parametrize("role", BUSY_DESKS, ids=str)
def test_a_form_that_is_sent_in_blank_says_what_is_missing_or_goes_on(
    role: Role, site: Site, screen: Screen
) -> None:
    for account in BUSY_DESKS[role](site):
        screen.signs_in(account)

        paths = one_of_each(sorted(paths_by_links(screen)))
        blank = [path for path in paths if sent_in_blank(screen, path)]

        assert blank


def a_new_account(site: Site, role: Role) -> Account:
    """Somebody who has just begun; a mentor without anybody to walk with yet."""
    if role is Role.MENTOR:
        return a_walk(site.desks).account
    return site.desks.account(role)


def one_of_each(paths: Iterable[str]) -> list[str]:
    """A page of each kind."""
    return list({IDS.sub("-", path.split("?")[0]): path for path in paths}.values())


def sent_in_blank(screen: Screen, path: str) -> bool:
    """Send each form of a page as it is; say whether there was one."""
    screen.opens(path)
    count = screen.page.locator(QUESTIONS).count()
    for number in range(count):
        button = _button(screen.page.locator(QUESTIONS).nth(number))
        if button is None:
            continue
        button.click()
        screen.looks()
        screen.opens(path)
    return count > 0


def _button(form: Locator) -> Locator | None:
    """The button that sends a form; None where there is none, or where it is for good."""
    if any(one in (form.get_attribute("action") or "") for one in NO_BLANK):
        return None
    buttons = form.locator("button[type=submit]")
    return buttons.last if buttons.count() else None
