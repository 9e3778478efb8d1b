"""What reaches the log: lines that are on a list, their values by name, and nothing else.

A line is JSON with time (UTC), level, logger, what, and the values that
`KNOWN` names. A line that is not on the list says only where it was written,
and an error only its kind and its place: what it says may hold names.
JSON's own escapes keep any value on its one line.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any

NOT_LISTED = "a line that is not on the list"
LONGEST = 300
"""Characters of one value; the rest is cut off."""

KNOWN: Mapping[str, tuple[str, ...]] = {
    "clock: started": (),
    "clock: stopped": (),
    "clock: the time was set, so everything is looked at now": (),
    "%s: %s": ("job", "sentence"),
    "post: %s is shut for %d seconds after %d failures in a row": (
        "channel",
        "seconds",
        "failures",
    ),
    "post: %s works again": ("channel",),
    "The database does not answer: %s": ("kind",),
    "seen: %s": ("event", "endpoint", "status", "account", "origin"),
    "Starting gunicorn %s": ("version",),
    "Listening at: %s (%s)": ("address", "process"),
    "Using worker: %s": ("worker",),
    "Booting worker with pid: %s": ("process",),
    "Worker exiting (pid: %s)": ("process",),
    "Handling signal: %s": ("signal",),
    "Shutting down: %s": ("master",),
    "WORKER TIMEOUT (pid:%s)": ("process",),
    "Worker (pid:%s) was sent %s!": ("process", "signal"),
    "Worker (pid:%s) exited with code %s": ("process", "status"),
    "Worker (pid:%s) exited with code %s.": ("process", "status"),
    "Autorestarting worker after current request.": (),
}
"""Each line by its pattern, and what its values are called; `seen` takes them as `extra`."""

LOGGERS = ("gatemate", "gunicorn", "web.application")
"""The loggers whose lines can be on the list; of libraries only the place is told."""


class KnownLines(logging.Formatter):
    """Writes a record as one line of JSON, with nothing in it that is not on the list."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            **_said(record),
        }
        if record.exc_info and record.exc_info[0]:
            told["error"] = _kind_and_place(record.exc_info[0], record.exc_info[2])
        return json.dumps(told)


def log_to_standard_error() -> None:
    """Write what the whole process logs to standard error, as `KnownLines` does."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(KnownLines())
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # it would tell of each tick


def for_gunicorn() -> dict[str, Any]:
    """Return what gunicorn and all that runs in it write their lines with; there is no access log.

    For its setting `logconfig_dict`.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"known": {"()": f"{__name__}.{KnownLines.__name__}"}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "known"}},
        "root": {"level": "INFO", "handlers": ["lines"]},
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": ["lines"], "propagate": False},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }


def _said(record: logging.LogRecord) -> dict[str, str | int]:
    """Return the pattern and its values where it is on the list, else where it was written."""
    names = KNOWN.get(record.msg) if isinstance(record.msg, str) else None
    if names is None or not record.name.startswith(LOGGERS):
        where = f"{Path(record.pathname).name}:{record.lineno}"
        return {"what": NOT_LISTED, "where": where}
    values = record.args if isinstance(record.args, tuple) else ()
    told = dict(zip(names, values, strict=False))
    told |= {name: vars(record)[name] for name in names if name in vars(record)}
    return {"what": record.msg} | {name: _short(value) for name, value in told.items()}


def _short(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)[:LONGEST]


def _kind_and_place(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Return an error's kind and the innermost place; never what it says."""
    places = [f"{Path(one.filename).name}:{one.lineno}" for one in extract_tb(trace)]
    return f"{kind.__name__} at {' < '.join(reversed(places[-4:]))}" if places else kind.__name__
