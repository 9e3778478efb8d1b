"""Small promises of signing in that no other test names."""

import hashlib
import re

import pytest
from sqlmodel import select

from matcher.accounts import begin_stay, open_account
from matcher.passwords import fits
from matcher.second_factor import ALPHABET, a_code, begin_sheet
from models.accounts import Account, Credential
from models.states import Role
from tests.rows import NOW, a_mentor_row
from tests.web.desks import SECRET, Desks

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

LONG = "Nine Purple Herons Waded Past The Old Lighthouse At Dawn, Twice; and then a Heron sang."


def test_a_password_is_hidden_while_it_is_typed_and_may_be_pasted(desks):
    """ASVS 6.2.6, 6.2.7."""
    page = desks.browser().get("/sign-in").text

    [field] = re.findall(r"<input[^>]*name=\"password\"[^>]*>", page)

    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert not re.search("onpaste|readonly|maxlength", field)


def test_a_password_counts_to_the_last_character_and_in_its_own_capitals(db):
    """ASVS 6.2.8, 6.2.9."""
    account = open_account(
        db, Role.PEER, sign_in_name="robin", password=LONG, prison="LEI", now=NOW
    )
    kept = db.exec(select(Credential).where(Credential.account_id == account.id)).one()

    assert len(LONG) > 64
    assert fits(kept.password_hash, LONG)
    for wrong in (LONG[:-1], LONG + " ", LONG.lower(), LONG[:72], f" {LONG}"):
        assert not fits(kept.password_hash, wrong)


def test_a_new_database_has_no_account_at_all(db):
    """ASVS 6.3.2."""
    assert db.exec(select(Account)).all() == []


def test_a_code_of_a_sheet_has_at_least_twenty_random_bits(db):
    """ASVS 6.5.4."""
    account = open_account(
        db, Role.PEER, sign_in_name="robin", password=LONG, prison="LEI", now=NOW
    )
    codes = [code.partition("-")[2].replace("-", "") for code in begin_sheet(db, account, now=NOW)]

    assert len(set(ALPHABET)) == len(ALPHABET) == 32
    assert min(map(len, codes)) * 5 >= 20
    assert len(set(codes)) == len(codes)
    assert a_code(12) != a_code(12)


def test_what_a_browser_holds_of_a_stay_has_more_than_128_random_bits(db):
    """ASVS 7.2.3."""
    account = open_account(
        db, Role.PEER, sign_in_name="robin", password=LONG, prison="LEI", now=NOW
    )
    tokens = {begin_stay(db, account, now=NOW) for _ in range(4)}

    assert len(tokens) == 4
    assert all(len(token) * 6 > 128 for token in tokens)


@pytest.mark.parametrize("role", list(Role))
def test_every_page_of_every_desk_has_the_way_out(desks, role):
    """ASVS 7.4.4."""
    told = {}
    if role is Role.MENTOR:
        mentor = a_mentor_row()
        desks.keep(mentor)
        told["mentor_id"] = mentor.id
    browser = desks.browser_of(role, **told)

    pages = [browser.get(path, follow_redirects=True) for path in ("/", "/account/")]

    assert {page.status_code for page in pages} == {200}
    assert all('action="/sign-out"' in page.text for page in pages)


def test_the_cookie_is_signed_in_one_way_and_no_other(engine):
    """ASVS 9.1.2, 9.1.3."""
    site = Desks(engine)
    signer = site.app.session_interface.get_signing_serializer(site.app)

    forged = Desks(engine).app.session_interface.get_signing_serializer(site.app)
    forged.secret_keys = [SECRET.encode()]
    browser = site.app.test_client()
    browser.set_cookie("gatemate", forged.dumps({"stay": "x"}))

    assert signer.signer_kwargs["digest_method"] is hashlib.sha256
    assert signer.signer_kwargs["key_derivation"] == "hmac"
    assert browser.get("/liaison/").status_code == 302
    assert signer.loads(signer.dumps({"stay": "x"})) == {"stay": "x"}
    with pytest.raises(Exception, match="does not match"):
        signer.loads(forged.dumps({"stay": "x"}))
