"""The command that runs the clock: `gatemate clock`."""

from __future__ import annotations

import os
import secrets
import signal
from datetime import timedelta
from pathlib import Path
from threading import Event

import click

from matcher.clock import Context, main
from matcher.clock_health import clock_trouble, clocks
from matcher.journal import Journal
from matcher.log_lines import log_to_standard_error
from matcher.senders import make_senders
from web.cli_ground import ground
from web.surroundings import Surroundings

NOT_WELL = 1
"""Exit code of `gatemate clock state` when no clock looks, or something is in its way."""


@click.group("clock", invoke_without_command=True)
@click.pass_context
def clock(called: click.Context) -> None:
    """Make the plan, send the letters and watch over the days, until told to stop.

    Any number may run at once, and none for a while does no harm.
    """
    if called.invoked_subcommand:
        return
    log_to_standard_error()
    with ground() as around:
        main(context_of(around), _until_told_to_stop())


@clock.command("state")
def state() -> None:
    """Say when each clock last looked; exit code 1 if none does, or if letters cannot leave."""
    with ground() as around, around.reading() as db:
        known, trouble = clocks(db), clock_trouble(db, around.real_now())
    for one in known:
        click.echo(
            f"Clock {one.worker}: began {one.started_at:%d.%m.%Y %H:%M:%S}, "
            f"last looked {one.last_look_at:%d.%m.%Y %H:%M:%S} UTC"
            + (
                f", saw the time jump {one.last_jump_at:%d.%m.%Y %H:%M:%S}"
                if one.last_jump_at
                else ""
            )
            + "."
        )
    if trouble:
        click.echo(trouble, err=True)
        raise click.exceptions.Exit(NOT_WELL)


def context_of(around: Surroundings) -> Context:
    """Return what a clock in these surroundings works with, under a name of its own."""
    return Context(
        sessions=around.writing,
        settings=around.settings,
        senders=make_senders(around.settings),
        journal=Journal(Path(around.settings.journal)),
        worker=f"{os.getpid()}-{secrets.token_hex(4)}",
        now=around.now,
        lease=timedelta(seconds=around.settings.lease),
    )


def _until_told_to_stop() -> Event:
    stop = Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: stop.set())
    return stop
