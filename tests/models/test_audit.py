"""Each change has its entry in the same transaction, chained to the one before."""

import pytest
from sqlmodel import Session, col, select

from models.audit import START, AuditedSession, AuditEntry, Hand, link
from models.database import reading, sessions
from models.meetings import Meeting
from models.people import Leaver
from models.runs import JobRun
from models.states import PairState
from tests.rows import (
    NOW,
    a_leaver_row,
    a_meeting,
    a_mentor_row,
    a_pair,
    a_referral,
    an_account,
    places_of,
)

KEY = b"a key for tests"


@pytest.fixture
def audited(engine):
    with sessions(engine, KEY)() as db:
        db.write_as(Hand(None, at=NOW, origin="test"))
        yield db


def entries(db: Session) -> list[AuditEntry]:
    return list(db.exec(select(AuditEntry).order_by(col(AuditEntry.number))))


def test_adding_changing_and_removing_a_row_each_leave_an_entry(audited):
    leaver = a_leaver_row()
    audited.add(leaver)
    audited.commit()
    leaver.first_name, leaver.surname = "Zoë", "Changed"
    audited.commit()
    audited.delete(leaver)
    audited.commit()

    told = [(one.action, one.noun, one.fields) for one in entries(audited)]

    assert told == [
        ("add", "leaver", frozenset()),
        ("change", "leaver", {"first_name", "surname"}),
        ("remove", "leaver", frozenset()),
    ]
    assert {one.leaver_id for one in entries(audited)} == {leaver.id}


def test_an_entry_says_whose_hand_it_was_when_and_from_where(audited):
    manager = an_account()
    audited.write_as(Hand(manager.id, at=NOW, origin="192.0.2.7"))
    audited.add(manager)
    audited.commit()

    [entry] = entries(audited)

    assert (entry.account_id, entry.at, entry.origin) == (manager.id, NOW, "192.0.2.7")
    assert entry.row_id == str(manager.id)


def test_no_entry_holds_a_value(audited):
    audited.add(a_leaver_row(first_name="Canary", surname="Canary"))
    audited.commit()

    assert "Canary" not in str([one.model_dump() for one in entries(audited)])


def test_what_is_rolled_back_leaves_no_entry_then_or_later(audited):
    audited.add(a_leaver_row())
    audited.flush()
    audited.rollback()
    audited.add(an_account())
    audited.commit()

    assert [one.noun for one in entries(audited)] == ["account"]


def test_a_change_of_a_meeting_is_put_down_to_the_two_people_of_its_pair(audited):
    leaver, mentor = a_leaver_row(), a_mentor_row()
    referral = a_referral(leaver)
    pair = a_pair(referral, mentor, state=PairState.ACCEPTED)
    meeting = a_meeting(pair)
    audited.add_all([leaver, mentor, *places_of(mentor), referral, pair, meeting])
    audited.commit()

    audited.exec(select(Meeting)).one().purpose = "Talk"
    audited.commit()

    last = entries(audited)[-1]
    assert (last.noun, last.fields) == ("meeting", {"purpose"})
    assert (last.leaver_id, last.mentor_id) == (leaver.id, mentor.id)


def test_showing_a_sensitive_field_is_kept_too(audited):
    leaver = a_leaver_row()
    audited.add(leaver)
    audited.commit()

    audited.note_read(leaver, ["surname"])
    audited.commit()

    last = entries(audited)[-1]
    assert (last.action, last.fields, last.leaver_id) == ("read", {"surname"}, leaver.id)


def test_the_entries_of_many_transactions_are_one_chain_that_the_key_verifies(audited):
    for _ in range(3):
        audited.add_all([a_leaver_row(), a_leaver_row()])
        audited.commit()

    chain, found = START, entries(audited)
    for entry in found:
        told = entry.model_dump()
        assert told["chain_before"] == chain
        chain = link(KEY, told)
        assert told["chain"] == chain
    assert [one.number for one in found] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("change", [{"action": "read"}, {"fields": frozenset({"surname"})}])
def test_an_entry_that_was_tampered_with_no_longer_fits_its_chain(audited, change):
    audited.add(a_leaver_row())
    audited.commit()
    [entry] = entries(audited)

    told = entry.model_dump()

    assert link(KEY, told) == entry.chain
    assert link(KEY, told | change) != entry.chain
    assert link(b"another key", told) != entry.chain


def test_rows_that_keep_house_have_no_entry(audited):
    audited.add(JobRun(job="plan", period="2026-11-23", started_at=NOW))
    audited.commit()

    assert entries(audited) == []


def test_a_change_by_nobodys_hand_is_refused(engine):
    with sessions(engine, KEY)() as db:
        db.add(a_leaver_row())
        with pytest.raises(ValueError, match="whose hand"):
            db.commit()
        db.rollback()

        assert db.exec(select(Leaver)).all() == []


def test_two_who_write_at_once_make_one_chain(engine):
    first, second = (AuditedSession(engine, audit_key=KEY) for _ in range(2))
    for db in (first, second):
        db.write_as(Hand(None, at=NOW))
        db.add(a_leaver_row())
        db.commit()
        db.close()

    with Session(engine) as db:
        assert [one.number for one in entries(db)] == [1, 2]


def test_a_session_that_only_reads_cannot_write_and_waits_for_nobody_who_does(engine):
    with sessions(engine, KEY)() as writer, reading(engine)() as reader:
        writer.write_as(Hand(None, at=NOW))
        writer.add(a_leaver_row())
        writer.flush()

        seen = reader.exec(select(Leaver)).all()
        reader.rollback()
        writer.commit()
        reader.add(a_leaver_row())
        with pytest.raises(Exception, match=r"(?i)read-?only|readonly"):
            reader.commit()
        reader.rollback()

        assert seen == []
        assert len(reader.exec(select(Leaver)).all()) == 1
