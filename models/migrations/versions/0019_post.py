"""How the post is: channels that are shut for a while, the health of clocks, and a hold."""

import re

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import words

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STOPPED = "post_stopped"


def upgrade() -> None:
    """Add the tables, and let tasks tell that letters do not leave."""
    op.create_table(
        "channel_state",
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        words("channel", "email text calendar print"),
        sa.CheckConstraint("failures >= 0", name="failures_range"),
        sa.CheckConstraint("(opened_at IS NULL) = (open_until IS NULL)", name="open_has_time"),
    )
    op.create_table(
        "clock_health",
        sa.Column("worker", sa.String(), primary_key=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_jump_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(), nullable=False),
    )
    op.create_table(
        "post_hold",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number = 1", name="only_one"),
    )
    _let_kinds_be([*_kinds(), STOPPED])


def downgrade() -> None:
    """Take the tables and the tasks away."""
    op.execute("DELETE FROM task WHERE kind = 'post_stopped'")
    _let_kinds_be([kind for kind in _kinds() if kind != STOPPED])
    for table in ("post_hold", "clock_health", "channel_state"):
        op.drop_table(table)


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
