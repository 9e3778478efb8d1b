"""When something goes wrong: a plain page, nothing typed lost, nothing given away."""

import html
import re
from types import SimpleNamespace

import pytest
from werkzeug.exceptions import abort

from tests.web.small_site import FAILURES, Life, small_site
from web.errors import what_was_typed
from web.forms import STALE, Stale

OUR_OWN = {"Origin": "http://localhost"}


def test_a_page_that_is_not_there_is_not_found():
    answer = small_site().test_client().get("/nowhere")

    assert answer.status_code == 404
    assert "We cannot find that page" in answer.text


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_what_is_not_yours_reads_exactly_as_what_is_not_there(status):
    site = small_site()
    site.add_url_rule("/theirs", view_func=lambda: abort(status))
    client = site.test_client()

    theirs, absent = client.get("/theirs"), client.get("/nowhere")

    assert (theirs.status_code, theirs.data) == (absent.status_code, absent.data)
    assert theirs.headers.get("WWW-Authenticate") is None


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (400, "We cannot read that"),
        (413, "That is too big"),
        (418, "That did not work"),
        (429, "Too many tries"),
    ],
)
def test_each_error_has_its_plain_page(status, title):
    site = small_site()
    site.add_url_rule("/wrong", view_func=lambda: abort(status))

    answer = site.test_client().get("/wrong")

    assert answer.status_code == status
    assert f"<title>{title} – Gatemate</title>" in answer.text


def test_an_address_for_buttons_says_so_and_how_it_is_reached():
    answer = small_site().test_client().get("/press")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "only reached by a button" in answer.text


def test_a_file_that_is_too_big_is_refused_before_it_is_read():
    site = small_site(csrf=True)
    site.config["MAX_CONTENT_LENGTH"] = 100

    answer = site.test_client().post("/note", data={"why": "x" * 1000})

    assert answer.status_code == 413
    assert "That is too big" in answer.text
    assert "For a photo, take a screenshot" in answer.text
    assert '<a class="govuk-link" href="/note">Go back to the form</a>' in answer.text


def test_an_address_that_moved_still_leads_on():
    site = small_site()
    site.add_url_rule("/folder/", view_func=lambda: "here")

    assert site.test_client().get("/folder").status_code == 308


@pytest.mark.parametrize("path", ["/fault", "/gone"])
def test_our_own_fault_tells_nothing_and_keeps_what_was_typed(path):
    """ASVS 16.5.3."""
    life = Life()

    answer = small_site(life).test_client().post(path, data={"why": "My long story"})

    assert answer.status_code == {"/fault": 500, "/gone": 503}[path]
    assert "It is our fault. Nothing was changed." in answer.text
    assert "My long story" in answer.text
    assert life.db.rolled_back == 1
    for secret in ("Sam Example", "A1234BC", "ZeroDivision", "SELECT", "Traceback"):
        assert secret not in answer.text


def test_when_the_database_is_away_the_same_can_be_sent_again():
    answer = (
        small_site()
        .test_client()
        .post("/gone", data={"why": "My words", "version": "7"}, headers=OUR_OWN)
    )

    assert answer.headers["Retry-After"] == "60"
    assert hidden(answer.text) == {"why": "My words", "version": "7"}


def test_when_the_database_is_away_nothing_is_asked_of_it_to_say_so():
    class Away:
        def __getattr__(self, name):
            raise AssertionError(f"{name} was asked for")

    answer = small_site(account=Away()).test_client().get("/gone")

    assert answer.status_code == 503


@pytest.mark.parametrize("failure", FAILURES)
def test_a_page_that_someone_else_overtook_comes_back_with_what_was_typed(failure):
    life = Life(version=3, fails_with=FAILURES[failure])

    answer = small_site(life).test_client().post("/note", data={"version": "3", "why": "My words"})

    assert answer.status_code == 409
    assert STALE in answer.text
    assert "My words" in answer.text
    assert 'name="version" type="hidden" value="4"' in answer.text
    assert (life.kept, life.asked, life.db.rolled_back) == ([], 1, 1)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_view_without_a_form_is_never_asked_twice(failure):
    life = Life(fails_with=FAILURES[failure])

    answer = small_site(life).test_client().post("/bare", data={"reason_given": "Too far"})

    assert answer.status_code == 409
    assert "Someone changed this" in answer.text
    assert "Reason given" in answer.text
    assert "Too far" in answer.text
    assert (life.kept, life.asked) == ([], 1)


def test_a_button_on_an_old_page_does_nothing():
    life = Life(version=4)

    answer = small_site(life).test_client().post("/press", data={"version": "3"})

    assert answer.status_code == 409
    assert "Someone changed this" in answer.text
    assert life.kept == []


def test_a_button_on_a_fresh_page_acts():
    life = Life(version=4)

    answer = small_site(life).test_client().post("/press", data={"version": "4"})

    assert (answer.status_code, life.kept) == (200, ["pressed"])


def test_a_change_in_the_middle_of_pressing_a_button_does_nothing():
    life = Life(version=4, fails_with=FAILURES["illegal move"])

    answer = small_site(life).test_client().post("/press", data={"version": "4"})

    assert answer.status_code == 409
    assert (life.kept, life.asked) == ([], 1)


def test_a_page_that_goes_stale_again_and_again_ends_in_a_list_of_what_was_typed():
    site = small_site()

    @site.route("/always", methods=["POST"])
    def always():
        raise Stale

    answer = site.test_client().post("/always", data={"why": "My words", "password": "hush"})

    assert answer.status_code == 409
    assert "My words" in answer.text
    assert "hush" not in answer.text


def test_a_page_that_was_open_too_long_gives_back_what_was_typed():
    life = Life()
    client = small_site(life, csrf=True).test_client()

    answer = client.post(
        "/note?page=2",
        data={"why": "My <b>words</b>", "version": "3", "csrf_token": "old"},
        headers=OUR_OWN,
    )

    assert answer.status_code == 400
    assert "Nothing was lost: what you typed is below" in answer.text
    assert "My &lt;b&gt;words&lt;/b&gt;" in answer.text
    assert life.kept == []


def test_what_was_typed_can_be_sent_again_as_it_stands():
    life = Life()
    client = small_site(life, csrf=True).test_client()
    old = client.post(
        "/note", data={"why": "My\nwords", "version": "3", "csrf_token": "old"}, headers=OUR_OWN
    )

    again = client.post("/note", data=hidden(old.text) | {"csrf_token": token(old.text)})

    assert (again.status_code, life.kept) == (200, ["My\nwords"])


def test_a_button_on_a_page_that_was_open_too_long_can_be_pressed_again():
    life = Life(version=3)
    client = small_site(life, csrf=True).test_client()
    old = client.post("/press", data={"version": "3", "csrf_token": "old"}, headers=OUR_OWN)

    again = client.post("/press", data=hidden(old.text) | {"csrf_token": token(old.text)})

    assert "nothing has been done yet" in old.text
    assert (again.status_code, life.kept) == (200, ["pressed"])


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}])
def test_what_another_site_made_a_browser_send_is_not_offered_for_sending(headers):
    answer = (
        small_site(csrf=True).test_client().post("/note", data={"why": "Theirs"}, headers=headers)
    )

    assert answer.status_code == 400
    assert "Send it again" not in answer.text


def test_a_password_is_neither_shown_nor_offered_again():
    answer = (
        small_site(csrf=True)
        .test_client()
        .post("/note", data={"name": "sam", "password": "hush hush"}, headers=OUR_OWN)
    )

    assert "hush hush" not in answer.text
    assert "Send it again" not in answer.text


def test_only_what_was_typed_is_listed():
    fields = [
        ("csrf_token", "abc"),
        ("version", "3"),
        ("new-password", "hush"),
        ("code", "123456"),
        ("prison_code", "LEI"),
        ("needs-work", "high"),
        ("note", "  "),
        ("born", "27"),
        ("born", "3"),
    ]

    assert what_was_typed(fields) == [
        ("Prison code", "LEI"),
        ("Needs work", "high"),
        ("Born", "27, 3"),
    ]


def test_the_way_back_stays_on_our_own_pages():
    client = small_site().test_client()

    ours = client.post("/press", headers={"Referer": "http://localhost/note?page=2"})
    theirs = client.post("/press", headers={"Referer": "https://elsewhere.example/trap"})
    odd = client.post("/press", headers={"Referer": "http://localhost//elsewhere.example"})

    assert 'href="/note?page=2">Go back' in ours.text
    assert 'href="/">Go back' in theirs.text
    assert 'href="/elsewhere.example">Go back' in odd.text


def test_errors_are_told_to_people_signed_in_and_out_alike():
    signed_in = small_site(account=SimpleNamespace(name="Sam")).test_client().get("/nowhere")
    signed_out = small_site().test_client().get("/nowhere")

    assert "Sign out" in signed_in.text
    assert "Sign out" not in signed_out.text
    assert signed_in.status_code == signed_out.status_code == 404


def hidden(page):
    """Return the fields that the button "Send it again" sends, its token aside."""
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found if name != "csrf_token"}


def token(page):
    """Return the token that the button "Send it again" sends."""
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
