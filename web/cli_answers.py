"""What every command shares: days as arguments, refusals with exit code 2, a bar for long work."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from matcher.core.sending import LONDON
from matcher.files.date_order import DateOrder
from matcher.files.refusals import ChoiceNeeded

Command = Callable[..., None]

FileToRead = click.Path(path_type=Path, dir_okay=False)
FileToWrite = click.Path(path_type=Path, dir_okay=False)


FIRST_YEAR, LAST_YEAR = 1950, 2199
"""Nobody plans for a day outside of these years."""

MOST_POINTS = 1_000


class Day(click.ParamType[date]):
    """A day given as 2027-03-09."""

    name = "date"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the day, or fail saying how to write one."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f'"{value}" is not a day. Write it as 2027-03-09.', param, ctx)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail(f'"{value}": give a year from {FIRST_YEAR} to {LAST_YEAR}.', param, ctx)
        return day


class Points(click.ParamType[float]):
    """Points of the plan, from 0 to 1,000."""

    name = "points"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the points, or fail saying what they may be."""
        try:
            points = float(value)
        except ValueError:
            points = -1.0
        if not 0 <= points <= MOST_POINTS:
            self.fail(f'"{value}" is not a number of points from 0 to {MOST_POINTS:,}.', param, ctx)
        return points


class Refused(click.ClickException):
    """One clear list of what is wrong, printed to standard error; exit code 2."""

    exit_code = 2

    def __init__(self, problems: Sequence[str]) -> None:
        """Hold the sentences, one for each line."""
        super().__init__("\n".join(problems))

    def show(self, file: object = None) -> None:
        """Print the list."""
        del file
        click.echo(self.format_message(), err=True)


def date_order_option() -> Callable[[Command], Command]:
    """Return the option that says whether the day or the month comes first in a file."""
    orders = [order.value for order in DateOrder]
    say = "Which comes first in the dates, where a file leaves it open."
    return click.option("--date-order", type=click.Choice(orders), callback=_as_order, help=say)


def _as_order(_ctx: click.Context, _param: click.Parameter, value: str | None) -> DateOrder | None:
    return DateOrder(value) if value else None


def now() -> datetime:
    """Return what time it is: the one place where commands read the clock."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is in England and Wales."""
    return now().astimezone(LONDON).date()


def about(path: Path, wrong: object, options: Collection[str] = ()) -> str:
    """Return what is wrong with a file as one sentence that names it.

    Where a person must choose, the sentence says which of the command's
    `options` to give, or else how to do without.
    """
    if not isinstance(wrong, ChoiceNeeded):
        return f"{path}: {wrong}"
    option = f"--{wrong.argument.replace('_', '-')}"
    if wrong.argument not in options:
        return f"{path}: {wrong} Save that one as a file of its own."
    choices = " or ".join(f"{option} {shlex.quote(choice)}" for choice in wrong.choices)
    return f"{path}: {wrong} Give {choices}."


def read_bytes(path: Path) -> bytes:
    """Return what a file holds, or refuse with a sentence naming it."""
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise Refused(
            [f"{path}: this file cannot be read ({wrong.strerror}). Check its name."]
        ) from wrong


@contextmanager
def nothing_half_written() -> Iterator[None]:
    """Turn a file that cannot be written into a refusal."""
    try:
        yield
    except OSError as wrong:
        raise Refused([f"{wrong.filename}: {wrong.strerror}. Nothing was written."]) from wrong


@contextmanager
def progress(steps: int) -> Iterator[Callable[[str], None]]:
    """Show a bar on a terminal while steps are told one by one; elsewhere show nothing."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with bar:
        task = bar.add_task("Starting", total=steps)
        yield lambda step: bar.update(task, description=step, advance=1)
