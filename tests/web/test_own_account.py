"""My account: password, second factor, where I am signed in, and signing out everywhere."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from matcher.devices import remember
from matcher.letter_texts import words_for
from matcher.recipients import Place, behind, place_for
from matcher.second_factor import BEGUN_FOR, begin_sheet, confirm, forget_next_apps
from models.accounts import Account, Credential, SignIn
from models.outbox import Letter
from models.sign_ins import RememberedDevice, SecondFactor
from models.states import Channel, LetterKind, Role
from tests.rows import NOW, a_mentor_row
from tests.web.desks import PASSWORD, app_code
from tests.web.test_invited import CHOSEN, CODE, KEY, digits

ROLES = list(Role)
AGAIN = {"old_password": PASSWORD}
BOTH = AGAIN | {"one_time_code": app_code(NOW)}


def a_mentor(desks):
    mentor = a_mentor_row()
    desks.keep(mentor)
    return desks.account(Role.MENTOR, mentor_id=mentor.id)


def stays_in(page):
    return page.text.count("last page")


@pytest.mark.parametrize("role", ROLES)
def test_every_kind_of_account_has_the_page_and_a_link_to_it(desks, role):
    account = a_mentor(desks) if role is Role.MENTOR else desks.account(role)
    browser = desks.browser(account)

    page = browser.get("/account/")

    assert page.status_code == 200
    assert account.email in page.text
    assert 'href="/account/"' in page.text
    assert ("Phones and computers" in page.text) == (role is Role.MENTOR)


def test_nobody_reads_it_without_signing_in(desks):
    assert desks.browser().get("/account/").location == "/sign-in"


def test_where_i_am_signed_in_is_listed_and_one_place_can_be_signed_out(desks):
    """ASVS 7.5.2."""
    account = desks.account(Role.LIAISON)
    here, there = desks.browser(account), desks.browser(account)
    listed = here.get("/account/")
    stay_id = re.search(r"/account/stays/([0-9a-f-]{36})/ending", listed.text)[1]

    refused = here.post(f"/account/stays/{stay_id}/ending", data={"old_password": "not mine"})
    still = there.get("/liaison/").status_code
    here.post(f"/account/stays/{stay_id}/ending", data=AGAIN)

    assert (refused.status_code, still) == (422, 200)
    assert stays_in(listed) == 2
    assert stays_in(here.get("/account/")) == 1
    assert there.get("/liaison/").location == "/sign-in"


def test_signing_out_everywhere_ends_every_stay_and_forgets_every_device(desks):
    """ASVS 7.5.2."""
    account = a_mentor(desks)
    here, there = desks.browser(account), desks.browser(account)
    with desks.session() as db:
        remember(db, account, "Firefox", now=NOW)
        db.commit()

    refused = here.post("/account/stays/ending", data={"old_password": "not mine"})
    still = there.get("/mentor/").status_code
    out = here.post("/account/stays/ending", data=AGAIN)

    assert (refused.status_code, still) == (422, 200)
    assert out.location == "/sign-in"
    assert {one.get("/mentor/").location for one in (here, there)} == {"/sign-in"}
    with desks.session() as db:
        assert None not in {stay.ended_at for stay in db.exec(select(SignIn))}
        assert db.exec(select(RememberedDevice)).one().revoked_at == NOW


@pytest.mark.parametrize("address", ["stays/{}/ending", "devices/{}/removal"])
def test_what_is_another_s_reads_like_what_is_not_there(desks, address):
    mine, theirs = a_mentor(desks), a_mentor(desks)
    browser = desks.browser(mine)
    desks.browser(theirs)
    with desks.session() as db:
        remember(db, theirs, "Firefox", now=NOW)
        db.commit()
        kind = SignIn if address.startswith("stays") else RememberedDevice
        row = db.exec(select(kind).where(kind.account_id == theirs.id)).one()

    answer = browser.post(f"/account/{address.format(row.id)}", data=AGAIN)
    absent = browser.post(f"/account/{address.format(theirs.id)}", data=AGAIN)

    assert answer.status_code == absent.status_code == 404
    assert answer.text == absent.text


def change(browser, old=PASSWORD, new=CHOSEN, again=None, code=None):
    form = {"old_password": old, "new_password": new, "new_password_again": again or new}
    form["one_time_code"] = app_code(NOW) if code is None else code
    return browser.post("/account/password", data=form)


def test_a_password_is_changed_and_everyone_else_is_out(desks):
    """ASVS 6.2.2."""
    account = desks.account(Role.LIAISON)
    desks.code(account)
    here, there = desks.browser(account), desks.browser(account)

    answer = change(here)

    assert answer.location == "/account/"
    assert here.get("/liaison/").status_code == 200
    assert there.get("/liaison/").location == "/sign-in"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old": "not my password"}, "This is not your password of now."),
        ({"new": "short"}, "15 characters or more"),
        ({"new": "gatemate prison 1"}, "words that others would try"),
        ({"code": "000000"}, "This code is not right."),
        ({"again": "four green ferries at see"}, "are not the same"),
    ],
)
def test_a_password_that_is_refused_changes_nothing(desks, typed, sentence):
    account = desks.account(Role.LIAISON)
    desks.code(account)
    with desks.session() as db:
        before = db.get_one(Credential, account.id).password_hash

    page = change(desks.browser(account), **typed)

    assert page.status_code == 422
    assert sentence in page.text
    with desks.session() as db:
        assert db.get_one(Credential, account.id).password_hash == before


def test_who_guesses_at_the_password_of_an_open_desk_waits(desks):
    browser = desks.browser_of(Role.LIAISON)

    pages = [change(browser, old="not my password") for _ in range(6)]

    assert "Wait 15 minutes" not in pages[4].text
    assert "Wait 15 minutes" in pages[5].text


def test_a_new_app_counts_once_its_code_was_typed_and_not_before(desks):
    account = desks.account(Role.LIAISON)
    desks.code(account)
    browser = desks.browser(account)
    told = browser.post("/account/second-factor", data=BOTH | {"kind": "app"})
    key = KEY.search(browser.get(told.location).text)[1]
    with desks.session() as db:
        before = db.get_one(SecondFactor, account.id).secret

    wrong = browser.post(told.location, data={"one_time_code": "000000"})
    right = browser.post(told.location, data={"one_time_code": digits(desks, key)})

    assert (wrong.status_code, right.location) == (422, "/account/")
    with desks.session() as db:
        after = db.get_one(SecondFactor, account.id)
        assert (after.secret, after.confirmed_at) == (key.replace(" ", ""), NOW)
    assert before != after.secret


def begun_with_a_new_app(desks):
    account = desks.account(Role.LIAISON)
    desks.code(account)
    browser = desks.browser(account)
    told = browser.post("/account/second-factor", data=BOTH | {"kind": "app"})
    page = browser.get(told.location).text
    return account, browser, KEY.search(page)[1].replace(" ", "")


def test_the_secret_of_a_new_app_lies_sealed_in_a_row_and_in_no_cookie(desks):
    account, browser, secret = begun_with_a_new_app(desks)

    with browser.session_transaction() as cookie:
        held = " ".join(str(value) for value in cookie.values())
    with desks.session() as db:
        kept = db.connection().exec_driver_sql("SELECT next_secret FROM second_factor").scalar()
        read = db.get_one(SecondFactor, account.id).next_secret

    assert secret not in held
    assert read == secret
    assert kept.startswith("s1:")
    assert secret not in kept


def test_a_new_app_is_begun_in_one_stay_for_half_an_hour(desks):
    account, browser, _ = begun_with_a_new_app(desks)
    page = "/account/second-factor/code"

    elsewhere = desks.browser(account).get(page).location
    desks.now += BEGUN_FOR - timedelta(minutes=1)
    in_time = browser.get(page).status_code
    with desks.session() as db:
        early = forget_next_apps(db, now=desks.now)
    browser.post("/account/stays/ending", data={"old_password": "not mine"})
    desks.now += timedelta(minutes=1)
    late = browser.get(page).location
    with desks.session() as db:
        forgotten = forget_next_apps(db, now=desks.now)
        db.commit()
        row = db.get_one(SecondFactor, account.id)

    assert (elsewhere, in_time, late) == ("/account/", 200, "/account/")
    assert (early, forgotten) == (0, 1)
    assert (row.next_secret, row.next_for, row.next_begun_at) == (None, None, None)


def test_a_sheet_is_shown_once_and_can_be_made_anew(desks):
    account = desks.account(Role.LIAISON)
    desks.code(account)
    browser = desks.browser(account)

    first = browser.post("/account/second-factor", data=BOTH | {"kind": "sheet"})
    code = CODE.findall(first.text)[0]
    second = browser.post("/account/codes", data=AGAIN | {"one_time_code": code})
    refused = browser.post("/account/codes", data=AGAIN | {"one_time_code": code})

    sheets = [CODE.findall(page.text) for page in (first, second, refused)]
    assert [len(sheet) for sheet in sheets] == [20, 20, 0]
    assert not set(sheets[0]) & set(sheets[1])
    assert "20 codes left on your sheet." in browser.get("/account/").text


def test_where_there_is_no_sheet_none_is_made(desks):
    account = desks.account(Role.LIAISON)
    desks.code(account)

    assert desks.browser(account).get("/account/codes").location == "/account/"


def test_a_mentor_s_devices_are_listed_and_forgotten(desks):
    account = a_mentor(desks)
    browser = desks.browser(account)
    with desks.session() as db:
        remember(db, db.get_one(Account, account.id), "Firefox on Android", now=NOW)
        db.commit()
        device = db.exec(select(RememberedDevice)).one()

    listed = browser.get("/account/").text
    refused = browser.post(f"/account/devices/{device.id}/removal", data={"old_password": "no"})
    still = browser.get("/account/").text
    browser.post(f"/account/devices/{device.id}/removal", data=AGAIN)

    assert (refused.status_code, "Firefox on Android" in still) == (422, True)
    assert "Firefox on Android" in listed
    assert "Firefox on Android" not in browser.get("/account/").text


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("password", {"new_password": CHOSEN, "new_password_again": CHOSEN}),
        ("second-factor", {"kind": "sheet"}),
        ("second-factor", {"kind": "app"}),
        ("codes", {}),
    ],
)
@pytest.mark.parametrize("missing", ["old_password", "one_time_code"])
def test_what_lets_me_in_is_changed_by_who_has_both_password_and_code(desks, page, typed, missing):
    """ASVS 7.5.1."""
    account = desks.account(Role.LIAISON)
    with desks.session() as db:
        codes = begin_sheet(db, db.get_one(Account, account.id), now=NOW)
        confirm(db, account, now=NOW)
        db.commit()
    browser = desks.browser(account)
    both = AGAIN | {"one_time_code": codes[0]}
    wrong = {"old_password": "not my password", "one_time_code": "1-AAAA-AAAA"}[missing]

    refused = browser.post(f"/account/{page}", data=both | typed | {missing: wrong})
    taken = browser.post(f"/account/{page}", data=both | typed)

    assert refused.status_code == 422
    assert taken.status_code in {200, 302}


@pytest.mark.parametrize("way", ["password", "second-factor", "codes"])
def test_whoever_has_an_address_is_written_to_when_their_way_in_was_changed(desks, way):
    """ASVS 6.3.7 is of level 3: built all the same."""
    account = desks.account(Role.LIAISON)
    with desks.session() as db:
        codes = begin_sheet(db, db.get_one(Account, account.id), now=NOW)
        confirm(db, account, now=NOW)
        db.commit()
    new = {"new_password": CHOSEN, "new_password_again": CHOSEN, "kind": "sheet"}

    desks.browser(account).post(f"/account/{way}", data=AGAIN | {"one_time_code": codes[0]} | new)

    with desks.session() as db:
        letter = db.exec(select(Letter)).one()
        place = place_for(db, behind(db, letter), by_text=True)
        words = words_for(db, behind(db, letter), desks.settings)
    assert letter.kind is LetterKind.SIGN_IN_CHANGED
    assert place == Place(Channel.EMAIL, account.email)
    assert "was changed on Monday 23 November 2026" in words.body
    assert "prison" not in f"{words.subject} {words.body}".lower()
    assert CHOSEN not in words.body
    assert not CODE.search(words.body)


def test_a_desk_without_an_address_gets_no_letter_and_its_manager_reads_the_day(desks):
    account = desks.account(Role.LIAISON)
    desks.code(account)
    with desks.session() as db:
        db.get_one(Account, account.id).email = None
        db.commit()

    answer = change(desks.browser(account))

    assert answer.location == "/account/"
    with desks.session() as db:
        assert db.exec(select(Letter)).all() == []
    listed = desks.browser_of(Role.MANAGER).get("/manager/accounts/").text
    assert "Way of signing in set on 23 Nov 2026" in listed
