"""Commands that keep the database safe: `gatemate backup` and `gatemate restore`."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

import click
from sqlalchemy import Connection

from matcher import kept_outside, post_hold, tombstones
from matcher.demo_clock import demo_time
from matcher.settings import Settings, SettingsError
from models.audit import AuditedSession, Hand
from models.backup_words import BackupError
from models.backups import back_up
from models.backups import restore as put_back
from models.key_ring import KeysError, keys
from models.rotation import missing_keys
from web.cli_answers import FileToRead, Refused, now
from web.cli_ground import engine_of, settings_at_hand
from web.cli_keys import told_of
from web.cli_upgraded import see_it_through

WHY = "a backup was put back"
"""Why the post is on hold."""


@click.command()
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("var/backups")
)
def backup(folder: Path) -> None:
    """Write the whole database into a new file of FOLDER, while the service runs.

    FOLDER is var/backups unless told. The file holds personal data: keep it
    as you would keep the database. Keep GATEMATE_SECRET and the journal too,
    somewhere else: neither is in it.
    """
    settings = settings_at_hand()
    try:
        file = back_up(settings.database, folder, now=now())
    except BackupError as wrong:
        raise Refused([str(wrong), "No backup was made."]) from wrong
    click.echo(f"The backup is {file}.")


@click.command()
@click.argument("file", type=FileToRead)
def restore(file: Path) -> None:
    """Put a backup FILE in the place of the database; what was there is kept aside.

    Stop every clock and all pages first. Afterwards the post is on hold until
    `gatemate post resume`, which first records what the journal knows as sent.
    """
    settings = settings_at_hand()
    moment = now()
    try:
        settle = partial(_settle, settings, moment)
        done = put_back(settings.database, file, now=moment, settle=settle)
    except (BackupError, KeysError, SettingsError) as wrong:
        raise Refused([str(wrong), "The database is as it was."]) from wrong
    click.echo(f"The database is that of {done.made_at:%d.%m.%Y %H:%M} UTC, brought up to date.")
    if done.kept:
        click.echo(f"What was there before is kept as {done.kept}.")
    if not Path(settings.journal).exists():
        click.echo(
            f"There is no journal at {settings.journal}. Put the newest one there before the post "
            "goes on: without it, letters that left after the backup would go again.",
            err=True,
        )
    if not kept_outside.stones_of(Path(settings.journal)).path.exists():
        click.echo(
            f"There is no {tombstones.NAME} beside the journal. If anyone was ever erased, put "
            "it there before the post goes on: it says who the backup must not bring back.",
            err=True,
        )
    for sentence in _left_to_do(settings):
        click.echo(sentence, err=True)
    click.echo(
        "The post is on hold: nothing leaves but what is printed. Start Gatemate, look whether "
        "all is well with gatemate doctor, then: gatemate post resume"
    )


def _left_to_do(settings: Settings) -> list[str]:
    """Return the sentences on values that lack their keys, and on what an older version left."""
    with engine_of(settings) as engine:
        with engine.connect() as connection:
            missing = list(told_of(missing_keys(connection, keys())))
        return [*missing, *see_it_through(engine)]


def _settle(settings: Settings, moment: datetime, connection: Connection) -> None:
    """Erase again who was erased since, and put the post on hold, before anyone can see it.

    In the transaction in which the database becomes what it will be.
    """
    how = "create_savepoint"
    with AuditedSession(connection, audit_key=settings.audit_key, join_transaction_mode=how) as db:
        db.write_as(Hand(None, at=moment, origin="command"))
        kept_outside.after_putting_back(db, settings, Path(settings.journal), now=moment)
        post_hold.hold(db, WHY, now=demo_time(db, moment))
        db.commit()
