"""Commands on the database: db upgrade, import, propose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import make_url

from matcher.core.conditions import RuleSettings
from matcher.core.planning import PlanSettings
from matcher.core.words import counted
from matcher.files.date_order import DateOrder
from matcher.files.people_files import read_leavers, read_mentors
from matcher.files.refusals import IntakeRefused
from matcher.intake import take_report
from matcher.master_keys import refuse_other_keys
from matcher.match_files import write_together
from matcher.people_intake import NO_LEAVERS, NO_MENTORS, PeopleTaken, take_people
from matcher.plan_tables import in_points
from matcher.proposals import propose as make_proposals
from models.database import upgrade
from models.key_ring import KeysError
from web.cli_answers import (
    FileToRead,
    FileToWrite,
    Refused,
    about,
    date_order_option,
    nothing_half_written,
    read_bytes,
)
from web.cli_ground import engine_of, ground, said_in_one_sentence, settings_at_hand, writing
from web.cli_upgraded import see_it_through

SOME_TO_MEND = 1
"""Exit code when the good rows went in and some came back to be mended."""


@click.group("db")
def database() -> None:
    """Look after the database that GATEMATE_DATABASE names."""


@database.command("upgrade")
def upgrade_database() -> None:
    """Bring the tables up to this version, and the reference tables with them.

    Stop all pages and clocks first. It says what to run next, if anything.
    """
    settings = settings_at_hand()
    folder = Path(make_url(settings.database).database or "").parent
    if settings.database.startswith("sqlite"):
        folder.mkdir(parents=True, exist_ok=True)
    with said_in_one_sentence(), engine_of(settings) as engine:
        refuse_other_keys(engine)
        try:
            upgrade(engine)
        except KeysError as wrong:
            raise Refused([str(wrong), "The database is as it was."]) from wrong
        click.echo("The database is up to date.")
        for sentence in see_it_through(engine):
            click.echo(sentence)


@click.group("import")
def import_file() -> None:
    """Take files in. Good rows go in; bad rows come back as a file to mend."""


@import_file.command("report")
@click.argument("report", type=FileToRead)
@click.option("--prison", help="The prison's code, for a report that does not say it.")
@date_order_option()
@click.option("--sheet", help="The sheet of a workbook that has several.")
@click.option("--give-back", type=FileToWrite, help="Where rows to mend are written.")
def import_report(
    report: Path,
    prison: str | None,
    date_order: DateOrder | None,
    sheet: str | None,
    give_back: Path | None,
) -> None:
    """Take in a release report; whoever is in it becomes an expected leaver."""
    content = read_bytes(report)
    with ground() as around, writing(around) as db, _named(report, "date_order", "sheet"):
        taken = take_report(
            db, content, now=around.now(), prison=prison, date_order=date_order, sheet=sheet
        )
        given_back = taken.given_back()
        returned = _give_back({report: (given_back, give_back)})
        db.commit()
    for sentence in (*taken.notes, *taken.summary()):
        click.echo(sentence)
    _tell_of_bad_rows([cell for row in taken.bad for cell in row.problems], returned)


@import_file.command("people")
@click.option("--leavers", "leavers_file", type=FileToRead, help="Full referrals.")
@click.option("--mentors", "mentors_file", type=FileToRead, help="Mentors and what vets them.")
@date_order_option()
def import_people(
    leavers_file: Path | None, mentors_file: Path | None, date_order: DateOrder | None
) -> None:
    """Take in full leavers and mentors; together they may name one another."""
    if not leavers_file and not mentors_file:
        raise Refused(["Name a file with --leavers, with --mentors, or both."])
    leavers, mentors = NO_LEAVERS, NO_MENTORS
    if leavers_file:
        with _named(leavers_file, "date_order"):
            leavers = read_leavers(read_bytes(leavers_file), date_order=date_order)
    if mentors_file:
        with _named(mentors_file, "date_order"):
            mentors = read_mentors(read_bytes(mentors_file), date_order=date_order)
    with ground() as around, writing(around) as db:
        taken = take_people(db, leavers=leavers, mentors=mentors, now=around.now())
        files = [leavers_file, mentors_file]
        returned = _give_back(
            {path: (one.given_back(), None) for path, one in zip(files, taken, strict=True) if path}
        )
        db.commit()
    for noun, one in zip(("leaver", "mentor"), taken, strict=True):
        _tell_of_people(noun, one)
    bad = [cell for one in taken for row in one.bad for cell in row.problems]
    _tell_of_bad_rows(bad, returned)


@click.command()
def propose() -> None:
    """Make the whole plan and keep it as proposed pairs and standbys."""
    with ground() as around, writing(around) as db:
        run = make_proposals(db, now=around.now(), rules=RuleSettings(), settings=PlanSettings())
        db.commit()
        counts = run.counts
        click.echo(
            f"{run.covered:,} of {counted(counts['leavers'], 'waiting leaver')} covered by a "
            f"proposal; {counts['on_hold']:,} on hold; "
            f"{counted(counts['standbys'], 'standby', 'standbys')}."
        )
        proof = "proved: no plan is better" if run.total == run.bound else "NOT PROVED: report this"
        click.echo(f"Total {in_points(run.total)}, bound {in_points(run.bound)} ({proof}).")


@contextmanager
def _named(path: Path, *options: str) -> Iterator[None]:
    """Turn the refusal of a file into one sentence that names it and the option to give."""
    try:
        yield
    except IntakeRefused as wrong:
        raise Refused([f"{about(path, wrong, options)} Nothing was changed."]) from wrong


def _give_back(files: dict[Path, tuple[bytes | None, Path | None]]) -> list[Path]:
    """Write the rows to mend beside each file they came from, over nothing; return where."""
    written = {told or _beside(path): content for path, (content, told) in files.items() if content}
    with nothing_half_written():
        write_together(written)
    return list(written)


def _beside(path: Path) -> Path:
    """Return the first free name of the form REPORT-to-mend.csv, REPORT-to-mend-2.csv."""
    stem = re.sub(r"-to-mend(-\d+)?$", "", path.stem)
    names = (f"{stem}-to-mend{f'-{n}' if n > 1 else ''}.csv" for n in range(1, 1000))
    return next(free for name in names if not (free := path.with_name(name)).exists())


def _tell_of_people(noun: str, taken: PeopleTaken) -> None:
    if taken.header:
        click.echo(
            f"{counted(len(taken.new), noun)} new, {len(taken.changed):,} changed, "
            f"{len(taken.same):,} as before, {len(taken.bad):,} to mend."
        )


def _tell_of_bad_rows(bad: list[Any], returned: list[Path]) -> None:
    for cell in bad:
        click.echo(str(cell), err=True)
    if bad:
        places = " and ".join(map(str, returned))
        click.echo(f"The rows to mend are in {places}. Mend them there and import that.", err=True)
        raise click.exceptions.Exit(SOME_TO_MEND)
