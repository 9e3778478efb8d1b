"""Commands for someone who has no file yet: example people, empty workbooks, the table of rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from matcher.core.eligibility import RULES
from matcher.core.gates import GATES
from matcher.core.visits import VISITS_RULE
from matcher.example import example_people
from matcher.files.file_guide import template as make_template
from matcher.files.people_files import write_leavers, write_mentors
from matcher.match_files import write_together
from models.profiles import LeaverInFile, MentorProfile
from web.cli_answers import Day, FileToWrite, Refused, nothing_half_written, today

PROFILES: dict[str, type[LeaverInFile | MentorProfile]] = {
    "leavers": LeaverInFile,
    "mentors": MentorProfile,
}


@click.command()
@click.option("--leavers", required=True, type=click.IntRange(0, 1_000_000))
@click.option("--mentors", required=True, type=click.IntRange(0, 1_000_000))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--out", "folder", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--today", "day", type=Day(), help="The day they stand on; today without it.")
def example(leavers: int, mentors: int, seed: int, folder: Path, day: date | None) -> None:
    """Make lifelike people from published figures, to try things with."""
    people = example_people(leavers, mentors, seed, day or today())
    files = {
        folder / "leavers.csv": write_leavers(people.leavers),
        folder / "mentors.csv": write_mentors(people.mentors),
    }
    with nothing_half_written():
        folder.mkdir(parents=True, exist_ok=True)
        write_together(files)
    for path in files:
        click.echo(str(path))


@click.command()
@click.argument("people", type=click.Choice(list(PROFILES)))
@click.option("--out", "path", required=True, type=FileToWrite, help="The workbook to write.")
def template(people: str, path: Path) -> None:
    """Write an empty workbook of leavers or mentors to fill in."""
    if path.exists():
        raise Refused([f"{path}: there is a file of this name already. Name another."])
    with nothing_half_written():
        write_together({path: make_template(PROFILES[people])})
    click.echo(str(path))


@click.command()
def rules() -> None:
    """Print the table of rules: who may be paired with whom."""
    table = Table("Rule", "Code", "What it asks", "May be set aside")
    rows = [(rule.number, rule.code, rule.meaning, rule.relaxable) for rule in RULES]
    for number, code, meaning, relaxable in sorted([*rows, VISITS_RULE], key=lambda row: row[0]):
        table.add_row(str(number), code, meaning, "yes" if relaxable else "never")
    gates = Table("Gate", "A leaver is on hold while")
    for gate in GATES:
        gates.add_row(gate.code, gate.reason)
    console = Console(width=None if Console().is_terminal else 120)
    console.print(table)
    console.print(gates)
