"""One more kind of task: two records that may be one person, for a manager to say."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TWINS = "twins"


def upgrade() -> None:
    """Let tasks be of the new kind."""
    _let_kinds_be([*_kinds(), TWINS])


def downgrade() -> None:
    """Take the kind away, with the tasks that are of it."""
    op.execute("DELETE FROM task WHERE kind = 'twins'")
    _let_kinds_be([kind for kind in _kinds() if kind != TWINS])


def _kinds() -> list[str]:
    """Return the kinds of task that the database takes, whichever steps came before."""
    checks = sa.inspect(op.get_bind()).get_check_constraints("task")
    [said] = [one["sqltext"] for one in checks if one["name"] == "ck_task_kind_word"]
    return re.findall(r"'(\w+)'", said)


def _let_kinds_be(kinds: list[str]) -> None:
    """Change the CHECK of the kinds; on SQLite the table is made anew with all its rows."""
    name, listed = op.f("ck_task_kind_word"), ", ".join(f"'{kind}'" for kind in kinds)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with op.batch_alter_table("task") as task:
        task.drop_constraint(name, type_="check")
        task.create_check_constraint(name, f"kind IN ({listed})")
