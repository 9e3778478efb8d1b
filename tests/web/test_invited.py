"""From a code on paper to an account that is one's own, and back into it."""

import re
from datetime import timedelta

import pytest
from pyotp import TOTP
from sqlmodel import select

from matcher.held_codes import HELD_FOR
from matcher.invitations import GOOD_FOR, invite, let_back_in, revoke
from matcher.rate_limits import LIMITS
from matcher.second_factor import STEP
from models.accounts import Account
from models.sign_ins import Invitation, LimitKind, SecondFactor
from models.states import Role
from tests.rows import NOW

CHOSEN = "four green ferries at sea"
KEY = re.compile(r"The key to type: <strong>([A-Z2-7 ]+)</strong>")
CODE = re.compile(r"<code>(\d+-[0-9A-Z]{4}-[0-9A-Z]{4})</code>")


def an_invitation(desks, role=Role.LIAISON, **told):
    scope = {"prison": "LEI"} if role is Role.LIAISON else {}
    with desks.session() as db:
        invitation, code = invite(db, None, role, now=desks.now, name="Lee", **scope | told)
        db.commit()
        return invitation, code


def choose(browser, kind, name="lee", password=CHOSEN, again=None):
    form = {"sign_in_name": name, "password": password, "kind": kind}
    return browser.post("/invitation/account", data=form | {"password_again": again or password})


def sign_in(browser, code, name="lee", password=CHOSEN):
    form = {"sign_in_name": name, "password": password, "one_time_code": code}
    return browser.post("/sign-in", data=form)


def digits(desks, key):
    step = int(desks.now.timestamp()) // STEP
    return TOTP(key.replace(" ", "")).generate_otp(step)


def test_an_invited_person_chooses_an_app_and_signs_in(desks):
    _, code = an_invitation(desks)
    browser = desks.browser()

    typed = browser.post("/invitation/", data={"code": code.lower().replace("-", " ")})
    told = choose(browser, "app")
    page = browser.get(told.location).text
    key = KEY.search(page)[1]
    opened = browser.post("/invitation/code", data={"one_time_code": digits(desks, key)})
    desks.now += timedelta(seconds=30)
    answer = sign_in(browser, digits(desks, key))

    assert typed.location == "/invitation/account"
    assert "<svg" in page
    assert "style=" not in page.split("<svg")[1].split("</svg>")[0]
    assert (opened.location, answer.status_code) == ("/sign-in", 302)
    assert browser.get("/liaison/").status_code == 200


def test_an_invited_person_at_a_desk_without_phones_prints_codes(desks):
    _, code = an_invitation(desks)
    browser = desks.browser()

    typed = browser.post("/invitation/", data={"code": code})
    codes = CODE.findall(choose(browser, "sheet").text)
    opened = browser.post("/invitation/code", data={"one_time_code": codes[0]})
    used = sign_in(browser, codes[0])
    answer = sign_in(browser, codes[1])

    assert typed.location == "/invitation/account"
    assert len(codes) == 20
    assert opened.location == "/sign-in"
    assert (used.status_code, answer.status_code) == (422, 302)


def test_nobody_signs_in_before_the_second_factor_was_proved(desks):
    """ASVS 6.3.3."""
    _, code = an_invitation(desks)
    browser = desks.browser()
    browser.post("/invitation/", data={"code": code})
    codes = CODE.findall(choose(browser, "sheet").text)

    early = sign_in(browser, codes[0])
    wrong = browser.post("/invitation/code", data={"one_time_code": "1-AAAA-AAAA"})

    assert early.status_code == 422
    assert (wrong.status_code, "This code is not right." in wrong.text) == (422, True)


def used_up(desks, invitation):
    with desks.session() as db:
        row = db.get_one(Invitation, invitation.id)
        account = Account(role=Role.LIAISON, prison="LEI", created_at=NOW)
        db.add(account)
        row.account_id, row.used_at = account.id, NOW
        db.commit()


def taken_back(desks, invitation):
    with desks.session() as db:
        revoke(db, db.get_one(Invitation, invitation.id), now=NOW)
        db.commit()


def too_old(desks, _invitation):
    desks.now = NOW + GOOD_FOR


@pytest.mark.parametrize("spoil", [used_up, taken_back, too_old])
def test_a_code_that_is_used_taken_back_or_old_reads_like_an_unknown_one(desks, spoil):
    """ASVS 6.4.1."""
    invitation, code = an_invitation(desks)
    spoil(desks, invitation)

    answer = desks.browser().post("/invitation/", data={"code": code})
    unknown = desks.browser().post("/invitation/", data={"code": "AAAA-AAAA-AAAA-AAAA"})

    assert answer.status_code == unknown.status_code == 422
    assert "This code does not open anything." in answer.text
    assert answer.text == unknown.text


def test_codes_are_not_guessed_one_after_another(desks):
    browser = desks.browser()

    answers = [browser.post("/invitation/", data={"code": f"AAAA{n:012d}"}) for n in range(6)]
    others = [browser.post("/invitation/", data={"code": f"B{n:03d}{n:012d}"}) for n in range(15)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert [answer.status_code for answer in others[-2:]] == [422, 429]


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("short", None, "15 characters or more"),
        ("passwordpassword", None, "guessers try first"),
        (CHOSEN, "four green ferries at see", "The two passwords are not the same."),
    ],
)
def test_a_password_that_is_refused_opens_nothing_and_the_name_stays(
    desks, password, again, sentence
):
    _, code = an_invitation(desks)
    browser = desks.browser()
    browser.post("/invitation/", data={"code": code})

    page = choose(browser, "app", password=password, again=again)

    assert page.status_code == 422
    assert sentence in page.text
    assert 'value="lee"' in page.text
    with desks.session() as db:
        assert db.exec(select(Account)).all() == []


def test_who_has_an_account_is_not_read_off_refused_passwords(desks):
    desks.account(Role.LIAISON, email="robin@example.org")
    _, code = an_invitation(desks)
    browser = desks.browser()
    browser.post("/invitation/", data={"code": code})

    taken = choose(browser, "app", name="robin@example.org", password="short")
    free = choose(browser, "app", name="nobody@example.org", password="short")

    assert taken.status_code == free.status_code == 422
    assert "15 characters or more" in taken.text
    assert "already" not in taken.text
    assert taken.text.replace("robin@", "nobody@") == free.text


def test_one_invitation_asks_for_so_many_names_and_no_more(desks):
    desks.account(Role.LIAISON, email="robin@example.org")
    _, code = an_invitation(desks)
    browser = desks.browser()
    browser.post("/invitation/", data={"code": code})
    limit = LIMITS[LimitKind.NAMES]

    told = [choose(browser, "app", name="robin@example.org") for _ in range(limit.tries)]
    desks.now += timedelta(minutes=50)
    over = choose(browser, "app", name="robin@example.org")
    free = choose(browser, "app", name="nobody@example.org")

    assert all("already: choose another name" in page.text for page in told)
    assert (over.status_code, free.status_code) == (422, 422)
    assert "Too many names were tried with this code." in over.text
    assert "already" not in over.text
    assert "Too many names were tried with this code." in free.text


def test_the_code_lies_in_no_cookie_and_a_browser_holds_it_for_an_hour(desks):
    _, code = an_invitation(desks)
    browser = desks.browser()
    browser.post("/invitation/", data={"code": code})

    with browser.session_transaction() as cookie:
        held = " ".join(str(value) for value in cookie.values())
    desks.now += HELD_FOR - timedelta(seconds=1)
    in_time = browser.get("/invitation/account").status_code
    desks.now += timedelta(seconds=1)
    late = browser.get("/invitation/account", follow_redirects=True)

    assert held
    assert code not in held
    assert code.replace("-", "")[4:] not in held
    assert (in_time, late.request.path) == (200, "/invitation/")
    assert "Type your code once more." in late.text


def test_a_code_that_is_typed_on_another_device_is_held_there_alone(desks):
    _, code = an_invitation(desks)
    first, second = desks.browser(), desks.browser()
    first.post("/invitation/", data={"code": code})
    second.post("/invitation/", data={"code": code})

    assert first.get("/invitation/account").location == "/invitation/"
    assert second.get("/invitation/account").status_code == 200


def test_whoever_lost_their_phone_comes_back_with_a_code_and_is_out_until_then(desks):
    """ASVS 6.4.3."""
    account = desks.account(Role.LIAISON)
    desks.code(account)
    theirs = desks.browser(account)
    with desks.session() as db:
        _, code = let_back_in(db, None, db.get_one(Account, account.id), now=desks.now)
        db.commit()

    out = theirs.get("/liaison/").location
    closed = sign_in(theirs, desks.code_now(), name=account.email, password="a password for tests")
    browser = desks.browser()
    browser.post("/invitation/", data={"code": code})
    page = browser.get("/invitation/account").text
    codes = CODE.findall(choose(browser, "sheet").text)
    browser.post("/invitation/code", data={"one_time_code": codes[0]})
    back = sign_in(browser, codes[1], name=account.email)

    assert (out, closed.status_code, back.status_code) == ("/sign-in", 422, 302)
    assert account.email in page
    with desks.session() as db:
        assert len(db.exec(select(Account)).all()) == 1
        assert db.exec(select(SecondFactor)).one().kind.value == "sheet"
