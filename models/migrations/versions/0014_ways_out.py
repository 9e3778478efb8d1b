"""What would help the most urgent leavers without a mentor, kept with the run."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the runs before it have nothing to tell."""
    op.add_column("plan_run", sa.Column("ways_out", sa.Text(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Take the column away, with what is in it."""
    op.drop_column("plan_run", "ways_out")
