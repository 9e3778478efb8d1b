"""A person is given every word of their own record, and not one of anybody else's."""

import io
import json
from itertools import count

import pytest
from pypdf import PdfReader
from sqlalchemy import Uuid, func, or_, select

from matcher.belongings import NOT_OF_PEOPLE, belongings
from matcher.kept_back import BOTH, EVERYTHING, OF_LEAVER, OF_MENTOR, WHOLE_OF
from matcher.post import to_leaver, to_mentor
from matcher.printing.record_words import HEADINGS
from matcher.printing.records import record_as_pdf
from matcher.subject_access import SOMEONE, record_of
from models.accounts import Unsent
from models.audit import Hand
from models.council_words import Draft, Note, PersonToAvoid
from models.database import sessions
from models.people import Leaver, Mentor
from models.restrictions import Link
from models.sealed import SealedColumn
from models.states import EndReason, PairState, Role
from models.tables import METADATA
from models.vocabulary import LinkKind
from tests.rows import (
    NOW,
    a_leaver_row,
    a_letter,
    a_mentor_row,
    a_pair,
    a_referral,
    an_account,
    one_of_each,
    places_of,
    vetting_of,
)

_words = count(1)


def a_canary(whose):
    return f"{whose}canary{next(_words)}x"


def sung(row, whose):
    """A row with a word of its own in every column of free text."""
    for column in row.__table__.columns:
        value = getattr(row, column.name)
        if isinstance(value, str) and type(value) is str and _is_free(column):
            setattr(row, column.name, a_canary(whose))
    return row


def _is_free(column):
    kind = column.type
    free = isinstance(kind, SealedColumn) or type(kind).__name__ in {"AutoString", "String", "Text"}
    named = column.name.endswith(("_index", "key", "zone", "prison", "district", "resettling_in"))
    return free and not column.foreign_keys and not named and column.name not in {
        "seal", "chain", "chain_before", "code", "home", "version"}  # fmt: skip


@pytest.fixture
def filled(db):
    """One row of each table, about one leaver and one mentor, and two others beside them."""
    rows = [row for row in one_of_each() if row.__tablename__ != "audit_cut"]
    leaver = next(row for row in rows if isinstance(row, Leaver))
    mentor = next(row for row in rows if isinstance(row, Mentor))
    for row in rows:
        sung(row, "mentors" if row is mentor else "theirs")
    account = sung(an_account(Role.MENTOR, mentor_id=mentor.id), "mentors")
    beside = [sung(row, "others") for row in (a_leaver_row(), a_mentor_row())]
    referral = a_referral(beside[0])
    over = {"state": PairState.ENDED, "end_reason": EndReason.DECLINED, "place_number": None}
    pair = a_pair(referral, beside[1], **over)
    others = [referral, pair, *vetting_of(beside[1])]
    db.add_all(
        [*rows, account, *beside, *places_of(beside[1]), *(sung(o, "others") for o in others)]
    )
    db.add(sung(Note(leaver_id=beside[0].id, text="x", recorded_at=NOW), "others"))
    db.commit()
    return leaver, mentor, beside


def text_of(record):
    return json.dumps(record, ensure_ascii=False)


def test_every_column_about_a_leaver_is_given_or_said_to_be_kept_back(db, filled):
    leaver, _, _ = filled

    record = record_of(db, leaver, now=NOW)

    kept = {(one["table"], one["column"]) for one in record["kept_back"]}
    for table, rows in belongings(db, leaver, mentions=False).items():
        if (table, EVERYTHING) in kept:
            continue
        given = record["tables"][table]
        assert len(given) == len(rows)
        for row, told in zip(rows, given, strict=True):
            for column in row.__table__.columns:
                assert column.name in told or (table, column.name) in kept
                value = getattr(row, column.name)
                if column.name in told and isinstance(value, str) and "canary" in value:
                    assert told[column.name] in (value, SOMEONE), (table, column.name)


def test_every_table_about_a_leaver_is_in_their_record(db, filled):
    leaver, _, _ = filled

    given = record_of(db, leaver, now=NOW)["tables"].keys()

    with_leaver = {
        table.name
        for table in METADATA.sorted_tables
        if "leaver_id" in table.c or "pair_id" in table.c
    }
    of_mentors = {"children_check", "clearance", "mentor_assessment", "mentor_gangs"}
    of_mentors |= {"mentor_licence", "supervision", "term", "training", "curfew", "audit_entry"}
    assert with_leaver - of_mentors - given == WHOLE_OF["leaver"].keys() - {"link"}
    assert "leaver" in given


@pytest.mark.parametrize("whose", [0, 1])
def test_every_row_that_refers_to_a_person_is_in_their_record(db, filled, whose):
    """Fails for a new table with a column for a person that nobody thought of here."""
    person = filled[whose]

    given = record_of(db, person, now=NOW)["tables"]

    referring = {
        table.name: count
        for table in METADATA.sorted_tables
        if table.name not in {*NOT_OF_PEOPLE, *WHOLE_OF[str(person.__tablename__)]}
        and (count := _rows_with(db, table, person.id))
    }
    assert len(referring) > 9
    missing = {name for name, count in referring.items() if len(given.get(name, ())) < count}
    assert missing == set()


def _rows_with(db, table, person_id) -> int:
    """How many rows have the id of a person in any column."""
    ids = [column == person_id for column in table.columns if isinstance(column.type, Uuid)]
    if not ids:
        return 0
    return db.execute(select(func.count()).select_from(table).where(or_(*ids))).scalar_one()


@pytest.mark.parametrize("whose", [0, 1])
def test_no_word_of_anyone_else_is_given(db, filled, whose):
    person = filled[whose]

    record = record_of(db, person, now=NOW)

    said = text_of(record)
    assert "otherscanary" not in said
    for other in (filled[1 - whose], *filled[2]):
        assert other.first_name not in said
        assert other.surname not in said
        assert str(other.id) not in said
    own = [person.first_name, person.surname]
    assert all(name in said for name in own)


def test_letters_to_others_and_names_in_free_text_are_struck_out(db, filled):
    leaver, mentor, _ = filled
    told = {"leaver_id": leaver.id, "mentor_id": mentor.id, "state": "cancelled"}
    db.add_all([
        a_letter(recipient=to_leaver(leaver.id), body=f"Meet {mentor.first_name}", **told),
        a_letter(recipient=to_mentor(mentor.id), body="Forthementoralone", **told),
        Note(leaver_id=leaver.id, text=f"Asked {mentor.surname} twice.", recorded_at=NOW),
    ])  # fmt: skip
    db.commit()

    said = text_of(record_of(db, leaver, now=NOW))

    assert f"Meet {SOMEONE}" in said
    assert f"Asked {SOMEONE} twice." in said
    assert "Forthementoralone" not in said


@pytest.mark.parametrize("by", ["id", "number", "name", "the one who named"])
def test_nobody_is_told_whether_a_link_names_them_or_that_others_wrote_of_them(engine, by):
    """Whoever is feared must not learn from their own copy that somebody spoke of them."""
    feared = a_leaver_row(first_name="Darren", surname="Feared")
    afraid, writer = a_leaver_row(first_name="Siân", surname="Afraid"), an_account(Role.PEER)
    name = {"other_first_name": "Darren", "other_surname": "Feared"}
    ends = {
        "id": {"one_leaver_id": afraid.id, "other_leaver_id": feared.id},
        "number": {"one_leaver_id": afraid.id, "other_prison_number": feared.prison_number},
        "name": {"one_leaver_id": afraid.id, "other_birth_date": feared.birth_date, **name},
        "the one who named": {"one_leaver_id": feared.id, "other_leaver_id": afraid.id},
    }
    avoid = {"about": {"first_name": ["Siân"]}, "avoid": {"people": [{"name": "Darren Feared"}]}}
    told = {"name": "Darren Feared", "birth_date": feared.birth_date, "why": "She is afraid."}

    def copy_of(*rows):
        with sessions(engine, b"a key for tests")() as db:
            db.write_as(Hand(None, at=NOW))
            db.add_all(rows)
            db.commit()
            return record_of(db, db.get_one(Leaver, feared.id), now=NOW)

    before = copy_of(feared)
    after = copy_of(
        *(afraid, writer),
        Link(kind=LinkKind.VICTIM, recorded_at=NOW, detail="She fears him.", **ends[by]),
        PersonToAvoid(leaver_id=afraid.id, recorded_at=NOW, **told),
        Draft(account_id=writer.id, answers=avoid, created_at=NOW, changed_at=NOW),
        Unsent(account_id=writer.id, sent_to="/council/", page="/council/", written_at=NOW,
               fields=(("who", "Darren Feared"),)),
    )  # fmt: skip

    assert after == before
    assert WHOLE_OF["leaver"].keys() == {
        one["table"] for one in after["kept_back"] if one["column"] == EVERYTHING
    }


def test_nothing_that_opens_an_account_is_given(db, filled):
    _, mentor, _ = filled

    record = record_of(db, mentor, now=NOW)

    names = {name for rows in record["tables"].values() for row in rows for name in row}
    assert not [name for name in names if "hash" in name or "secret" in name or "token" in name]
    assert "account" in record["tables"]


def test_the_page_holds_what_the_file_holds(db, filled):
    leaver, mentor, _ = filled
    record = record_of(db, leaver, now=NOW)

    pdf = record_as_pdf(record, NOW.date())

    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    plain = "".join(said.split())
    assert "".join(leaver.first_name.split()) in plain
    assert leaver.surname in plain
    assert "otherscanary" not in plain
    assert mentor.surname not in plain
    assert pdf == record_as_pdf(record, NOW.date())


def test_what_is_kept_back_names_columns_that_are_there():
    assert WHOLE_OF["mentor"].keys() <= METADATA.tables.keys()
    for table in (BOTH, OF_LEAVER, OF_MENTOR):
        for noun, columns in table.items():
            assert set(columns) <= set(METADATA.tables[noun].c.keys()), noun


def test_every_table_of_people_has_a_heading_in_plain_words():
    of_people = {table.name for table in METADATA.sorted_tables} - NOT_OF_PEOPLE

    assert of_people == HEADINGS.keys()
    assert not [one for one in HEADINGS.values() if "_" in one or not one[0].isupper()]


def test_the_page_is_written_as_people_write(db, filled):
    leaver, _, _ = filled
    record = record_of(db, leaver, now=NOW)
    record["tables"]["leaver"][0] |= {"prison": "LEI", "created_at": "2026-07-01T12:30:00+00:00"}

    pdf = record_as_pdf(record, NOW.date())

    said = " ".join("".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages).split())
    assert "First on file: Wednesday 1 July 2026 at 1:30pm" in said
    assert "Prison: Leeds" in said
    assert "+00:00" not in said
    assert ": nothing" not in said
    for raw in ("_", "weights", "Crn", "None"):
        assert raw not in said
