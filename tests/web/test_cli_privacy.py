"""The commands of privacy say what they would do, refuse what may not be, and do it whole."""

import json
import os
import shutil
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import text
from sqlmodel import Session, select

from matcher.consents_said import keep_said
from models.audit import AuditEntry, Hand
from models.database import sessions
from models.people import Leaver
from models.privacy import Tombstone
from models.privacy_words import Purpose
from tests.postgresql import installed_programs
from tests.rows import NOW, a_leaver_row, a_referral, an_account, an_expected_leaver
from tests.web.desks import SECRET, SETTINGS
from web.cli import main


@pytest.fixture
def gatemate(database_url, monkeypatch, tmp_path):
    monkeypatch.setenv("GATEMATE_DATABASE", database_url)
    monkeypatch.setenv("GATEMATE_SECRET", SECRET)
    monkeypatch.setenv("GATEMATE_JOURNAL", str(tmp_path / "journal.jsonl"))
    monkeypatch.setenv("PATH", f"{installed_programs()}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    with time_machine.travel(NOW, tick=False):
        yield lambda *words, **told: CliRunner().invoke(main, list(words), **told)


@pytest.fixture
def leaver(engine):
    row = a_leaver_row(code="CANARY1", first_name="Canaryfirst", surname="Canarylast")
    with sessions(engine, SETTINGS.audit_key)(expire_on_commit=False) as db:
        db.write_as(Hand(None, at=NOW, origin="test"))
        db.add_all([row, a_referral(row, state="withdrawn"), an_account(), an_expected_leaver()])
        keep_said(db, row, Purpose.MATCHING, True, NOW.date(), by=None, now=NOW)
        db.commit()
    return row


def test_the_audit_is_verified_and_what_was_done_past_it_is_found(gatemate, engine, leaver):
    sound = gatemate("audit", "verify")
    with engine.begin() as connection:
        connection.execute(text("UPDATE leaver SET sex = 'female'"))
    broken = gatemate("audit", "verify")

    assert sound.exit_code == 0, sound.output
    assert "The audit holds, and every change is in it." in sound.stdout
    assert (broken.exit_code, f"leaver {leaver.id}: was changed past" in broken.stdout) == (1, True)
    assert "Canary" not in broken.output


COMMANDS = (
    ("subject-access", "CANARY1"),
    ("erase", "CANARY1"),
    ("legal-hold", "CANARY1", "--why", "asked for"),
    ("account", "recover", "robin"),
    ("audit", "verify"),
)


def without_a_master_key(monkeypatch):
    monkeypatch.setenv("GATEMATE_MASTER_KEY", "")
    monkeypatch.setattr("models.key_ring._HOW", [])


def with_another_master_key(monkeypatch):
    monkeypatch.setenv("GATEMATE_MASTER_KEY", "fedcba9876543210" * 4)
    monkeypatch.setattr("models.key_ring._HOW", [])


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (without_a_master_key, "Set GATEMATE_MASTER_KEY, or GATEMATE_MASTER_KEY_FILE"),
        (with_another_master_key, "were wrapped by another master key"),
    ],
)
def test_keys_that_are_missing_or_wrong_are_said_in_one_sentence(
    gatemate, leaver, monkeypatch, words, wrong, sentence
):
    wrong(monkeypatch)
    monkeypatch.setattr("models.key_ring._OURS", [])

    answer = gatemate(*words)

    assert isinstance(answer.exception, SystemExit)
    assert (answer.exit_code, sentence in answer.stderr) == (2, True), answer.output
    assert "HOLD" not in answer.output


def test_a_database_without_tables_is_not_verified(gatemate, bare_engine, monkeypatch):
    bare_engine.connect().close()
    address = bare_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("GATEMATE_DATABASE", address)

    answer = gatemate("audit", "verify")

    assert answer.exit_code == 2
    assert answer.stderr == "The database is not up to date. Run: gatemate db upgrade\n"


def test_rows_from_before_can_be_vouched_for(gatemate, engine):
    with Session(engine) as db:
        db.add(a_leaver_row())
        db.commit()
    before = gatemate("audit", "verify")

    asked = gatemate("audit", "adopt", input="n\n")
    done = gatemate("audit", "adopt", "--yes")

    assert (before.exit_code, asked.exit_code) == (1, 2)
    assert "1 row vouched for." in done.stdout
    assert gatemate("audit", "verify").exit_code == 0


def test_a_person_is_given_all_that_is_on_file_and_that_is_in_the_audit(
    gatemate, engine, leaver, tmp_path
):
    done = gatemate("subject-access", "CANARY1", str(tmp_path / "given"))

    files = sorted(Path(line) for line in done.stdout.split())
    told = json.loads(files[0].read_text())
    assert done.exit_code == 0, done.output
    assert [one.suffix for one in files] == [".json", ".pdf"]
    assert {one.stat().st_mode & 0o777 for one in files} == {0o600}
    assert told["tables"]["leaver"][0]["surname"] == "Canarylast"
    assert told["tables"]["consent"][0]["given"] is True
    assert files[1].read_bytes().startswith(b"%PDF")
    with Session(engine) as db:
        read = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).one()
    assert read.leaver_id == leaver.id
    assert {"surname", "birth_date", "consented_on"} <= read.fields


def test_erasing_shows_first_what_would_go_and_asks_for_the_code_again(
    gatemate, engine, leaver, tmp_path
):
    wrong = gatemate("erase", "CANARY1", input="OTHER\n")
    with Session(engine) as db:
        assert db.get(Leaver, leaver.id) is not None

    done = gatemate("erase", "CANARY1", input="CANARY1\n")

    assert wrong.exit_code == 2
    assert "Nobody was erased." in wrong.stderr
    assert "1  referral" in wrong.stdout
    assert done.exit_code == 0, done.output
    with Session(engine) as db:
        assert db.get(Leaver, leaver.id) is None
        assert db.get(Tombstone, leaver.id) is not None
    assert str(leaver.id) in (tmp_path / "tombstones.jsonl").read_text()
    assert gatemate("audit", "verify").exit_code == 0
    assert "I16  sound" in gatemate("doctor").stdout
    assert gatemate("erase", "CANARY1").exit_code == 2


def test_a_hold_keeps_the_record_until_it_is_lifted(gatemate, leaver):
    silent = gatemate("legal-hold", "CANARY1")
    held = gatemate("legal-hold", "CANARY1", "--why", "A claim is open")
    refused = gatemate("erase", "CANARY1", "--yes")
    lifted = gatemate("legal-hold", "CANARY1", "--lift")
    erased = gatemate("erase", "CANARY1", "--yes")

    assert [one.exit_code for one in (silent, held, refused, lifted, erased)] == [2, 0, 2, 0, 0]
    assert "Someone must keep this record: A claim is open." in refused.stderr


def test_retention_says_what_it_would_do_and_then_does_it(gatemate, engine, leaver):
    gatemate("retention", "--set", "unmatched=0", "--set", "reports=0")
    with engine.begin() as connection:
        connection.execute(text("UPDATE leaver SET release_date = '2026-01-01'"))
        connection.execute(text("UPDATE leaver SET created_at = '2026-01-01 00:00:00+00:00'"))
        connection.execute(text("UPDATE referral SET state_since = '2026-01-01 00:00:00+00:00'"))

    dry = gatemate("retention", "--dry-run")
    with Session(engine) as db:
        assert db.get(Leaver, leaver.id) is not None
    done = gatemate("retention")

    assert (dry.exit_code, done.exit_code) == (0, 0), dry.output
    assert "unmatched" in dry.stdout
    with Session(engine) as db:
        assert db.get(Leaver, leaver.id) is None
    assert gatemate("retention", "--set", "nothing=3").exit_code == 2
    assert gatemate("retention", "--set", "letters").exit_code == 2


def test_a_backup_from_before_does_not_bring_an_erased_person_back(
    gatemate, databases, engine, leaver, tmp_path
):
    made = gatemate("backup", "kept")
    assert made.exit_code == 0, made.output
    [file] = (tmp_path / "kept").glob("*.zip")
    shutil.copy(file, tmp_path / "copy.zip")
    assert gatemate("erase", "CANARY1", "--yes").exit_code == 0
    engine.dispose()

    back = gatemate("restore", str(tmp_path / "copy.zip"))

    assert back.exit_code == 0, back.output
    with Session(engine) as db:
        assert db.get(Leaver, leaver.id) is None
        assert db.get(Tombstone, leaver.id) is not None
    assert "I16  sound" in gatemate("doctor").stdout
    verified = gatemate("audit", "verify")
    assert verified.exit_code == 0, verified.output
