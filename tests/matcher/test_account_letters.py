"""Whoever is let back in is written to, where an address is on file; who is new is not."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matcher.accounts import open_account
from matcher.demo_clock import set_demo_clock
from matcher.invitations import accept, finish, invite, let_back_in
from matcher.recipients import Place, behind, place_for
from matcher.second_factor import read_code
from models.contacts import Contact
from models.outbox import Letter
from models.sign_ins import FactorKind
from models.states import Channel, LetterKind, Role
from tests.rows import NOW, a_mentor_row

PASSWORD = "three blue buses"
CHOSEN = "four green ferries at sea"
MINUTE = timedelta(minutes=1)


def a_liaison(db, **told):
    return open_account(
        db, Role.LIAISON, sign_in_name="robin", password=PASSWORD, prison="LEI", now=NOW, **told
    )


def comes_in(db, invitation, now):
    told = {"sign_in_name": "robin", "password": CHOSEN, "kind": FactorKind.SHEET, "now": now}
    account, codes = accept(db, invitation, **told)
    assert finish(db, invitation, account, read_code(codes[0]), now=now)


def letters(db):
    return db.exec(select(Letter).order_by(Letter.number)).all()


def test_a_code_to_get_back_in_is_told_of_when_it_is_made_and_when_it_is_used(db):
    account = a_liaison(db, email="robin@example.org")

    invitation, _ = let_back_in(db, None, account, now=NOW)
    made = len(letters(db))
    comes_in(db, invitation, NOW + MINUTE)

    sent = letters(db)
    assert (made, len(sent)) == (1, 2)
    assert [one.facts["changed_at"] for one in sent] == [
        NOW.isoformat(),
        (NOW + MINUTE).isoformat(),
    ]
    assert {one.kind for one in sent} == {LetterKind.SIGN_IN_CHANGED}
    assert all(one.urgent and one.due_at <= NOW + MINUTE for one in sent)
    there = Place(Channel.EMAIL, "robin@example.org")
    assert {place_for(db, behind(db, one), by_text=True) for one in sent} == {there}


def test_who_opens_a_new_account_or_has_no_address_is_not_written_to(db):
    invitation, _ = invite(
        db, None, Role.LIAISON, now=NOW, name="Lee", email="lee@example.org", prison="LEI"
    )
    comes_in(db, invitation, NOW)
    let_back_in(db, None, open_account(
        db, Role.PEER, sign_in_name="kit", password=PASSWORD, prison="LEI", now=NOW
    ), now=NOW)  # fmt: skip

    assert letters(db) == []


def test_a_mentor_is_written_to_where_they_said(db):
    mentor = a_mentor_row()
    db.add(mentor)
    db.flush()
    recorded = {"mentor_id": mentor.id, "recorded_at": NOW, "recorded_by": None}
    db.add(Contact(email="alex@example.org", **recorded))
    account = open_account(
        db, Role.MENTOR, sign_in_name="alex", password=PASSWORD, mentor_id=mentor.id, now=NOW
    )

    let_back_in(db, None, account, now=NOW)

    [letter] = letters(db)
    place = place_for(db, behind(db, letter), by_text=True)
    assert (letter.mentor_id, place) == (mentor.id, Place(Channel.EMAIL, "alex@example.org"))


@pytest.mark.parametrize("days", [0, 40])
def test_in_a_demo_the_letter_keeps_to_the_demo_s_date(db, days):
    account = a_liaison(db, email="robin@example.org")
    set_demo_clock(db, timedelta(days=days))

    let_back_in(db, None, account, now=NOW)

    [letter] = letters(db)
    assert letter.due_at == NOW + timedelta(days=days)
