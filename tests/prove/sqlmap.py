"""Asking sqlmap, where it is installed, whether an address lets SQL through, and reading it.

It is a program of its own and no part of this project: Debian's package of that name.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WITHIN = 300.0
"""Seconds that one address may take."""

MARK = "*"
"""Stands behind each value that sqlmap is to try."""

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
FOUND = "sqlmap identified the following injection point"
CLEAN = "all tested parameters do not appear to be injectable"
LOUD = re.compile(r"\[(?:CRITICAL|ERROR)\] (.+)")
OPTIONS = (
    *("--batch", "--level=1", "--risk=1", "--flush-session", "--disable-coloring"),
    *("--skip-waf", "--ignore-redirects", "--drop-set-cookie", "--ignore-proxy"),
)
"""No questions; the first level of its tests, and none that changes rows; it follows nothing."""


class NotTriedError(Exception):
    """sqlmap came to no end with an address, in its own words."""


@dataclass(frozen=True)
class Question:
    """An address with marks in it, what is sent to it, and the cookie of whoever asks."""

    address: str
    sent: str | None = None
    cookie: str | None = None


def installed() -> str | None:
    """Where the program is, None if this machine has none."""
    return shutil.which("sqlmap")


def ask(question: Question, database: str, folder: Path) -> list[str]:
    """Return what sqlmap found, nothing if the address is sound; NotTriedError if it cannot say."""
    program = installed()
    assert program is not None
    command = [program, *words_for(question, database, folder)]
    home = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=home,
            cwd=folder,
            timeout=WITHIN,
        )
    except subprocess.TimeoutExpired as late:
        raise NotTriedError(f"it took more than {WITHIN:.0f} seconds") from late
    return findings(done.stdout)


def words_for(question: Question, database: str, folder: Path) -> Sequence[str]:
    """What stands behind the program's name on its command line."""
    words = ["-u", question.address, f"--dbms={NAMES[database]}", *OPTIONS]
    words += [f"--output-dir={folder}", f"--tmp-dir={folder}"]
    words += [f"--data={question.sent}"] if question.sent is not None else []
    return words + ([f"--cookie={question.cookie}"] if question.cookie else [])


def findings(told: str) -> list[str]:
    """Read what sqlmap printed: a line for each hole, none where it says that there is none."""
    if FOUND in told:
        kinds = ("Parameter:", "Title:")
        lines = (line.strip() for line in told.splitlines())
        return [line for line in lines if line.startswith(kinds)] or [FOUND]
    if CLEAN in told:
        return []
    loud = LOUD.findall(told)
    raise NotTriedError(loud[-1] if loud else "it said nothing of what it found")
