"""From an invitation to an account of one's own, as people see it: small and large, with axe."""

from datetime import timedelta

import pytest
from pyotp import TOTP

from matcher.second_factor import STEP
from models.states import Role
from tests.browser.screen import Screen
from tests.browser.site import Site

PASSWORD = "four green ferries at sea"


def digits(site: Site, key: str) -> str:
    """What an app with this key shows now."""
    step = int(site.desks.now.timestamp()) // STEP
    return TOTP(key.replace(" ", "")).generate_otp(step)


def key_on(screen: Screen) -> str:
    told = screen.page.get_by_text("The key to type:").inner_text()
    return str(told.split(":")[1])


def chooses(screen: Screen, kind: str) -> None:
    screen.types("Password", PASSWORD)
    screen.types("The same password again", PASSWORD)
    screen.page.get_by_label(kind, exact=True).check()
    screen.presses("Continue")


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_manager_invites_a_liaison_who_takes_an_app_and_later_a_sheet(
    site: Site, screen: Screen
) -> None:
    screen.signs_in(site.desks.account(Role.MANAGER))
    screen.opens("/manager/accounts/")
    screen.follows("Invite a new liaison")
    screen.types("First name", "Gwen")
    screen.page.get_by_label("Which prison?", exact=True).select_option("LEI")
    screen.presses("Make the code")
    screen.sees("This code is shown once.")
    code = screen.page.locator(".gm-code").first.inner_text()

    screen.context.clear_cookies()
    screen.opens("/sign-in")
    screen.follows("I have an invitation, or a code to get back in")
    screen.types("Your code", code)
    screen.presses("Continue")
    screen.types("E-mail or sign-in name", "gwen")
    chooses(screen, "Codes from an app on my phone")
    key = key_on(screen)
    screen.types("Code", digits(site, key))
    screen.presses("Open my account")
    screen.sees("Your account is open.")

    site.desks.now += timedelta(seconds=STEP)
    screen.types("E-mail or sign-in name", "gwen")
    screen.types("Password", PASSWORD)
    screen.types("Code", digits(site, key))
    screen.presses("Sign in")
    screen.follows("My account")
    screen.sees("Where you are signed in")
    screen.follows("Sign out everywhere")
    screen.sees("Sign out everywhere?")
    screen.looks()
    screen.opens("/account/second-factor")
    screen.page.get_by_label("Codes printed on a sheet of paper", exact=True).check()
    screen.types("Your password now", PASSWORD)
    site.desks.now += timedelta(seconds=STEP)
    screen.types("Code", digits(site, key))
    screen.presses("Continue")
    screen.sees("These codes are shown once.")
    screen.follows("I have kept them: go on")
    screen.sees("20 codes left on your sheet.")
    assert screen.heading == "My account"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_an_app_is_changed_on_a_page_that_fits_every_screen(site: Site, screen: Screen) -> None:
    account = site.desks.account(Role.LIAISON)
    screen.signs_in(account)
    screen.opens("/account/second-factor")
    screen.page.get_by_label("Codes from an app on my phone", exact=True).check()
    screen.types("Your password now", "a password for tests")
    screen.types("Code", site.desks.code(account))
    screen.presses("Continue")
    screen.types("Code", digits(site, key_on(screen)))
    screen.presses("Continue")

    screen.sees("The new app counts from now on.")
    assert screen.heading == "My account"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_an_opened_record_is_read_at_the_administrators_desk(site: Site, screen: Screen) -> None:
    from tests.browser.test_every_page import at_the_administrators

    [asker] = at_the_administrators(site)
    screen.signs_in(asker)
    screen.opens("/administrator/opened-records/")
    screen.page.locator("main table a").first.click()
    screen.looks()
    screen.presses("Open the record")

    screen.sees("That you read this is kept")
    assert screen.heading == "An open record"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_second_person_reads_for_whom_a_code_is_and_agrees(site: Site, screen: Screen) -> None:
    first, second = (site.desks.account(Role.ADMINISTRATOR) for _ in range(2))
    screen.signs_in(first)
    screen.opens("/administrator/accounts/invitations/manager")
    screen.types("First name", "Morgan")
    screen.page.get_by_label("Which region?", exact=True).select_option("C")
    screen.presses("Make the code")
    screen.sees("It works once a second person agrees")
    screen.looks()

    screen.context.clear_cookies()
    screen.signs_in(second)
    screen.opens("/administrator/accounts/")
    screen.follows("Look at the code for Morgan, regional manager")
    screen.sees("Do you agree to invite this person?")
    screen.looks()
    screen.presses("I have spoken to them and agree")

    screen.sees("You have agreed.")
    assert screen.heading == "Accounts"
