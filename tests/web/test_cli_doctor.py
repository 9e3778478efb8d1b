"""`gatemate doctor` tells what is broken by table and id, and touches nothing."""

import json
import shutil
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from matcher.kept_outside import keep
from matcher.settings import Settings
from models.audit import Hand
from models.database import make_engine, sessions
from models.looking import engine_to_look, picture
from models.people import Leaver
from models.privacy import Tombstone
from tests.rows import (
    BOOKED,
    NOW,
    a_leaver_row,
    a_meeting,
    a_mentor_row,
    a_pair,
    a_referral,
    places_of,
)
from web import cli_doctor
from web.cli import main

SECRET = sha256(b"a secret of this test").hexdigest()


@pytest.fixture
def doctor(database_url, monkeypatch, tmp_path):
    monkeypatch.setenv("GATEMATE_DATABASE", database_url)
    monkeypatch.setenv("GATEMATE_JOURNAL", str(tmp_path / "journal.jsonl"))
    with time_machine.travel(NOW, tick=False):
        yield lambda *words: CliRunner().invoke(main, ["doctor", *words])


@pytest.fixture
def wrong_time(engine):
    """A meeting whose moment is an hour off the time that people were told."""
    leaver, mentor = a_leaver_row(first_name="Zebedee"), a_mentor_row(surname="Quince")
    pair = a_pair(a_referral(leaver), mentor)
    wrong = BOOKED | {"starts_at": BOOKED["starts_at"] + timedelta(hours=1)}
    meeting = a_meeting(pair, state="booked", **wrong)
    with Session(engine) as db:
        referral = a_referral(leaver, id=pair.referral_id)
        db.add_all([leaver, mentor, *places_of(mentor), referral, pair, meeting])
        db.commit()
        return meeting.id


def test_an_empty_service_is_sound_and_what_nobody_looks_at_is_said(doctor):
    done = doctor()

    lines = done.stdout.splitlines()
    assert done.exit_code == 0
    assert "I1   sound          A leaver has one live pair at most." in lines
    assert "I13  not looked at  The audit has every change, and its chain holds." in lines
    assert "     No clock has been running for the last 15 minutes." in lines
    assert lines[-1] == "18 promises: 15 sound, 3 not looked at."


def test_a_broken_promise_is_told_with_its_row_and_without_a_name(doctor, wrong_time):
    done = doctor()

    assert done.exit_code == 1
    told = "its moment is not the local time that people were told"
    assert f"     meeting {wrong_time}: {told}" in done.stdout.splitlines()
    assert "I18  BROKEN" in done.stdout
    assert not {"Zebedee", "Quince"} & set(done.output.replace(":", " ").split())


def test_all_that_was_found_comes_as_json(doctor, wrong_time):
    done = doctor("--json")

    found = {one["code"]: one for one in json.loads(done.stdout)}
    assert done.exit_code == 1
    assert [one["row_id"] for one in found["I18"]["breaches"]] == [str(wrong_time)]
    assert (found["I1"]["health"], found["I11"]["health"]) == ("sound", "not looked at")


def test_it_looks_beside_a_service_that_is_writing_and_waits_for_nobody(doctor, engine):
    with Session(engine) as db:
        db.add(a_leaver_row())
        db.flush()

        assert doctor().exit_code == 0


def test_nothing_can_be_written_through_what_it_looks_with(database_url):
    engine = engine_to_look(database_url)
    try:
        with picture(engine) as db:
            for statement in ("DELETE FROM pair", "CREATE TABLE more (number INTEGER)"):
                with pytest.raises(DBAPIError):
                    db.execute(text(statement))
                db.rollback()
    finally:
        engine.dispose()


def test_a_file_may_have_any_name(sqlite_databases, tmp_path):
    place = tmp_path / "a #1 100%20 café?.db"
    with sqlite_databases.migrated() as url:
        shutil.copyfile(url.removeprefix("sqlite:///"), place)
    engine = engine_to_look(URL.create("sqlite", database=str(place)).render_as_string())
    try:
        with picture(engine) as db:
            assert db.execute(text("SELECT count(*) FROM prison")).scalar()
    finally:
        engine.dispose()


def test_what_is_written_beside_the_journal_while_it_looks_is_no_loss(
    doctor, engine, monkeypatch, tmp_path
):
    monkeypatch.setenv("GATEMATE_SECRET", SECRET)
    settings = Settings(secret=SECRET, journal=str(tmp_path / "journal.jsonl"))

    def leave_a_trace():
        with sessions(engine, settings.audit_key)(expire_on_commit=False) as db:
            db.write_as(Hand(None, at=NOW, origin="test"))
            db.add(a_leaver_row())
            db.add(Tombstone(id=uuid4(), kind="leaver", erased_at=NOW, because="asked"))
            db.commit()
        with Session(engine) as db:
            keep(db, settings, Path(settings.journal), now=NOW)

    @contextmanager
    def overtaken(engine):
        with picture(engine) as db:
            db.exec(select(Leaver)).all()
            leave_a_trace()
            yield db

    monkeypatch.setattr(cli_doctor, "picture", overtaken)

    done = doctor()

    written = {one.name for one in tmp_path.iterdir()}
    assert {"audit-heads.jsonl", "tombstones.jsonl"} <= written
    assert done.exit_code == 0, done.stdout


def test_it_sees_the_database_of_one_moment(database_url, engine):
    looking = engine_to_look(database_url)
    count = text("SELECT count(*) FROM leaver")
    try:
        with picture(looking) as db, Session(engine) as writing:
            before = db.execute(count).scalar()
            writing.add(a_leaver_row())
            writing.commit()

            assert (before, db.execute(count).scalar()) == (0, 0)
    finally:
        looking.dispose()


@pytest.mark.parametrize("place", ["nowhere", "bare"])
def test_a_database_that_is_not_there_or_not_up_to_date_is_refused(databases, monkeypatch, place):
    with databases.bare() as url:
        monkeypatch.setenv("GATEMATE_DATABASE", url if place == "bare" else databases.nowhere())
        if place == "bare":
            there = make_engine(url)
            there.connect().close()
            there.dispose()

        done = CliRunner().invoke(main, ["doctor"])

    assert done.exit_code == 2
    sentence = "is not up to date" if place == "bare" else "does not answer"
    assert f"The database {sentence}" in done.stderr
