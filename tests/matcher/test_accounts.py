"""Who may sign in, and for how long they stay."""

from datetime import timedelta
from uuid import uuid4

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlmodel import select

from matcher.accounts import (
    IDLE,
    LONGEST_STAY,
    SEEN_EVERY,
    SHORTEST_PASSWORD,
    disable,
    has_real_account,
    is_due_to_be_seen,
    open_account,
    sign_in,
    sign_out,
    stay_on,
    whose_stay,
)
from matcher.refusing import NotAllowed
from models.accounts import Account, Credential, SignIn
from models.states import Role
from tests.rows import NOW

PASSWORD = "three blue buses"
MINUTE = timedelta(minutes=1)


def an_open_account(db, name="robin@example.org", **told):
    return open_account(
        db, Role.ADMINISTRATOR, sign_in_name=name, password=PASSWORD, now=NOW, **told
    )


def test_a_new_account_signs_in_with_its_name_and_password(db):
    account = an_open_account(db, name=" Robin@Example.org ")

    token = sign_in(db, "robin@example.ORG ", PASSWORD, now=NOW)

    found, stay = whose_stay(db, token, now=NOW)
    assert (found.id, stay.ends_at) == (account.id, NOW + LONGEST_STAY)


def test_a_password_is_kept_as_argon2id_at_the_cost_we_promise(db):
    account = an_open_account(db)

    kept = db.get_one(Credential, account.id).password_hash

    cost = extract_parameters(kept)
    assert (cost.type.name, cost.memory_cost, cost.time_cost, cost.parallelism) == (
        "ID",
        19 * 1024,
        2,
        1,
    )
    assert PASSWORD not in kept


def test_what_the_browser_holds_is_not_what_is_kept(db):
    an_open_account(db)

    token = sign_in(db, "robin@example.org", PASSWORD, now=NOW)

    [stay] = db.exec(select(SignIn))
    assert token not in (stay.token_hash, str(stay.id))


@pytest.mark.parametrize(
    ("name", "password"),
    [("robin@example.org", "three blue trams"), ("nobody@example.org", PASSWORD)],
    ids=["wrong password", "unknown name"],
)
def test_a_wrong_password_and_an_unknown_name_begin_no_stay(db, name, password):
    an_open_account(db)

    assert sign_in(db, name, password, now=NOW) is None
    assert db.exec(select(SignIn)).all() == []


def test_an_unknown_name_costs_a_password_check_like_any_other(db, monkeypatch):
    checked = []
    verify = PasswordHasher.verify

    def counting(self, hashed, password):
        checked.append(hashed)
        return verify(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)

    sign_in(db, "nobody@example.org", PASSWORD, now=NOW)

    [hashed] = checked
    assert extract_parameters(hashed).memory_cost == 19 * 1024


def test_a_password_of_fourteen_characters_is_refused_and_opens_nothing(db):
    with pytest.raises(NotAllowed, match=f"{SHORTEST_PASSWORD} characters"):
        open_account(db, Role.ADMINISTRATOR, sign_in_name="a", password="x" * 14, now=NOW)

    assert db.exec(select(Account)).all() == []


def test_a_name_that_is_taken_is_refused_whatever_its_capitals(db):
    an_open_account(db)

    with pytest.raises(NotAllowed, match="choose another name"):
        an_open_account(db, name="ROBIN@example.org")


def test_a_stay_goes_on_for_half_an_hour_after_it_was_last_in_use(db):
    an_open_account(db)
    token = sign_in(db, "robin@example.org", PASSWORD, now=NOW)
    stay_on(db, token, now=NOW + 20 * MINUTE)

    assert whose_stay(db, token, now=NOW + 20 * MINUTE + IDLE - MINUTE) is not None
    assert whose_stay(db, token, now=NOW + 20 * MINUTE + IDLE) is None


def test_no_stay_lasts_longer_than_twelve_hours_however_much_it_is_used(db):
    an_open_account(db)
    token = sign_in(db, "robin@example.org", PASSWORD, now=NOW)
    stay_on(db, token, now=NOW + LONGEST_STAY - MINUTE)

    assert whose_stay(db, token, now=NOW + LONGEST_STAY - MINUTE) is not None
    assert whose_stay(db, token, now=NOW + LONGEST_STAY) is None


def test_a_stay_is_written_down_once_a_minute_and_never_backwards(db):
    an_open_account(db)
    token = sign_in(db, "robin@example.org", PASSWORD, now=NOW)
    _, stay = whose_stay(db, token, now=NOW)

    stay_on(db, token, now=NOW - MINUTE)

    assert stay.seen_at == NOW
    assert not is_due_to_be_seen(stay, now=NOW + SEEN_EVERY)
    assert is_due_to_be_seen(stay, now=NOW + SEEN_EVERY + timedelta(seconds=1))


def test_signing_out_ends_one_stay_and_leaves_the_others(db):
    an_open_account(db)
    here, there = (sign_in(db, "robin@example.org", PASSWORD, now=NOW) for _ in range(2))

    sign_out(db, here, now=NOW)
    sign_out(db, "a token of nobody", now=NOW)

    assert whose_stay(db, here, now=NOW) is None
    assert whose_stay(db, there, now=NOW) is not None


def test_an_account_that_is_closed_is_out_at_once_and_stays_out(db):
    account = an_open_account(db)
    token = sign_in(db, "robin@example.org", PASSWORD, now=NOW)

    disable(db, account, by=uuid4(), now=NOW)

    assert whose_stay(db, token, now=NOW) is None
    assert sign_in(db, "robin@example.org", PASSWORD, now=NOW) is None


def test_closing_an_account_twice_keeps_the_first_day(db):
    account = an_open_account(db)

    disable(db, account, by=uuid4(), now=NOW)
    disable(db, account, by=uuid4(), now=NOW + MINUTE)

    assert account.disabled_at == NOW


def test_nobody_closes_their_own_account(db):
    account = an_open_account(db)

    with pytest.raises(NotAllowed, match="your own account"):
        disable(db, account, by=account.id, now=NOW)

    assert account.disabled_at is None


def test_an_account_that_a_demo_made_up_is_no_real_one(db):
    an_open_account(db, made_up=True)

    before = has_real_account(db)
    an_open_account(db, name="sam")

    assert (before, has_real_account(db)) == (False, True)
