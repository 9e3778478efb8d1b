"""The second factor: an app's codes and those of a sheet, each taken once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyotp import TOTP
from sqlmodel import select

from matcher.accounts import open_account
from matcher.audit_chain import changes_past_it
from matcher.second_factor import (
    CODES_ON_SHEET,
    STEP,
    Typed,
    begin_app,
    begin_sheet,
    codes_left,
    read_code,
    renew_sheet,
    step_of,
    take_code,
)
from models.audit import Hand
from models.database import sessions
from models.sign_ins import OneTimeCode, SecondFactor
from models.states import Role
from tests.rows import NOW
from tests.web.desks import APP_SECRET, PASSWORD

AUDIT_KEY = b"a key for tests"
NOW_STEP = int(NOW.timestamp()) // STEP


def an_account(db):
    told = {"sign_in_name": "kit", "password": PASSWORD, "now": NOW}
    return open_account(db, Role.ADMINISTRATOR, **told)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("123456", Typed(digits="123456")),
        (" 123 456 ", Typed(digits="123456")),
        ("7-K4QP-2MXT", Typed(number=7, secret="K4QP2MXT")),
        ("7-k4qp2mxt", Typed(number=7, secret="K4QP2MXT")),
        ("12 – K4QP 2MXT", Typed()),
        ("3-IL0O-AAAA", Typed(number=3, secret="1100AAAA")),
        ("", Typed()),
        ("12345", Typed()),
        ("K4QP-2MXT", Typed()),
    ],
)
def test_a_code_is_read_however_it_is_typed(typed, read):
    assert read_code(typed) == read


@given(st.text(max_size=80))
def test_any_text_at_all_is_read_or_is_no_code(text):
    typed = read_code(text)

    assert typed == Typed() or bool(typed.digits) != bool(typed.number and typed.secret)


@pytest.mark.parametrize(
    ("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_counts_in_its_own_half_minute_and_the_ones_beside_it(steps, fits):
    """ASVS 6.5.5."""
    digits = TOTP(APP_SECRET).generate_otp(NOW_STEP + steps)

    found = step_of(APP_SECRET, digits, after=0, now=NOW)

    assert found == (NOW_STEP + steps if fits else None)


def test_a_code_of_an_app_is_taken_once_and_none_before_it_ever_again(db):
    """ASVS 6.5.1."""
    account = an_account(db)
    begin_app(db, account, APP_SECRET)
    app = TOTP(APP_SECRET)
    newer, older = (Typed(digits=app.generate_otp(NOW_STEP - late)) for late in (0, 1))

    taken = [take_code(db, account.id, one, now=NOW) for one in (newer, newer, older)]

    assert taken == [True, False, False]


def test_signing_in_with_an_app_goes_through_the_audit(engine):
    digits = TOTP(APP_SECRET).generate_otp(NOW_STEP)
    with sessions(engine, AUDIT_KEY)() as db:
        db.write_as(Hand(None, at=NOW))
        account = an_account(db)
        begin_app(db, account, APP_SECRET)
        db.commit()

        assert take_code(db, account.id, Typed(digits=digits), now=NOW)
        db.commit()

        assert list(changes_past_it(db, AUDIT_KEY)) == []


@pytest.mark.parametrize("text", ["١٢٣٤٥٦", "\uff11\uff12\uff13\uff14\uff15\uff16", "१२३ ४५६"])
def test_digits_of_another_script_are_read_as_ours(text):
    assert read_code(text) == Typed(digits="123456")


def test_a_code_of_a_sheet_is_taken_once(db):
    """ASVS 6.5.1."""
    account = an_account(db)
    codes = begin_sheet(db, account, now=NOW)
    typed = read_code(codes[4])

    taken = [take_code(db, account.id, typed, now=NOW) for _ in range(2)]

    assert taken == [True, False]
    assert codes_left(db, account.id) == CODES_ON_SHEET - 1


def test_of_a_sheet_nothing_is_kept_that_could_be_typed(db):
    """ASVS 6.5.2."""
    account = an_account(db)
    codes = begin_sheet(db, account, now=NOW)

    kept = db.exec(select(OneTimeCode).order_by(OneTimeCode.number)).all()

    assert len(set(codes)) == CODES_ON_SHEET
    for code, row in zip(codes, kept, strict=True):
        assert read_code(code).number == row.number
        assert row.code_hash.startswith("$argon2id$")
        assert read_code(code).secret not in row.code_hash


def test_a_new_sheet_takes_the_place_of_the_old_one(db):
    account = an_account(db)
    begin_sheet(db, account, now=NOW)
    before = {row.code_hash for row in db.exec(select(OneTimeCode))}

    renew_sheet(db, account, now=NOW)

    after = {row.code_hash for row in db.exec(select(OneTimeCode))}
    assert (len(after), before & after) == (CODES_ON_SHEET, set())


def test_an_app_in_the_place_of_a_sheet_leaves_no_code_behind(db):
    account = an_account(db)
    begin_sheet(db, account, now=NOW)

    begin_app(db, account)

    assert db.exec(select(OneTimeCode)).all() == []
    assert db.get_one(SecondFactor, account.id).confirmed_at is None
    assert codes_left(db, account.id) is None
