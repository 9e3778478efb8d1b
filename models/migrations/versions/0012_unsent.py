"""What was sent when a stay was over, until it is sent again."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "unsent",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), refers_to("account.id"), nullable=False, index=True),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("with_file", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("account_id", "sent_to"),
    )


def downgrade() -> None:
    """Take the table away, with what is in it."""
    op.drop_table("unsent")
