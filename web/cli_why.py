"""Commands that answer: why these two, who has no mentor and what would help, what if."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import click

from matcher.core.conditions import RuleSettings
from matcher.core.in_the_way import in_the_way
from matcher.core.planning import PlanSettings, WholePlan
from matcher.core.what_if import Supposed, WhatIf, what_if, with_weights
from matcher.core.what_if_difference import points_in_words
from matcher.core.why import why
from matcher.core.words import counted, listed
from matcher.plan_on_file import PlanOnFile, newest_plan
from matcher.why import (
    WithoutMentor,
    mentor_called,
    most_urgent,
    not_waiting,
    referral_called,
    what_if_on_file,
    what_would_help,
    why_pair,
    without_mentor,
)
from web.cli_answers import Points, Refused, now
from web.cli_asked import Files, of_files_or_database, reading, unknown_codes_refused

POINTS = Points()
MOST_LIKE = 1_000
"""So many more mentors like one may be supposed: a plan for more than a country helps nobody."""


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
    with unknown_codes_refused("Check it; the leaver's code comes first."):
        if files:
            _say(why(files.plan(), leaver, mentor).sentences)
            return
        with reading() as db:
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
    with unknown_codes_refused():
        if files:
            _unmatched(files.plan(), leaver, changes)
            return
        with reading() as db:
            if leaver:
                referral = referral_called(db, leaver)
                _say_what_helps(leaver, without_mentor(db, referral, now()))
            else:
                _unmatched_on_file(newest_plan(db, now()), changes)


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
    with unknown_codes_refused():
        if files:
            _print_what_if(what_if(files.plan(), supposed))
            return
        with reading() as db:
            _print_what_if(what_if_on_file(db, supposed, now()))


def _unmatched(plan: WholePlan, leaver: str | None, changes: int) -> None:
    """Print who has no mentor and why, or everything about one of them."""
    if leaver:
        row = plan.leaver_index[leaver]
        told = None if plan.mentor_of[row] >= 0 else what_would_help(plan, [row])[row]
        _say_what_helps(leaver, told)
        return
    _list_unmatched(_sentences_of_unmatched(plan, changes))


def _unmatched_on_file(on_file: PlanOnFile, changes: int) -> None:
    """Print everyone on file who has no mentor and why, whose referral does not wait yet too."""
    not_yet = {one.profile.code: [not_waiting(one.state)] for one in on_file.not_waiting}
    _list_unmatched(_sentences_of_unmatched(on_file.plan, changes) | not_yet)


def _sentences_of_unmatched(plan: WholePlan, changes: int) -> dict[str, list[str]]:
    """Return, by code, what stands in the way of each, and the change that so many are told."""
    helped = what_would_help(plan, most_urgent(plan, changes))
    return {
        plan.leavers[found.leaver].code: [
            *found.sentences,
            *([helped[found.leaver].change] if found.leaver in helped else []),
        ]
        for found in in_the_way(plan)
    }


def _list_unmatched(told: Mapping[str, list[str]]) -> None:
    click.echo(f"Without a mentor: {counted(len(told), 'leaver')}.")
    for code, sentences in sorted(told.items()):
        click.echo(f"{code}: {' '.join(sentences)}")


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
