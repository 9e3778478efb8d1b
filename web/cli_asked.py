"""Of whom a command asks: the people of two files, or those of the service's database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path

import click
from sqlmodel import Session

from matcher.core.planning import WholePlan
from matcher.files.date_order import DateOrder
from matcher.match_files import FilesRefused, plan_from_files
from models.database import is_current
from web.cli_answers import (
    Command,
    Day,
    FileToRead,
    Refused,
    about,
    date_order_option,
    now,
    today,
)
from web.cli_ground import engine_of, settings_at_hand
from web.surroundings import Surroundings


@dataclass(frozen=True)
class Files:
    """The two files that a command was given, and how to read them."""

    leavers: Path
    mentors: Path
    day: date
    date_order: DateOrder | None

    def plan(self) -> WholePlan:
        """Return the best whole plan of the two files, or refuse with what is to be mended."""
        try:
            return plan_from_files(
                self.leavers,
                self.mentors,
                today=self.day,
                tell=lambda _step: None,
                date_order=self.date_order,
            ).plan
        except FilesRefused as refused:
            problems = [about(path, wrong, {"date_order"}) for path, wrong in refused.problems]
            raise Refused(problems) from refused


def of_files_or_database(command: Command) -> Command:
    """Let a command take two files; without them it is told None and asks the database."""

    @wraps(command)
    def with_files(
        leavers_file: Path | None,
        mentors_file: Path | None,
        day: date | None,
        date_order: DateOrder | None,
        **told: object,
    ) -> None:
        if (leavers_file is None) != (mentors_file is None):
            raise Refused(["Give both --leavers and --mentors, or neither to ask the database."])
        files = None
        if leavers_file and mentors_file:
            files = Files(leavers_file, mentors_file, day or today(), date_order)
        elif day:
            raise Refused(["--today goes with --leavers and --mentors: the database is asked now."])
        command(files=files, **told)

    taking: Command = with_files
    for option in (
        date_order_option(),
        click.option("--today", "day", type=Day(), help="The day to plan for, of two files."),
        click.option("--mentors", "mentors_file", type=FileToRead, help="A file of mentors."),
        click.option("--leavers", "leavers_file", type=FileToRead, help="A file of leavers."),
    ):
        taking = option(taking)
    return taking


@contextmanager
def unknown_codes_refused(do: str = "Check it.") -> Iterator[None]:
    """Turn the code of somebody who is not there into one clear sentence."""
    try:
        yield
    except KeyError as unknown:
        code = unknown.args[0] or '""'
        raise Refused([f"{code}: there is nobody with this code. {do}"]) from unknown


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session of the service's database that only reads; no secret is needed for it."""
    settings = settings_at_hand()
    with engine_of(settings) as engine:
        if not is_current(engine):
            raise Refused(["The database is not up to date. Run: gatemate db upgrade"])
        around = Surroundings(settings, engine, now)
        with around.reading() as db:
            yield db
