"""Backups: one file each, whole or not there, of a database on either kind of server.

A backup is a ZIP file of two members: `database`, which is the SQLite file or
what pg_dump wrote, and `about.json`, which says what it is and its SHA-256.
So a file that was cut short, changed or made by something else is known as
such, and a person without Gatemate can still get at what is in it. Its name
tells the kind, the time (UTC) and the revision, and nothing of a person.

Everything is made in a folder aside and put in place in one step: a process
that is killed leaves what was there before. What it left aside is taken away
by the next one.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import file_digest
from pathlib import Path
from tempfile import mkdtemp
from typing import IO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from models import backups_postgresql, backups_sqlite
from models.backup_words import BackupError, Copied, Restored, see_onto_the_disk
from models.database import knows

CONTENT, ABOUT = "database", "about.json"
KEEPERS = {"sqlite": backups_sqlite, "postgresql": backups_postgresql}
"""Who copies and puts back which kind of database."""

ASIDE, LOCK = ".gatemate-aside-", ".gatemate-aside.lock"
OURS_ALONE = 0o600
FORMAT = 1
"""How the file is laid out; one that says more was made by a newer Gatemate."""


@dataclass(frozen=True)
class About:
    """What a backup says of itself: `made_with` is the version of pg_dump, "" for SQLite."""

    format: int
    kind: str
    revision: str
    made_at: str
    made_with: str
    sha256: str


def back_up(address: str, folder: Path, *, now: datetime) -> Path:
    """Copy the database into a new file of a folder, while it is in use; return the file.

    Raises BackupError, and then there is no file.
    """
    kind = make_url(address).get_backend_name()
    with _in_words(), room_aside(folder) as aside:
        copied = KEEPERS[kind].copy(address, aside / CONTENT)
        moment = now.astimezone(UTC)
        name = f"gatemate-{kind}-{moment:%Y%m%dT%H%M%SZ}-{copied.revision}.zip"
        packed, place = aside / name, folder / name
        _pack(packed, aside / CONTENT, kind, copied, moment)
        unpack(packed, aside / "again")
        os.link(packed, place)  # unlike a renaming this overwrites nothing
        see_onto_the_disk(folder)
    return place


def restore(
    address: str, file: Path, *, now: datetime, settle: Callable[[Connection], None]
) -> Restored:
    """Put the database of a backup in the place of the present one, which is kept aside.

    It is brought up to this version, and `settle` changes it further, before
    anyone can see it. All of it happens or nothing; BackupError says why not.
    """
    kind = make_url(address).get_backend_name()
    keeper = KEEPERS[kind]
    with _in_words(), room_aside(keeper.folder_for(address, file)) as aside:
        about = unpack(file, aside / CONTENT)
        if about.kind != kind:
            raise BackupError(
                f"This is a backup of a {about.kind} database, and GATEMATE_DATABASE names one of "
                f"{kind}. It can be put back into the kind it came from alone."
            )
        copied = Copied(about.revision, about.made_with)
        kept = keeper.put_back(address, aside / CONTENT, copied, now=now, settle=settle)
    return Restored(datetime.fromisoformat(about.made_at), about.revision, kept)


def unpack(file: Path, to: Path) -> About:
    """Write the database of a backup to a file, for our eyes alone; BackupError if not whole."""
    if not file.is_file():
        raise BackupError(f"{file}: there is no such file.")
    try:
        with ZipFile(file) as packed:
            about = About(**json.loads(packed.read(ABOUT)))
            _refuse_what_is_newer(about)
            with packed.open(CONTENT) as content, _new_file(to) as out:
                shutil.copyfileobj(content, out, 1 << 20)
                os.fsync(out.fileno())
    except (BadZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError) as wrong:
        raise BackupError(f"{file}: this is not a whole backup of Gatemate.") from wrong
    with to.open("rb") as written:
        if file_digest(written, "sha256").hexdigest() != about.sha256:
            raise BackupError(f"{file}: this is not a whole backup of Gatemate.")
    return about


def _refuse_what_is_newer(about: About) -> None:
    if about.format > FORMAT or not knows(about.revision):
        raise BackupError(
            f"This backup is of revision {about.revision}, which this version of Gatemate does "
            "not know. Use the version that made it, or a newer one."
        )


def _pack(packed: Path, content: Path, kind: str, copied: Copied, moment: datetime) -> None:
    with content.open("rb") as whole:
        digest = file_digest(whole, "sha256").hexdigest()
    made_at = moment.isoformat(timespec="seconds")
    about = About(FORMAT, kind, copied.revision, made_at, copied.made_with, digest)
    with _new_file(packed) as file:
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as into:
            into.writestr(ABOUT, json.dumps(asdict(about), indent=1))
            told = ZipInfo(CONTENT, moment.timetuple()[:6])
            told.compress_type = ZIP_DEFLATED
            with content.open("rb") as whole, into.open(told, "w", force_zip64=True) as member:
                shutil.copyfileobj(whole, member, 1 << 20)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def room_aside(folder: Path) -> Iterator[Path]:
    """Hand out an empty folder within a folder, for our eyes alone, and take it away after.

    One process at a time has one, and takes away what others died over.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError as taken:
            raise BackupError(
                f"A backup or a restore is at work in {folder}. Try again when it is done."
            ) from taken
        for left in folder.glob(f"{ASIDE}*"):
            shutil.rmtree(left)
        aside = Path(mkdtemp(prefix=ASIDE, dir=folder))
        try:
            yield aside
        finally:
            shutil.rmtree(aside)


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, OURS_ALONE)
    with os.fdopen(handle, "w+b") as file:
        yield file


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn what the disk refuses into one sentence."""
    try:
        yield
    except OSError as wrong:
        raise BackupError(f"{wrong.filename or 'The disk'}: {wrong.strerror}.") from wrong
