"""The real process tree of the service, started as it is in use, and killed without a warning.

gunicorn with its workers and `gatemate clock`, each in a process group of its own, on a port of
this machine. Only what was started here is ever killed, by the id of its group.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from web.demo.supervisor import COMMANDS, free_port

ROOT = Path(__file__).parents[2]
FIRST_PORT = 8700
STARTS_WITHIN = 120.0
PAUSE = 0.05


class Tree:
    """The server and the clock; `before` is put before each command, such as a faked time."""

    def __init__(
        self, variables: Mapping[str, str], log: Path, before: Mapping[str, tuple[str, ...]] = {}
    ) -> None:
        self.variables = dict(variables)
        self.log = log
        self.before = before
        self.port = free_port(FIRST_PORT + os.getpid() % 900 + 1)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Start the named processes, or all; `is_up` says when they answer."""
        clean = {name: told for name, told in os.environ.items() if "GATEMATE" not in name}
        own = {"GATEMATE_BIND": f"127.0.0.1:{self.port}", "PYTHONPATH": str(ROOT)}
        with self.log.open("ab") as lines:
            for name in names or tuple(COMMANDS):
                self.running[name] = subprocess.Popen(
                    [*self.before.get(name, ()), sys.executable, *COMMANDS[name]],
                    env=clean | self.variables | own,
                    stdin=subprocess.DEVNULL,
                    stdout=lines,
                    stderr=lines,
                    cwd=ROOT,
                    start_new_session=True,
                )

    def kill(self) -> None:
        """Kill every process of the tree at once, with no chance to tidy up."""
        for process in self.running.values():
            _to_the_group(process, signal.SIGKILL)
        self._gone(10)

    def stop(self) -> None:
        """Ask them to end, and kill what does not."""
        for process in self.running.values():
            _to_the_group(process, signal.SIGTERM)
        try:
            self._gone(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def is_up(self) -> bool:
        """Whether the server answers and the database behind it does."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def wait_until_up(self) -> float:
        """Wait until the server answers; return how many seconds that took."""
        begun = time.monotonic()
        while not self.is_up():
            ended = [name for name, one in self.running.items() if one.poll() is not None]
            if ended or time.monotonic() - begun > STARTS_WITHIN:
                last = self.log.read_text(errors="replace")[-2000:]
                raise AssertionError(f"the tree did not start; ended: {ended}\n{last}")
            time.sleep(PAUSE)
        return time.monotonic() - begun

    def _gone(self, seconds: float) -> None:
        for process in self.running.values():
            process.wait(seconds)
        self.running.clear()


def _to_the_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
