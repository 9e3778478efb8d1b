"""Commands on the keys of persons: `gatemate keys state`, `rotate`, `backup` and `restore`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click

from matcher.core.words import counted
from matcher.kept_outside import stones_of
from matcher.master_keys import refuse_other_keys
from matcher.settings import Settings
from matcher.tombstones import erased_by_all
from models.backup_words import BackupError
from models.database import is_current, reading
from models.key_backups import KEPT, back_up_keys, restore_keys
from models.key_ring import INDEX, SERVICE, KeyRing, KeysError
from models.key_ring import keys as our_keys
from models.rotation import missing_keys, rotate
from web.cli_answers import FileToRead, Refused, now
from web.cli_ground import engine_of, said_in_one_sentence, settings_at_hand

NOT_WHOLE = 1
"""Exit code where a rotation was stopped in the middle or keys are missing."""


@click.group("keys")
def keys() -> None:
    """Look after the keys of persons, which lie apart from the rows (GATEMATE_KEYS)."""


@keys.command("state")
def state() -> None:
    """Say how many have keys, of which version; ends with 1 if any key is missing."""
    settings = settings_at_hand()
    with _in_words(), engine_of(settings) as engine:
        ring = our_keys()
        for sentence in _of_store(ring):
            click.echo(sentence)
        with engine.execution_options(only_reads=True).connect() as connection:
            missing = missing_keys(connection, ring)
    for sentence in told_of(missing):
        click.echo(sentence)
    if missing or not ring.store.round().done:
        raise click.exceptions.Exit(NOT_WHOLE)
    click.echo("No key is missing.")


@keys.command("rotate")
def rotate_keys() -> None:
    """Give everyone a new key and seal everything anew, while the service runs.

    Killed at any point, nothing is lost: run it again, and it goes on.
    """
    settings = settings_at_hand()
    with _in_words(), said_in_one_sentence(), engine_of(settings) as engine:
        if not is_current(engine):
            raise Refused(["The database is not up to date. Run: gatemate db upgrade"])
        refuse_other_keys(engine)
        done = rotate(engine, our_keys(), audit_key=settings.audit_key, now=now())
    click.echo(
        f"Everything is sealed with keys of version {done.version}: "
        f"{counted(done.values, 'value')} anew, {counted(done.destroyed, 'old key')} destroyed."
    )
    click.echo("Make a backup of the keys now: gatemate keys backup FOLDER")


@keys.command("backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def backup_keys(folder: Path) -> None:
    """Write all keys into a new file of FOLDER, and remove those there that are over 30 days old.

    FOLDER must be elsewhere than the backups of the rows. The master key is not in it.
    """
    settings_at_hand()
    with _in_words():
        file, gone = back_up_keys(our_keys(), folder, now=now())
    click.echo(f"The backup of the keys is {file}.")
    if gone:
        click.echo(f"{counted(gone, 'backup')} of over {KEPT.days} days ago removed.")


@keys.command("restore")
@click.argument("file", type=FileToRead)
def put_keys_back(file: Path) -> None:
    """Put back the keys of FILE that are missing. Who was erased stays erased."""
    settings = settings_at_hand()
    with _in_words():
        gone = _erased_by_all(settings)
        back = restore_keys(our_keys(), file, now=now(), erased_since=gone)
    click.echo(f"{counted(back.keys, 'key')} put back.")
    if back.erased:
        click.echo(f"{counted(back.erased, 'key')} left out: their people were erased.")


def _erased_by_all(settings: Settings) -> frozenset[UUID]:
    stones = stones_of(Path(settings.journal))
    with engine_of(settings) as engine:
        if not is_current(engine):
            return stones.ids()
        with reading(engine)() as db:
            return erased_by_all(db, stones)


def told_of(missing: Counter[str]) -> Iterator[str]:
    """Yield the sentences that say whose values cannot be opened, none where all can."""
    if missing:
        tables = ", ".join(f"{count:,} in {table}" for table, count in sorted(missing.items()))
        yield f"The keys of some values are missing: {tables}."
        yield "Put the newest backup of the keys back with gatemate keys restore."


def _of_store(ring: KeyRing) -> Iterator[str]:
    everything, last = ring.store.everything(), ring.store.round()
    people = {one.holder for one in everything} - {SERVICE, INDEX}
    for one in everything[:1]:
        ring.unwrapped(one)
    yield f"{counted(len(people), 'person or account', 'people and accounts')} with keys."
    yield f"{counted(len(ring.store.erased()), 'person', 'people')} erased."
    for version, count in sorted(Counter(one.version for one in everything).items()):
        yield f"Version {version}: {counted(count, 'key')}."
    if not last.done:
        yield "A rotation was stopped in the middle. Go on with it: gatemate keys rotate"


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (KeysError, BackupError) as wrong:
        raise Refused([str(wrong)]) from wrong
