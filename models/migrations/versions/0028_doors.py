"""What is begun at the door lies in rows, not in the browser; whoever asks is counted.

A new app's secret waits beside the factor that it is to replace, and an
invitation knows in which browser its code was typed. Names asked for with one
are counted, and a manager has a task once a record is asked for.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

NEW = {"rate_limit": "names", "task": "glass_asked"}
MOMENT = sa.DateTime(timezone=True)
WHOLE = (
    "(next_secret IS NULL) = (next_for IS NULL) AND (next_secret IS NULL) = (next_begun_at IS NULL)"
)


def upgrade() -> None:
    """Add the columns, and let tries be counted by the names of one invitation."""
    _write_at_once()
    with op.batch_alter_table("second_factor") as factor:
        factor.add_column(sa.Column("next_secret", sa.String(), nullable=True))
        factor.add_column(sa.Column("next_for", sa.String(), nullable=True))
        factor.add_column(sa.Column("next_begun_at", MOMENT, nullable=True))
        factor.create_check_constraint(op.f("ck_second_factor_next_is_whole"), WHOLE)
    op.add_column("invitation", sa.Column("held_by", sa.String(), nullable=True))
    op.add_column("invitation", sa.Column("held_at", MOMENT, nullable=True))
    op.create_index("ix_invitation_held_by", "invitation", ["held_by"])
    for table, kind in NEW.items():
        _let_kinds_be(table, [*_kinds(table), kind])


def downgrade() -> None:
    """Take it all away: whoever was in the middle begins again."""
    op.execute("DELETE FROM rate_limit WHERE kind = 'names'")
    op.execute("DELETE FROM task WHERE kind = 'glass_asked'")
    _write_at_once()
    for table, kind in NEW.items():
        _let_kinds_be(table, [one for one in _kinds(table) if one != kind])
    op.drop_index("ix_invitation_held_by", table_name="invitation")
    with op.batch_alter_table("invitation") as invitation:
        invitation.drop_column("held_at")
        invitation.drop_column("held_by")
    with op.batch_alter_table("second_factor") as factor:
        factor.drop_constraint(op.f("ck_second_factor_next_is_whole"), type_="check")
        for name in ("next_begun_at", "next_for", "next_secret"):
            factor.drop_column(name)


def _kinds(table: str) -> list[str]:
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    [said] = [one["sqltext"] for one in checks if one["name"] == f"ck_{table}_kind_word"]
    return re.findall(r"'(\w+)'", said)


def _let_kinds_be(table: str, kinds: list[str]) -> None:
    """Change the CHECK of the kinds; on SQLite the table is made anew with all its rows."""
    name, listed = op.f(f"ck_{table}_kind_word"), ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table(table) as altered:
        altered.drop_constraint(name, type_="check")
        altered.create_check_constraint(name, f"kind IN ({listed})")


def _write_at_once() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
