"""Signing in asks for two things, tells nobody which was wrong, and makes guessers wait."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matcher.accounts import change_password
from matcher.second_factor import begin_sheet, confirm
from models.accounts import Account, SignIn
from models.sign_ins import RateLimit, RememberedDevice
from models.states import Role
from tests.rows import NOW, a_mentor_row
from tests.web.desks import PASSWORD, app_code
from tests.web.walks import body

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
WRONG = "wrong password here"


def a_mentor(desks):
    mentor = a_mentor_row()
    desks.keep(mentor)
    account = desks.account(Role.MENTOR, mentor_id=mentor.id)
    desks.code(account)
    return account


def an_account(desks, role=Role.LIAISON):
    account = desks.account(role)
    desks.code(account)
    return account


def give(browser, name, password=PASSWORD, code="", **more):
    form = {"sign_in_name": name, "password": password, "one_time_code": code}
    return browser.post("/sign-in", data=form | more)


def closed(desks, account):
    with desks.session() as db:
        db.get_one(Account, account.id).disabled_at = NOW
        db.commit()


def unfinished(desks):
    return desks.account(Role.LIAISON)


def test_whatever_is_wrong_reads_the_same(desks):
    account, shut = an_account(desks), an_account(desks)
    closed(desks, shut)
    open_half = unfinished(desks)
    code = app_code(NOW)

    pages = [
        give(desks.browser(), name, password, typed)
        for name, password, typed in (
            ("nobody@example.org", PASSWORD, code),
            (account.email, WRONG, code),
            (account.email, PASSWORD, "000000"),
            (account.email, PASSWORD, "3-AAAA-AAAA"),
            (account.email, PASSWORD, ""),
            (shut.email, PASSWORD, code),
            (open_half.email, PASSWORD, code),
        )
    ]

    names = [account.email, shut.email, open_half.email, "nobody@example.org"]
    read = set()
    for page in pages:
        text = body(page)
        for name in names:
            text = text.replace(name, "NAME")
        read.add((page.status_code, text))
    assert len(read) == 1
    assert "do not go together" in pages[0].text
    with desks.session() as db:
        assert db.exec(select(SignIn)).all() == []


def test_a_code_opens_one_stay_and_no_second(desks):
    account = an_account(desks)
    code = app_code(NOW)

    first = give(desks.browser(), account.email, code=code)
    second = give(desks.browser(), account.email, code=code)

    assert (first.status_code, second.status_code) == (302, 422)


def test_a_code_off_a_sheet_signs_in_once_and_a_sheet_that_runs_out_is_told(desks):
    account = desks.account(Role.LIAISON)
    with desks.session() as db:
        codes = begin_sheet(db, db.get_one(Account, account.id), now=NOW)
        confirm(db, account, now=NOW)
        db.commit()
    browser = desks.browser()

    answers = [give(desks.browser(), account.email, code=code) for code in codes[:15]]
    again = give(desks.browser(), account.email, code=codes[0])
    last = give(browser, account.email, code=codes[15].lower())

    assert {answer.status_code for answer in answers} == {302}
    assert (again.status_code, last.status_code) == (422, 302)
    assert "There are 4 codes on your sheet." in browser.get("/", follow_redirects=True).text


@pytest.mark.parametrize("is_known", [True, False])
def test_after_five_wrong_tries_the_sixth_waits_whether_the_name_is_known_or_not(desks, is_known):
    """ASVS 6.3.1."""
    account = an_account(desks)
    name = account.email if is_known else "nobody@example.org"
    browser = desks.browser()

    answers = [give(browser, name, WRONG, "000000") for _ in range(6)]
    right = give(browser, name, code=app_code(NOW))
    desks.now = NOW + 15 * MINUTE
    later = give(browser, name, code=app_code(desks.now))

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "There were too many tries. Wait 15 minutes, then try again." in answers[5].text
    assert right.status_code == 429
    assert later.status_code == (302 if is_known else 422)


def test_who_signs_in_well_begins_counting_anew(desks):
    account = an_account(desks)
    for _ in range(4):
        give(desks.browser(), account.email, WRONG, "000000")

    answer = give(desks.browser(), account.email, code=desks.code(account))

    with desks.session() as db:
        kept = db.exec(select(RateLimit)).all()
    assert answer.status_code == 302
    assert [(row.kind.value, row.tries) for row in kept] == [("address", 4)]


def test_guesses_from_elsewhere_do_not_lock_the_owner_out(desks):
    account = an_account(desks)
    far = {"REMOTE_ADDR": "192.0.2.7"}
    form = {"sign_in_name": account.email, "password": WRONG, "one_time_code": "1"}
    for _ in range(6):
        last = desks.browser().post("/sign-in", data=form, environ_base=far)

    answer = give(desks.browser(), account.email, code=app_code(NOW))

    assert (last.status_code, answer.status_code) == (429, 302)


def test_one_address_that_tries_many_names_waits_too(desks):
    browser = desks.browser()

    answers = [give(browser, f"name{n}@example.org", WRONG) for n in range(61)]

    assert [answer.status_code for answer in answers[-2:]] == [422, 429]


def test_a_mentor_s_own_device_needs_no_code_for_thirty_days(desks):
    account = a_mentor(desks)
    browser = desks.browser()

    give(browser, account.email, code=app_code(NOW), remember="y")
    browser.post("/sign-out")
    desks.now = NOW + 29 * DAY
    without = give(browser, account.email)
    browser.post("/sign-out")
    desks.now = NOW + 30 * DAY
    too_late = give(browser, account.email)

    assert (without.status_code, too_late.status_code) == (302, 422)
    cookie = browser.get_cookie("gatemate-device")
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_a_remembered_device_still_asks_for_the_password(desks):
    """ASVS 6.3.4."""
    account = a_mentor(desks)
    browser = desks.browser()
    give(browser, account.email, code=app_code(NOW), remember="y")
    browser.post("/sign-out")

    assert give(browser, account.email, WRONG).status_code == 422


def test_a_device_is_good_for_the_account_that_it_was_remembered_for_and_no_other(desks):
    mine, theirs = a_mentor(desks), a_mentor(desks)
    browser = desks.browser()
    give(browser, mine.email, code=app_code(NOW), remember="y")
    browser.post("/sign-out")

    assert give(browser, theirs.email).status_code == 422


def test_a_shared_desk_is_never_remembered(desks):
    account = an_account(desks, Role.LIAISON)
    browser = desks.browser()

    answer = give(browser, account.email, code=app_code(NOW), remember="y")

    assert answer.status_code == 302
    assert browser.get_cookie("gatemate-device") is None
    with desks.session() as db:
        assert db.exec(select(RememberedDevice)).all() == []


def test_a_device_that_was_forgotten_needs_a_code_and_is_signed_out(desks):
    account = a_mentor(desks)
    phone, desk = desks.browser(), desks.browser(account)
    give(phone, account.email, code=app_code(NOW), remember="y")
    phone.post("/sign-out")
    give(phone, account.email)
    with desks.session() as db:
        [device] = db.exec(select(RememberedDevice))

    desk.post(f"/account/devices/{device.id}/removal", data={"old_password": PASSWORD})

    assert phone.get("/mentor/").location == "/sign-in"
    assert give(phone, account.email).status_code == 422
    assert desk.get("/mentor/").status_code == 200


def test_what_is_typed_to_sign_in_is_never_shown_again(desks):
    page = give(desks.browser(), "nobody", "a secret nobody typed", "7-K4QP-2MXT").text

    assert "K4QP" not in page
    assert "a secret nobody typed" not in page


def test_who_comes_back_is_told_once_that_something_of_theirs_was_changed(desks):
    account, password, told = an_account(desks, Role.MANAGER), PASSWORD, []

    for hours in range(1, 5):
        desks.now = NOW + timedelta(hours=hours)
        browser = desks.browser()
        give(browser, account.email, password, app_code(desks.now))
        told.append("was changed on" in browser.get("/", follow_redirects=True).text)
        if hours == 2:
            old, password = password, "a wholly other password"
            with desks.session() as db:
                mine = db.get_one(Account, account.id)
                later = desks.now + MINUTE
                change_password(db, mine, old, password, keep=None, now=later)
                db.commit()

    assert told == [False, False, True, False]
