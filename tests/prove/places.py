"""Where a part keeps its databases: SQLite files, or a real PostgreSQL that can be restarted."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from tests.postgresql import PostgresServer
from tests.quick_folders import quick_folder

KINDS = ("sqlite", "postgresql")


class Place(Protocol):
    """Makes empty databases, each with a folder beside it for what else a service keeps."""

    folder: Path

    def new(self) -> str:
        """Make an empty database and return its address; the one before it is thrown away."""

    def remember(self) -> None:
        """Keep a copy of the database as it is now; nobody may be using it."""

    def again(self) -> None:
        """Put the copy that is kept in place of the database; nobody may be using it."""


class SqlitePlace:
    """One file at a time, in a folder of its own."""

    def __init__(self) -> None:
        self.folder = quick_folder("gatemate-prove-")
        self.count = 0

    def new(self) -> str:
        """Make way for another file."""
        for old in self.folder.iterdir():
            if old.is_file():
                old.unlink()
        self.count += 1
        return f"sqlite:///{self.folder}/gatemate-{self.count}.db"

    def remember(self) -> None:
        """Copy the file, which holds all once its last user is gone."""
        shutil.copyfile(self._file, self._copy)

    def again(self) -> None:
        """Copy the file back; what lies beside the old one goes."""
        for old in self.folder.glob(f"{self._file.name}*"):
            old.unlink()
        shutil.copyfile(self._copy, self._file)

    @property
    def _file(self) -> Path:
        return self.folder / f"gatemate-{self.count}.db"

    @property
    def _copy(self) -> Path:
        return self.folder / f"copy-{self.count}.db"

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresqlPlace:
    """One server, one database on it at a time."""

    def __init__(self) -> None:
        self.folder = quick_folder("gatemate-prove-")
        self.server = RestartableServer()
        self.server.start()
        self.count = 0

    def new(self) -> str:
        """Drop the database before and make another."""
        for old in self.folder.iterdir():
            if old.is_file():
                old.unlink()
        if self.count:
            # It is not there where it lay on a disk that was taken away.
            self.server.command(f"DROP DATABASE IF EXISTS gatemate_{self.count} WITH (FORCE)")
        self.count += 1
        self.server.command(f"CREATE DATABASE gatemate_{self.count} TEMPLATE template0")
        return self.server.url(f"gatemate_{self.count}")

    def remember(self) -> None:
        """Make another database after the first."""
        self._copy(f"gatemate_{self.count}", f"copy_{self.count}")

    def again(self) -> None:
        """Drop the database and make it after the other."""
        self.server.command(f"DROP DATABASE gatemate_{self.count} WITH (FORCE)")
        self._copy(f"copy_{self.count}", f"gatemate_{self.count}")

    def _copy(self, old: str, new: str) -> None:
        self.server.command(f"CREATE DATABASE {new} TEMPLATE {old} STRATEGY FILE_COPY")

    def close(self) -> None:
        """Stop the server and remove the folder."""
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class RestartableServer(PostgresServer):
    """A server that can be taken away and brought back, with the same data."""

    def take_away(self, how: signal.Signals) -> None:
        """End the server: SIGINT is its fast shutdown, SIGQUIT at once, SIGKILL without a word."""
        number = int((self.home / "data" / "postmaster.pid").read_text().splitlines()[0])
        hands = Path(f"/proc/{number}/task/{number}/children").read_text().split()
        os.kill(number, how)
        until = time.monotonic() + 60
        while any(map(_runs, [number, *map(int, hands)])):
            assert time.monotonic() < until, "PostgreSQL did not end"
            time.sleep(0.02)

    def bring_back(self) -> None:
        """Start the server on what it left, under a new keeper, and wait until it answers."""
        before = self.keeper
        assert before is not None
        before.kill()  # only its keeper, which would else take the folder away
        before.wait()
        assert before.stdin is not None
        before.stdin.close()
        until = time.monotonic() + 60
        while not self._starts(before.args):
            assert time.monotonic() < until, "PostgreSQL did not come back"

    def _starts(self, command: Any) -> bool:
        """Try once: what an ended server leaves in memory may be in the way for a moment."""
        self.keeper = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            start_new_session=True,
            cwd=self.home,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            **self.become,
        )
        try:
            self._wait_until_it_answers(seconds=20)
        except AssertionError:
            self.keeper.kill()
            self.keeper.wait()
            return False
        return True


def _runs(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def place_of(kind: str) -> Iterator[SqlitePlace | PostgresqlPlace]:
    """Lend a place of one kind of database, files if it is none, as long as the `with` lasts."""
    place = PostgresqlPlace() if kind == "postgresql" else SqlitePlace()
    try:
        yield place
    finally:
        place.close()
