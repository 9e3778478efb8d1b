"""Commands of the demo: start it, and move its date on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from matcher.accounts import has_real_account
from matcher.core.words import day_in_words
from matcher.demo_clock import has_demo_clock
from matcher.example.codes import write_sheet
from matcher.master_keys import take_keys
from matcher.settings import SettingsError
from models.audit import Hand
from models.database import is_current, make_engine, reading
from web.cli_answers import Refused, progress
from web.demo import supervisor
from web.demo.day import move_on
from web.demo.ground import DemoGround, demo_ground, keep_address
from web.demo.making import PAST, make_demo
from web.demo.sign_ins import PASSWORD, SIGN_INS
from web.surroundings import Surroundings
from web.words import clock_time

OPENED_BEFORE = (
    "Somebody opened an account of their own in this demo, in an earlier version. Make its people "
    "anew: gatemate demo --fresh"
)
NOT_EMPTY = (
    "The database that GATEMATE_DATABASE names holds a real account, so no demo runs on it. "
    "Unset GATEMATE_DATABASE, or name an empty database."
)


@click.command()
@click.option("--port", default=8000, show_default=True, help="The first port to try.")
@click.option("--fresh", is_flag=True, help="Throw the demo's people away and make them anew.")
def demo(port: int, fresh: bool) -> None:
    """Start a demo with made-up people on this machine; Ctrl-C stops it."""
    try:
        free = supervisor.free_port(port)
    except OSError as wrong:
        raise Refused([f"{wrong} Give another with --port."]) from wrong
    ground = keep_address(_ground(), f"http://127.0.0.1:{free}")
    is_ours = ground.own_database is not None
    is_made = not (fresh and is_ours) and _is_made(ground)
    if fresh or not is_made:
        _make(ground)
    codes = _write_sheet(ground)
    ended = supervisor.run(ground.variables, free, ground.log, tell=lambda: _tell(ground, codes))
    click.echo(f"\n{ended} Its people are kept: make demo goes on with them.")
    if ended != supervisor.STOPPED:
        raise Refused([f"What went wrong stands at the end of {ground.log}."])


@click.command("demo-day")
def demo_day() -> None:
    """Move the demo's date on by one day, and tell what happened."""
    ground = _ground()
    if not _is_made(ground):
        raise Refused(["There is no demo yet. Start one first: make demo"])
    with _engine(ground) as engine:
        around = Surroundings(ground.settings, engine, lambda: datetime.now(UTC))
        happened = 0
        for moment, told in groupby(move_on(around), key=lambda one: one[0]):
            click.echo(f"{day_in_words(moment.date())}, {clock_time(moment)}")
            for _, done in told:
                click.echo(f"  {done.job}: {done.sentence}")
                happened += 1
        if not happened:
            click.echo("Nothing was due.")
        click.echo(f"It is now {day_in_words(around.now().date())}, {clock_time(around.now())}.")


@contextmanager
def _engine(ground: DemoGround) -> Iterator[Engine]:
    engine = make_engine(ground.settings.database)
    try:
        yield engine
    finally:
        engine.dispose()


def _ground() -> DemoGround:
    try:
        ground = demo_ground(os.environ)
        ground.settings.key_for("audit")
        take_keys(ground.settings.key_store, ground.settings.masters)
    except SettingsError as wrong:
        raise Refused([str(wrong)]) from wrong
    return ground


def _is_made(ground: DemoGround) -> bool:
    """Say whether there is a demo that this version can go on with; refuse real people."""
    if ground.own_database is not None and not ground.own_database.exists():
        return False
    with _engine(ground) as engine:
        try:
            if not is_current(engine):
                return False
            with reading(engine)() as db:
                if has_real_account(db):
                    raise Refused([OPENED_BEFORE if ground.own_database else NOT_EMPTY])
                return has_demo_clock(db)
        except SQLAlchemyError as wrong:
            raise Refused(["The database that GATEMATE_DATABASE names does not answer."]) from wrong


def _make(ground: DemoGround) -> None:
    click.echo("Making a region of made-up people, and nine days of their past.")
    with progress(PAST.days + 1) as step:
        make_demo(ground, lambda: datetime.now(UTC), step)


def _write_sheet(ground: DemoGround) -> list[str]:
    """Make the one-time codes of this start; those of an earlier one open nothing any more."""
    with _engine(ground) as engine:
        around = Surroundings(ground.settings, engine, lambda: datetime.now(UTC))
        with around.writing() as db:
            db.write_as(Hand(None, at=around.now(), origin="demo"))
            codes = write_sheet(db)
            db.commit()
    ground.sheet.touch(mode=0o600)
    ground.sheet.write_text("\n".join(codes))
    return codes


def _tell(ground: DemoGround, codes: list[str]) -> None:
    address = ground.settings.address
    click.echo(f"\nGatemate is at {address}\n\nSign in with the password  {PASSWORD}")
    click.echo("and a code. Each works once at each desk:\n")
    for role, name in SIGN_INS.items():
        click.echo(f"  {role.label:<18} {name}")
    click.echo()
    for start in range(0, len(codes), 4):
        click.echo("  " + "  ".join(f"{code:<13}" for code in codes[start : start + 4]).rstrip())
    click.echo(f"\nThe next code at each desk: {address}/demo/")
    click.echo(f"Letters sent so far:     {address}/demo/post")
    click.echo(f"A release report to try: {ground.report}")
    click.echo("Move the date on a day:  make demo-day")
    click.echo("Stop:                    Ctrl-C")
