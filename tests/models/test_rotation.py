"""A rotation of the keys loses nothing, wherever it is stopped."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from matcher.audit_chain import changes_past_it
from models import key_ring
from models.audit import Hand
from models.backup_words import BackupError
from models.database import make_engine, sessions
from models.key_backups import back_up_keys, restore_keys
from models.key_ring import KeyRing, blind_index, keys
from models.people import Leaver
from models.person_store import PersonStore, Round
from models.rotation import labels_in, missing_keys, rotate, sealed_tables
from models.rows import Row
from tests.killing import FORKS, SECONDS
from tests.quick_folders import quick_folder
from tests.rows import NOW, a_leaver_row, one_of_each

MASTER = bytes(range(32))
KEY = b"a key for tests"


@pytest.fixture
def ring(monkeypatch) -> Iterator[KeyRing]:
    """Keys of this test alone, in a store of their own."""
    folder = quick_folder("gatemate-rotation-")
    ring = KeyRing(PersonStore(f"sqlite:///{folder}/keys.db"), [MASTER])
    monkeypatch.setattr(key_ring, "_OURS", [ring])
    yield ring
    ring.store.close()


def told(rows: list[Row]) -> list[dict]:
    return [{name: getattr(row, name) for name in type(row).model_fields} for row in rows]


def versions_in(engine: Engine) -> set[str]:
    with engine.execution_options(only_reads=True).connect() as connection:
        labels = {label for _, label in labels_in(connection)}
    return {part.partition(".")[2] for label in labels for part in label.split("+")}


def test_everything_is_sealed_anew_and_old_keys_are_destroyed(engine, db, ring):
    rows = one_of_each()
    db.add_all(rows)
    db.commit()
    before, number = told(rows), blind_index("prison_number", "A1234BC")
    db.rollback()

    done = rotate(engine, ring, audit_key=KEY, now=NOW)

    db.expire_all()
    assert told(rows) == before
    assert versions_in(engine) == {"2"}
    assert {one.version for one in ring.store.everything()} == {2}
    assert done.values > 30
    assert blind_index("prison_number", "A1234BC") == number


def rotate_and_die(url: str, store: str, died: Path) -> None:
    """Rotate in a process of its own, killed after the first commit at which none died before."""
    engine, ring = make_engine(url), KeyRing(PersonStore(store), [MASTER])
    before = died.read_text().splitlines()

    def step(done: str) -> None:
        if done not in before:
            with died.open("a") as file:
                file.write(f"{done}\n")
            os.kill(os.getpid(), signal.SIGKILL)

    rotate(engine, ring, audit_key=KEY, now=NOW, step=step)


def exit_of(*told: Any) -> int | None:
    process = FORKS.Process(target=rotate_and_die, args=told)
    process.start()
    process.join(SECONDS)
    return process.exitcode


@pytest.mark.long
def test_a_process_killed_after_each_commit_of_a_rotation_loses_nothing_and_the_next_goes_on(
    engine, database_url, db, ring, tmp_path
):
    rows, died = one_of_each(), tmp_path / "died"
    db.add_all(rows)
    db.commit()
    before, number = told(rows), blind_index("prison_number", "A1234BC")
    db.rollback()
    died.touch()
    kills, versions = 0, []

    while (ended := exit_of(database_url, ring.store.address, died)) == -signal.SIGKILL:
        kills += 1
        db.expire_all()
        assert told(rows) == before, died.read_text()
        db.add(a_leaver_row(code=f"MEANWHILE{kills}", first_name="Written meanwhile"))
        db.commit()
        db.rollback()
        versions.append(versions_in(engine))

    db.expire_all()
    assert (ended, told(rows)) == (0, before)
    tables = [f"sealed {table.name}" for table in sealed_tables()]
    assert died.read_text().splitlines() == ["begun", "keys made", *tables, "all sealed"]
    assert ("1" in versions[0], versions[-1], versions_in(engine)) == (True, {"2"}, {"2"})
    assert {one.version for one in ring.store.everything()} == {2}
    assert ring.store.round() == Round(2, done=True)
    assert blind_index("prison_number", "A1234BC") == number
    met = [one.first_name for one in db.exec(select(Leaver)) if one.code.startswith("MEANWHILE")]
    assert met == ["Written meanwhile"] * kills


def test_what_is_written_while_keys_are_made_is_sealed_anew_too(engine, ring):
    def write(done: str) -> None:
        if done == "begun":
            with Session(engine) as db:
                db.add(a_leaver_row(first_name="Written meanwhile"))
                db.commit()

    rotate(engine, ring, audit_key=KEY, now=NOW, step=write)

    assert versions_in(engine) == {"2"}
    assert {one.version for one in ring.store.everything()} == {2}


def test_who_was_erased_stays_erased_through_a_rotation(engine, db, ring):
    leaver = a_leaver_row()
    db.add(leaver)
    db.commit()
    ring.erase(leaver.id, now=NOW)
    db.rollback()

    rotate(engine, ring, audit_key=KEY, now=NOW)

    db.expire_all()
    assert db.get_one(Leaver, leaver.id).surname == "erased"


def test_keys_that_are_not_there_are_missed_and_come_back_from_their_backup(
    engine, db, ring, monkeypatch, tmp_path
):
    stays, goes = a_leaver_row(), a_leaver_row()
    db.add_all([stays, goes])
    db.commit()
    db.rollback()
    file, _ = back_up_keys(ring, tmp_path / "keys", now=NOW)
    ring.erase(goes.id, now=NOW)
    other = KeyRing(PersonStore(f"sqlite:///{tmp_path}/other.db"), [bytes(range(32))])
    other.store.erase(goes.id, now=NOW)
    monkeypatch.setattr(key_ring, "_OURS", [other])
    with engine.execution_options(only_reads=True).connect() as connection:
        assert missing_keys(connection, keys())["leaver"] > 0

    back = restore_keys(other, file, now=NOW)

    with engine.execution_options(only_reads=True).connect() as connection:
        assert not missing_keys(connection, keys())
    db.expire_all()
    assert db.get_one(Leaver, stays.id).surname == stays.surname
    assert db.get_one(Leaver, goes.id).surname == "erased"
    assert back.erased == 1


def test_a_backup_of_keys_is_kept_for_thirty_days_and_tells_nothing(ring, tmp_path):
    ring.have_keys_for([a_leaver_row().id])
    old, _ = back_up_keys(ring, tmp_path, now=NOW - timedelta(days=31))
    kept, _ = back_up_keys(ring, tmp_path, now=NOW - timedelta(days=29))

    new, gone = back_up_keys(ring, tmp_path, now=NOW)

    assert gone == 1
    assert not old.exists()
    assert sorted(tmp_path.iterdir()) == [kept, new]
    assert new.stat().st_mode & 0o777 == 0o600
    one = ring.store.everything()[0]
    assert ring.unwrapped(one).hex() not in new.read_text()


def test_a_backup_of_keys_that_is_not_whole_is_refused(ring, tmp_path):
    ring.have_keys_for([a_leaver_row().id])
    file, _ = back_up_keys(ring, tmp_path, now=NOW)
    file.write_text(file.read_text().replace('"made_at"', '"made"').replace("1,", "2,", 1))

    with pytest.raises(BackupError, match="not a whole backup"):
        restore_keys(ring, file, now=NOW)


def test_seals_of_rows_go_along_with_a_rotation_and_one_that_did_not_fit_stays_so(engine, ring):
    well, other = a_leaver_row(code="L1"), a_leaver_row(code="L2")
    with sessions(engine, KEY)(expire_on_commit=False) as db:
        db.write_as(Hand(None, at=NOW, origin="test"))
        db.add_all([well, other])
        db.commit()
    with engine.begin() as connection:
        connection.execute(text("UPDATE leaver SET surname = '' WHERE code = 'L2'"))

    rotate(engine, ring, audit_key=KEY, now=NOW)

    with Session(engine) as db:
        assert [one.row_id for one in changes_past_it(db, KEY)] == [str(other.id)]


def test_a_store_is_there_once_it_was_used_and_not_by_being_asked_for(databases):
    with databases.bare() as address:
        store = PersonStore(address)
        before = [store.is_there(), PersonStore(address).is_there()]
        store.changes()
        store.close()

        assert before == [False, False]
        assert PersonStore(address).is_there()
