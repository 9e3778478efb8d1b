"""A drill: a backup is made, somebody is erased, the backup is put back, and they stay gone.

Then the bytes of every file are searched for what was known of them alone: the database, its
log, what was there before the restore, the journal and what lies beside it, the folder of letters,
and the store of keys.
"""

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlmodel import Session, select

from models.accounts import Unsent
from models.audit import AuditEntry, Hand
from models.clearing import rewrite
from models.contacts import Contact
from models.council_words import Draft, Note
from models.database import sessions
from models.key_ring import keys
from models.outbox import Letter
from models.people import Leaver
from models.releases import ExpectedLeaver
from models.restrictions import Link
from models.states import Channel
from models.vocabulary import LinkKind
from tests.postgresql import installed_programs
from tests.rows import (
    NOW,
    a_leaver_row,
    a_letter,
    a_referral,
    an_account,
    an_expected_leaver,
)
from tests.web.desks import SECRET, SETTINGS
from tests.web.test_cli_keys import keys_file  # noqa: F401  a store of keys for one test alone
from tests.web.test_upgraded import bytes_of
from web.cli import main

NUMBER = "A9753ZQ"
CANARIES = ("Canaryfirstname", "Canarylastname", NUMBER, "07700 900777", "canary@example.org",
            "Canarynotetext", "Canaryletterbody", "Canaryuploaded", "Canarydraft",
            "Canarylinkdetail")  # fmt: skip


HELD_THEM = (Letter, ExpectedLeaver, Draft, Unsent, Link)


@dataclass
class Drill:
    """The command, where it runs, who is erased and the letter that lies printed."""

    run: object
    folder: Path
    leaver: Leaver
    other: Leaver
    letter: Letter

    def __call__(self, *words: str) -> str:
        done = self.run(*words)
        assert done.exit_code == 0, done.output
        return done.stdout


@pytest.fixture
def drill(keys_file, database_url, engine, monkeypatch, tmp_path):  # noqa: F811
    monkeypatch.setenv("GATEMATE_DATABASE", database_url)
    monkeypatch.setenv("GATEMATE_SECRET", SECRET)
    monkeypatch.setenv("GATEMATE_JOURNAL", str(tmp_path / "journal.jsonl"))
    monkeypatch.setenv("PATH", f"{installed_programs()}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    named = {"first_name": CANARIES[0], "surname": CANARIES[1], "prison_number": NUMBER}
    leaver, other = a_leaver_row(code="GONE1", **named), a_leaver_row(code="STAYS1")
    manager, about = an_account(), {"leaver_id": leaver.id}
    letter = a_letter(body="Canaryletterbody", state="cancelled", channel=Channel.PRINT, **about)
    sent_to = {"sent_to": "/liaison/reports", "page": "/liaison/reports"}
    said = {"prison_number": NUMBER, "words": "Canaryuploaded"}
    typed = {"about": {"prison_number": NUMBER, "words": "Canarydraft"}}
    with sessions(engine, SETTINGS.audit_key)(expire_on_commit=False) as db:
        db.write_as(Hand(None, at=NOW, origin="test"))
        db.add_all(
            [
                *(leaver, other, manager, letter, a_referral(leaver, state="withdrawn")),
                an_expected_leaver(**named),
                Link(kind=LinkKind.NON_ASSOCIATION, one_leaver_id=other.id, recorded_at=NOW,
                     other_prison_number=NUMBER, detail="Canarylinkdetail"),
                Note(text="Canarynotetext", recorded_at=NOW, **about),
                Contact(phone=CANARIES[3], email=CANARIES[4], recorded_at=NOW, **about),
                Unsent(account_id=manager.id, fields=tuple(said.items()),
                       written_at=NOW, **sent_to),
                Draft(account_id=manager.id, answers=typed, created_at=NOW, changed_at=NOW),
            ]
        )  # fmt: skip
        db.commit()
    engine.dispose()
    with time_machine.travel(NOW, tick=False):
        yield Drill(
            lambda *words: CliRunner().invoke(main, list(words)), tmp_path, leaver, other, letter
        )


def all_bytes(folder: Path) -> bytes:
    """What lies in every file of a folder and below, archives opened."""
    found = b""
    for file in sorted(folder.rglob("*")):
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                found += b"".join(archive.read(name) for name in archive.namelist())
        elif file.is_file():
            found += file.read_bytes()
    return found


def gone_from(engine, leaver) -> bool:
    with Session(engine) as db:
        told = [db.exec(select(kind)).all() for kind in HELD_THEM]
        return db.get(Leaver, leaver.id) is None and not any(told)


def test_whoever_was_erased_is_nowhere_after_the_backup_is_put_back(drill, database_url, engine):
    folder = drill.folder
    wrapped = [wrapped for _, _, wrapped in keys().store.names(drill.leaver.id)]
    drill("backup", "rows")
    drill("keys", "backup", "keys-kept")
    [rows], [kept] = folder.glob("rows/*.zip"), folder.glob("keys-kept/*.json")

    drill("erase", "GONE1", "--yes", "--links-too")
    assert gone_from(engine, drill.leaver)
    engine.dispose()
    drill("restore", str(rows))
    drill("keys", "restore", str(kept))

    assert gone_from(engine, drill.leaver)
    assert keys().is_erased(drill.leaver.id)
    assert "I16  sound" in drill("doctor")
    assert drill("audit", "verify")
    with Session(engine) as db:
        assert db.exec(select(Leaver)).one().surname == drill.other.surname
        assert {"add", "remove"} <= set(
            db.exec(select(AuditEntry.action).where(AuditEntry.leaver_id == drill.leaver.id))
        )
    assert (folder / "tombstones.jsonl").read_text().count(str(drill.leaver.id)) == 1
    kept.unlink()
    assert wrapped
    assert rewrite(engine)
    left = bytes_of(engine) + all_bytes(folder)
    assert [one for one in (*CANARIES, *wrapped) if one.encode() in left] == []
    assert drill.other.code.encode() in left


def test_the_search_would_find_whoever_was_not_erased(drill, engine):
    with Session(engine) as db:
        letter = db.exec(select(Letter)).one()
        letter.recipient = f"leaver:{CANARIES[1]}"
        db.commit()

    assert CANARIES[1].encode() in bytes_of(engine)
    assert CANARIES[0].encode() not in bytes_of(engine)
