"""Claims and receipts are sealed, go when their time is over, and follow their mentor."""

from base64 import b64decode
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from matcher import erasing, retention
from matcher.load import load_of
from matcher.refusing import NotAllowed
from matcher.subject_access import record_of
from models.audit import Hand
from models.database import sessions
from models.expenses import Expense, Receipt
from models.need_words import ExpenseState, Load
from models.needs import ForumDate, LoadSaid
from models.privacy_words import ErasedBecause
from models.vocabulary import Region
from tests.matcher.accepted import an_accepted_pair
from tests.matcher.merges import merge
from tests.rows import NOW, a_mentor_row, a_receipt, an_expense, places_of

CONTENT = b"\x89PNG a bus ticket"
DAY = timedelta(days=1)


@pytest.fixture
def db(engine):
    with sessions(engine, b"a key for tests")(expire_on_commit=False) as session:
        session.write_as(Hand(None, at=NOW, origin="test"))
        yield session


def a_claim(db, mentor=None, days=None, **told):
    """A claim with its receipt; paid so many days ago if days are given."""
    if mentor is None:
        mentor = a_mentor_row()
        db.add_all([mentor, *places_of(mentor)])
    if days is not None:
        at = NOW - days * DAY
        told |= {"state": ExpenseState.PAID, "state_since": at, "decided_at": at, "paid_at": at}
    expense = an_expense(mentor, **told)
    db.add_all([expense, a_receipt(expense, content=CONTENT)])
    db.commit()
    return mentor, expense


def kept(db):
    retention.keep_to_the_table(db, now=NOW)
    db.commit()
    db.expire_all()
    return [len(db.exec(select(kind)).all()) for kind in (Expense, Receipt)]


def test_a_receipt_lies_in_the_database_sealed(db):
    a_claim(db)

    lies = db.exec(text("SELECT content FROM receipt")).scalar_one()  # type: ignore[call-overload]

    assert lies.startswith("s1:")
    assert "bus" not in lies
    db.expire_all()
    assert db.exec(select(Receipt)).one().content == CONTENT


def test_a_receipt_goes_a_year_after_the_claim_was_paid_and_the_claim_after_six(db):
    a_claim(db, days=365)
    assert kept(db) == [1, 1]
    a_claim(db, days=366)
    assert kept(db) == [2, 1]
    a_claim(db, days=2193)
    assert kept(db) == [2, 1]


def test_a_claim_that_is_still_open_is_kept_however_old_it_is(db):
    a_claim(db, state_since=NOW - 3000 * DAY)

    assert kept(db) == [1, 1]


def test_nobody_is_erased_while_they_are_owed_money_and_then_all_of_it_goes(db):
    mentor, expense = a_claim(db)
    told = {"because": ErasedBecause.ASKED, "by": None, "now": NOW}

    with pytest.raises(NotAllowed, match="A claim of theirs is still open"):
        erasing.erase(db, mentor, **told)
    db.rollback()
    expense.state, expense.decided_at = ExpenseState.REFUSED, NOW
    db.commit()
    erasing.erase(db, mentor, **told)
    db.commit()

    assert db.exec(select(Expense)).all() == db.exec(select(Receipt)).all() == []


def test_a_mentor_is_given_their_claims_and_the_receipt_itself(db):
    mentor, _ = a_claim(db, meeting="Introduction")

    tables = record_of(db, mentor, now=NOW)["tables"]

    [claim], [receipt] = tables["expense"], tables["receipt"]
    assert (claim["pence"], claim["meeting"]) == (1250, "Introduction")
    assert b64decode(receipt["content"]) == CONTENT


def test_two_records_of_a_mentor_bring_their_claims_together(db):
    there = an_accepted_pair(db)
    stays = a_mentor_row(birth_date=there.mentor.birth_date)
    db.add_all([stays, *places_of(stays)])
    a_claim(db, there.mentor)
    a_claim(db, stays)
    earlier = {"mentor_id": there.mentor.id, "recorded_at": NOW - DAY}
    db.add(LoadSaid(load=Load.HEAVY, text="A hard week.", **earlier))
    db.commit()

    merge(db, stays, there.mentor.code)
    db.commit()
    db.expire_all()

    for kind in (Expense, Receipt):
        assert [row.mentor_id for row in db.exec(select(kind))] == [stays.id, stays.id]
    assert {row.content for row in db.exec(select(Receipt))} == {CONTENT}
    assert load_of(db, stays).text == "A hard week."


def test_forums_and_old_answers_go_but_what_was_said_last_stays(db):
    mentor = a_mentor_row()
    db.add_all([mentor, *places_of(mentor)])
    for days in (500, 400):
        said = {"mentor_id": mentor.id, "recorded_at": NOW - days * DAY}
        db.add(LoadSaid(load=Load.HEAVY, text=str(days), **said))
    for days in (32, 30):
        at = {"starts_at": NOW - days * DAY, "recorded_at": NOW}
        db.add(ForumDate(region=Region.WALES, place=str(days), **at))
    db.commit()

    kept(db)

    assert [row.text for row in db.exec(select(LoadSaid))] == ["400"]
    assert [row.place for row in db.exec(select(ForumDate))] == ["30"]
