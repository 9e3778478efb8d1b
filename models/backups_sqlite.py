"""How a SQLite database is copied while it is in use, and put back in one renaming."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from models.backup_words import (
    BackupError,
    Copied,
    refuse_while_a_clock_runs,
    see_onto_the_disk,
)
from models.database import BUSY_SECONDS, make_engine, upgrade

BESIDE = ("", "-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps a database in."""

DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
IN_USE = "The database is in use. Stop every clock and all pages of Gatemate first."


def folder_for(address: str, _file: Path) -> Path:
    """Return where a database is made ready: beside the present one, so that renaming is enough."""
    return _place(address).parent


def copy(address: str, to: Path) -> Copied:
    """Copy the database of one moment into a new file, and check the copy."""
    place = _place(address)
    if not place.is_file():
        raise BackupError(f"{place}: there is no database.")
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(_opened(place, "mode=ro")) as present:
            present.execute("VACUUM INTO ?", (str(to),))
    except sqlite3.Error as wrong:
        raise BackupError(f"The database cannot be copied: {wrong}.") from wrong
    return Copied(_checked(to))


def put_back(
    address: str,
    content: Path,
    copied: Copied,
    *,
    now: datetime,
    settle: Callable[[Connection], None],
) -> str:
    """Make the copy ready and rename it into the place of the present one; return where that is."""
    if _checked(content) != copied.revision:
        raise BackupError("The backup is not at the revision that it says. Nothing was changed.")
    place = _place(address)
    _make_ready(content, settle)
    if not place.exists():
        os.link(content, place)
        see_onto_the_disk(place.parent)
        return ""
    kept = place.with_name(
        f"{place.stem}-before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{place.suffix}"
    )
    _refuse_while_a_clock_runs(place, now)
    with _held(place):
        content.chmod(place.stat().st_mode & 0o777)
        _keep_aside(place, kept)
        content.replace(place)
        see_onto_the_disk(place.parent)
    return str(kept)


def _refuse_while_a_clock_runs(place: Path, now: datetime) -> None:
    """Ask the present database; one that cannot be read has no clock to tell of."""
    engine = make_engine(f"sqlite:///{place}")
    try:
        with engine.execution_options(only_reads=True).connect() as connection:
            refuse_while_a_clock_runs(connection, now)
    except (SQLAlchemyError, sqlite3.Error):
        return
    finally:
        engine.dispose()


def _make_ready(content: Path, settle: Callable[[Connection], None]) -> None:
    """Bring a copy up to this version, settle it, and leave it whole in one file."""
    engine = make_engine(f"sqlite:///{content}")
    try:
        upgrade(engine)
        with engine.begin() as connection:
            settle(connection)
    finally:
        engine.dispose()
    with closing(_opened(content, "mode=rw")) as ready:
        ready.execute("PRAGMA journal_mode = DELETE")
    _checked(content)
    with content.open("rb") as file:
        os.fsync(file.fileno())


def _checked(copy: Path) -> str:
    """Return the revision of a database that nobody uses, or raise BackupError if it is damaged."""
    try:
        with closing(_opened(copy, "immutable=1")) as database:
            found = database.execute("PRAGMA integrity_check").fetchall()
            broken = database.execute("PRAGMA foreign_key_check").fetchall()
            revisions = database.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error as wrong:
        raise BackupError(f"This is not a database of Gatemate: {wrong}.") from wrong
    if found != [("ok",)] or broken:
        raise BackupError("The database is damaged: SQLite's own check of it fails.")
    if len(revisions) != 1:
        raise BackupError("This is not a database of Gatemate: it has no revision.")
    return str(revisions[0][0])


@contextmanager
def _held(place: Path) -> Iterator[None]:
    """Keep everyone else out of the database, with all it holds in one file; BackupError if used.

    Turning off the write-ahead log is refused while anyone else has the
    database open, be it idle. One that is damaged cannot be held, nor used.
    """
    with closing(_opened(place, "mode=rw", seconds=1)) as present:
        try:
            present.execute("PRAGMA journal_mode = DELETE")
            present.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as wrong:
            if wrong.sqlite_errorcode & 0xFF not in DAMAGED:
                raise BackupError(IN_USE) from wrong
        yield


def _keep_aside(place: Path, kept: Path) -> None:
    """Give the present database a second name, with what a damaged one may have beside it."""
    for ending in BESIDE:
        with suppress(FileNotFoundError):
            os.link(f"{place}{ending}", f"{kept}{ending}")
    see_onto_the_disk(place.parent)
    for ending in BESIDE[1:]:
        # A log that is left would be played into the database that comes.
        Path(f"{place}{ending}").unlink(missing_ok=True)


def _opened(path: Path, how: str, *, seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?{how}"
    return sqlite3.connect(address, uri=True, timeout=seconds, isolation_level=None)


def _place(address: str) -> Path:
    return Path(make_url(address).database or "").resolve()
