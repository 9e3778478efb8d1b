"""Whether new days suit the mentor of a pair."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "days_asked",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), refers_to("pair.id"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("suits", sa.Boolean(), nullable=True),
        sa.UniqueConstraint("pair_id", "asked_at"),
        sa.CheckConstraint("(answered_at IS NULL) = (suits IS NULL)", name="answer_whole"),
    )


def downgrade() -> None:
    """Take the table away, with what is in it."""
    op.drop_table("days_asked")
