"""A database of the version before sealing is brought up: sealed, readable, and nobody guesses."""

from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import text
from sqlmodel import Session, select

from models import clearing, database
from models.audit import Hand
from models.clearing import ask_for_rewriting, is_to_be_rewritten
from models.database import current, downgrade, sessions, upgrade
from models.key_ring import MARK
from models.people import Leaver
from tests.rows import NOW, a_leaver_row, a_mentor_row, a_referral, an_account
from tests.web.desks import SECRET, SETTINGS
from web.cli import main

BEFORE = "0022"
CANARY = "Canarymountjoylast"
HINT = "gatemate audit adopt"


@pytest.fixture
def gatemate(database_url, monkeypatch, tmp_path):
    monkeypatch.setenv("GATEMATE_DATABASE", database_url)
    monkeypatch.setenv("GATEMATE_SECRET", SECRET)
    monkeypatch.setenv("GATEMATE_JOURNAL", str(tmp_path / "journal.jsonl"))
    monkeypatch.chdir(tmp_path)
    with time_machine.travel(NOW, tick=False):
        yield lambda *words: CliRunner().invoke(main, list(words))


@pytest.fixture
def old(engine):
    """People and their audit as the version before sealing kept them."""
    leaver = a_leaver_row(surname=CANARY)
    with sessions(engine, SETTINGS.audit_key)() as db:
        db.write_as(Hand(None, at=NOW, origin="test"))
        db.add_all([leaver, a_referral(leaver), a_mentor_row(), an_account()])
        db.commit()
    downgrade(engine, BEFORE)
    with engine.begin() as connection:  # and what was deleted since stands in free pages
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA secure_delete = OFF"))  # as the version before had it
        connection.execute(text("CREATE TABLE gone (word TEXT)"))
        connection.execute(text("INSERT INTO gone VALUES (:word)"), {"word": f"{CANARY} " * 99_999})
        connection.execute(text("DROP TABLE gone"))
    engine.dispose()
    return engine


def bytes_of(engine) -> bytes:
    """All that lies in the files of a database, in the log of SQLite too."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        files = Path(engine.url.database).parent.glob(f"{Path(engine.url.database).name}*")
    else:
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("CHECKPOINT"))
            told = "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database"
            ours = connection.execute(text(f"{told} WHERE datname = current_database()"))
            files = Path(ours.scalar_one()).iterdir()
    return b"".join(file.read_bytes() for file in files)


def test_an_old_database_is_sealed_and_it_is_said_what_to_run_next(gatemate, old):
    assert CANARY.encode() in bytes_of(old)

    done = gatemate("db", "upgrade")
    again = gatemate("db", "upgrade")

    assert done.exit_code == 0, done.output
    assert "Names, contacts and notes are sealed now" in done.stdout
    assert "then destroy the old ones" in done.stdout
    assert HINT in done.stdout.splitlines()[-1]
    assert again.stdout.splitlines()[1:] == done.stdout.splitlines()[-1:]
    with Session(old) as db:
        kept = db.execute(text("SELECT surname FROM leaver")).scalar_one()
        assert (kept.startswith(MARK), db.exec(select(Leaver)).one().surname) == (True, CANARY)
    assert CANARY.encode() not in bytes_of(old)


def test_what_is_told_of_an_old_audit_is_true_and_one_command_settles_it(gatemate, old):
    gatemate("db", "upgrade")

    before, seen = gatemate("audit", "verify"), gatemate("doctor")
    adopted = gatemate("audit", "adopt", "--yes")
    after, sound = gatemate("audit", "verify"), gatemate("doctor")

    assert (before.exit_code, adopted.exit_code, after.exit_code) == (1, 0, 0), after.output
    assert "has no seal" in before.stdout
    assert "past the audit" not in before.stdout
    assert HINT in before.stdout
    assert ("I13  BROKEN" in seen.stdout, "I13  sound" in sound.stdout) == (True, True)
    assert gatemate("db", "upgrade").stdout == "The database is up to date.\n"


def test_without_a_master_key_nothing_is_changed_and_one_sentence_says_so(
    gatemate, old, monkeypatch
):
    monkeypatch.setenv("GATEMATE_MASTER_KEY", "")
    monkeypatch.setattr("models.key_ring._HOW", [])
    monkeypatch.setattr("models.key_ring._OURS", [])

    refused = gatemate("db", "upgrade")

    assert refused.exit_code == 2
    assert refused.stderr.splitlines()[0].startswith("Set GATEMATE_MASTER_KEY")
    assert refused.stderr.splitlines()[-1] == "The database is as it was."
    assert current(old) == BEFORE


def test_stopped_before_its_files_are_cleared_the_next_upgrade_clears_them(gatemate, old):
    upgrade(old)
    assert is_to_be_rewritten(old)
    assert CANARY.encode() in bytes_of(old)

    done = gatemate("db", "upgrade")

    assert "plain words are gone" in done.stdout
    assert not is_to_be_rewritten(old)
    assert CANARY.encode() not in bytes_of(old)


def test_while_somebody_uses_the_database_that_is_said_and_done_the_next_time(
    gatemate, engine, monkeypatch
):
    with engine.begin() as connection:
        ask_for_rewriting(connection)
    engine.dispose()
    for room in (clearing, database):
        monkeypatch.setattr(room, "BUSY_SECONDS", 1)
    with engine.execution_options(only_reads=True).connect() as somebody:
        somebody.execute(text("SELECT code FROM leaver")).all()
        in_the_way = gatemate("db", "upgrade")

    assert (in_the_way.exit_code, "somebody uses the database" in in_the_way.stdout) == (0, True)
    assert is_to_be_rewritten(engine)
    engine.dispose()
    assert "plain words are gone" in gatemate("db", "upgrade").stdout
