"""A leaver may say which ethnic group is theirs; it is kept sealed, and only counted."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: of nobody is it known yet."""
    op.add_column("leaver", sa.Column("ethnic_group", sa.String(), nullable=True))


def downgrade() -> None:
    """Take the column away, with what was said."""
    op.drop_column("leaver", "ethnic_group")
