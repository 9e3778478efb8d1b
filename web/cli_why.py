"""Commands that answer: why these two, who has no mentor and what would help, what if."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlmodel import Session

from matcher.core.conditions import RuleSettings
from matcher.core.in_the_way import in_the_way
from matcher.core.planning import PlanSettings, WholePlan
from matcher.core.what_if import Supposed, WhatIf, what_if, with_weights
from matcher.core.what_if_difference import points_in_words
from matcher.core.why import why
from matcher.core.words import counted, listed
from matcher.files.date_order import DateOrder
from matcher.match_files import FilesRefused, plan_from_files
from matcher.why import (
    WithoutMentor,
    mentor_called,
    most_urgent,
    plan_on_file,
    referral_called,
    what_would_help,
    why_pair,
    without_mentor,
)
from models.database import is_current
from web.cli_answers import (
    Command,
    Day,
    FileToRead,
    Points,
    Refused,
    about,
    date_order_option,
    now,
    today,
)
from web.cli_ground import engine_of, settings_at_hand
from web.surroundings import Surroundings

POINTS = Points()
MOST_LIKE = 1_000
"""So many more mentors like one may be supposed: a plan for more than a country helps nobody."""


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


@click.command("why")
@click.argument("leaver")
@click.argument("mentor")
@of_files_or_database
def why_command(files: Files | None, leaver: str, mentor: str) -> None:
    """Say why LEAVER and MENTOR, two codes, are paired or are not.

    For a pair: the reasons, the runner-up, and what choosing the runner-up
    would cost whom. For two who may not be paired: every gate and rule in the
    way. For two who may: what the pair lost by, and who would bear it.
    Asks the service's database, or two files as `gatemate match` takes them.
    """
    with _unknown_codes_refused("Check it; the leaver's code comes first."):
        if files:
            _say(why(files.plan(), leaver, mentor).sentences)
            return
        with _reading() as db:
            referral, mentor_id = referral_called(db, leaver), mentor_called(db, mentor)
            _say(why_pair(db, referral, mentor_id, now()).sentences)


@click.command()
@click.option("--leaver", help="The code of one leaver, to be told everything about them.")
@click.option(
    "--changes",
    type=click.IntRange(0),
    default=0,
    help="Find the smallest change for so many of the most urgent, too.",
)
@of_files_or_database
def unmatched(files: Files | None, leaver: str | None, changes: int) -> None:
    """Say who has no mentor, and what stands in the way.

    With --leaver the smallest change that would give them a mentor, found by
    solving the whole plan again.
    """
    with _unknown_codes_refused():
        if files:
            _unmatched(files.plan(), leaver, changes)
            return
        with _reading() as db:
            if leaver:
                referral = referral_called(db, leaver)
                _say_what_helps(leaver, without_mentor(db, referral, now()))
            else:
                _unmatched(plan_on_file(db, now()).plan, None, changes)


@click.command("what-if")
@click.option("--lose", multiple=True, metavar="MENTOR", help="Without this mentor.")
@click.option("--like", multiple=True, metavar="MENTOR[=N]", help="With N more like this mentor.")
@click.option("--weight", multiple=True, metavar="PART=POINTS", help="With this weight.")
@click.option("--bonus", type=POINTS, help="Points that a standing proposal keeps.")
@click.option("--load", type=POINTS, help="Points that each further place costs.")
@click.option("--offence-free-months", type=click.IntRange(0, 600), help="Asked of mentors.")
@click.option("--substance-free-months", type=click.IntRange(0, 600), help="Asked of mentors.")
@click.option(
    "--assessment-months", type=click.IntRange(1, 600), help="How long assessments count."
)
@of_files_or_database
def what_if_command(
    files: Files | None,
    lose: tuple[str, ...],
    like: tuple[str, ...],
    weight: tuple[str, ...],
    **settings: float | None,
) -> None:
    """Say who would gain and who would lose if something were otherwise.

    The whole plan is made again; nothing is kept. Options may be given
    together and, but for the settings, more than once. Weights add up to 100:
    the parts that are not named share the rest as they did. With other mentors
    other experiences are rare, so that scores may change a little too.
    """
    supposed = _supposed(
        lose, _numbers(like, "--like", one=1), _numbers(weight, "--weight"), settings
    )
    if any(count > MOST_LIKE for count in supposed.like.values()):
        raise Refused([f"--like: suppose {MOST_LIKE:,} more mentors at most."])
    with _unknown_codes_refused():
        if files:
            _print_what_if(what_if(files.plan(), supposed))
            return
        with _reading() as db:
            _print_what_if(what_if(plan_on_file(db, now()).plan, supposed))


def _unmatched(plan: WholePlan, leaver: str | None, changes: int) -> None:
    """Print who has no mentor and why, or everything about one of them."""
    if leaver:
        row = plan.leaver_index[leaver]
        told = None if plan.mentor_of[row] >= 0 else what_would_help(plan, [row])[row]
        _say_what_helps(leaver, told)
        return
    click.echo(f"Without a mentor: {counted(len(plan.uncovered), 'leaver')}.")
    helped = what_would_help(plan, most_urgent(plan, changes))
    for found in in_the_way(plan):
        change = [helped[found.leaver].change] if found.leaver in helped else []
        click.echo(f"{plan.leavers[found.leaver].code}: {' '.join([*found.sentences, *change])}")


def _say_what_helps(leaver: str, told: WithoutMentor | None) -> None:
    _say([*told.in_the_way, told.change] if told else [f"{leaver} has a mentor."])


def _print_what_if(found: WhatIf) -> None:
    """Print the figures of both plans, then who gains and who loses."""
    gap = found.difference
    for name, before, after in (
        ("Leavers covered", f"{gap.before.covered:,}", f"{gap.after.covered:,}"),
        ("Urgency covered", f"{gap.before.urgency:,}", f"{gap.after.urgency:,}"),
        ("Total", points_in_words(gap.before.total), points_in_words(gap.after.total)),
    ):
        click.echo(f"{name}: {before} now, {after} then.")
    click.echo(
        f"{counted(len(gap.left_alone), 'leaver')} would lose their mentor, "
        f"{len(gap.newly_covered):,} would have one for the first time, and "
        f"{len(gap.pairs_moved):,} would have another ({len(gap.gainers):,} gain points by it, "
        f"{len(gap.losers):,} lose some)."
    )
    _say(gap.sentences[1:])
    click.echo("Nothing was kept.")


def _supposed(
    lose: tuple[str, ...], like: dict[str, int], weight: dict[str, int], told: dict[str, Any]
) -> Supposed:
    """Return what the options suppose, or refuse where they suppose nothing or what cannot be."""
    given = {name: value for name, value in told.items() if value is not None}
    if not (lose or like or weight or given):
        raise Refused(["Say what to suppose, such as --lose M-17. See: gatemate what-if --help"])
    plan, rules = PlanSettings(), RuleSettings()
    of_plan = {name: value for name, value in given.items() if hasattr(plan, name)}
    of_rules = {name: value for name, value in given.items() if hasattr(rules, name)}
    try:
        weights = with_weights(plan.weights, weight)
    except KeyError as unknown:
        parts = listed([part.name for part in plan.weights.parts], most=6)
        wrong = f"--weight: {unknown.args[0]} is no part of the score. The parts are {parts}."
        raise Refused([wrong]) from unknown
    except ValueError as wrong:
        raise Refused([f"--weight: {wrong}."]) from wrong
    return Supposed(
        lost=lose,
        like=like,
        settings=replace(plan, **of_plan, weights=weights),
        rules=replace(rules, **of_rules),
    )


def _numbers(options: tuple[str, ...], option: str, one: int | None = None) -> dict[str, int]:
    """Return "M-17=3" as a name and its whole number; without a number it is `one`."""
    found: dict[str, int] = {}
    for text in options:
        name, _, number = text.partition("=")
        if not number and one is not None:
            number = str(one)
        if not (name and number.isascii() and number.isdecimal()):
            raise Refused(
                [f'{option}: "{text}" must be a name and a whole number from 0 on: NAME=3.']
            )
        found[name] = int(number)
    return found


def _say(sentences: Iterable[str]) -> None:
    for sentence in filter(None, sentences):
        click.echo(sentence)


@contextmanager
def _unknown_codes_refused(do: str = "Check it.") -> Iterator[None]:
    """Turn the code of somebody who is not there into one clear sentence."""
    try:
        yield
    except KeyError as unknown:
        code = unknown.args[0] or '""'
        raise Refused([f"{code}: there is nobody with this code. {do}"]) from unknown


@contextmanager
def _reading() -> Iterator[Session]:
    """Open a session of the service's database that only reads; no secret is needed for it."""
    settings = settings_at_hand()
    with engine_of(settings) as engine:
        if not is_current(engine):
            raise Refused(["The database is not up to date. Run: gatemate db upgrade"])
        around = Surroundings(settings, engine, now)
        with around.reading() as db:
            yield db
