"""The engine, its sessions, and the migrations, on SQLite and PostgreSQL alike.

SQLite: a write-ahead log, foreign keys on, every commit on the disk before it
is answered, and each transaction takes the write lock when it begins. A plain
BEGIN reads first and asks for the lock later, and loses when another has
written meanwhile; this way it waits its turn.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from sqlite3 import SQLITE_BUSY, OperationalError
from time import sleep
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from models import tables  # noqa: F401  rows refer to one another
from models.areas import load_reference
from models.audit import AuditedSession

BUSY_SECONDS = 30
BUSY_PAUSE = 0.05
MIGRATION_LOCK = 7_246_683_001
RUN_LOCK = 7_246_683_002
"""Any numbers that no other program takes an advisory lock by."""


def make_engine(url: str) -> Engine:
    """Return the engine for a database by its URL, or raise ValueError for any other kind.

    `sqlite:///var/gatemate.db` or `postgresql://user@host/name`.
    """
    address = make_url(url)
    kind = address.get_backend_name()
    if kind == "sqlite":
        return _sqlite_engine(address)
    if kind == "postgresql":
        return _postgresql_engine(address)
    raise ValueError(f'Gatemate keeps its rows in SQLite or PostgreSQL, not in "{kind}"')


def sessions(engine: Engine, audit_key: bytes) -> sessionmaker[AuditedSession]:
    """Return what opens a session that keeps the audit; whoever opens one commits it."""
    return sessionmaker(engine, class_=AuditedSession, audit_key=audit_key)


def reading(engine: Engine) -> sessionmaker[Session]:
    """Return what opens a session that only reads, and so waits for nobody."""
    reader = engine.execution_options(only_reads=True, postgresql_readonly=True)
    return sessionmaker(reader, class_=Session)


def wait_for_other_runs(db: Session) -> None:
    """Hold the plan to one run at a time, until the transaction ends.

    On SQLite every transaction has the write lock from its first statement.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(RUN_LOCK)))


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database to a revision, all of the way or not at all, from any number of starters.

    At the head the reference tables are brought up to the project's files too.
    """
    with _migrating(engine) as (connection, config):
        command.upgrade(config, to)
        if to == "head":
            load_reference(connection)


def upgrade_within(connection: Connection) -> None:
    """Bring the tables to the head in the transaction of a connection; for PostgreSQL.

    SQLite cannot leave references unfollowed within a transaction: use `upgrade`.
    """
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    load_reference(connection)


def downgrade(engine: Engine, to: str) -> None:
    """Take the database back to a revision, "base" for none, all of the way or not at all."""
    with _migrating(engine) as (_connection, config):
        command.downgrade(config, to)


def current(engine: Engine) -> str | None:
    """Return the revision the database is at, or None before the first."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def answers(engine: Engine) -> bool:
    """Return whether the database answers; unlike a transaction this waits for no lock."""
    refusals = (SQLAlchemyError, engine.dialect.loaded_dbapi.Error)
    try:
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("SELECT 1").fetchone()
    except refusals:
        return False
    return True


def is_current(engine: Engine) -> bool:
    """Say whether the database is at the newest revision that this version knows."""
    return current(engine) == ScriptDirectory.from_config(_config()).get_current_head()


def knows(revision: str) -> bool:
    """Say whether this version has a migration of that name."""
    script = ScriptDirectory.from_config(_config())
    return revision in {step.revision for step in script.walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "models:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _sqlite_engine(address: URL) -> Engine:
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "commit", _commit)
    return engine


def _settle(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # the driver begins nothing: _begin does
    _keep_write_ahead_log(dbapi_connection)
    dbapi_connection.execute("PRAGMA synchronous = FULL")
    dbapi_connection.execute("PRAGMA foreign_keys = ON")
    dbapi_connection.execute("PRAGMA secure_delete = ON")  # not every SQLite does so by itself


def _keep_write_ahead_log(dbapi_connection: Any) -> None:
    """Turn the log on; of several who open a new file at once, all but one are refused at first.

    This is the one statement for which SQLite does not wait by itself.
    """
    for tries_left in range(round(BUSY_SECONDS / BUSY_PAUSE), -1, -1):
        try:
            dbapi_connection.execute("PRAGMA journal_mode = WAL")
        except OperationalError as refused:
            if refused.sqlite_errorcode != SQLITE_BUSY or not tries_left:
                raise
            sleep(BUSY_PAUSE)
        else:
            return


def _begin(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("only_reads")
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA query_only = {'ON' if only_reads else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _commit(connection: Connection) -> None:
    """Commit, or roll back: SQLite would leave a refused transaction open and its lock held."""
    driver: Any = connection.connection.driver_connection
    try:
        connection.exec_driver_sql("COMMIT")
    finally:
        driver.rollback()  # does nothing once committed


def _postgresql_engine(address: URL) -> Engine:
    driven = address.set(drivername="postgresql+psycopg")
    told = {"options": "-c timezone=UTC"}
    return create_engine(driven, pool_pre_ping=True, connect_args=told, hide_parameters=True)


@contextmanager
def _migrating(engine: Engine) -> Iterator[tuple[Connection, Config]]:
    """Hand out a transaction that no other migration shares, and what alembic needs to use it."""
    config = _config()
    with engine.connect() as connection, _foreign_keys_at_rest(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        config.attributes["connection"] = connection
        yield connection, config
        _refuse_broken_references(connection)


@contextmanager
def _foreign_keys_at_rest(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild a table without its references being followed meanwhile."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _refuse_broken_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise ValueError(f"the migration left rows that refer to nothing: {broken[:10]}")
