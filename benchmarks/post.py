"""How fast the post is: a backlog handed over, and how long after its time each letter leaves.

A real mail server on this machine takes each letter. The database is a SQLite
file, every commit on the disk before the next step; or PostgreSQL, here without
`fsync`. Each line of the journal is on the disk either way.

- backlog: all letters are due when a clock with its four hands starts. The
  goal is 10,000 in 10 minutes.
- on time: letters fall due one by one over a minute while a clock runs. The
  goal is 95% handed over within 10 seconds of being due.

    python -m benchmarks.post [letters] [sqlite | postgresql]
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, sleep

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from matcher import clock
from matcher.clock import Context
from matcher.core.sending import SendingWindow
from matcher.journal import Journal
from matcher.mail_sender import SmtpSender
from matcher.settings import Settings
from models.database import make_engine, sessions, upgrade
from models.outbox import Letter
from models.states import Channel, LetterKind, LetterState
from tests.databases import PostgresqlDatabases
from tests.matcher.lettered import a_reachable_pair, planned
from tests.person_keys import keep_keys_of_tests

SETTINGS = Settings(mail_from="post@example.org", service_phone="0808 157 0111")
DAY = timedelta(days=1)
SPREAD = 60
"""Seconds over which letters fall due, one by one."""

MOST_ON_TIME = 600
"""Letters that fall due in that time, at most: ten a second."""


class Taking(StreamRequestHandler):
    """One line to a mail server that takes everything."""

    def handle(self) -> None:
        """Answer each command, and keep the Message-ID of each message."""
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            command = line[:4].upper()
            if command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                taken.append(self._message_id())
            self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 fine\r\n")
            if command == b"QUIT":
                return

    def _message_id(self) -> bytes:
        lines = list(iter(self.rfile.readline, b".\r\n"))
        return next(line for line in lines if line.startswith(b"Message-ID:"))


taken: list[bytes] = []


@contextmanager
def mail_server() -> Iterator[int]:
    """Run a mail server on this machine; its port is handed out."""
    taken.clear()
    with ThreadingTCPServer(("127.0.0.1", 0), Taking) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def main(letters: int, kinds: Sequence[str] = ("sqlite", "postgresql")) -> None:
    """Print both figures for each kind of database."""
    measures = (("backlog", backlog, letters), ("on time", on_time, min(letters, MOST_ON_TIME)))
    for kind, (name, measure, count) in product(kinds, measures):
        with TemporaryDirectory() as folder, mail_server() as port, a_database(kind, folder) as url:
            engine = make_engine(url)
            upgrade(engine)
            said = measure(engine, a_clock(engine, Path(folder), port), count)
            counted = f"{len(taken):,} taken, of {len(set(taken)):,} letters"
            print(f"{kind}, {name}: {said}; {counted}", flush=True)
            engine.dispose()


@contextmanager
def a_database(kind: str, folder: str) -> Iterator[str]:
    """The address of an empty database, for as long as a block lasts."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/post.db"
        return
    databases = PostgresqlDatabases()
    try:
        with databases.bare() as url:
            yield url
    finally:
        databases.close()


def backlog(engine: Engine, context: Context, count: int) -> str:
    """Return how long the letters took that were all due."""
    plan(engine, [datetime.now(UTC) - DAY] * count)
    with running(context):
        begun = monotonic()
        wait_for(engine, count)
        seconds = monotonic() - begun
    return f"{count:,} letters in {seconds:.1f} s, {count / seconds:.0f} a second"


def on_time(engine: Engine, context: Context, count: int) -> str:
    """Return how long after their time letters left."""
    first = datetime.now(UTC) + timedelta(seconds=5)
    plan(engine, [first + timedelta(seconds=SPREAD * n / count) for n in range(count)])
    with running(context):
        wait_for(engine, count)
    with Session(engine) as db:
        found = db.exec(select(Letter.sent_at, Letter.due_at).where(sent())).all()
    late = sorted((at - due).total_seconds() for at, due in found if at)
    within = sum(one <= 10 for one in late) / len(late)
    return (
        f"{count:,} letters in {SPREAD} s, {within:.1%} within 10 s, "
        f"95% within {quantiles(late, n=20)[-1]:.1f} s, the last after {late[-1]:.1f} s"
    )


def a_clock(engine: Engine, folder: Path, port: int) -> Context:
    """Return a clock that sends by the server."""
    sender = SmtpSender("127.0.0.1", port, SETTINGS.mail_from)
    return Context(
        sessions=sessions(engine, b"benchmark" * 4),
        settings=SETTINGS,
        senders={Channel.EMAIL: sender},
        journal=Journal(folder / "journal.jsonl"),
        worker="benchmark",
        now=lambda: datetime.now(UTC),
    )


def plan(engine: Engine, due: list[datetime]) -> None:
    """Plan urgent letters, which go at any hour, for these moments."""
    with Session(engine) as db:
        accepted = a_reachable_pair(db)
        for number, moment in enumerate(due, start=1):
            window = SendingWindow(moment, moment + 3 * DAY, urgent=True)
            planned(accepted, LetterKind.RING_US, number=number, window=window)
        db.commit()


@contextmanager
def running(context: Context) -> Iterator[None]:
    """Run a clock for as long as a block lasts; the letters in hand are finished."""
    stop = Event()
    thread = Thread(target=clock.main, args=(context, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def wait_for(engine: Engine, count: int) -> None:
    """Wait until so many letters are sent."""
    while True:
        with Session(engine.execution_options(only_reads=True)) as db:
            if db.exec(select(func.count()).where(sent())).one() >= count:
                return
        sleep(0.2)


def sent() -> object:
    """Return the condition of the letters that this measures and that have gone."""
    return (col(Letter.state) == LetterState.SENT) & (col(Letter.kind) == LetterKind.RING_US)


if __name__ == "__main__":
    keep_keys_of_tests()
    clock.JOBS = ()  # the post alone
    logging.disable()  # the scheduler would tell of each look that comes while one goes on
    main(int(sys.argv[1]) if sys.argv[1:] else 1_000, sys.argv[2:] or ("sqlite", "postgresql"))
