"""What a database no longer says, taken out of the bytes of its files too.

A deleted or changed value stands on in the free space of a file until
something is written over it. So after the step that seals what was plain the
whole database is written anew. A mark in the database says that this is still
to be done, for whoever is killed in between.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Engine

from models.database import BUSY_SECONDS

MARK = "to be written anew"
_ASKED = {
    "sqlite": "PRAGMA user_version",
    "postgresql": "SELECT obj_description('alembic_version'::regclass)",
}
_SET = {
    "sqlite": ("PRAGMA user_version = 0", "PRAGMA user_version = 1"),
    "postgresql": (
        "COMMENT ON TABLE alembic_version IS NULL",
        f"COMMENT ON TABLE alembic_version IS '{MARK}'",
    ),
}
_ANEW = {
    "sqlite": ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"),
    "postgresql": ("VACUUM FULL",),
}


def ask_for_rewriting(bind: Connection) -> None:
    """Mark a database as one to be written anew, in the transaction of a connection."""
    bind.exec_driver_sql(_SET[bind.dialect.name][1])


def is_to_be_rewritten(engine: Engine) -> bool:
    """Say whether a database is marked."""
    with engine.execution_options(only_reads=True).connect() as connection:
        return bool(connection.exec_driver_sql(_ASKED[engine.dialect.name]).scalar())


def rewrite(engine: Engine) -> bool:
    """Write the whole database anew and take the mark away; nobody else may use it meanwhile.

    Of a file of SQLite its log is emptied too. Returns False, and leaves the
    mark, where somebody had the file open. To be called again is harmless.
    """
    kind = engine.dialect.name
    for statement in _ANEW[kind]:
        if _by_itself(engine, statement):
            return False
    with engine.begin() as connection:
        connection.exec_driver_sql(_SET[kind][0])
    return True


def _by_itself(engine: Engine, statement: str) -> bool:
    """Run a statement that no transaction may hold; say whether somebody was in its way."""
    with closing(engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        if engine.dialect.name == "sqlite":
            driver.execute("PRAGMA query_only = OFF")  # as whoever read last may have left it
            return _is_busy(driver, statement)
        connection.detach()  # whoever comes next must not inherit what is set here
        driver.autocommit = True
        driver.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        try:
            driver.execute(statement)
        except engine.dialect.loaded_dbapi.errors.LockNotAvailable:
            return True
        return False


def _is_busy(driver: Any, statement: str) -> bool:
    try:
        answer = driver.execute(statement).fetchone()
    except sqlite3.OperationalError as refused:
        if refused.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return True
    return bool(answer and answer[0])
