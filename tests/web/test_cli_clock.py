"""`gatemate clock` runs until it is told to stop, and says in one line each what it did."""

import logging
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlmodel import Session

from matcher.journal import Entry, Journal
from matcher.sent_before import record_as_sent
from models.outbox import Letter
from models.post import ClockHealth
from models.states import Channel, LetterState
from tests.matcher.lettered import a_reachable_pair, planned
from tests.rows import NOW
from tests.web.desks import SECRET
from web.cli import main


class Listener(logging.Handler):
    """Keeps every line, and tells the process to stop as soon as the clock has started."""

    def __init__(self, told):
        super().__init__()
        self.told = told
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())
        if self.lines == ["clock: started"]:
            os.kill(os.getpid(), self.told)


@pytest.fixture
def listener(request):
    log, listener = logging.getLogger("gatemate.clock"), Listener(request.param)
    level, handlers = log.level, {each: signal.getsignal(each) for each in STOPS}
    log.addHandler(listener)
    log.setLevel(logging.INFO)
    yield listener
    log.removeHandler(listener)
    log.setLevel(level)
    for each, handler in handlers.items():
        signal.signal(each, handler)


STOPS = [signal.SIGTERM, signal.SIGINT]


@pytest.mark.parametrize("listener", STOPS, indirect=True)
def test_told_by_a_signal_the_clock_stops_cleanly(
    sqlite_databases, listener, monkeypatch, tmp_path
):
    with sqlite_databases.migrated() as url:
        monkeypatch.setenv("GATEMATE_DATABASE", url)
        monkeypatch.setenv("GATEMATE_SECRET", SECRET)
        monkeypatch.setenv("GATEMATE_JOURNAL", str(tmp_path / "journal.jsonl"))

        done = CliRunner().invoke(main, ["clock"])

    assert (done.exit_code, done.exception) == (0, None)
    assert (listener.lines[0], listener.lines[-1]) == ("clock: started", "clock: stopped")


def test_without_a_secret_the_clock_does_not_start(sqlite_databases, monkeypatch):
    with sqlite_databases.migrated() as url:
        monkeypatch.setenv("GATEMATE_DATABASE", url)
        monkeypatch.delenv("GATEMATE_SECRET", raising=False)

        refused = CliRunner().invoke(main, ["clock"])

    assert refused.exit_code == 2
    assert "GATEMATE_SECRET" in refused.output


@pytest.fixture
def service(database_url, monkeypatch, tmp_path):
    """What commands need, on an empty database; returns the folder of the journal."""
    monkeypatch.setenv("GATEMATE_DATABASE", database_url)
    monkeypatch.setenv("GATEMATE_SECRET", SECRET)
    monkeypatch.setenv("GATEMATE_JOURNAL", str(tmp_path / "journal.jsonl"))
    return tmp_path


def told(*words):
    done = CliRunner().invoke(main, list(words))
    return done.exit_code, done.output


def note(engine, look, **health):
    with Session(engine) as db:
        db.add(ClockHealth(worker="17-ab", started_at=look, last_look_at=look, **health))
        db.commit()


def test_where_no_clock_ever_ran_its_state_says_so(service):
    code, said = told("clock", "state")

    assert (code, said) == (
        1,
        "No clock has ever run, so no letter leaves and nothing is planned.\n",
    )


def test_of_a_clock_that_looked_before_the_machine_was_set_back_it_is_not_said_that_none_ran(
    service, engine
):
    note(engine, datetime.now(UTC) + timedelta(hours=3))

    code, said = told("clock", "state")

    assert code == 1
    assert "Clock 17-ab: began" in said
    assert "No clock has looked since this machine's clock was set back" in said


def test_a_clock_that_looks_is_well(service, engine):
    note(engine, datetime.now(UTC), last_jump_at=datetime.now(UTC))

    code, said = told("clock", "state")

    assert code == 0
    assert said.startswith("Clock 17-ab: began ")
    assert "saw the time jump" in said


def test_a_clock_that_is_silent_is_not(service, engine):
    note(engine, datetime.now(UTC) - timedelta(minutes=40))

    code, said = told("clock", "state")

    assert code == 1
    assert "No clock has looked for 40 minutes, so no letter leaves." in said


def test_what_is_in_its_way_is_said(service, engine):
    note(engine, datetime.now(UTC), trouble="the journal cannot be written: OSError")

    code, said = told("clock", "state")

    assert code == 1
    assert "Letters wait: the journal cannot be written: OSError." in said


def test_the_post_is_held_and_goes_on_with_what_the_journal_knows(service, engine):
    with Session(engine) as db:
        letter = planned(a_reachable_pair(db))
        db.commit()
        letter_id, key = letter.id, letter.key
    journal = Journal(service / "journal.jsonl")
    journal.make_ready()
    journal.add(Entry(letter_id, key, "<a@example.org>", 1, Channel.EMAIL, NOW, "250 ok"))

    held, stands, goes_on, after = (
        told("post", *words)
        for words in (("hold", "--why", "a backup"), ("state",), ("resume",), ("state",))
    )

    assert {code for code, _ in (held, stands, goes_on, after)} == {0}
    assert "nothing leaves but what is printed" in held[1]
    assert "On hold since" in stands[1]
    assert ": a backup." in stands[1]
    assert "1 letter had left before, by the journal: recorded as sent." in goes_on[1]
    assert after[1].startswith("Not on hold.\n")
    with Session(engine) as db:
        assert db.get_one(Letter, letter_id).state is LetterState.SENT


def test_the_post_stays_on_hold_and_says_what_to_do_where_the_journal_is_not_there(service, engine):
    journal = Journal(service / "journal.jsonl")
    with Session(engine) as db:
        letter = planned(a_reachable_pair(db))
        entry = Entry(letter.id, letter.key, "<a@example.org>", 1, Channel.EMAIL, NOW, "250 ok")
        record_as_sent(db, letter, entry, now=NOW)
        db.commit()
        key = letter.key
    told("post", "hold")

    refused, stands = told("post", "resume"), told("post", "state")
    lost, after = told("post", "resume", "--journal-is-lost"), told("post", "state")

    assert refused[0] == 1
    assert "1 letter sent by the database is not in the journal at" in refused[1]
    assert "gatemate post resume --journal-is-lost" in refused[1]
    assert "On hold since" in stands[1]
    assert lost[0] == 0
    assert after[1].startswith("Not on hold.\n")
    assert journal.says_sent(key).message_id == "<a@example.org>"
