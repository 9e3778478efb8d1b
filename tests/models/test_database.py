import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Timer

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import Session, select

from models.database import current, downgrade, make_engine, upgrade
from models.people import Leaver
from models.referrals import Referral
from models.tables import METADATA
from tests.rows import a_leaver_row, a_referral

VERSIONS = text("SELECT count(*) FROM alembic_version")
PRISONS = text("SELECT count(*) FROM prison")


@pytest.mark.parametrize("url", ["mysql://localhost/gatemate", "oracle://localhost/gatemate"])
def test_any_other_kind_of_database_is_refused(url):
    with pytest.raises(ValueError, match="SQLite or PostgreSQL, not in"):
        make_engine(url)


def test_a_plain_postgresql_address_is_driven_by_the_part_we_install():
    engine = make_engine("postgresql://robin@localhost/gatemate")

    assert (engine.dialect.name, engine.dialect.driver) == ("postgresql", "psycopg")


@pytest.fixture
def sqlite_engine(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/gatemate.db")
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 30_000)],
)
def test_sqlite_is_set_to_lose_nothing(pragma, value, sqlite_engine):
    with sqlite_engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_transaction_on_sqlite_takes_the_write_lock_when_it_begins(sqlite_engine):
    with sqlite_engine.connect() as one, sqlite_engine.connect() as other:
        driver = other.connection.driver_connection
        driver.execute("PRAGMA busy_timeout = 0")

        one.exec_driver_sql("SELECT 1")

        with pytest.raises(Exception, match="database is locked"):
            other.exec_driver_sql("SELECT 1")


def test_a_commit_that_is_refused_leaves_nothing_open_and_nothing_behind(engine):
    leaver = a_leaver_row()
    with Session(engine) as db:
        db.add(a_referral(leaver))
        with pytest.raises(IntegrityError):
            db.commit()

        with Session(engine) as other:
            other.add(a_leaver_row())
            other.commit()
        db.rollback()

        assert db.exec(select(Referral)).all() == []
        assert len(db.exec(select(Leaver)).all()) == 1


def test_what_a_session_does_not_commit_is_not_kept(engine):
    with Session(engine) as db:
        db.add(a_leaver_row())
        db.flush()

    with Session(engine) as db:
        assert db.exec(select(Leaver)).all() == []


def test_it_is_known_where_a_database_stands(bare_engine):
    before = current(bare_engine)
    upgrade(bare_engine, "0002")
    then = current(bare_engine)
    downgrade(bare_engine, "base")

    assert (before, then, current(bare_engine)) == (None, "0002", None)


def test_a_database_can_be_brought_up_from_any_folder(bare_engine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    upgrade(bare_engine)

    assert set(METADATA.tables) <= set(inspect(bare_engine).get_table_names())


def bring_up(url: str, start: Barrier) -> None:
    engine = make_engine(url)
    start.wait()
    upgrade(engine)
    engine.dispose()


def test_many_who_bring_a_database_up_at_once_bring_it_up_once(databases):
    with databases.bare() as url, ThreadPoolExecutor(3) as pool:
        start = Barrier(3, timeout=60)

        list(pool.map(bring_up, [url] * 3, [start] * 3))

        engine = make_engine(url)
        with engine.connect() as connection:
            assert connection.execute(VERSIONS).scalar() == 1
            assert connection.execute(PRISONS).scalar() == 127
        engine.dispose()


def test_who_opens_a_new_file_while_another_writes_to_it_waits(tmp_path):
    url = f"sqlite:///{tmp_path}/new.db"
    other = sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE theirs (word)")
    other.execute("BEGIN IMMEDIATE")
    let_go = Timer(0.2, other.close)
    engine = make_engine(url)

    let_go.start()
    with engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()

    assert mode == "wal"
    let_go.join()
    engine.dispose()


def test_a_file_that_cannot_be_a_database_is_refused_at_once(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Sam, " * 100)
    engine = make_engine(f"sqlite:///{tmp_path}/letter.txt")

    with pytest.raises(DatabaseError, match="not a database"):
        engine.connect()


def test_a_migration_that_breaks_references_on_sqlite_is_undone(sqlite_engine):
    upgrade(sqlite_engine, "0003")
    with sqlite_engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("INSERT INTO district VALUES ('LS6', '', '', 53.8, -1.5, 'J')")

    with pytest.raises(ValueError, match=r"rows that refer to nothing: .*district"):
        upgrade(sqlite_engine, "0004")

    assert current(sqlite_engine) == "0003"


def test_references_are_followed_again_after_a_migration(sqlite_engine):
    upgrade(sqlite_engine)

    with sqlite_engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
