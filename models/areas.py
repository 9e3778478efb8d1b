"""Regions, prisons and postcode districts as rows, so that a code in the database is a real one.

The rows are copies of the project's own tables in `models/reference`; those
are changed in the files, never here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import Connection, Table, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field

from models import reference
from models.columns import WordColumn, one_of, stored_as
from models.reference import PrisonFunction
from models.rows import Row
from models.vocabulary import Region, Sex

INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class RegionRow(Row, table=True):
    """A probation region."""

    __tablename__ = "region"
    __table_args__ = (one_of("code", Region),)

    code: Region = Field(primary_key=True, sa_type=stored_as(WordColumn(Region)))
    name: str


class PrisonRow(Row, table=True):
    """A prison; the position is in degrees (WGS 84)."""

    __tablename__ = "prison"
    __table_args__ = (
        one_of("sex", Sex),
        one_of("function", PrisonFunction),
        one_of("region", Region),
    )

    code: str = Field(primary_key=True)
    name: str
    kind: str
    sex: Sex = Field(sa_type=stored_as(WordColumn(Sex)))
    function: PrisonFunction = Field(sa_type=stored_as(WordColumn(PrisonFunction)))
    is_open: bool
    town: str
    postcode: str
    latitude: float
    longitude: float
    region: Region = Field(foreign_key="region.code", sa_type=stored_as(WordColumn(Region)))


class DistrictRow(Row, table=True):
    """A postcode district; the centre is in degrees (WGS 84), the region a suggestion."""

    __tablename__ = "district"
    __table_args__ = (one_of("region", Region),)

    code: str = Field(primary_key=True)
    town: str
    local_authority: str
    latitude: float
    longitude: float
    region: Region = Field(foreign_key="region.code", sa_type=stored_as(WordColumn(Region)))


def load_reference(connection: Connection) -> None:
    """Bring the three tables up to the project's files; the same files twice change nothing."""
    regions = [{"code": region, "name": region.label} for region in Region]
    _load(connection, RegionRow, regions)
    _load(connection, PrisonRow, (asdict(prison) for prison in reference.prisons().values()))
    _load(connection, DistrictRow, (asdict(place) for place in reference.districts().values()))


def _load(connection: Connection, kind: type[Row], rows: Iterable[Mapping[str, Any]]) -> None:
    table = cast(Table, kind.__dict__["__table__"])
    insert = INSERTS[connection.dialect.name](table)
    told = {name: insert.excluded[name] for name in kind.model_fields if name != "code"}
    changed = or_(*(table.c[name].is_distinct_from(new) for name, new in told.items()))
    upsert = insert.on_conflict_do_update(index_elements=["code"], set_=told, where=changed)
    connection.execute(upsert, list(rows))
