"""What every table is made of: names, ids, versions, and who recorded a row when.

Rows do not check their values: make them from facts, which do. Unknown names
are refused all the same, so that a slip of the pen is not a value lost.
"""

import re
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, MetaData, func, inspect, update
from sqlalchemy.orm import aliased, declared_attr
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Field, Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

# Every constraint has a name, so that a later migration can take it away on SQLite too.
NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


@cache
def _in_small_letters(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Row(SQLModel):
    """A row of a table named after its class: `PairHistory` is kept in `pair_history`."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)

    def __init__(self, **told: Any) -> None:
        """Refuse a name that is no column, with TypeError."""
        unknown = sorted(told.keys() - type(self).model_fields.keys())
        if unknown:
            raise TypeError(f"{type(self).__name__} has no column {', '.join(unknown)}")
        super().__init__(**told)

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805
        """Return the name of the table; SQLModel asks for it at each value that is set."""
        return _in_small_letters(cls.__name__)


class Record(Row):
    """A row with an id that says nothing of what it stands for."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)


class Versioned(SQLModel):
    """Counts the changes of a row.

    Whoever saves a change to a version that is no longer the newest gets
    SQLAlchemy's StaleDataError, and nothing is overwritten.
    """

    version: int = 1

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        """Tell the mapper which column counts."""
        return {"version_id_col": cls.version}


def count_change(db: Session, row: Versioned) -> None:
    """Count a change of what is kept beside a row as one of the row: older pages of it are stale.

    Raises StaleDataError if the row is no longer the version that was read.
    """
    db.flush()
    kind: Any = type(row)
    [key] = inspect(kind).primary_key
    mine = [key == inspect(row).identity[0], kind.version == row.version]
    counted: Any = db.execute(update(kind).where(*mine).values(version=row.version + 1))
    if counted.rowcount != 1:
        raise StaleDataError(f"a {kind.__name__} was changed by someone else")


class Recorded(SQLModel):
    """When a row was recorded, and by which account; None is the service itself."""

    recorded_at: datetime
    recorded_by: UUID | None = Field(default=None, foreign_key="account.id")


class OfPerson(SQLModel):
    """A row about one person: a leaver or a mentor, never both."""

    leaver_id: UUID | None = Field(default=None, foreign_key="leaver.id", index=True)
    mentor_id: UUID | None = Field(default=None, foreign_key="mentor.id", index=True)


def of_one_person() -> CheckConstraint:
    """Return the CHECK that a row is about exactly one person."""
    return CheckConstraint("(leaver_id IS NULL) <> (mentor_id IS NULL)", name="one_person")


History = TypeVar("History", bound=Row)


def newest(rows: type[History], *owner: str) -> SelectOfScalar[History]:
    """Return the SELECT of the row that stands for each owner, the one recorded last.

    `owner` names the columns that say whose history it is: `newest(Term,
    "mentor_id")`, `newest(Clearance, "mentor_id", "prison")`.
    """
    found: SelectOfScalar[History] = _newest(rows, owner)
    return found


@cache
def _newest(rows: Any, owner: tuple[str, ...]) -> Any:
    """Return the SELECT; made once, because making one is as slow as running it."""
    later: Any = aliased(rows)
    last = select(func.max(later.recorded_at)).where(
        *(getattr(later, name) == getattr(rows, name) for name in owner)
    )
    return select(rows).where(rows.recorded_at == last.scalar_subquery())
