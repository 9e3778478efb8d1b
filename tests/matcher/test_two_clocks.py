"""Real clock processes: several at once, one stopped past its lease, none for days."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlmodel import Session, func, select

from matcher.core.sending import SendingWindow
from models.outbox import Letter
from models.post import ClockHealth
from models.states import LetterKind, LetterState
from tests.mail_server import mail_server
from tests.matcher.lettered import a_reachable_pair, planned
from tests.web.desks import SECRET

ROOT = Path(__file__).parents[2]
RING_US = LetterKind.RING_US
DAYS = timedelta(days=3)
LATELY = timedelta(seconds=15)
PATIENCE = 60
"""Seconds that anything here may take on a busy machine."""


class Clocks:
    """Clock processes on one database, one mail server and one journal."""

    def __init__(self, url, folder, port):
        self.journal = folder / "journal.jsonl"
        self.log = folder / "clocks.log"
        self.variables = {
            "GATEMATE_DATABASE": url,
            "GATEMATE_SECRET": SECRET,
            "GATEMATE_MAIL": f"smtp://127.0.0.1:{port}",
            "GATEMATE_MAIL_FROM": "post@example.org",
            "GATEMATE_JOURNAL": str(self.journal),
            "GATEMATE_LEASE": "3",
            "PYTHONPATH": str(ROOT),
        }
        self.running = []

    def start(self, count=1):
        for _ in range(count):
            with self.log.open("ab") as lines:
                told = {"stdout": lines, "stderr": lines, "cwd": ROOT, "start_new_session": True}
                command = [sys.executable, "-m", "web", "clock"]
                environment = os.environ | self.variables
                self.running.append(subprocess.Popen(command, env=environment, **told))

    def end(self):
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.running:
            process.wait(PATIENCE)


@contextmanager
def clocks_on(url, folder, server):
    clocks = Clocks(url, folder, server.port)
    try:
        yield clocks
    except AssertionError as wrong:
        raise AssertionError(clocks.log.read_text(errors="replace")[-4000:]) from wrong
    finally:
        clocks.end()


@pytest.fixture
def server():
    with mail_server() as server:
        yield server


def real_now():
    return datetime.now(UTC)


def until(true, what):
    """Wait until something is so."""
    given_up = monotonic() + PATIENCE
    while not true():
        assert monotonic() < given_up, what
        sleep(0.05)


def waiting_letters(engine, count):
    """Urgent letters that have been due for days, so that they go whatever day it is."""
    now = real_now()
    window = SendingWindow(now - DAYS, now + DAYS, urgent=True)
    with Session(engine) as db:
        accepted = a_reachable_pair(db)
        ids = [
            planned(accepted, RING_US, number=number, window=window).id
            for number in range(1, count + 1)
        ]
        db.commit()
    return {f"<{one}@example.org>" for one in ids}


def all_sent(engine, count):
    def true():
        with Session(engine) as db:
            sent = select(func.count()).where(
                Letter.state == LetterState.SENT, Letter.kind == RING_US
            )
            return db.exec(sent).one() == count

    return true


def taken(server, names):
    return Counter(mail["Message-ID"] for mail in server.taken if mail["Message-ID"] in names)


def journalled(clocks, names):
    lines = clocks.journal.read_text().splitlines()
    told = (json.loads(line)["message_id"] for line in lines)
    return Counter(one for one in told if one in names)


def test_two_clocks_after_days_without_one_send_each_letter_once(
    engine, database_url, server, tmp_path
):
    names = waiting_letters(engine, 40)

    with clocks_on(database_url, tmp_path, server) as clocks:
        clocks.start(2)
        until(all_sent(engine, 40), "all letters are sent")

    assert taken(server, names) == Counter(names) == journalled(clocks, names)
    with Session(engine) as db:
        assert len(db.exec(select(ClockHealth)).all()) == 2


def test_a_clock_stopped_past_its_lease_harms_nothing(engine, database_url, server, tmp_path):
    with clocks_on(database_url, tmp_path, server) as clocks:
        clocks.start(2)
        until(lambda: looked_lately(engine, 2), "both clocks look")
        server.fault = "hang after the dot"
        [name] = waiting_letters(engine, 1)
        until(lambda: server.hanging, "the letter was handed over and its answer is waited for")
        stopped = who_sends(engine)
        os.killpg(stopped, signal.SIGSTOP)
        server.fault = ""
        until(all_sent(engine, 1), "the other clock sent it")
        os.killpg(stopped, signal.SIGCONT)
        until(lambda: looked_lately(engine, 2), "both clocks look")

    with Session(engine) as db:
        letter = db.exec(select(Letter).where(Letter.kind == RING_US)).one()
        assert (letter.state, letter.attempt) == (LetterState.SENT, 2)
    assert taken(server, {name}) == {name: 1} == journalled(clocks, {name})


def who_sends(engine):
    """The process whose letter is being sent: a clock goes by its number first."""
    with Session(engine) as db:
        being_sent = select(Letter.claimed_by).where(
            Letter.state == LetterState.SENDING, Letter.kind == RING_US
        )
        worker = db.exec(being_sent).first()
    return int(worker.partition("-")[0]) if worker else None


def looked_lately(engine, count):
    with Session(engine) as db:
        rows = db.exec(select(ClockHealth)).all()
        return len([row for row in rows if real_now() - row.last_look_at < LATELY]) == count
