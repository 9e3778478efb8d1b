"""What was asked of whom about someone whom a leaver must not meet."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "avoid_note",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=False, index=True),
        sa.Column(
            "person_id", sa.Uuid(), refers_to("person_to_avoid.id"), nullable=False, index=True
        ),
        sa.Column("text", sa.String(), nullable=False),
    )


def downgrade() -> None:
    """Take the table away, with what is in it."""
    op.drop_table("avoid_note")
