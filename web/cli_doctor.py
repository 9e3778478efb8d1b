"""The command that looks whether every promise holds on the rows: `gatemate doctor`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from matcher.core.words import counted
from matcher.demo_clock import demo_time
from matcher.invariants import Health, Verdict, beside, case_of, examine
from matcher.settings import Settings
from models.database import is_current
from models.looking import engine_to_look, picture
from web.cli_answers import Refused, now
from web.cli_ground import settings_at_hand

NOT_SOUND = 1
"""Exit code where an invariant is broken, or the rows behind it cannot be read."""

MOST_SHOWN = 20
"""Rows of one invariant that are printed; `--json` has them all."""

MARKS = {
    Health.SOUND: "sound",
    Health.BROKEN: "BROKEN",
    Health.NOT_LOOKED_AT: "not looked at",
    Health.UNREADABLE: "CANNOT BE READ",
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print all that was found as JSON.")
def doctor(as_json: bool) -> None:
    """Look whether every promise holds on the database; nothing is changed.

    It may run beside the service at any time. Rows are named by table and id,
    never by a name. Exit code 1 if a promise is broken, and 0 if all that
    were looked at hold.
    """
    verdicts = _examined(settings_at_hand())
    if as_json:
        click.echo(json.dumps([_as_data(verdict) for verdict in verdicts], indent=1))
    else:
        for line in _lines(verdicts):
            click.echo(line)
    if any(verdict.health in {Health.BROKEN, Health.UNREADABLE} for verdict in verdicts):
        raise click.exceptions.Exit(NOT_SOUND)


def _examined(settings: Settings) -> list[Verdict]:
    with _refused_in_one_sentence():
        engine = engine_to_look(settings.database)
        try:
            if not is_current(engine):
                raise Refused(["The database is not up to date. Run: gatemate db upgrade"])
            known = beside(settings)
            with picture(engine) as db:
                real_now = now()
                moment: datetime = demo_time(db, real_now) if settings.demo else real_now
                return examine(case_of(db, settings, known, now=moment, real_now=real_now))
        finally:
            engine.dispose()


@contextmanager
def _refused_in_one_sentence() -> Iterator[None]:
    try:
        yield
    except OperationalError as wrong:
        raise Refused(
            ["The database does not answer. Check GATEMATE_DATABASE and that it is running."]
        ) from wrong
    except SQLAlchemyError as wrong:
        raise Refused([f"The database cannot be read: {type(wrong).__name__}."]) from wrong


def _lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    for verdict in verdicts:
        told = verdict.invariant
        yield f"{told.code:<4} {MARKS[verdict.health]:<14} {told.sentence}"
        yield from (f"     {note}" for note in verdict.notes)
        shown = verdict.breaches[:MOST_SHOWN]
        yield from (f"     {one.noun} {one.row_id}: {one.what}" for one in shown)
        if len(verdict.breaches) > MOST_SHOWN:
            yield f"     and {counted(len(verdict.breaches) - MOST_SHOWN, 'row')} more: --json"
    yield _summary(verdicts)


def _summary(verdicts: Sequence[Verdict]) -> str:
    by_health = {health: [one for one in verdicts if one.health is health] for health in Health}
    told = [f"{len(ones)} {health.value}" for health, ones in by_health.items() if ones]
    return f"{counted(len(verdicts), 'promise')}: {', '.join(told)}."


def _as_data(verdict: Verdict) -> dict[str, Any]:
    return {
        "code": verdict.invariant.code,
        "sentence": verdict.invariant.sentence,
        "health": verdict.health.value,
        "notes": list(verdict.notes),
        "breaches": [vars(one) for one in verdict.breaches],
    }
