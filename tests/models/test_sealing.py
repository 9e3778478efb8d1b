"""What is sealed opens only where it was sealed, and not at all once the key is destroyed."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, String, type_coerce, update
from sqlalchemy.exc import StatementError
from sqlmodel import Session, select

from models import key_ring
from models.council_words import Note
from models.ethnic_groups import EthnicGroup
from models.key_ring import (
    ERASED,
    MARK,
    KeyRing,
    KeysError,
    SealBrokenError,
    blind_index,
    erase_key,
    keys,
    place_of,
)
from models.meetings import Meeting
from models.people import Leaver
from models.person_store import PersonStore
from models.restrictions import Link
from models.sealed import Closed, is_erased
from models.tables import METADATA
from models.text_columns import SEALED
from models.vocabulary import LinkKind
from tests.quick_folders import quick_folder
from tests.rows import (
    BOOKED,
    NOW,
    a_leaver_row,
    a_meeting,
    a_mentor_row,
    a_pair,
    a_referral,
    one_of_each,
    places_of,
)

WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=80)
PLACES = st.builds(place_of, *[st.sampled_from(("leaver", "note", "text", "why", "1", "2"))] * 3)
PEOPLE = [uuid4() for _ in range(3)]


@pytest.fixture(scope="module")
def ring() -> Iterator[KeyRing]:
    folder = quick_folder("gatemate-ring-")
    ring = KeyRing(PersonStore(f"sqlite:///{folder}/keys.db"), [bytes(range(32))])
    ring.have_keys_for(PEOPLE)
    yield ring
    ring.store.close()


def raw(engine: Engine, table: str, column: str) -> list[Any]:
    with engine.execution_options(only_reads=True).connect() as connection:
        return list(connection.exec_driver_sql(f'SELECT "{column}" FROM "{table}"').scalars())


@given(text=WORDS, place=PLACES, holders=st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=2))
def test_a_value_opens_where_it_was_sealed_and_shows_nothing(ring, text, place, holders):
    sealed = ring.seal(text, place, holders)

    assert ring.open(sealed, place) == text
    assert sealed.startswith(MARK)
    assert sealed != ring.seal(text, place, holders)


def test_keys_of_many_people_are_made_and_learnt_with_a_few_questions(ring, monkeypatch):
    asked = []

    def told_of(holders):
        asked.append(len(holders))
        return PersonStore.names_of(ring.store, holders)

    monkeypatch.setattr(ring.store, "names_of", told_of)
    monkeypatch.setattr(ring.store, "names", None)
    people = [uuid4() for _ in range(1200)]
    already = people[:10]
    KeyRing(ring.store, [bytes(range(32))]).have_keys_for(already)
    theirs = {row[0]: row[2] for row in PersonStore.names_of(ring.store, already)}
    asked.clear()

    ring.have_keys_for([*people, *PEOPLE])
    sealed = [ring.seal("Sam", "leaver", [one]) for one in people]

    assert asked == [1200, 1190]
    assert [ring.open(one, "leaver") for one in sealed] == ["Sam"] * 1200
    kept = {row[0]: row[2] for row in PersonStore.names_of(ring.store, people)}
    assert len(kept) == 1200
    assert kept | theirs == kept


@given(text=WORDS, place=PLACES, other=PLACES)
def test_a_value_moved_to_another_table_column_or_row_is_refused(ring, text, place, other):
    sealed = ring.seal(text, place, PEOPLE[:1])

    if place == other:
        assert ring.open(sealed, other) == text
    else:
        with pytest.raises(SealBrokenError):
            ring.open(sealed, other)


@given(text=WORDS, place=PLACES, owner=st.permutations(PEOPLE))
def test_a_value_said_to_be_of_another_person_is_refused(ring, text, place, owner):
    mine, other, _ = owner
    sealed = ring.seal(text, place, [mine])

    with pytest.raises(SealBrokenError):
        ring.open(sealed.replace(mine.hex, other.hex), place)


@given(text=WORDS, place=PLACES)
def test_a_value_said_to_be_of_another_version_is_refused(text, place, ring):
    ring.store.keep([ring.wrapped(PEOPLE[2], 7)])
    ring.refresh()
    ring._forget()
    sealed = ring.seal(text, place, PEOPLE[2:])

    assert f"{PEOPLE[2].hex}.7" in sealed
    with pytest.raises(SealBrokenError):
        ring.open(sealed.replace(".7:", ".1:"), place)


@given(text=WORDS, place=PLACES, at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_value_of_which_one_bit_is_changed_is_refused(ring, text, place, at, bit):
    """ASVS 11.3.3."""
    _, label, body = ring.seal(text, place, PEOPLE[:1]).split(":")
    content = bytearray(b64decode(body))
    content[at % len(content)] ^= 1 << bit

    with pytest.raises(SealBrokenError):
        ring.open(f"{MARK}{label}:{b64encode(bytes(content)).decode()}", place)


def test_keys_are_wrapped_by_the_master_key_and_by_no_other(ring):
    other = KeyRing(ring.store, [bytes(range(1, 33))])

    with pytest.raises(KeysError, match="another master key"):
        other.seal("text", "place", PEOPLE[:1])


def test_while_a_master_key_is_replaced_the_old_one_still_opens(ring):
    sealed = ring.seal("text", "place", PEOPLE[:1])
    both = KeyRing(ring.store, [bytes(range(1, 33)), bytes(range(32))])

    assert both.open(sealed, "place") == "text"


def test_every_sealed_column_lies_sealed_and_reads_plain(db, engine):
    rows = one_of_each()
    db.add_all(rows)
    db.commit()

    for table, columns in SEALED.items():
        for column in columns:
            for value in raw(engine, table, column):
                if value not in (None, "", "[]", "{}") and column != "facts":
                    assert MARK in value, (table, column)


def test_a_plain_value_that_passes_the_session_by_is_refused(db):
    leaver = a_leaver_row()
    db.add(leaver)
    db.flush()

    with pytest.raises(StatementError):
        db.execute(update(Leaver).values(first_name="Canary"))


def test_a_column_selected_by_itself_says_nothing(db):
    db.add(a_leaver_row(first_name="Canary"))
    db.commit()

    [told] = db.exec(select(Leaver.first_name))

    assert isinstance(told, Closed)
    assert "Canary" not in f"{told} {told!r}"


def test_a_value_is_opened_when_it_is_read_and_not_before(db):
    db.add(a_leaver_row(first_name="Robin"))
    db.commit()
    db.expunge_all()

    [leaver] = db.exec(select(Leaver))

    assert "first_name" not in vars(leaver)
    assert leaver.first_name == "Robin"
    assert not db.dirty


def test_a_value_moved_to_another_row_in_the_database_is_refused(db, engine):
    one, other = a_leaver_row(), a_leaver_row()
    db.add_all([one, other])
    db.commit()
    name, taken_from, put_to = METADATA.tables["leaver"].c.first_name, one.id, other.id
    db.rollback()
    with engine.begin() as connection:
        of_one = select(type_coerce(name, String)).where(Leaver.id == taken_from)
        taken = type_coerce(connection.scalar(of_one), String)
        moved = update(name.table).where(name.table.c.id == put_to).values(first_name=taken)
        connection.execute(moved)

    db.expire_all()
    with pytest.raises(SealBrokenError):
        assert db.get_one(Leaver, put_to).first_name


def test_a_row_that_tells_of_someone_else_now_is_sealed_with_their_key(db, engine):
    one, other = a_leaver_row(), a_leaver_row()
    note = Note(leaver_id=one.id, text="Likes fishing.", recorded_at=NOW)
    db.add_all([one, other, note])
    db.commit()

    note.leaver_id = other.id
    db.commit()

    [sealed] = raw(engine, "note", "text")
    assert other.id.hex in sealed
    assert one.id.hex not in sealed
    assert note.text == "Likes fishing."


def test_what_hangs_on_a_pair_is_sealed_anew_when_the_pair_is_of_someone_else(db, engine):
    one, other, mentor = a_leaver_row(), a_leaver_row(), a_mentor_row()
    referral = a_referral(one)
    pair = a_pair(referral, mentor)
    meeting = a_meeting(pair, **BOOKED)
    db.add_all([one, other, mentor, *places_of(mentor), referral, pair, meeting])
    db.commit()

    pair.leaver_id = other.id
    db.commit()

    [sealed] = raw(engine, "meeting", "place")
    assert other.id.hex in sealed
    assert one.id.hex not in sealed
    assert db.get_one(Meeting, meeting.id).place == "Visits hall"


def test_an_ethnic_group_lies_sealed_and_each_is_as_long_as_any_other(db, engine):
    db.add_all([*(a_leaver_row(ethnic_group=group) for group in EthnicGroup), a_leaver_row()])
    db.commit()

    lying = [value for value in raw(engine, "leaver", "ethnic_group") if value is not None]

    assert len(lying) == len(EthnicGroup)
    assert len({len(value) for value in lying}) == 1
    assert not any(group in value for value in lying for group in EthnicGroup)
    db.expire_all()
    read = {leaver.ethnic_group for leaver in db.exec(select(Leaver))}
    assert read == {None, *EthnicGroup}


def test_what_is_no_ethnic_group_is_not_kept(db):
    db.add(a_leaver_row(ethnic_group="a word of nobody's"))

    with pytest.raises(ValueError, match="not a valid EthnicGroup"):
        db.flush()


def test_who_is_erased_reads_as_erased_everywhere_and_nothing_fails(db, engine):
    rows = one_of_each()
    db.add_all(rows)
    db.commit()
    leaver = next(row for row in rows if isinstance(row, Leaver))

    assert erase_key(leaver.id, now=NOW)

    db.expire_all()
    assert leaver.first_name == leaver.prison_number == ERASED
    assert is_erased(leaver.birth_date)
    assert f"{leaver.birth_date} {leaver.birth_date:%d %B}" == f"{ERASED} {ERASED}"
    assert leaver.former_keys == ()
    assert leaver.ethnic_group is None
    for row in rows:
        for name in type(row).model_fields:
            getattr(row, name)


def test_a_new_value_of_someone_erased_is_never_kept(db, engine):
    leaver = a_leaver_row()
    db.add(leaver)
    db.commit()
    erase_key(leaver.id, now=NOW)
    db.add(Note(leaver_id=leaver.id, text="Canary", recorded_at=NOW))
    leaver.surname = "Canary"

    db.commit()
    db.expire_all()

    assert leaver.surname == ERASED
    assert [note.text for note in db.exec(select(Note))] == [ERASED]
    assert not any("Canary" in value for value in raw(engine, "note", "text"))


def test_what_tells_of_two_people_is_gone_with_either(db):
    one, mentor = a_leaver_row(), a_mentor_row()
    ends = {"one_leaver_id": one.id, "other_mentor_id": mentor.id}
    link = Link(kind=LinkKind.NON_ASSOCIATION, detail="A debt.", recorded_at=NOW, **ends)
    db.add_all([one, mentor, link])
    db.commit()

    erase_key(mentor.id, now=NOW)
    db.expire_all()

    assert link.detail == ERASED
    assert one.first_name != ERASED


def test_another_process_notices_an_erasure_with_its_next_transaction(db):
    leaver = a_leaver_row()
    db.add(leaver)
    db.commit()
    assert leaver.first_name

    PersonStore(keys().store.address).erase(leaver.id, now=datetime(2026, 11, 22, tzinfo=UTC))
    db.commit()

    assert leaver.first_name == ERASED


def test_a_destroyed_key_is_nowhere_in_the_file_of_the_store(tmp_path: Path):
    store = PersonStore(f"sqlite:///{tmp_path}/keys.db")
    ring, person = KeyRing(store, [bytes(range(32))]), uuid4()
    ring.have_keys_for([person])
    [(_, _, wrapped)] = store.names(person)
    assert wrapped.encode() in b"".join(one.read_bytes() for one in tmp_path.iterdir())

    ring.erase(person, now=NOW)
    store.close()

    assert wrapped.encode() not in b"".join(one.read_bytes() for one in tmp_path.iterdir())


def test_values_that_are_alike_have_one_blind_index_and_others_have_not():
    assert blind_index("email", " Robin@Example.org") == blind_index("email", "robin@example.org")
    assert blind_index("phone", "07700 900123") == blind_index("phone", "(07700) 900-123")
    assert blind_index("phone", "07700 900123") != blind_index("prison_number", "07700900123")


def test_a_flush_that_fails_leaves_rows_as_they_were_typed(db):
    one = a_mentor_row(first_name="Robin", prison_number="A1234BC")
    db.add(one)
    db.commit()
    twin = a_mentor_row(first_name="Sam", prison_number=one.prison_number)
    db.add(twin)

    with pytest.raises(Exception, match="prison_number_index"):
        db.flush()

    assert twin.first_name == "Sam"


def test_without_keys_nothing_is_written(db, monkeypatch):
    monkeypatch.setattr(key_ring, "_HOW", [])
    monkeypatch.setattr(key_ring, "_OURS", [])
    db.add(a_leaver_row())

    with pytest.raises(KeysError, match="GATEMATE_MASTER_KEY"):
        db.flush()


def test_a_session_of_any_kind_seals(engine):
    with Session(engine) as db:
        db.add(a_leaver_row(surname="Canary"))
        db.commit()

    assert "Canary" not in str(raw(engine, "leaver", "surname"))
