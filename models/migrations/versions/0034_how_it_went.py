"""How a meeting went, as its mentor says it in two taps."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "how_it_went",
        sa.Column("meeting_id", sa.Uuid(), refers_to("meeting.id"), primary_key=True),
        sa.Column("went", sa.String(), nullable=False),
        sa.Column("wants_call", sa.Boolean(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        words("went", "well all_right hard"),
    )


def downgrade() -> None:
    """Take the table away, with what was said."""
    op.drop_table("how_it_went")
