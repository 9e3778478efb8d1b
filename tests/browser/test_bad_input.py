"""What people meet who mistype, are too late, are lost, or have just signed out."""

from collections.abc import Callable
from datetime import timedelta

from models.people import Mentor
from models.states import Role
from tests.browser.at_the_mentors import three_mentors
from tests.browser.screen import Screen
from tests.browser.site import Site


def test_each_line_of_the_error_summary_leads_to_its_field_and_what_was_typed_stays(
    site: Site, screen: Screen
) -> None:
    screen.opens("/")
    screen.signs_in(site.desks.account(Role.PEER))
    screen.presses("Start a new form")
    screen.presses("Go on")
    screen.types("Prison number", "12345")
    screen.types("First name", "Siân")
    screen.writes_day("When were they born?", "31 2 1990")

    screen.presses("Save and continue")

    screen.sees("There is a problem")
    summary = screen.page.get_by_role("alert").get_by_role("link")
    led_to = [where_it_leads(screen, number) for number in range(summary.count())]
    assert led_to == ["prison_number", "surname", "birth_date-day", "sex"]
    assert screen.page.get_by_label("Prison number", exact=True).input_value() == "12345"
    assert screen.page.get_by_label("First name", exact=True).input_value() == "Siân"
    assert screen.page.title().startswith("Error: ")


def where_it_leads(screen: Screen, number: int) -> str:
    """Follow a line of the error summary, and return which input then has the focus."""
    screen.page.get_by_role("alert").get_by_role("link").nth(number).click()
    focused = screen.page.locator("input:focus")
    focused.wait_for()
    return focused.get_attribute("id") or ""


def test_who_sends_a_stale_page_reads_so_and_keeps_every_word(site: Site, screen: Screen) -> None:
    account = three_mentors(site).best
    screen.signs_in(account)
    screen.opens("/mentor/words/")
    early, screen.page = screen.page, screen.new_tab()
    screen.opens("/mentor/words/")
    write(screen, "Written first.")
    screen.sees("Your words are saved.")
    screen.page = early

    write(screen, "Written second, from an older page.")

    screen.sees("Someone changed this while you were writing.")
    typed = screen.page.get_by_label("Your own words", exact=True).input_value()
    assert typed == "Written second, from an older page."
    assert words_on_file(site, account.mentor_id) == "Written first."
    screen.presses("Save")
    screen.sees("Your words are saved.")
    assert words_on_file(site, account.mentor_id) == "Written second, from an older page."


def test_who_was_away_too_long_signs_in_and_finds_every_word(site: Site, screen: Screen) -> None:
    account = three_mentors(site).best
    screen.signs_in(account)
    screen.opens("/mentor/words/")
    site.desks.now += timedelta(minutes=31)
    write(screen, "Written before the telephone rang.")
    screen.sees("Sign in again, and you will find what you typed.")

    screen.signs_in_here(account)

    screen.sees("Here is what you typed. Check it and send it again.")
    typed = screen.page.get_by_label("Your own words", exact=True).input_value()
    assert typed == "Written before the telephone rang."
    assert words_on_file(site, account.mentor_id) == ""
    screen.opens("/mentor/")
    screen.follows("See what was not sent")
    screen.sees("Written before the telephone rang.")
    screen.follows("Go back to the page and send it again")
    screen.presses("Save")
    screen.sees("Your words are saved.")
    screen.does_not_see("Not sent yet")
    assert words_on_file(site, account.mentor_id) == "Written before the telephone rang."


def write(screen: Screen, words: str) -> None:
    screen.types("Your own words", words)
    screen.types("Your e-mail", "someone@example.org")
    screen.presses("Save")


def words_on_file(site: Site, mentor_id: object) -> str:
    with site.desks.session() as db:
        return db.get_one(Mentor, mentor_id).own_words


def test_an_unknown_address_another_desk_and_a_row_of_others_are_the_same_plain_page(
    site: Site, new_screen: Callable[[], Screen]
) -> None:
    peer, stranger = new_screen(), new_screen()
    peer.signs_in(site.desks.account(Role.PEER))
    peer.presses("Start a new form")
    stranger.opens("/no/such/page")
    signed_out = stranger.heading
    stranger.signs_in(site.desks.account(Role.PEER))

    lost = []
    for address in ("/no/such/page", "/manager/", peer.page.url):
        stranger.opens(address)
        lost.append(stranger.text)

    assert signed_out == "We cannot find that page"
    assert lost == [lost[0]] * 3
    assert "We cannot find that page" in lost[0]


def test_who_goes_back_after_signing_out_sees_nothing(site: Site, screen: Screen) -> None:
    screen.signs_in(site.desks.account(Role.LIAISON))
    screen.opens("/liaison/expected")
    screen.opens("/liaison/letters/")
    letters = screen.page.goto(screen.page.url)
    screen.presses("Sign out")

    screen.page.go_back()

    assert letters is not None
    assert letters.headers["cache-control"] == "no-store"
    assert screen.heading == "Sign in"
    screen.does_not_see("Letters to print")
