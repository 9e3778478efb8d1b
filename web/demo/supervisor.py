"""Starts the server and the clock, and stops both: on Ctrl-C, or when either ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from typing import IO

PATIENCE = 30.0
"""Seconds that a process may take to end, and a server to answer one request."""

STARTS_WITHIN = 180.0
"""Seconds that a server may take to start on a slow machine."""

PAUSE = 0.2
PORTS_TO_TRY = 20

STOPPED = "Stopped."
NO_ANSWER = "The server did not answer."

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "server": (
        *("-m", "gunicorn", "--config", "python:web.server"),
        "web.server:application()",
    ),
    "clock": ("-m", "web", "clock"),
}
"""What runs beside each other, each as a Python process of its own."""


class Stopped(Exception):  # noqa: N818  the word of the house
    """Someone asked us to stop."""


def free_port(wanted: int) -> int:
    """Return the first free port of this machine from `wanted` on; raises OSError if none is."""
    for port in range(wanted, wanted + PORTS_TO_TRY):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"No port from {wanted} to {wanted + PORTS_TO_TRY - 1} is free.")


def run(
    variables: Mapping[str, str],
    port: int,
    log: Path,
    *,
    tell: Callable[[], None],
    commands: Mapping[str, tuple[str, ...]] = COMMANDS,
) -> str:
    """Run the server on a port and the clock until one ends or we are stopped; say which.

    `tell` is called once the server answers. What the two write goes to `log`.
    """
    environment = os.environ | dict(variables) | {"GATEMATE_BIND": f"127.0.0.1:{port}"}
    with log.open("ab") as lines, _signals(), _running(commands, environment, lines) as running:
        try:
            if not _answers(port, running):
                return next(_ended(running), NO_ANSWER)
            tell()
            while True:
                for sentence in _ended(running):
                    return sentence
                sleep(PAUSE)
        except Stopped:
            return STOPPED


@contextmanager
def _signals() -> Iterator[None]:
    """Turn a request to end into an exception while this lasts."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _running(
    commands: Mapping[str, tuple[str, ...]], environment: Mapping[str, str], lines: IO[bytes]
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Start each process in a group of its own, and end them all however we leave."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, words in commands.items():
            running[name] = subprocess.Popen(  # noqa: S603  our own commands
                [sys.executable, *words],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=lines,
                stderr=lines,
                start_new_session=True,
            )
        yield running
    finally:
        _end(running.values())


def _end(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    """End them all; a second Ctrl-C meanwhile leaves none behind."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    still = [one for one in processes if one.poll() is None]
    for process in still:
        process.terminate()
    for process in still:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _answers(port: int, running: Mapping[str, subprocess.Popen[bytes]]) -> bool:
    """Wait until the server answers; say no if it takes too long or something ended."""
    until = monotonic() + STARTS_WITHIN
    while monotonic() < until and all(one.poll() is None for one in running.values()):
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return True
        except (OSError, HTTPException):
            sleep(PAUSE)
        finally:
            connection.close()
    return False


def _ended(running: Mapping[str, subprocess.Popen[bytes]]) -> Iterator[str]:
    """Yield a sentence for each process that is no more."""
    for name, process in running.items():
        if process.poll() is not None:
            yield f"The {name} ended by itself (exit code {process.returncode})."
