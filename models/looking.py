"""A database looked at and never touched: one picture of it, beside a service that runs.

SQLite opens the file for reading alone; PostgreSQL refuses to write in the
transaction. Either way what is read is the database of one moment, and nobody
waits for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlmodel import Session

from models import tables  # noqa: F401  rows refer to one another
from models.database import BUSY_SECONDS, make_engine


def engine_to_look(url: str) -> Engine:
    """Return an engine that can only read the database at an address, or raise ValueError."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(address)
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return make_engine(url).execution_options(**options)


@contextmanager
def picture(engine: Engine) -> Iterator[Session]:
    """Hand out a session that sees the database as it is now, until it is closed."""
    with Session(engine, autoflush=False) as db:
        yield db


def _sqlite_engine(address: URL) -> Engine:
    read_only = address.set(database=f"file:{quote(str(address.database))}")
    read_only = read_only.update_query_dict({"mode": "ro", "uri": "true"})
    engine = create_engine(read_only, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # the driver begins nothing: _begin does
    dbapi_connection.execute("PRAGMA query_only = ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
