"""A backup is whole or not there; what is put back is all of it or nothing, whoever dies when."""

import json
import os
import stat
from datetime import timedelta
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import Connection, Engine, text
from sqlmodel import Session

from models import backups_postgresql, backups_sqlite
from models.backup_words import BackupError
from models.backups import back_up, restore
from models.database import current, downgrade, make_engine
from models.people import Leaver
from models.post import ClockHealth
from tests.killing import kill_at, moments_of
from tests.models.test_migrations import STEPS, contents
from tests.postgresql import installed_programs
from tests.rows import NOW, a_leaver_row, one_of_each
from tests.sealed_rows import opened

SEED = 20261122
KILLS = 6
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def programs_of_postgresql(monkeypatch):
    """Put the server's own pg_dump first on the PATH, before any older one of the machine."""
    monkeypatch.setenv("PATH", f"{installed_programs()}:{os.environ['PATH']}")


@pytest.fixture
def lived(database_url):
    """The address of a database with a row in every table, which nobody has open."""
    engine = make_engine(database_url)
    with Session(engine) as db:
        db.add_all(one_of_each())
        db.commit()
    engine.dispose()
    return database_url


def put_on_hold(connection: Connection) -> None:
    """What is settled before anyone sees a database that is put back."""
    connection.execute(text("UPDATE post_hold SET why = 'put back'"))


def put_back(url: str, file: str, minutes: int = 0) -> None:
    """Put a backup back, in a process that may not live to see it."""
    restore(url, Path(file), now=LATER + timedelta(minutes=minutes), settle=put_on_hold)


def all_in(url: str) -> dict[str, list[str]]:
    """Every row of every table, by an engine that leaves nothing open."""
    engine = make_engine(url)
    try:
        return contents(engine)
    finally:
        engine.dispose()


def add_leaver(url: str, **told: object) -> None:
    engine = make_engine(url)
    with Session(engine) as db:
        db.add(a_leaver_row(**told))
        db.commit()
    engine.dispose()


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_a_backup_is_made_while_someone_writes_and_its_name_tells_of_no_person(
    lived, engine, tmp_path
):
    with Session(engine) as db:
        db.add(a_leaver_row(first_name="Zebedee"))
        db.flush()
        file = back_up(lived, tmp_path, now=NOW)
        db.rollback()

    kind = engine.dialect.name
    assert left_in(tmp_path) == [f"gatemate-{kind}-20261123T093000Z-{STEPS[-1]}.zip"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with ZipFile(file) as packed:
        assert packed.testzip() is None
        told = json.loads(packed.read("about.json"))
    assert (told["kind"], told["revision"]) == (kind, STEPS[-1])


def test_what_is_put_back_is_what_was_there_and_what_was_there_since_is_kept(lived, tmp_path):
    before = all_in(lived)
    file = back_up(lived, tmp_path, now=NOW)
    add_leaver(lived, first_name="Zebedee")
    since = all_in(lived)

    done = restore(lived, file, now=LATER, settle=put_on_hold)

    after = all_in(lived)
    assert "put back" in after["post_hold"][0]
    assert after | {"post_hold": []} == before | {"post_hold": []}
    assert (done.made_at, done.revision) == (NOW, STEPS[-1])
    assert kept_aside(lived, done.kept) == since["leaver"]


def kept_aside(url: str, kept: str) -> list[str]:
    """The leavers of the database that was taken aside."""
    if url.startswith("sqlite"):
        return all_in(f"sqlite:///{kept}")["leaver"]
    engine = make_engine(url)
    names, schema = ", ".join(sorted(Leaver.__table__.c.keys())), kept.removeprefix("schema ")
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT {names} FROM {schema}.leaver").mappings()
        found = sorted(str(tuple(opened("leaver", row).values())) for row in rows)
    engine.dispose()
    return found


def test_a_database_that_is_lost_is_put_back_where_it_was(databases, lived, tmp_path):
    before = all_in(lived)
    file = back_up(lived, tmp_path, now=NOW)

    with databases.bare() as elsewhere:
        done = restore(elsewhere, file, now=LATER, settle=lambda _: None)
        after = all_in(elsewhere)

    assert (done.kept, after) == ("", before)


def test_an_older_backup_is_brought_up_to_this_version(lived, tmp_path):
    engine = make_engine(lived)
    downgrade(engine, "0016")
    engine.dispose()
    file = back_up(lived, tmp_path, now=NOW)

    restore(lived, file, now=LATER, settle=lambda _: None)

    engine = make_engine(lived)
    assert "0016" in file.name
    assert current(engine) == STEPS[-1]
    engine.dispose()


def test_while_a_clock_looks_nothing_is_put_back(lived, tmp_path):
    file = back_up(lived, tmp_path, now=NOW)
    engine = make_engine(lived)
    with Session(engine) as db:
        look = LATER - timedelta(seconds=20)
        db.add(ClockHealth(worker="2-b", started_at=look, last_look_at=look))
        db.commit()
    engine.dispose()

    with pytest.raises(BackupError, match="A clock looked at this database 20 seconds ago"):
        restore(lived, file, now=LATER, settle=lambda _: None)


def test_while_anyone_has_the_database_open_nothing_is_put_back(
    lived, engine: Engine, tmp_path, monkeypatch
):
    monkeypatch.setattr(backups_postgresql, "OTHERS_LOOKS", 1)
    file = back_up(lived, tmp_path, now=NOW)
    with engine.connect() as idle:
        idle.execute(text("SELECT 1"))
        idle.rollback()
        before = contents(engine)

        with pytest.raises(BackupError, match="is in use"):
            restore(lived, file, now=LATER, settle=lambda _: None)

        assert contents(engine) == before


def cut(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])


def turn_a_bit(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)


def write_something_else(file: Path) -> None:
    file.write_bytes(b"Dear Sir or Madam")


def pack_something_else(file: Path) -> None:
    with ZipFile(file) as packed:
        about = packed.read("about.json")
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        packed.writestr("about.json", about)
        packed.writestr("database", b"nothing of the kind")


@pytest.mark.parametrize("spoil", [cut, turn_a_bit, write_something_else, pack_something_else])
def test_a_file_that_is_not_a_whole_backup_changes_nothing(lived, tmp_path, spoil):
    before = all_in(lived)
    file = back_up(lived, tmp_path, now=NOW)
    spoil(file)

    with pytest.raises(BackupError, match="not a whole backup"):
        restore(lived, file, now=LATER, settle=lambda _: None)

    assert all_in(lived) == before
    assert len(left_in(tmp_path)) == 1


def test_a_backup_of_a_newer_version_or_another_kind_is_refused(lived, tmp_path):
    file = back_up(lived, tmp_path, now=NOW)
    with ZipFile(file) as packed:
        about, content = json.loads(packed.read("about.json")), packed.read("database")

    for told, sentence in (
        ({"revision": "9999"}, "does not know"),
        ({"kind": "x"}, "another|kind"),
    ):
        with ZipFile(file, "w") as packed:
            packed.writestr("about.json", json.dumps(about | told))
            packed.writestr("database", content)
        with pytest.raises(BackupError, match=sentence):
            restore(lived, file, now=LATER, settle=lambda _: None)


def test_killed_at_any_moment_a_restore_leaves_the_old_or_the_new_and_runs_again(lived, tmp_path):
    file = str(back_up(lived, tmp_path, now=NOW))
    moments = moments_of(put_back, lived, file)
    new = all_in(lived)

    found = []
    for moment in [*Random(SEED).sample(range(1, moments), KILLS), moments]:
        add_leaver(lived, first_name="Zebedee")
        old = all_in(lived)
        kill_at(moment, put_back, lived, file, moment)
        found.append(all_in(lived) in (old, new))
    add_leaver(lived, first_name="Zebedee")
    put_back(lived, file, moments + 1)

    assert found == [True] * (KILLS + 1)
    assert all_in(lived) == new
    assert left_in(tmp_path) == [Path(file).name]


def make_backup(url: str, folder: str) -> None:
    """Make a backup, in a process that may not live to see it."""
    back_up(url, Path(folder), now=NOW)


def test_killed_at_any_moment_a_backup_is_whole_or_not_there(lived, tmp_path):
    moments = moments_of(make_backup, lived, str(tmp_path / "counted"))
    before = all_in(lived)

    for number, moment in enumerate(Random(SEED).sample(range(1, moments + 1), 3)):
        folder = tmp_path / str(number)
        kill_at(moment, make_backup, lived, str(folder))
        for file in folder.glob("gatemate-*"):
            restore(lived, file, now=LATER + timedelta(hours=number), settle=lambda _: None)
        again = back_up(lived, folder, now=LATER)

        assert again.exists()
        assert not list(folder.glob(".gatemate-aside-*"))
        assert all_in(lived) == before


def test_without_pg_dump_or_with_an_older_one_no_backup_is_made(
    postgresql_databases, tmp_path, monkeypatch
):
    older = tmp_path / "older"
    older.mkdir()
    program = older / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.18'\n")
    program.chmod(0o755)
    with postgresql_databases.migrated() as url:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(BackupError, match="pg_dump is not on the PATH"):
            back_up(url, tmp_path / "backups", now=NOW)
        monkeypatch.setenv("PATH", f"{older}:/bin")
        with pytest.raises(BackupError, match="and the server of 18"):
            back_up(url, tmp_path / "backups", now=NOW)

    assert left_in(tmp_path / "backups") == []


def test_a_password_is_told_to_postgresql_by_the_environment_alone():
    told = backups_postgresql._surroundings(
        make_engine("postgresql://gatemate:hush@db.example:6432/plan?sslmode=require")
    )

    assert told == {
        "PGHOST": "db.example",
        "PGPORT": "6432",
        "PGUSER": "gatemate",
        "PGPASSWORD": "hush",
        "PGDATABASE": "plan",
        "PGSSLMODE": "require",
    }


def test_a_damaged_database_is_not_copied_but_is_replaced_and_kept(sqlite_databases, tmp_path):
    with sqlite_databases.migrated() as url:
        place = Path(url.removeprefix("sqlite:///"))
        file = back_up(url, tmp_path, now=NOW)
        before = all_in(url)
        damaged = b"SQLite format 3\0" + os.urandom(4096)
        place.write_bytes(damaged)

        with pytest.raises(BackupError):
            back_up(url, tmp_path, now=LATER)
        done = restore(url, file, now=LATER, settle=lambda _: None)

        assert Path(done.kept).read_bytes() == damaged
        assert all_in(url) == before
        assert backups_sqlite.copy(url, tmp_path / "again").revision == STEPS[-1]
