"""Signing in and out, and a guard before every page."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask import url_for
from sqlmodel import select

from models.accounts import Account, SignIn
from models.states import Role
from tests.rows import NOW
from tests.web.desks import PASSWORD, Desks, app_code
from tests.web.walks import a_walk, body
from web.desks import DESKS, desk_for, desk_of
from web.guard import HEADERS

MINUTE = timedelta(minutes=1)
NO_FIT = "That name, password and code do not go together."
ROLES = list(Role)


@pytest.fixture
def site(engine):
    """The application as it is outside tests: every form needs its token."""
    return Desks(engine, WTF_CSRF_ENABLED=True)


def token_in(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


def sign_in(client, name, password=PASSWORD, code=None):
    """Fill in the page as a browser does; the code is that of NOW."""
    form = {"sign_in_name": name, "password": password}
    form["one_time_code"] = app_code(NOW) if code is None else code
    return client.post("/sign-in", data=form | {"csrf_token": token_in(client.get("/sign-in"))})


def mentor_account(desks, **told):
    from tests.rows import a_mentor_row

    mentor = a_mentor_row()
    desks.keep(mentor)
    return desks.account(Role.MENTOR, mentor_id=mentor.id, **told)


def an_account(desks, role):
    return mentor_account(desks) if role is Role.MENTOR else desks.account(role)


@pytest.mark.parametrize("role", ROLES)
def test_signing_in_leads_to_one_s_own_desk(site, role):
    """ASVS 7.6.2."""
    account = an_account(site, role)
    site.code(account)
    client = site.app.test_client()

    sign_in(client, account.email)
    home = client.get("/", follow_redirects=True)

    with site.app.test_request_context():
        start = url_for(desk_for(role).start)
    assert (home.status_code, home.request.path) == (200, start)


def test_a_wrong_password_and_an_unknown_name_read_the_same(site):
    account = site.account(Role.LIAISON)
    site.code(account)
    client = site.app.test_client()

    wrong = sign_in(client, account.email, "a wrong password")
    unknown = sign_in(client, name := "nobody@example.org")

    assert wrong.status_code == unknown.status_code == 422
    assert NO_FIT in wrong.text
    plain = [body(page).replace(account.email, name) for page in (wrong, unknown)]
    assert plain[0] == plain[1]


def test_a_refused_sign_in_keeps_the_name_and_not_the_password(site):
    page = sign_in(site.app.test_client(), "nobody@example.org", "a secret nobody typed")

    assert 'value="nobody@example.org"' in page.text
    assert "a secret nobody typed" not in page.text


def test_a_closed_account_reads_like_an_unknown_one(site):
    account = site.account(Role.LIAISON)
    site.code(account)
    with site.session() as db:
        db.get_one(Account, account.id).disabled_at = NOW
        db.commit()

    page = sign_in(site.app.test_client(), account.email)

    assert page.status_code == 422
    assert NO_FIT in page.text


def test_an_account_closed_meanwhile_is_out_at_the_next_page(desks):
    account = desks.account(Role.LIAISON)
    client = desks.browser(account)
    before = client.get("/liaison/").status_code
    with desks.session() as db:
        db.get_one(Account, account.id).disabled_at = NOW
        db.commit()

    after = client.get("/liaison/")

    assert (before, after.status_code, after.location) == (200, 302, "/sign-in")


def test_signing_in_leads_on_to_the_page_that_was_asked_for(site):
    account = site.account(Role.ADMINISTRATOR)
    site.code(account)
    client = site.app.test_client()

    asked = client.get("/administrator/accounts/?page=2")
    answer = sign_in(client, account.email)

    assert (asked.status_code, asked.location) == (302, "/sign-in")
    assert answer.location == "/administrator/accounts/?page=2"


def test_signing_in_makes_a_new_cookie(site):
    """ASVS 7.2.2."""
    account = site.account(Role.LIAISON)
    site.code(account)
    client = site.app.test_client()
    client.get("/sign-in")
    before = client.get_cookie("gatemate").value

    sign_in(client, account.email)

    assert client.get_cookie("gatemate").value != before


def test_a_stay_ends_after_half_an_hour_without_a_page(desks):
    """ASVS 7.3.1."""
    client = desks.browser_of(Role.LIAISON)

    desks.now = NOW + 29 * MINUTE
    in_time = client.get("/liaison/").status_code
    desks.now = NOW + 58 * MINUTE
    still_in_use = client.get("/liaison/").status_code
    desks.now = NOW + 88 * MINUTE
    too_late = client.get("/liaison/")

    assert (in_time, still_in_use) == (200, 200)
    assert (too_late.status_code, too_late.location) == (302, "/sign-in")


def test_a_stay_ends_after_twelve_hours_of_use(desks):
    """ASVS 7.3.2."""
    client = desks.browser_of(Role.LIAISON)

    answers = []
    for minutes in range(20, 12 * 60 + 20, 20):
        desks.now = NOW + minutes * MINUTE
        answers.append(client.get("/liaison/").status_code)

    assert answers == [200] * 35 + [302]


def test_signing_out_ends_the_stay_in_the_browser_and_in_the_database(site):
    """ASVS 7.4.1."""
    account = site.account(Role.LIAISON)
    site.code(account)
    client = site.app.test_client()
    sign_in(client, account.email)
    held = client.get_cookie("gatemate").value

    page = client.get("/liaison/")
    out = client.post("/sign-out", data={"csrf_token": token_in(page)})
    said = client.get("/sign-in").text
    client.set_cookie("gatemate", held)

    assert (out.status_code, out.location) == (302, "/sign-in")
    assert "You are signed out." in said
    assert client.get("/liaison/").status_code == 302
    with site.session() as db:
        assert db.exec(select(SignIn.ended_at)).one() is not None


def test_a_form_without_its_token_does_nothing_and_offers_to_send_it_again(site):
    account = site.account(Role.LIAISON)
    site.code(account)
    client = site.app.test_client()
    sign_in(client, account.email)

    answer = client.post("/sign-out")

    assert answer.status_code == 400
    assert client.get("/liaison/").status_code == 200


def test_a_cookie_that_was_tampered_with_is_no_stay(desks):
    """ASVS 7.2.1, 9.1.1."""
    client = desks.browser_of(Role.LIAISON)
    client.set_cookie("gatemate", client.get_cookie("gatemate").value + "x")

    assert client.get("/liaison/").status_code == 302


def test_outside_a_demo_there_is_no_page_of_the_demo(desks):
    """ASVS 15.2.3."""
    assert not [rule for rule in desks.app.url_map.iter_rules() if "demo" in str(rule)]


def addresses(desks, desk):
    """Each address of a desk, with made-up ids, and a method that it takes."""
    made_up = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "1"}
    for rule in desks.app.url_map.iter_rules():
        if desk_of(rule.endpoint.split(".")[0]) is not desk:
            continue
        address = re.sub(
            r"<(?:(\w+)(?:\((\w*)[^)]*\))?:)?\w+>",
            lambda part: made_up.get(part[1]) or part[2] or "x",
            str(rule),
        )
        yield address, "GET" if "GET" in rule.methods else "POST"


@pytest.mark.parametrize("name", sorted(DESKS))
def test_nobody_opens_a_page_of_a_desk_without_signing_in(desks, name):
    """ASVS 8.3.1."""
    client = desks.browser()

    answers = {
        (address, method): client.open(address, method=method)
        for address, method in addresses(desks, DESKS[name])
    }

    assert answers
    assert {(one.status_code, one.location) for one in answers.values()} == {(302, "/sign-in")}


@pytest.mark.parametrize("role", ROLES)
def test_a_page_of_another_desk_reads_like_one_that_is_not_there(desks, role):
    """ASVS 8.2.1."""
    client = desks.browser(an_account(desks, role))
    absent = client.get("/no/such/page")

    answers = [
        client.open(address, method=method)
        for desk in DESKS.values()
        if desk.role is not role
        for address, method in addresses(desks, desk)
    ]

    assert absent.status_code == 404
    assert {one.status_code for one in answers} == {404}
    assert {body(one) for one in answers} == {body(absent)}


@pytest.mark.parametrize("address", ["/sign-in", "/liaison/", "/no/such/page", "/healthz", "/"])
def test_every_answer_has_the_headers_that_guard_it(desks, address):
    answer = desks.browser().get(address)

    assert HEADERS.items() <= dict(answer.headers).items()
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_outside_tests_the_cookie_is_held_to_this_site_and_to_https(engine):
    settings = {"SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_NAME": "__Host-gatemate"}
    site = Desks(engine, WTF_CSRF_ENABLED=True, **settings)

    answer = site.app.test_client().get("/sign-in", base_url="https://gatemate.example")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-gatemate=")
    assert all(part in cookie for part in ("; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax"))


def test_signing_in_again_ends_the_stay_that_the_browser_held(site):
    """ASVS 7.2.4."""
    first, second = site.account(Role.PEER), site.account(Role.LIAISON)
    site.code(first)
    site.code(second)
    client = site.app.test_client()
    sign_in(client, first.email)
    held = client.get_cookie("gatemate").value

    sign_in(client, second.email)
    thief = site.app.test_client()
    thief.set_cookie("gatemate", held)

    with site.session() as db:
        ended = {stay.account_id: stay.ended_at for stay in db.exec(select(SignIn))}
    assert ended == {first.id: NOW, second.id: None}
    assert thief.get("/council/").status_code == 302


class SlowLine(BytesIO):
    """A request body of which nothing has come yet; it says if others can write meanwhile."""

    def __init__(self, site):
        super().__init__(b"answer=" + b"x" * 493)
        self.site = site
        self.others_could_write = False

    def read(self, *size):
        self._let_another_write()
        return super().read(*size)

    def readinto(self, buffer):
        self._let_another_write()
        return super().readinto(buffer)

    def _let_another_write(self):
        if not self.others_could_write:
            self.site.keep(Account(role=Role.ADMINISTRATOR, created_at=NOW))
            self.others_could_write = True


def test_nobody_waits_for_someone_whose_form_comes_slowly(site):
    peer = site.account(Role.PEER)
    site.code(peer)
    client = site.app.test_client()
    sign_in(client, peer.email)
    line = SlowLine(site)

    client.post(
        "/council/forms",
        input_stream=line,
        content_length=500,
        content_type="application/x-www-form-urlencoded",
    )

    assert line.others_could_write


@pytest.mark.parametrize(
    ("asked_for", "led_to"),
    [
        ("/manager/proposals", "/"),
        ("/mentor/words/?page=2", "/mentor/words/?page=2"),
        ("/not-sent", "/not-sent"),
        ("/mentor/no-such-page", "/"),
    ],
)
def test_who_signs_in_is_led_to_the_page_asked_for_where_their_own_desk_has_it(
    desks, asked_for, led_to
):
    walk = a_walk(desks)
    browser = desks.browser()
    browser.get(asked_for)

    code = desks.code(walk.account)
    form = {"sign_in_name": walk.account.email, "password": PASSWORD, "one_time_code": code}
    answer = browser.post("/sign-in", data=form)

    assert answer.location == led_to
    assert browser.get(answer.location, follow_redirects=True).status_code == 200
