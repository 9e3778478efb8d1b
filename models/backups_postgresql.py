"""How a PostgreSQL database is copied while it is in use, and put back in one transaction.

Putting back takes no right but that of the database's owner: the schema that
is there is given another name, and a new one is filled from what pg_restore
prints. A reader sees the one or the other, and a process that dies leaves
the one that was there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from models.backup_words import BackupError, Copied, refuse_while_a_clock_runs
from models.database import MIGRATION_LOCK, make_engine, upgrade_within

COPY_LINE = re.compile(rb"COPY .+ FROM stdin;\n")
COPY_ENDS = b"\\.\n"
FOR_PSQL = b"\\"
"""What a line begins with that is for psql alone."""

OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)

OTHERS_LOOKS, OTHERS_PAUSE = 10, 0.2
"""How often, and how many seconds apart, it is looked whether those who left are gone."""


def folder_for(_address: str, file: Path) -> Path:
    """Return where a backup is unpacked: beside it."""
    return file.parent


def copy(address: str, to: Path) -> Copied:
    """Copy the database of one moment into a new file, and read the copy through."""
    engine = make_engine(address)
    try:
        told, made_with = _surroundings(engine), _version("pg_dump")
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            _refuse_older(made_with, connection)
            schema = connection.scalar(text("SELECT current_schema()"))
            revision = _revision(connection)
            snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
            words = ("--format=custom", "--no-owner", "--no-privileges", "--no-password")
            only = (f"--schema={schema}", f"--snapshot={snapshot}", f"--file={to}")
            _run(["pg_dump", *words, *only], told)
    except SQLAlchemyError as wrong:
        raise BackupError("The database does not answer. Check GATEMATE_DATABASE.") from wrong
    finally:
        engine.dispose()
    to.chmod(0o600)
    _run(["pg_restore", f"--file={os.devnull}", str(to)], {})
    with to.open("rb") as file:
        os.fsync(file.fileno())
    return Copied(revision, made_with)


def put_back(
    address: str,
    content: Path,
    copied: Copied,
    *,
    now: datetime,
    settle: Callable[[Connection], None],
) -> str:
    """Fill a new schema from the copy and take the old one aside; return that one's name."""
    ours = _version("pg_restore")
    if _whole(ours) < _whole(copied.made_with):
        raise BackupError(
            f"pg_restore on the PATH is of version {ours}, and the backup was made with "
            f"{copied.made_with}. Put that of the same version or a newer one first on the PATH."
        )
    engine = make_engine(address)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            refuse_while_a_clock_runs(connection, now)
            _refuse_while_others_hold_it(connection)
            kept = _take_aside(connection, now)
            _fill(connection, content)
            if _revision(connection) != copied.revision:
                raise BackupError("The backup is not at the revision that it says.")
            upgrade_within(connection)
            settle(connection)
    except SQLAlchemyError as wrong:
        why = str(getattr(wrong, "orig", None) or type(wrong).__name__).splitlines()[0]
        raise BackupError(f"The database refused: {why}. Nothing was changed.") from wrong
    finally:
        engine.dispose()
    return f"schema {kept}" if kept else ""


def _refuse_older(made_with: str, connection: Connection) -> None:
    served = int((connection.dialect.server_version_info or (0,))[0])
    if _whole(made_with) < served:
        raise BackupError(
            f"pg_dump on the PATH is of version {made_with}, and the server of {served}. "
            f"Put the pg_dump of PostgreSQL {served} or newer first on the PATH."
        )


def _refuse_while_others_hold_it(connection: Connection) -> None:
    """Raise BackupError if anyone else is connected; one that has just left is waited for."""
    others = 0
    for _ in range(OTHERS_LOOKS):
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        others = connection.scalar(OTHERS) or 0
        if not others:
            return
        sleep(OTHERS_PAUSE)
    raise BackupError(
        f"This database is in use, over {others} connections. "
        "Stop every clock and all pages of Gatemate first."
    )


def _take_aside(connection: Connection, now: datetime) -> str:
    """Give the schema another name and make an empty one; return the name, "" if it was empty."""
    quoted = connection.dialect.identifier_preparer.quote
    schema = str(connection.scalar(text("SELECT current_schema()")))
    tables = inspect(connection).get_table_names()
    if not tables:
        return ""
    listed = ", ".join(map(quoted, tables))
    connection.execute(text(f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE NOWAIT"))
    kept = f"{schema}_before_{now.astimezone(UTC):%Y%m%dt%H%M%Sz}"
    connection.execute(text(f"ALTER SCHEMA {quoted(schema)} RENAME TO {quoted(kept)}"))
    connection.execute(text(f"CREATE SCHEMA {quoted(schema)}"))
    return kept


def _fill(connection: Connection, content: Path) -> None:
    """Run what pg_restore prints, in this transaction; its settings last no longer than this."""
    schema = connection.scalar(text("SELECT current_schema()"))
    command = ["pg_restore", "--no-owner", "--no-privileges", f"--schema={schema}", "--file=-"]
    driver: Any = connection.connection.driver_connection
    printing = subprocess.Popen(  # noqa: S603  the words are our own
        [*command, str(content)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment({}),
    )
    with printing, driver.cursor() as cursor:
        _play(cursor, printing.stdout or [])
    if printing.returncode:
        raise BackupError("pg_restore cannot read this backup. Nothing was changed.")
    connection.execute(text("RESET ALL"))


def _play(cursor: Any, script: Iterable[bytes]) -> None:
    """Run a script of statements and of COPY lines, each followed by its rows."""
    statements: list[bytes] = []
    lines = iter(script)
    for line in lines:
        if line.startswith(FOR_PSQL):
            continue
        if not COPY_LINE.fullmatch(line):
            statements.append(line)
            continue
        cursor.execute(b"".join(statements))
        statements.clear()
        with cursor.copy(line) as copying:
            for row in iter(lines.__next__, COPY_ENDS):
                copying.write(row)
    cursor.execute(b"".join(statements))


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        raise BackupError("This is not a database of Gatemate: it has no revision.")
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def _surroundings(engine: Engine) -> dict[str, str]:
    """Return how PostgreSQL's programs find the database: by variables, so no password is seen."""
    told: Mapping[str, Any] = engine.dialect.create_connect_args(engine.url)[1]
    named = {"dbname": "PGDATABASE", "connect_timeout": "PGCONNECT_TIMEOUT"}
    return {
        named.get(name, f"PG{name.replace('_', '').upper()}"): str(value)
        for name, value in told.items()
        if isinstance(value, str | int) and name not in {"autocommit", "context"}
    }


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", **more}


def _run(command: list[str], told: Mapping[str, str]) -> str:
    """Run a program of PostgreSQL's and return what it prints; BackupError with what it refuses."""
    done = subprocess.run(  # noqa: S603  the words are our own
        command, capture_output=True, text=True, check=False, env=_environment(told)
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[0]
        raise BackupError(f"{command[0]} failed: {said}")
    return done.stdout


def _version(program: str) -> str:
    if shutil.which(program) is None:
        raise BackupError(
            f"{program} is not on the PATH. It comes with PostgreSQL's own client programs."
        )
    found = re.search(r"\d+(\.\d+)*", _run([program, "--version"], {}))
    return found.group() if found else "0"


def _whole(version: str) -> int:
    return int(version.partition(".")[0] or 0)
