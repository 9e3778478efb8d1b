"""Who may sign in, and for how long they stay."""

from datetime import timedelta
from uuid import uuid4

import pytest
from argon2 import extract_parameters
from sqlmodel import select

from matcher.accounts import (
    IDLE,
    LONGEST_STAY,
    SEEN_EVERY,
    begin_stay,
    change_password,
    disable,
    has_real_account,
    is_due_to_be_seen,
    move_desk,
    open_account,
    sign_out,
    stay_on,
    who_signs_in_as,
    whose_stay,
    whose_stay_lapsed,
)
from matcher.devices import device_of, remember
from matcher.passwords import SHORTEST_PASSWORD
from matcher.refusing import NotAllowed
from models.access import drafts_seen_by, unsent_seen_by
from models.accounts import Account, Credential, SignIn, Unsent
from models.council_words import Draft
from models.states import Role
from models.vocabulary import Region
from tests.rows import NOW, a_mentor_row

PASSWORD = "three blue buses"
MINUTE = timedelta(minutes=1)


def an_open_account(db, name="robin@example.org", **told):
    return open_account(
        db, Role.ADMINISTRATOR, sign_in_name=name, password=PASSWORD, now=NOW, **told
    )


def test_a_new_account_is_found_by_its_name_whatever_the_capitals(db):
    account = an_open_account(db, name=" Robin@Example.org ")

    token = begin_stay(db, account, now=NOW)

    assert who_signs_in_as(db, "robin@example.ORG ").id == account.id

    found, stay = whose_stay(db, token, now=NOW)
    assert (found.id, stay.ends_at) == (account.id, NOW + LONGEST_STAY)


def test_a_password_is_kept_as_argon2id_at_the_cost_we_promise(db):
    """ASVS 11.4.2."""
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
    account = an_open_account(db)

    token = begin_stay(db, account, now=NOW)

    [stay] = db.exec(select(SignIn))
    assert token not in (stay.token_hash, str(stay.id))


@pytest.mark.parametrize("after", [MINUTE, 2 * IDLE])
def test_a_stay_whose_row_was_written_over_opens_no_other_account(db, after):
    account, manager = an_open_account(db), an_open_account(db, name="boss@example.org")
    token = begin_stay(db, account, now=NOW)

    [stay] = db.exec(select(SignIn))
    stay.account_id, stay.desk = manager.id, manager.desk
    db.flush()

    assert whose_stay(db, token, now=NOW + after) is None
    assert whose_stay_lapsed(db, token, now=NOW + after) is None


def test_a_password_of_fourteen_characters_is_refused_and_opens_nothing(db):
    """ASVS 6.2.1."""
    with pytest.raises(NotAllowed, match=f"{SHORTEST_PASSWORD} characters"):
        open_account(db, Role.ADMINISTRATOR, sign_in_name="a", password="x" * 14, now=NOW)

    assert db.exec(select(Account)).all() == []


def test_a_name_that_is_taken_is_refused_whatever_its_capitals(db):
    an_open_account(db)

    with pytest.raises(NotAllowed, match="choose another name"):
        an_open_account(db, name="ROBIN@example.org")


def test_a_stay_goes_on_for_half_an_hour_after_it_was_last_in_use(db):
    account = an_open_account(db)
    token = begin_stay(db, account, now=NOW)
    stay_on(db, token, now=NOW + 20 * MINUTE)

    assert whose_stay(db, token, now=NOW + 20 * MINUTE + IDLE - MINUTE) is not None
    assert whose_stay(db, token, now=NOW + 20 * MINUTE + IDLE) is None


def test_no_stay_lasts_longer_than_twelve_hours_however_much_it_is_used(db):
    account = an_open_account(db)
    token = begin_stay(db, account, now=NOW)
    stay_on(db, token, now=NOW + LONGEST_STAY - MINUTE)

    assert whose_stay(db, token, now=NOW + LONGEST_STAY - MINUTE) is not None
    assert whose_stay(db, token, now=NOW + LONGEST_STAY) is None


def test_a_stay_is_written_down_once_a_minute_and_never_backwards(db):
    account = an_open_account(db)
    token = begin_stay(db, account, now=NOW)
    _, stay = whose_stay(db, token, now=NOW)

    stay_on(db, token, now=NOW - MINUTE)

    assert stay.seen_at == NOW
    assert not is_due_to_be_seen(stay, now=NOW + SEEN_EVERY)
    assert is_due_to_be_seen(stay, now=NOW + SEEN_EVERY + timedelta(seconds=1))


def test_signing_out_ends_one_stay_and_leaves_the_others(db):
    account = an_open_account(db)
    here, there = (begin_stay(db, account, now=NOW) for _ in range(2))

    sign_out(db, here, now=NOW)
    sign_out(db, "a token of nobody", now=NOW)

    assert whose_stay(db, here, now=NOW) is None
    assert whose_stay(db, there, now=NOW) is not None


def test_an_account_that_is_closed_is_out_at_once_and_stays_out(db):
    """ASVS 7.4.2."""
    account = an_open_account(db)
    token = begin_stay(db, account, now=NOW)

    disable(db, account, by=uuid4(), now=NOW)

    assert whose_stay(db, token, now=NOW) is None
    assert whose_stay(db, begin_stay(db, account, now=NOW), now=NOW) is None


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


def test_whoever_is_put_at_another_desk_is_out_at_once_and_in_again_as_what_they_are_now(db):
    manager = open_account(
        db,
        Role.MANAGER,
        sign_in_name="morgan",
        password=PASSWORD,
        region=Region.YORKSHIRE,
        now=NOW,
    )
    before = begin_stay(db, manager, now=NOW)

    move_desk(db, manager, Role.ADMINISTRATOR, by=uuid4(), now=NOW)
    after = begin_stay(db, manager, now=NOW)

    assert whose_stay(db, before, now=NOW) is None
    found, _ = whose_stay(db, after, now=NOW)
    assert (found.role, found.region) == (Role.ADMINISTRATOR, None)


def test_whoever_is_put_at_another_desk_takes_nothing_along(db):
    moved, stays = (
        open_account(db, Role.LIAISON, sign_in_name=name, password=PASSWORD, prison="LEI", now=NOW)
        for name in ("yola", "zoe")
    )
    for one in (moved, stays):
        typed = {"about": {"first_name": ["Darren"]}}
        db.add_all([
            Draft(account_id=one.id, answers=typed, created_at=NOW, changed_at=NOW),
            Unsent(account_id=one.id, sent_to="/liaison/", page="/liaison/", written_at=NOW),
        ])  # fmt: skip
    db.flush()

    move_desk(db, moved, Role.PEER, by=uuid4(), now=NOW, prison="MDI")

    assert db.exec(drafts_seen_by(moved)).all() == db.exec(unsent_seen_by(moved)).all() == []
    for kind in (Draft, Unsent):
        assert db.exec(select(kind.account_id)).all() == [stays.id]


@pytest.mark.parametrize("look", [whose_stay, whose_stay_lapsed])
def test_a_stay_is_over_however_the_role_was_changed(db, look):
    account = an_open_account(db)
    token = begin_stay(db, account, now=NOW)
    account.role, account.prison = Role.PEER, "LEI"
    db.flush()

    assert look(db, token, now=NOW) is None
    assert look(db, token, now=NOW + IDLE) is None


def test_a_new_password_ends_every_other_stay_and_forgets_every_device(db):
    """ASVS 7.4.3."""
    mentor = a_mentor_row()
    db.add(mentor)
    account = open_account(
        db, Role.MENTOR, sign_in_name="alex", password=PASSWORD, mentor_id=mentor.id, now=NOW
    )
    here, there = (begin_stay(db, account, now=NOW) for _ in range(2))
    device = remember(db, account, "Firefox", now=NOW)
    _, stay = whose_stay(db, here, now=NOW)

    change_password(db, account, PASSWORD, "four green ferries at sea", keep=stay, now=NOW)

    assert whose_stay(db, here, now=NOW) is not None
    assert whose_stay(db, there, now=NOW) is None
    assert device_of(db, device, now=NOW) is None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("not my password at all", "four green ferries at sea", "not your password of now"),
        (PASSWORD, "short", "15 characters"),
        (PASSWORD, "robin gatemate 2026", "words that others would try"),
    ],
)
def test_a_password_is_not_changed_by_who_does_not_know_it_or_into_a_weak_one(
    db, old, new, sentence
):
    """ASVS 6.2.3."""
    account = an_open_account(db)

    with pytest.raises(NotAllowed, match=sentence):
        change_password(db, account, old, new, keep=None, now=NOW)

    change_password(db, account, PASSWORD, "four green ferries at sea", keep=None, now=NOW)


def test_an_account_that_a_demo_made_up_is_no_real_one(db):
    an_open_account(db, made_up=True)

    before = has_real_account(db)
    an_open_account(db, name="sam")

    assert (before, has_real_account(db)) == (False, True)
