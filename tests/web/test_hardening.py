"""What holds for every page: headers, cookies, tokens on forms; found by walking the URL map."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

import web
from models.states import Role
from tests.rows import a_mentor_row
from tests.web.desks import SETTINGS, Desks
from web.application import create_app
from web.fields import EmailField
from web.forms import DeskForm
from web.page_rights import may_ask

MADE_UP = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "1"}
PROMISED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Written out once more: what is taken out of the application's own list is missed here."""

ROLES = list(Role)
SCRIPTS_OF_OURS = {"gatemate.js"}
TEMPLATES = sorted((Path(web.__file__).parent / "templates").rglob("*.html"))

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


def address_of(rule):
    """An address of a rule, with made-up ids."""
    return re.sub(
        r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda part: MADE_UP.get(part[1], "x"), str(rule)
    )


def is_for(rule, role):
    """Whether a page is one that this role may ask for."""
    return may_ask(rule.endpoint, role) and rule.endpoint != "static"


def someone(desks: Desks, role: Role) -> FlaskClient:
    told = {}
    if role is Role.MENTOR:
        mentor = a_mentor_row()
        desks.keep(mentor)
        told["mentor_id"] = mentor.id
    return desks.browser(desks.account(role, **told))


@pytest.mark.parametrize("role", ROLES)
def test_every_post_without_its_token_is_refused(engine, role):
    """ASVS 3.5.1, 3.5.2, 7.2.1."""
    site = Desks(engine, WTF_CSRF_ENABLED=True, TESTING=False)
    browser = someone(site, role)
    posts = [
        rule
        for rule in site.app.url_map.iter_rules()
        if "POST" in rule.methods and is_for(rule, role)
    ]

    answers = {address_of(rule): browser.post(address_of(rule)).status_code for rule in posts}

    assert len(answers) > 5
    assert {address for address, status in answers.items() if status != 400} == set()
    assert browser.get("/account/").status_code == 200


def test_a_token_of_another_stay_is_refused(engine):
    """ASVS 3.5.1."""
    site = Desks(engine, WTF_CSRF_ENABLED=True, TESTING=False)
    theirs, mine = site.browser_of(Role.LIAISON), site.browser_of(Role.LIAISON)
    page = theirs.get("/account/").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]

    answers = [one.post("/sign-out", data={"csrf_token": token}) for one in (mine, theirs)]

    assert [one.status_code for one in answers] == [400, 302]


def test_nothing_that_changes_anything_is_reached_by_get(desks):
    """ASVS 3.5.3, 13.4.4."""
    methods = {rule.endpoint: rule.methods for rule in desks.app.url_map.iter_rules()}

    assert {method for told in methods.values() for method in told} == {
        *("GET", "HEAD", "OPTIONS", "POST"),
    }
    assert desks.browser().open("/sign-in", method="TRACE").status_code == 405


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_every_desk_has_the_headers_and_is_kept_nowhere(desks, role):
    """ASVS 3.4.1, 3.4.2, 3.4.3, 3.4.4, 3.4.5, 3.4.6, 4.1.1, 14.2.2, 14.3.2."""
    browser = someone(desks, role)
    pages = [
        address_of(rule)
        for rule in desks.app.url_map.iter_rules()
        if "GET" in rule.methods and is_for(rule, role)
    ]

    answers = [browser.get(page) for page in pages]

    assert any(one.status_code == 200 for one in answers)
    for answer in answers:
        assert PROMISED.items() <= dict(answer.headers).items()
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "charset=utf-8" in answer.content_type or answer.mimetype == "application/pdf"
        assert "Access-Control-Allow-Origin" not in answer.headers
        seconds = re.match(
            r"max-age=(\d+); includeSub", answer.headers["Strict-Transport-Security"]
        )
        assert int(seconds[1]) >= 365 * 24 * 3600


def test_the_policy_lets_nothing_in_that_is_written_into_a_page(desks):
    """ASVS 3.4.3, 3.2.1."""
    policy = dict(
        part.strip().split(" ", 1)
        for part in desks.browser().get("/sign-in").headers["Content-Security-Policy"].split(";")
    )

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert not {"unsafe-inline", "unsafe-eval", "*"} & set(" ".join(policy.values()).split())


def test_no_page_needs_anything_inline_or_from_elsewhere(desks):
    """ASVS 1.2.3, 1.3.2, 3.2.2, 3.7.1."""
    for template in TEMPLATES:
        text = template.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text)
        assert not re.search(r"<(?:script|link|img|iframe|object)[^>]*(?:src|href)=.https?:", text)
        assert "|safe" not in text.replace(" ", ""), template
    used = {
        name
        for one in TEMPLATES
        for name in re.findall(r"static_url\('(\S+?\.js)", one.read_text())
    }
    assert used <= SCRIPTS_OF_OURS


def test_outside_a_demo_every_cookie_is_bound_to_this_host_and_to_https(engine):
    """ASVS 3.3.1, 3.3.2, 3.3.3, 3.3.4, 14.3.3."""
    app: Flask = create_app(SETTINGS, engine, lambda: Desks(engine).now)

    answer = app.test_client().get("/sign-in", base_url="https://gatemate.example")

    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        parts = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "Path=/"} <= parts
        assert parts & {"SameSite=Lax", "SameSite=Strict"}
        assert not any(part.startswith("Domain") for part in parts)


def test_where_to_go_on_is_always_a_page_of_ours(engine):
    """ASVS 3.7.2, 1.2.2."""
    site = Desks(engine)
    account = site.account(Role.LIAISON)
    browser = site.app.test_client()
    with browser.session_transaction() as cookie:
        cookie["next"] = "//evil.example/liaison/"
    form = {"sign_in_name": account.email, "password": "a password for tests"}

    answer = browser.post("/sign-in", data=form | {"one_time_code": site.code(account)})

    assert answer.status_code == 302
    assert answer.location.startswith("/")
    assert not answer.location.startswith("//")


def test_a_form_larger_than_any_report_is_refused(engine):
    """ASVS 5.2.1."""
    site = Desks(engine, TESTING=False)
    browser = site.browser_of(Role.LIAISON)

    answer = browser.post("/liaison/uploads/", data={"report": "x" * (11 * 1024 * 1024)})

    assert answer.status_code == 413


def test_a_field_that_no_form_has_changes_nothing(engine):
    """ASVS 15.3.3, 8.2.3."""
    site = Desks(engine)
    account = site.account(Role.PEER)
    browser = site.browser(account)

    browser.post("/account/password", data={"role": "administrator", "prison": "MDI"})

    with site.session() as db:
        kept = db.get_one(type(account), account.id)
        assert (kept.role, kept.prison) == (Role.PEER, "LEI")


def test_folders_and_files_beside_the_pages_are_not_served(desks):
    """ASVS 13.4.1, 13.4.3, 13.4.5."""
    browser = desks.browser()

    for address in ("/static/", "/.git/config", "/static/../server.py", "/static/%2e%2e/server.py"):
        assert browser.get(address).status_code == 404
    assert browser.get("/healthz").text == "ok\n"
    assert "Server" not in browser.get("/healthz").headers


def test_who_asks_is_what_our_own_proxies_say_and_nobody_else(engine):
    """ASVS 4.1.3, 15.3.4."""
    asked = {"headers": {"X-Forwarded-For": "192.0.2.66, 198.51.100.7"}}
    said = {}
    for proxies in (0, 1):
        site = Desks(engine, replace(SETTINGS, proxies=proxies))
        seen = said.setdefault(proxies, [])
        site.app.before_request(lambda seen=seen: seen.append(request.remote_addr))
        site.app.test_client().get("/healthz", **asked)

    assert said == {0: ["127.0.0.1"], 1: ["198.51.100.7"]}


def test_signing_out_clears_what_the_browser_kept(desks):
    """ASVS 14.3.1."""
    browser = desks.browser_of(Role.LIAISON)

    answer = browser.post("/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get("/liaison/").status_code == 302


def test_the_script_of_the_pages_keeps_nothing_in_the_browser(desks):
    """ASVS 3.2.2, 3.5.5, 14.3.3, 15.3.6."""
    script = (Path(web.__file__).parent / "static" / "gatemate.js").read_text()

    for word in (
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "postMessage",
        "innerHTML",
        "eval(",
    ):
        assert word not in script


def test_an_address_for_letters_holds_one_line(desks):
    """ASVS 1.3.11."""
    app = desks.app
    with app.test_request_context(
        "/", method="POST", data={"email": "a@example.org\nBcc: b@example.org"}
    ):
        form = Address()

        assert not form.validate()


class Address(DeskForm):
    """A form with an address."""

    email = EmailField("E-mail", missing="Write an e-mail address.")
