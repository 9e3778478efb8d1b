"""Where the keys of persons lie: a small database of its own, apart from the rows.

Each key is there wrapped by the master key alone, so the file by itself opens
nothing, and the rows by themselves open nothing either. A person's key can be
destroyed, and then what was sealed with it is gone from every copy of the
rows. Every change is one transaction, and is on the disk before it is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    cast,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import make_url

KEPT = MetaData()
WRAPPED = Table(
    "person_key",
    KEPT,
    Column("holder", Uuid(), primary_key=True),
    Column("version", Integer(), primary_key=True, autoincrement=False),
    Column("wrapped", String(), nullable=False),
)
_NAMES = select(cast(WRAPPED.c.holder, String), WRAPPED.c.version, WRAPPED.c.wrapped)
ERASED_ONES = Table(
    "erased_person",
    KEPT,
    Column("holder", Uuid(), primary_key=True),
    Column("erased_at", DateTime(timezone=True), nullable=False),
)
ROUNDS = Table(
    "rotation",
    KEPT,
    Column("version", Integer(), primary_key=True, autoincrement=False),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True), nullable=True),
)
STATE = Table(
    "key_state",
    KEPT,
    Column("number", Integer(), primary_key=True, autoincrement=False),
    Column("changes", Integer(), nullable=False),
)
AT_ONCE = 500
"""How many are asked for or written in one statement."""

LOCK = 7_246_683_004
"""Any number that no other program takes an advisory lock by."""


class Wrapped(NamedTuple):
    """One key of one holder as it lies in the store."""

    holder: UUID
    version: int
    wrapped: str


class Round(NamedTuple):
    """One rotation: to which version of the keys, and whether it is through."""

    version: int
    done: bool


class PersonStore:
    """The store at one address, `sqlite:///var/keys.db` or a database of PostgreSQL."""

    def __init__(self, address: str) -> None:
        """Hold the address; nothing is opened before it is needed."""
        self.address = address
        self._opened: Engine | None = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hand out a transaction in which nobody else changes the store; it commits at the end."""
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            yield connection

    def is_there(self) -> bool:
        """Say whether there is such a store already; none is made by asking."""
        url = make_url(self.address)
        if self._opened is not None:
            return True
        if url.get_backend_name() == "sqlite":
            return Path(url.database or "").exists()
        engine = create_engine(url.set(drivername="postgresql+psycopg"))
        try:
            return inspect(engine).has_table(WRAPPED.name)
        finally:
            engine.dispose()

    def changes(self) -> int:
        """Return a number that rises whenever keys were destroyed or replaced."""
        with self._reading() as connection:
            return int(connection.scalar(select(STATE.c.changes)) or 0)

    def names(self, holder: UUID | None = None) -> list[tuple[str, int, str]]:
        """Return holders in hexadecimal with version and key, of everyone or of one.

        As text: a match asks for thousands, and making an object of each took longer.
        """
        asked = _NAMES if holder is None else _NAMES.where(WRAPPED.c.holder == holder)
        with self._reading() as connection:
            return _in_hexadecimal(connection.execute(asked))

    def names_of(self, holders: list[UUID]) -> list[tuple[str, int, str]]:
        """Return what `names` does, of these holders alone, with a few queries for all of them."""
        asked = [_NAMES.where(WRAPPED.c.holder.in_(some)) for some in _parts(holders)]
        with self._reading() as connection:
            return [one for some in asked for one in _in_hexadecimal(connection.execute(some))]

    def everything(self) -> list[Wrapped]:
        """Return every key there is, by holder, the oldest of each first."""
        asked = select(WRAPPED).order_by(WRAPPED.c.holder, WRAPPED.c.version)
        with self._reading() as connection:
            return [Wrapped(*row) for row in connection.execute(asked)]

    def erased(self) -> Mapping[UUID, datetime]:
        """Return whose keys were destroyed, and when."""
        with self._reading() as connection:
            rows = connection.execute(select(ERASED_ONES)).all()
        return {row.holder: row.erased_at for row in rows}

    def round(self) -> Round:
        """Return the last rotation; version 1 without any."""
        asked = select(ROUNDS).order_by(ROUNDS.c.version.desc()).limit(1)
        with self._reading() as connection:
            row = connection.execute(asked).first()
        return Round(row.version, row.done_at is not None) if row else Round(1, done=True)

    def keep(self, keys: Iterable[Wrapped]) -> None:
        """Keep keys, but those that are there already and those of erased holders."""
        with self.writing() as connection:
            new = _new(connection, list(keys))
            for start in range(0, len(new), AT_ONCE):
                some = [one._asdict() for one in new[start : start + AT_ONCE]]
                connection.execute(insert(WRAPPED), some)

    def erase(self, holder: UUID, *, now: datetime) -> bool:
        """Destroy every key of a holder for good; say whether there was one."""
        with self.writing() as connection:
            gone = connection.execute(delete(WRAPPED).where(WRAPPED.c.holder == holder))
            if not _holders(connection, ERASED_ONES, [holder]):
                connection.execute(insert(ERASED_ONES).values(holder=holder, erased_at=now))
            _count_change(connection)
        self._leave_no_trace()
        return bool(gone.rowcount)

    def note_erased(self, erased: Mapping[UUID, datetime]) -> None:
        """Note that holders were erased, and when; of whom there is a key it is left."""
        with self.writing() as connection:
            known = _holders(connection, ERASED_ONES, list(erased))
            known |= _holders(connection, WRAPPED, list(erased))
            new = [{"holder": one, "erased_at": erased[one]} for one in erased.keys() - known]
            if new:
                connection.execute(insert(ERASED_ONES), new)
                _count_change(connection)

    def begin_round(self, *, now: datetime) -> Round:
        """Begin a rotation, or go on with the one that is not through."""
        last = self.round()
        if not last.done:
            return last
        with self.writing() as connection:
            values = {"version": last.version + 1, "begun_at": now}
            connection.execute(insert(ROUNDS).values(**values))
            _count_change(connection)
        return Round(last.version + 1, done=False)

    def note_replaced(self) -> None:
        """Let everybody who holds keys look again: there are newer ones."""
        with self.writing() as connection:
            _count_change(connection)

    def end_round(self, version: int, *, now: datetime) -> int:
        """Destroy all keys older than a version and close its rotation; return how many."""
        with self.writing() as connection:
            gone = connection.execute(delete(WRAPPED).where(WRAPPED.c.version < version))
            closing = update(ROUNDS).where(ROUNDS.c.version == version)
            connection.execute(closing.values(done_at=now))
            _count_change(connection)
        self._leave_no_trace()
        return int(gone.rowcount)

    def close(self) -> None:
        """Let the connections go."""
        if self._opened is not None:
            self._opened.dispose()
            self._opened = None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._engine.execution_options(only_reads=True).connect() as connection:
            yield connection

    @property
    def _engine(self) -> Engine:
        if self._opened is None:
            self._opened = _made(self.address)
        return self._opened

    def _leave_no_trace(self) -> None:
        """Have PostgreSQL give up what was destroyed; SQLite overwrites it by itself."""
        if self._engine.dialect.name == "postgresql":
            alone = self._engine.execution_options(isolation_level="AUTOCOMMIT")
            with alone.connect() as connection:
                connection.exec_driver_sql("VACUUM person_key")


def _in_hexadecimal(rows: Iterable[Any]) -> list[tuple[str, int, str]]:
    return [(one.replace("-", ""), version, wrapped) for one, version, wrapped in rows]


def _new(connection: Connection, keys: list[Wrapped]) -> list[Wrapped]:
    holders = [one.holder for one in keys]
    erased = _holders(connection, ERASED_ONES, holders)
    there = set()
    for some in _parts(holders):
        asked = select(WRAPPED.c.holder, WRAPPED.c.version).where(WRAPPED.c.holder.in_(some))
        there |= {tuple(row) for row in connection.execute(asked)}
    return [
        one for one in keys if (one.holder, one.version) not in there and one.holder not in erased
    ]


def _holders(connection: Connection, table: Table, holders: list[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for some in _parts(holders):
        found |= set(connection.scalars(select(table.c.holder).where(table.c.holder.in_(some))))
    return found


def _parts(holders: list[UUID]) -> Iterator[list[UUID]]:
    return (holders[start : start + AT_ONCE] for start in range(0, len(holders), AT_ONCE))


def _count_change(connection: Connection) -> None:
    connection.execute(update(STATE).values(changes=STATE.c.changes + 1))


def _made(address: str) -> Engine:
    """Return the engine of a store whose tables are there, made for our eyes alone."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        place = Path(url.database or "")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        engine = create_engine(url, connect_args={"timeout": 30})
        event.listen(engine, "connect", _settle)
        event.listen(engine, "begin", _begin)
    else:
        engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        KEPT.create_all(connection)
        if connection.scalar(select(STATE.c.changes)) is None:
            connection.execute(insert(STATE).values(number=1, changes=0))
    return engine


def _settle(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # the driver begins nothing: _begin does
    for pragma in ("synchronous = FULL", "secure_delete = ON"):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("only_reads")
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
