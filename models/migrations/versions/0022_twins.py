"""One more kind of task: two records that may be one person, for a manager to say."""

from alembic import op

from models.migrations.writing import let_kinds_come, let_kinds_go

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TWINS = "twins"


def upgrade() -> None:
    """Let tasks be of the new kind."""
    let_kinds_come("task", TWINS)


def downgrade() -> None:
    """Take the kind away, with the tasks that are of it."""
    op.execute("DELETE FROM task WHERE kind = 'twins'")
    let_kinds_go("task", TWINS)
