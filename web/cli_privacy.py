"""Commands of privacy: keep to the table of retention, hold a record, erase a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from matcher import erasing, kept_outside, legal_holds
from matcher import retention as rules
from matcher.belongings import Person
from matcher.core.words import counted
from matcher.former import called
from matcher.refusing import NotAllowed
from models.people import Leaver, Mentor
from models.privacy_words import ErasedBecause
from web.cli_answers import Refused
from web.cli_ground import ground, writing
from web.surroundings import Surroundings


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--set", "changes", multiple=True, metavar="KIND=DAYS", help="Change a period.")
def retention(dry_run: bool, changes: tuple[str, ...]) -> None:
    """Delete what may be kept no longer, or say what would be deleted.

    The clock does this each day by itself. Whoever is under a legal hold is
    passed over.
    """
    with ground() as around:
        if changes:
            _change(around, changes)
            return
        with writing(around) as db:
            if dry_run:
                outcomes = rules.due_now(db, now=around.now())
            else:
                outcomes = rules.keep_to_the_table(db, now=around.now())
                db.commit()
        if not dry_run:
            _keep_outside(around)
    head = "would be" if dry_run else "was"
    table = Table(
        "Kind", "What", "Kept after", "Days", f"What {head} done", "How many", "Kept back"
    )
    for one in outcomes:
        rule = one.rule
        told = (rule.code, rule.what, rule.after, f"{one.days:,}", rule.done)
        table.add_row(*told, f"{one.count:,}", f"{one.kept:,}")
    Console(width=160).print(table)


def _change(around: Surroundings, changes: tuple[str, ...]) -> None:
    with writing(around) as db, _refusals():
        for change in changes:
            code, _, days = change.partition("=")
            if not days.isdecimal():
                raise Refused([f'"{change}": write it as letters=14.'])
            rules.keep_for(db, code, int(days), by=None, now=around.now())
        db.commit()
    click.echo("Changed. It holds from the next run on: gatemate retention --dry-run")


@click.command("legal-hold")
@click.argument("code")
@click.option("--why", default="", help="Why the record must be kept.")
@click.option("--lift", is_flag=True, help="Let the record go its way again.")
def legal_hold(code: str, why: str, lift: bool) -> None:
    """Hold the record of the person with CODE: nothing of it is deleted until it is lifted."""
    with ground() as around, writing(around) as db, _refusals():
        person = person_called(db, code)
        if lift:
            done = legal_holds.lift(db, person, by=None, now=around.now())
            said = "The hold is lifted." if done else "There was no hold."
        else:
            legal_holds.place(db, person, why, by=None, now=around.now())
            said = "The record is held."
        db.commit()
    click.echo(said)


@click.command()
@click.argument("code")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--links-too", is_flag=True, help="Also where open links protect other people.")
def erase(code: str, yes: bool, links_too: bool) -> None:
    """Erase the person with CODE for good: every row, their key, and so every backup.

    What would go is shown first. The audit keeps ids alone.
    """
    with ground() as around, writing(around) as db, _refusals():
        person = person_called(db, code)
        seen = erasing.preview(db, person, links_too=links_too)
        for noun, count in seen.rows.items():
            click.echo(f"  {count:>5,}  {noun}")
        click.echo(f"{counted(seen.pairs_counted, 'pair')} will be counted, without names.")
        if seen.in_the_way:
            raise Refused([*seen.in_the_way, "Nobody was erased."])
        if not yes and click.prompt(f"Type {code} again to erase them") != code:
            raise Refused(["That is not the same code. Nobody was erased."])
        asked = ErasedBecause.ASKED
        erasing.erase(db, person, because=asked, by=None, now=around.now(), links_too=links_too)
        db.commit()
        _keep_outside(around)
    click.echo("Erased. Their key is destroyed: no backup can bring them back.")


def _keep_outside(around: Surroundings) -> None:
    with around.reading() as db:
        journal = Path(around.settings.journal)
        kept_outside.keep(db, around.settings, journal, now=around.now())


def person_called(db: Session, code: str) -> Person:
    """Return the leaver or mentor who has, or had, a code; refuse where nobody or both have."""
    found = [called(db, kind, code) for kind in (Leaver, Mentor)]
    people = [one for one in found if one is not None]
    if len(people) != 1:
        what = "a leaver and a mentor have" if people else "nobody has"
        raise Refused([f'The code "{code}": {what} it. Look at it again.'])
    return people[0]


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what a verb will not do into a refusal."""
    try:
        yield
    except NotAllowed as wrong:
        raise Refused([*wrong.sentences, "Nothing was changed."]) from wrong
