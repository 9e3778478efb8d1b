"""What migrations write often. What it means may never change.

Names of constraints follow from the convention in `models/rows.py`: the CHECK
of the words of `sex` in `leaver` is `ck_leaver_sex_word`.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op


def words(column: str, values: str) -> sa.CheckConstraint:
    """Return the CHECK that keeps a column to the words given, with blanks between them."""
    listed = ", ".join(f"'{value}'" for value in values.split())
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_word")


def refers_to(place: str, **told: Any) -> sa.ForeignKey:
    """Return the reference to a column, "leaver.id", looked for when the transaction commits.

    A step that moves rows and then alters their table on PostgreSQL says "SET
    CONSTRAINTS ALL IMMEDIATE" between the two.
    """
    return sa.ForeignKey(place, deferrable=True, initially="DEFERRED", **told)


def unique_where(condition: str, name: str, table: str, columns: list[str]) -> None:
    """Make an index that lets no two rows for which `condition` holds be alike in the columns."""
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)
