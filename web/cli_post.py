"""Commands on the post: put it on hold, let it go on, and say how it is."""

from __future__ import annotations

from pathlib import Path

import click

from matcher import kept_outside, post_hold
from matcher.channels import shut_channels
from matcher.core.words import counted
from matcher.desks.how_it_runs import waiting_letters
from matcher.journal import Journal
from matcher.refusing import NotAllowed
from web.cli_ground import ground, writing

FIND_THE_JOURNAL = (
    "What left after the backup would leave again, so the post stays as it is. Put the journal "
    "back in its place, or name it with GATEMATE_JOURNAL. Is it lost for good? "
    "gatemate post resume --journal-is-lost"
)


@click.group("post")
def post() -> None:
    """Put the post on hold, let it go on, or say how it is."""


@post.command()
@click.option("--why", default="someone asked for it", show_default=True, help="For the record.")
def hold(why: str) -> None:
    """Let nothing leave but what is printed."""
    with ground() as around, writing(around) as db:
        post_hold.hold(db, why, now=around.now())
        db.commit()
    click.echo("The post is on hold: nothing leaves but what is printed. gatemate post resume")


@post.command()
@click.option(
    "--journal-is-lost",
    is_flag=True,
    help="Begin the journal anew from the database. What left after a backup may leave again.",
)
def resume(journal_is_lost: bool) -> None:
    """Record what the journal knows as sent, then let the post go on.

    Refused while the database calls letters sent that the journal does not know.
    """
    with ground() as around, writing(around) as db:
        journal, lost = Journal(Path(around.settings.journal)), journal_is_lost
        erased = kept_outside.clean(db, journal.path, now=around.now())
        try:
            known = post_hold.resume(db, journal, now=around.now(), journal_is_lost=lost)
        except NotAllowed as refused:
            raise click.ClickException(f"{refused} {FIND_THE_JOURNAL}") from refused
        db.commit()
    if erased:
        click.echo(f"{counted(erased, 'person', 'people')} had been erased before: erased again.")
    if known:
        click.echo(f"{counted(known, 'letter')} had left before, by the journal: recorded as sent.")
    click.echo("The post goes on.")


@post.command()
def state() -> None:
    """Say whether the post is on hold, which channels are shut, and how many letters wait."""
    with ground() as around, around.reading() as db:
        held, shut = post_hold.held_since(db), shut_channels(db, around.now())
        waiting = waiting_letters(db, around.now())
    since = f"{held.since:%d.%m.%Y %H:%M} UTC" if held else ""
    click.echo(f"On hold since {since}: {held.why}." if held else "Not on hold.")
    for channel in sorted(shut):
        click.echo(f"{channel.label}: shut for a while, it failed again and again.")
    click.echo(f"{counted(waiting, 'letter')} due and not yet gone.")
