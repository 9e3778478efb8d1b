"""How the post is: channels that are shut for a while, the health of clocks, and a hold."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import let_kinds_come, let_kinds_go, words

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
    let_kinds_come("task", STOPPED)


def downgrade() -> None:
    """Take the tables and the tasks away."""
    op.execute("DELETE FROM task WHERE kind = 'post_stopped'")
    let_kinds_go("task", STOPPED)
    for table in ("post_hold", "clock_health", "channel_state"):
        op.drop_table(table)
