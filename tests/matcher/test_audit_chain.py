"""The chain and the rows of the audit: each way past it is found, and a cut is seen to be one."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from matcher.audit_chain import (
    NO_SEAL,
    adopt,
    broken_links,
    changes_past_it,
    cut_before,
    end_of_chain,
)
from matcher.audit_heads import PUT_BACK, Heads, missing_ends, note_head
from matcher.doctor.audit import audit_has_every_change
from matcher.doctor.case import Case
from models.audit import AuditEntry, Hand
from models.audit_cuts import AuditCut
from models.database import sessions
from models.people import Leaver
from models.privacy import LegalHold
from models.releases import ReleaseDate
from tests.rows import NOW, a_leaver_row, an_expected_leaver, one_of_each

KEY = b"a key for tests"
NEWER = b"the key after it"
DAY = timedelta(days=1)
OFF = {
    "sqlite": ("DROP TRIGGER {name}",),
    "postgresql": ("ALTER TABLE audit_entry DISABLE TRIGGER {name}",),
}


@pytest.fixture
def leavers(engine):
    """Three leavers, each told on a day of its own; the first was changed since."""
    kept = [a_leaver_row(code=f"L{number}", surname="Canary") for number in range(3)]
    for number, leaver in enumerate(kept):
        write(engine, lambda db, leaver=leaver: db.add(leaver), at=NOW + number * DAY)

    def change(db):
        db.get_one(Leaver, kept[0].id).first_name = "Zoë"

    write(engine, change, at=NOW + 3 * DAY)
    return kept


@pytest.fixture
def db(engine):
    with Session(engine) as session:
        yield session


def write(engine, act, at=NOW, key=KEY):
    with sessions(engine, key)(expire_on_commit=False) as db:
        db.write_as(Hand(None, at=at, origin="test"))
        done = act(db)
        db.commit()
        return done


def unguarded(engine, *statements, triggers=()):
    """Do what someone does who owns the database."""
    with engine.begin() as connection:
        for name in triggers:
            for off in OFF[engine.dialect.name]:
                connection.execute(text(off.format(name=name)))
        for statement in statements:
            connection.execute(text(statement))


def past_it(db):
    return {(one.noun, one.what) for one in changes_past_it(db, KEY)}


def test_what_went_through_the_audit_is_sound(leavers, db):
    assert list(broken_links(db, KEY)) == []
    assert list(changes_past_it(db, KEY)) == []


def test_a_row_of_every_table_fits_its_seal(engine, db):
    rows = [row for row in one_of_each() if row.__tablename__ not in {"audit_entry", "row_seal"}]

    write(engine, lambda session: session.add_all(rows))

    assert list(changes_past_it(db, KEY)) == []
    assert list(broken_links(db, KEY)) == []


def test_another_key_verifies_nothing(leavers, db):
    assert len(list(broken_links(db, b"another"))) == 4
    assert len(list(changes_past_it(db, b"another"))) == 3


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE leaver SET surname = 'Other' WHERE code = 'L1'", "was changed past the audit"),
        ("DELETE FROM leaver WHERE code = 'L1'", "was removed past the audit"),
        (
            "DELETE FROM row_seal WHERE noun = 'leaver'",
            NO_SEAL,
        ),
    ],
)
def test_a_row_that_was_written_past_the_audit_is_found(leavers, engine, db, statement, found):
    unguarded(engine, statement)

    assert past_it(db) == {("leaver", found)}


@pytest.mark.parametrize("lie", ["''", "'s1:erased:'"])
def test_a_sealed_value_that_was_blanked_or_said_to_be_erased_is_found(leavers, engine, db, lie):
    unguarded(engine, f"UPDATE leaver SET surname = {lie} WHERE code = 'L1'")

    assert past_it(db) == {("leaver", "was changed past the audit")}


def test_an_older_sealed_value_of_the_same_row_that_was_put_back_is_found(leavers, engine, db):
    before = db.execute(text("SELECT surname FROM leaver WHERE code = 'L1'")).scalar_one()
    db.rollback()

    def change(session):
        session.get_one(Leaver, leavers[1].id).surname = "Newer"

    write(engine, change)
    assert past_it(db) == set()
    db.rollback()
    unguarded(engine, f"UPDATE leaver SET surname = '{before}' WHERE code = 'L1'")

    assert past_it(db) == {("leaver", "was changed past the audit")}


def test_a_row_that_the_audit_sealed_twice_in_one_go_or_changed_in_part_is_sound(
    leavers, engine, db
):
    def change(session):
        leaver = session.get_one(Leaver, leavers[1].id)
        leaver.surname = "Newer"
        session.flush()
        leaver.surname, leaver.code = "", "L9"

    write(engine, change)

    assert past_it(db) == set()


def test_a_row_that_was_added_or_put_back_as_it_was_before_is_found(leavers, engine, db):
    before = "SELECT noun, row_id, number, seal FROM row_seal WHERE row_id = '{}'"
    old = db.execute(text(before.format(leavers[1].id))).one()
    db.rollback()

    def change(session):
        session.get_one(Leaver, leavers[1].id).surname = "Newer"

    write(engine, change)
    unguarded(
        engine,
        f"UPDATE row_seal SET number = {old.number}, seal = '{old.seal}' "
        f"WHERE row_id = '{leavers[1].id}'",
        "UPDATE leaver SET surname = 'Canary' WHERE code = 'L1'",
    )
    with Session(engine) as plain:
        plain.add(a_leaver_row())
        plain.commit()

    assert past_it(db) == {
        ("leaver", "is not what the audit last told of"),
        ("leaver", "was added past the audit"),
    }


def test_a_row_removed_with_its_seal_is_missed_by_its_entries(leavers, engine, db):
    unguarded(
        engine,
        "DELETE FROM leaver WHERE code = 'L2'",
        f"DELETE FROM row_seal WHERE row_id = '{leavers[2].id}'",
    )

    assert past_it(db) == {("leaver", "was removed past the audit")}


def test_rows_that_the_database_removes_with_another_are_told_of_too(engine, db):
    expected = an_expected_leaver()
    given = {"kind": "conditional", "source": "report", "recorded_at": NOW}
    date = ReleaseDate(expected_leaver_id=expected.id, day=expected.release_date, **given)
    write(engine, lambda session: session.add_all([expected, date]))

    write(engine, lambda session: session.delete(session.get_one(type(expected), expected.id)))

    told = db.exec(select(AuditEntry.noun).where(AuditEntry.action == "remove")).all()
    assert sorted(told) == ["expected_leaver", "release_date"]
    assert list(changes_past_it(db, KEY)) == []


def test_rows_from_before_seals_were_kept_can_be_vouched_for(engine, db):
    with Session(engine) as plain:
        plain.add(a_leaver_row())
        plain.commit()
    assert past_it(db) == {("leaver", "was added past the audit")}
    db.rollback()

    assert write(engine, adopt) == 1

    assert past_it(db) == set()
    assert db.exec(select(AuditEntry.action)).all() == ["adopt"]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE audit_entry SET action = 'read' WHERE number = 2", "was changed"),
        ("DELETE FROM audit_entry WHERE number = 2", "entries are missing after 1"),
        ("DELETE FROM audit_entry WHERE number = 1", "entries are missing after 0"),
    ],
)
def test_a_changed_or_missing_entry_is_found_though_the_guards_were_taken_away(
    leavers, engine, db, statement, what
):
    unguarded(
        engine, statement, triggers=["audit_entry_is_not_changed", "audit_entry_is_not_deleted"]
    )

    first, *_ = broken_links(db, KEY)
    assert first.what.startswith(what)
    case = Case(db, now=NOW, real_now=NOW, audit_key=KEY)
    guards = {one.row_id for one in audit_has_every_change(case) if hasattr(one, "row_id")}
    assert {"audit_entry_is_not_changed", "audit_entry_is_not_deleted"} <= guards


def test_a_missing_newest_end_is_known_from_outside(leavers, engine, db, tmp_path):
    heads = Heads(tmp_path / "heads.jsonl", KEY)
    note_head(db, heads, now=NOW)
    note_head(db, heads, now=NOW)
    assert len(list(heads.lines())) == 1
    assert list(missing_ends(db, heads)) == []
    db.rollback()
    unguarded(
        engine,
        "DELETE FROM audit_entry WHERE number = 4",
        triggers=["audit_entry_is_not_deleted"],
    )

    assert list(broken_links(db, KEY)) == []
    assert [one.row_id for one in missing_ends(db, heads)] == ["4"]

    heads.note(end_of_chain(db), PUT_BACK, now=NOW)
    assert list(missing_ends(db, heads)) == []


def test_a_head_that_someone_else_wrote_is_found(leavers, db, tmp_path):
    Heads(tmp_path / "heads.jsonl", b"another").note(end_of_chain(db), "", now=NOW)

    [found] = missing_ends(db, Heads(tmp_path / "heads.jsonl", KEY))

    assert found.noun == "audit_head"


def test_once_the_secret_was_replaced_the_audit_holds_with_the_one_before(
    leavers, engine, db, tmp_path
):
    Heads(tmp_path / "heads.jsonl", KEY).note(end_of_chain(db), "", now=NOW)
    db.rollback()
    unguarded(engine, "UPDATE leaver SET surname = '' WHERE code = 'L2'")

    adopted = write(engine, lambda session: adopt(session, [KEY]), key=NEWER)

    assert adopted == 2
    assert list(broken_links(db, NEWER, [KEY])) == []
    assert list(missing_ends(db, Heads(tmp_path / "heads.jsonl", NEWER, [KEY]))) == []
    assert [one.row_id for one in changes_past_it(db, NEWER)] == [str(leavers[2].id)]
    db.rollback()
    assert write(engine, lambda session: adopt(session, [KEY]), key=NEWER) == 0


def test_the_secret_before_signs_nothing_any_more(leavers, engine, db):
    write(engine, lambda session: adopt(session, [KEY]), key=NEWER)
    write(engine, lambda session: session.add(a_leaver_row(code="L7")))

    assert [one.row_id for one in broken_links(db, NEWER, [KEY])] == ["8"]
    assert len(list(changes_past_it(db, NEWER))) == 1


def test_the_oldest_end_may_be_cut_and_the_cut_is_seen_and_signed(leavers, engine, db):
    gone = write(engine, lambda session: cut_before(session, KEY, NOW + DAY, now=NOW + 5 * DAY))

    left = db.exec(select(AuditEntry.number)).all()
    assert (gone, sorted(left)) == (1, [2, 3, 4, 5])
    assert [(one.number, one.kept_from) for one in db.exec(select(AuditCut))] == [(1, NOW + DAY)]
    assert list(broken_links(db, KEY)) == []
    assert list(changes_past_it(db, KEY)) == []
    assert db.exec(select(AuditEntry.noun).where(AuditEntry.number == 5)).one() == "audit_cut"


def test_rows_whose_entries_were_cut_are_still_known_to_be_as_they_were(leavers, engine, db):
    write(engine, lambda session: cut_before(session, KEY, NOW + 9 * DAY, now=NOW + 9 * DAY))
    assert list(changes_past_it(db, KEY)) == []
    db.rollback()

    unguarded(engine, "UPDATE leaver SET surname = 'Other' WHERE code = 'L1'")

    assert past_it(db) == {("leaver", "was changed past the audit")}


def test_a_cut_that_nobody_signed_is_found(leavers, engine, db):
    chain = db.exec(select(AuditEntry.chain).where(AuditEntry.number == 2)).one()
    db.rollback()
    moment = "'2026-11-23 09:30:00+00:00'"
    unguarded(
        engine,
        "INSERT INTO audit_cut (number, chain, kept_from, cut_at, seal) "
        f"VALUES (2, '{chain}', {moment}, {moment}, '{chain}')",
        "DELETE FROM audit_entry WHERE number <= 2",
    )

    assert [(one.noun, one.what) for one in broken_links(db, KEY)] == [
        ("audit_cut", "nobody signed this cut")
    ]


def test_nothing_about_someone_on_hold_is_cut(leavers, engine, db):
    hold = LegalHold(leaver_id=leavers[1].id, why="A claim.", recorded_at=NOW)
    write(engine, lambda session: session.add(hold), at=NOW + 4 * DAY)

    gone = write(engine, lambda session: cut_before(session, KEY, NOW + 9 * DAY, now=NOW))

    assert gone == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_entry WHERE number = 3",
        "DELETE FROM audit_cut",
        "UPDATE audit_cut SET number = 3",
    ],
)
def test_all_but_the_end_that_a_mark_covers_stays_refused(leavers, engine, db, statement):
    write(engine, lambda session: cut_before(session, KEY, NOW + 2 * DAY, now=NOW))

    with pytest.raises(DBAPIError, match="the audit is only added to"):
        unguarded(engine, statement)
    trick = {
        "sqlite": "INSERT OR REPLACE INTO audit_cut SELECT * FROM audit_cut",
        "postgresql": "TRUNCATE audit_cut",
    }
    with pytest.raises(DBAPIError, match="the audit is only added to"):
        unguarded(engine, trick[engine.dialect.name])
