"""What each row said when the audit last told of it, so that no change goes past the audit.

A seal is the HMAC of what a row holds and of the number of its newest entry.
Whoever changes, adds or removes a row in any other way leaves one that does
not fit. It says nothing of the row to anyone without the key, and goes with
the row. What is encrypted counts as it lies there, so that whoever blanks it
or puts back an older value is seen too: what is sealed anew needs a new seal.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, Connection, Float, Table, delete, inspect, tuple_, update
from sqlalchemy import select as of_columns
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, col, select

from models.columns import TextColumn, WordColumn
from models.rows import Row
from models.sealed import Closed, SealedColumn, ToSeal, holds_something

PAST_THE_AUDIT: Mapping[str, frozenset[str]] = {
    "letter": frozenset({"state", "state_since", "claimed_by", "lease_until"}),
    "calendar_feed": frozenset({"fetched_at"}),
}
"""Columns that statements change which nobody's audit tells of: who holds a letter just now, and
that a calendar came by."""

COUNTS = "version"
"""The column that counts changes is counted up for what is kept beside a row too."""

AT_ONCE = 500
"""How many rows are read back in one statement."""


class RowSeal(Row, table=True):
    """The seal of one row: `number` is that of the newest entry that tells of it."""

    noun: str = Field(primary_key=True)
    row_id: str = Field(primary_key=True)
    number: int
    seal: str


Seals = dict[tuple[str, str], tuple[int, bytes | None]]
"""By table and id of a row: the number of its newest entry, and its digest; None if it is gone."""


def kinds() -> dict[str, type[Any]]:
    """Return the class of every table by its name."""
    mappers = inspect(RowSeal).registry.mappers
    return {str(one.local_table.name): one.class_ for one in mappers}  # type: ignore[attr-defined]


def id_of(row: Row) -> str:
    """Return the text by which the audit knows a row."""
    return "/".join(map(str, inspect(row).identity or ()))


def key_of(table: Table) -> list[str]:
    """Return the names of the columns that the audit knows a row by, in their order."""
    return [column.name for column in kinds()[table.name].__mapper__.primary_key]


def digests_in(db: Session, rows: Iterable[Row]) -> dict[tuple[str, str], bytes]:
    """Return by table and id the digests of what rows hold now, as the database keeps it.

    Read back, since nobody else can tell how what is sealed lies there.
    """
    named: dict[str, dict[str, tuple[Any, ...]]] = {}
    for row in rows:
        named.setdefault(str(row.__tablename__), {})[id_of(row)] = inspect(row).identity or ()
    return {
        (noun, row_id): digest
        for noun, ones in named.items()
        for row_id, digest in _read_back(db, Row.metadata.tables[noun], list(ones.values()))
    }


def _read_back(
    db: Session, table: Table, identities: list[tuple[Any, ...]]
) -> Iterator[tuple[str, bytes]]:
    names = key_of(table)
    for start in range(0, len(identities), AT_ONCE):
        some = identities[start : start + AT_ONCE]
        named = tuple_(*(table.c[name] for name in names)).in_(some)
        for row in db.execute(of_columns(table).where(named)).mappings():
            values = {str(name): row[name] for name in row}
            yield "/".join(str(values[name]) for name in names), digest_of(table, values)


def digest_of(table: Table, values: Mapping[str, Any]) -> bytes:
    """Return the digest of the values of a row; what is empty counts as not there.

    So a column that is added later, empty, changes no digest.
    """
    said = sha256()
    for column in _sealed(table):
        text = _written(column, values[column.name])
        if text:
            said.update(f"{column.name}:{len(text)}:{text}\n".encode())
    return said.digest()


def seal_of(key: bytes, noun: str, row_id: str, number: int, digest: bytes) -> str:
    """Return the seal of a row as 64 hexadecimal digits."""
    told = f"{noun}\n{row_id}\n{number}\n".encode() + digest
    return hmac.new(key, told, "sha256").hexdigest()


def keep_seals(db: Session, key: bytes, seals: Seals) -> None:
    """Write the seals of rows that were changed, and drop those of rows that are gone."""
    of_gone = [name for name, (_, digest) in seals.items() if digest is None]
    if of_gone:
        for noun, row_id in of_gone:
            named = (col(RowSeal.noun) == noun, col(RowSeal.row_id) == row_id)
            db.connection().execute(delete(RowSeal).where(*named))
    rows = [
        {"noun": noun, "row_id": row_id, "number": number}
        | {"seal": seal_of(key, noun, row_id, number, digest)}
        for (noun, row_id), (number, digest) in seals.items()
        if digest is not None
    ]
    if not rows:
        return
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    anew = insert(RowSeal)
    told = {"number": anew.excluded.number, "seal": anew.excluded.seal}
    in_place = anew.on_conflict_do_update(index_elements=["noun", "row_id"], set_=told)
    db.connection().execute(in_place, rows)


def seal_anew(
    connection: Connection,
    key: bytes,
    table: Table,
    before: Mapping[str, Any],
    after: dict[str, str],
) -> None:
    """Let the seal of a row whose values are sealed anew fit again, if it did before.

    One that did not fit stays as it is, and is found as before.
    """
    noun, row_id = table.name, "/".join(str(before[name]) for name in key_of(table))
    ours = (col(RowSeal.noun) == noun, col(RowSeal.row_id) == row_id)
    found = connection.execute(of_columns(col(RowSeal.number), col(RowSeal.seal)).where(*ours))
    kept = found.first()
    if kept is None:
        return
    fitting = seal_of(key, noun, row_id, kept.number, digest_of(table, before))
    if hmac.compare_digest(fitting, kept.seal):
        digest = digest_of(table, {**before, **after})
        anew = seal_of(key, noun, row_id, kept.number, digest)
        connection.execute(update(RowSeal).where(*ours).values(seal=anew))


def rows_going_along(db: Session) -> Iterator[Row]:
    """Yield the rows that the database itself would remove with those being deleted.

    The audit must tell of them too.
    """
    for row in list(db.deleted):
        for table, theirs, own in _references_that_cascade(str(row.__tablename__)):
            kind = kinds()[table]
            found = select(kind).where(getattr(kind, theirs) == getattr(row, own))
            with db.no_autoflush:
                yield from db.exec(found).all()


@cache
def _references_that_cascade(noun: str) -> tuple[tuple[str, str, str], ...]:
    """Return the references to a table on which rows go along: table, column, column referred."""
    return tuple(
        (table.name, reference.elements[0].parent.name, reference.elements[0].column.name)
        for table in Row.metadata.sorted_tables
        for reference in table.foreign_key_constraints
        if reference.ondelete == "CASCADE" and reference.referred_table.name == noun
    )


@cache
def _sealed(table: Table) -> tuple[Column[Any], ...]:
    """Return the columns that a digest is made of, in the order of their names."""
    past = PAST_THE_AUDIT.get(table.name, frozenset()) | {COUNTS}
    columns = [one for one in table.columns if one.name not in past]
    return tuple(sorted(columns, key=lambda one: one.name))


def _written(column: Column[Any], value: Any) -> str:
    """Return a value in the one form that it has before and after the database kept it."""
    if value is None:
        return ""
    kind = column.type
    if isinstance(kind, SealedColumn):
        return _as_it_lies(kind, value)
    if isinstance(kind, TextColumn | WordColumn):
        return str(kind.process_bind_param(value, None) or "")
    if isinstance(value, datetime):
        moment = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat()
    return repr(float(value)) if isinstance(kind, Float) else str(value)


def _as_it_lies(kind: SealedColumn, value: Any) -> str:
    """Return a sealed value as the database has it; "" for one in which there is nothing."""
    if isinstance(value, Closed | ToSeal):
        return value.sealed
    lies = value if isinstance(value, str) else kind.inner.write(value)
    return lies if holds_something(lies) else ""
