"""Commands that keep the database safe: `gatemate backup` and `gatemate restore`."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

import click
from sqlalchemy import Connection

from matcher import post_hold
from matcher.demo_clock import demo_time
from matcher.settings import SettingsError
from models.audit import AuditedSession, Hand
from models.backup_words import BackupError
from models.backups import back_up
from models.backups import restore as put_back
from web.cli_answers import FileToRead, Refused, now
from web.cli_ground import settings_at_hand

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
        settle = partial(_put_on_hold, settings.audit_key, moment)
        done = put_back(settings.database, file, now=moment, settle=settle)
    except (BackupError, SettingsError) as wrong:
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
    click.echo(
        "The post is on hold: nothing leaves but what is printed. Start Gatemate, look whether "
        "all is well with gatemate doctor, then: gatemate post resume"
    )


def _put_on_hold(audit_key: bytes, moment: datetime, connection: Connection) -> None:
    """Put the post on hold in the transaction in which the database becomes what it will be."""
    how = "create_savepoint"
    with AuditedSession(connection, audit_key=audit_key, join_transaction_mode=how) as db:
        db.write_as(Hand(None, at=moment, origin="command"))
        post_hold.hold(db, WHY, now=demo_time(db, moment))
        db.commit()
