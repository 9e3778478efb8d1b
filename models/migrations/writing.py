"""What migrations write often. What it means may never change.

Names of constraints follow from the convention in `models/rows.py`: the CHECK
of the words of `sex` in `leaver` is `ck_leaver_sex_word`.
"""

import re
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


def write_at_once() -> None:
    """Let PostgreSQL look at references now, so that a table whose rows moved may be altered."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")


def let_kinds_come(table: str, *kinds: str) -> None:
    """Let rows of a table be of more kinds, whichever steps came before."""
    _let_kinds_be(table, [*_kinds(table), *kinds])


def let_kinds_go(table: str, *kinds: str) -> None:
    """Let no row of a table be of these kinds any more; there must be none."""
    _let_kinds_be(table, [kind for kind in _kinds(table) if kind not in kinds])


def _kinds(table: str) -> list[str]:
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    [said] = [one["sqltext"] for one in checks if one["name"] == f"ck_{table}_kind_word"]
    return re.findall(r"'(\w+)'", said)


def _let_kinds_be(table: str, kinds: list[str]) -> None:
    """Change the CHECK of the kinds; on SQLite the table is made anew with all its rows."""
    name, listed = op.f(f"ck_{table}_kind_word"), ", ".join(f"'{kind}'" for kind in kinds)
    write_at_once()
    with op.batch_alter_table(table) as altered:
        altered.drop_constraint(name, type_="check")
        altered.create_check_constraint(name, f"kind IN ({listed})")
