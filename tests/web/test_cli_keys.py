"""The commands on keys: what they say, and that rows and keys come back from their backups."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlmodel import Session, select

from matcher.tombstones import StoneFile
from models.audit import Hand
from models.database import make_engine, sessions
from models.key_ring import INDEX, SERVICE, erase_key, keys
from models.people import Leaver
from models.privacy import Tombstone
from models.privacy_words import ErasedBecause, PersonKind
from tests.person_keys import seal_as_told
from tests.postgresql import installed_programs
from tests.rows import NOW, a_leaver_row, a_referral, an_account
from tests.web.desks import SECRET, SETTINGS
from web.cli import main
from web.server import application


@pytest.fixture
def keys_file(tmp_path):
    """A store of keys for one test alone."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GATEMATE_KEYS", f"sqlite:///{tmp_path}/keys.db")
        seal_as_told()
        yield tmp_path / "keys.db"
    seal_as_told()


@pytest.fixture
def gatemate(keys_file, database_url, monkeypatch, tmp_path):
    monkeypatch.setenv("GATEMATE_DATABASE", database_url)
    monkeypatch.setenv("GATEMATE_SECRET", SECRET)
    monkeypatch.setenv("GATEMATE_JOURNAL", str(tmp_path / "journal.jsonl"))
    monkeypatch.setenv("PATH", f"{installed_programs()}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    with time_machine.travel(NOW, tick=False):
        yield lambda *words: CliRunner().invoke(main, list(words))


@pytest.fixture
def leaver(gatemate, database_url):
    """Someone on file; the engine that wrote them is gone, as before a backup is put back."""
    row, engine = a_leaver_row(surname="Canarylast"), make_engine(database_url)
    with sessions(engine, SETTINGS.audit_key)(expire_on_commit=False) as db:
        db.write_as(Hand(None, at=NOW, origin="test"))
        db.add_all([row, a_referral(row), an_account()])
        db.commit()
    engine.dispose()
    return row


def surname_of(database_url):
    engine = make_engine(database_url)
    with Session(engine) as db:
        said = db.exec(select(Leaver)).one().surname
    engine.dispose()
    return said


def test_keys_are_rotated_and_the_state_tells_of_which_version_they_are(
    gatemate, leaver, database_url
):
    before = gatemate("keys", "state")
    rotated = gatemate("keys", "rotate")
    after = gatemate("keys", "state")

    assert [one.exit_code for one in (before, rotated, after)] == [0, 0, 0], rotated.output
    assert before.stdout.splitlines()[0] == "2 people and accounts with keys."
    assert "Version 1: 4 keys." in before.stdout
    assert "Everything is sealed with keys of version 2: " in rotated.stdout
    assert "4 old keys destroyed." in rotated.stdout
    assert "Version 2: 4 keys." in after.stdout
    assert "Version 1" not in after.stdout
    assert after.stdout.splitlines()[-1] == "No key is missing."
    assert surname_of(database_url) == "Canarylast"


def test_a_store_that_is_lost_is_missed_and_comes_back_from_its_backup(
    gatemate, leaver, keys_file, database_url
):
    saved = gatemate("keys", "backup", "kept")
    file = saved.stdout.removeprefix("The backup of the keys is ").strip().removesuffix(".")
    seal_as_told()
    keys_file.unlink()

    lost = gatemate("keys", "state")
    back = gatemate("keys", "restore", file)
    found = gatemate("keys", "state")

    assert (lost.exit_code, back.exit_code, found.exit_code) == (1, 0, 0), back.output
    assert "The keys of some values are missing: " in lost.stdout
    assert "in leaver" in lost.stdout
    assert back.stdout.splitlines() == ["4 keys put back."]
    assert surname_of(database_url) == "Canarylast"


def test_who_was_erased_does_not_come_back_with_a_backup_of_the_keys(gatemate, leaver):
    saved = gatemate("keys", "backup", "kept")
    file = saved.stdout.removeprefix("The backup of the keys is ").strip().removesuffix(".")
    erase_key(leaver.id, now=NOW)

    back = gatemate("keys", "restore", file)

    assert back.exit_code == 0, back.output
    assert back.stdout.splitlines() == [
        "0 keys put back.",
        "1 key left out: their people were erased.",
    ]


@pytest.mark.parametrize("known_by", ["file", "rows"])
def test_who_was_erased_stays_so_though_the_store_is_lost_and_an_older_file_is_put_back(
    gatemate, leaver, keys_file, database_url, tmp_path, known_by
):
    saved = gatemate("keys", "backup", "kept")
    file = saved.stdout.removeprefix("The backup of the keys is ").strip().removesuffix(".")
    stone = Tombstone(
        id=leaver.id, kind=PersonKind.LEAVER, because=ErasedBecause.ASKED, erased_at=NOW
    )
    if known_by == "file":
        StoneFile(tmp_path / "tombstones.jsonl").add(stone)
    else:
        engine = make_engine(database_url)
        with sessions(engine, SETTINGS.audit_key)() as db:
            db.write_as(Hand(None, at=NOW, origin="test"))
            db.add(stone)
            db.commit()
        engine.dispose()
    seal_as_told()
    keys_file.unlink()

    back = gatemate("keys", "restore", file)
    with time_machine.travel(NOW + timedelta(days=60)):
        later = gatemate("keys", "backup", "kept")

    assert back.stdout.splitlines() == [
        "3 keys put back.",
        "1 key left out: their people were erased.",
    ]
    assert surname_of(database_url) == "erased"
    assert keys().store.erased().keys() == {leaver.id}
    kept = Path(later.stdout.removeprefix("The backup of the keys is ").split(".json")[0] + ".json")
    told = json.loads(kept.read_text())
    assert leaver.id.hex not in {holder for holder, _, _ in told["keys"]}
    assert [holder for holder, _ in told["erased"]] == [leaver.id.hex]


def test_a_new_store_knows_from_the_newest_file_alone_who_was_erased(
    gatemate, leaver, keys_file, database_url
):
    erase_key(leaver.id, now=NOW)
    saved = gatemate("keys", "backup", "kept")
    file = saved.stdout.removeprefix("The backup of the keys is ").strip().removesuffix(".")
    seal_as_told()
    keys_file.unlink()

    gatemate("keys", "restore", file)

    assert gatemate("keys", "state").exit_code == 0
    assert surname_of(database_url) == "erased"


@pytest.mark.parametrize(
    "words",
    [
        ("account", "invite", "liaison", "--name", "Jo Canary", "--prison", "LEI"),
        ("keys", "rotate"),
        ("db", "upgrade"),
        ("audit", "verify"),
    ],
)
def test_another_store_of_keys_is_refused_and_none_is_made(
    gatemate, leaver, monkeypatch, tmp_path, words
):
    monkeypatch.setenv("GATEMATE_KEYS", f"sqlite:///{tmp_path}/typo.db")

    refused = gatemate(*words)

    assert refused.exit_code == 2, refused.output
    assert "The store of keys that GATEMATE_KEYS names is not the one" in refused.stderr
    assert not (tmp_path / "typo.db").exists()


def test_a_store_with_the_keys_of_others_and_another_master_key_are_refused(
    gatemate, leaver, monkeypatch, tmp_path
):
    monkeypatch.setenv("GATEMATE_KEYS", f"sqlite:///{tmp_path}/others.db")
    seal_as_told()
    keys().have_keys_for([SERVICE, INDEX])
    other_store = gatemate("propose")
    monkeypatch.setenv("GATEMATE_KEYS", f"sqlite:///{tmp_path}/keys.db")
    monkeypatch.setenv("GATEMATE_MASTER_KEY", "fedcba9876543210" * 4)
    other_master = gatemate("propose")

    assert (other_store.exit_code, other_master.exit_code) == (2, 2)
    assert "is not the one that this database was sealed with" in other_store.stderr
    assert "wrapped by another master key" in other_master.stderr


def test_the_server_does_not_start_with_another_store_of_keys(
    gatemate, leaver, monkeypatch, tmp_path
):
    monkeypatch.setenv("GATEMATE_KEYS", f"sqlite:///{tmp_path}/typo.db")

    with pytest.raises(SystemExit, match="is not the one that this database was sealed with"):
        application()

    assert not (tmp_path / "typo.db").exists()


def test_what_is_no_backup_of_keys_is_refused(gatemate, leaver, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam")

    refused = gatemate("keys", "restore", "letter.txt")

    assert refused.exit_code == 2
    assert "this is not a whole backup of keys" in refused.stderr


def test_rows_from_before_a_rotation_say_which_keys_they_lack(gatemate, leaver, database_url):
    rows = gatemate("backup", "rows").stdout.removeprefix("The backup is ").strip()[:-1]
    keys = gatemate("keys", "backup", "kept").stdout.removeprefix("The backup of the keys is ")
    gatemate("keys", "rotate")

    put_back = gatemate("restore", rows)
    closed = gatemate("keys", "state")
    gatemate("keys", "restore", keys.strip()[:-1])
    whole = gatemate("keys", "state")

    assert put_back.exit_code == 0, put_back.output
    assert "The keys of some values are missing: " in put_back.stderr
    assert "gatemate keys restore" in put_back.stderr
    assert (closed.exit_code, whole.exit_code) == (1, 0), whole.output
    assert surname_of(database_url) == "Canarylast"
