"""The command that makes a whole plan from files alone: match."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import perf_counter

import click

from matcher.core.words import counted
from matcher.files.date_order import DateOrder
from matcher.match_files import FilesRefused, plan_from_files, write_plan
from matcher.plan_tables import ExplainedPlan, in_points
from web.cli_answers import (
    Day,
    FileToRead,
    FileToWrite,
    Refused,
    about,
    date_order_option,
    nothing_half_written,
    progress,
    today,
)

STEPS = 7
"""How many steps a plan from files tells of."""

SHOWN = 20
"""How many people without a mentor are listed on screen; the rest are in the WHY file."""


@click.command()
@click.option(
    "--leavers", "leavers_file", required=True, type=FileToRead, help="People leaving prison."
)
@click.option("--mentors", "mentors_file", required=True, type=FileToRead, help="Vetted mentors.")
@click.option(
    "--out", "pairs_file", required=True, type=FileToWrite, help="Where the pairs are written."
)
@click.option("--why", "why_file", type=FileToWrite, help="Where every reason is written.")
@click.option("--today", "day", type=Day(), help="The day to plan for; today without it.")
@date_order_option()
def match(
    leavers_file: Path,
    mentors_file: Path,
    pairs_file: Path,
    why_file: Path | None,
    day: date | None,
    date_order: DateOrder | None,
) -> None:
    """Make the best whole plan of pairs from two files.

    The columns of both files are described in docs/files.md; `gatemate
    example` makes files to try.
    """
    started = perf_counter()
    written = [pairs_file, *([why_file] if why_file else [])]
    _refuse_unwritable([leavers_file, mentors_file], written)
    try:
        with progress(STEPS) as tell, nothing_half_written():
            plan = plan_from_files(
                leavers_file,
                mentors_file,
                today=day or today(),
                tell=tell,
                date_order=date_order,
            )
            tell("Putting it into words")
            write_plan(plan, pairs_file, why_file)
    except FilesRefused as refused:
        problems = [about(path, wrong, {"date_order"}) for path, wrong in refused.problems]
        raise Refused([*problems, "Nothing was written."]) from refused
    _print_summary(plan, perf_counter() - started, why_file)


def _refuse_unwritable(read: list[Path], written: list[Path]) -> None:
    problems = [
        f"{path}: there is no folder {path.parent}. Make it first, or name another place."
        for path in written
        if not path.parent.is_dir()
    ]
    everything = [path.resolve() for path in (*read, *written)]
    if len(set(everything)) < len(everything):
        problems.append("Give four different files: one of these would overwrite another.")
    if problems:
        raise Refused(problems)


def _print_summary(plan: ExplainedPlan, seconds: float, why_file: Path | None) -> None:
    best, counts = plan.plan.plan, plan.plan.counts
    leavers = counted(counts["leavers"], "leaver")
    click.echo(
        f"{best.covered:,} of {leavers} covered; {counts['on_hold']:,} on hold; "
        f"{counted(counts['places'], 'free place')} with {counted(counts['mentors'], 'mentor')}; "
        f"{counted(counts['eligible_pairs'], 'eligible pair')}; "
        f"{counted(counts['standbys'], 'standby', 'standbys')}."
    )
    total, bound = round(best.total * 1000), round(best.bound * 1000)
    proof = "proved: no plan is better" if total == bound else "NOT PROVED: report this"
    click.echo(f"Total {in_points(total)}, bound {in_points(bound)} ({proof}).")
    if plan.without_mentor:
        click.echo(f"\nWithout a mentor: {counted(len(plan.without_mentor), 'leaver')}")
    for found in plan.without_mentor[:SHOWN]:
        click.echo(f"  {plan.plan.leavers[found.leaver].code}: {found.sentences[0]}")
    more = len(plan.without_mentor) - SHOWN
    if more > 0:
        where = f"all are in {why_file}" if why_file else "give --why FILE to have them all"
        click.echo(f"  and {more:,} more; {where}.")
    click.echo(f"\n{seconds:.1f} seconds.")
