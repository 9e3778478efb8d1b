"""`gatemate clock` runs until it is told to stop, and says in one line each what it did."""

import logging
import os
import signal

import pytest
from click.testing import CliRunner

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
def test_told_by_a_signal_the_clock_stops_cleanly(sqlite_databases, listener, monkeypatch):
    with sqlite_databases.migrated() as url:
        monkeypatch.setenv("GATEMATE_DATABASE", url)
        monkeypatch.setenv("GATEMATE_SECRET", SECRET)

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
