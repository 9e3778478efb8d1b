"""The command that runs the clock: `gatemate clock`."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import sys
from threading import Event

import click

from matcher.clock import Context, main
from matcher.senders import make_senders
from web.cli_ground import ground
from web.surroundings import Surroundings


@click.command("clock")
def clock() -> None:
    """Make the plan, send the letters and watch over the days, until told to stop.

    Any number may run at once, and none for a while does no harm.
    """
    _log_to_standard_error()
    with ground() as around:
        main(context_of(around), _until_told_to_stop())


def context_of(around: Surroundings) -> Context:
    """Return what a clock in these surroundings works with, under a name of its own."""
    return Context(
        sessions=around.writing,
        settings=around.settings,
        senders=make_senders(around.settings),
        worker=f"{os.getpid()}-{secrets.token_hex(4)}",
        now=around.now,
    )


def _until_told_to_stop() -> Event:
    stop = Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: stop.set())
    return stop


def _log_to_standard_error() -> None:
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # it would tell of each tick
