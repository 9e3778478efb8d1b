"""What came of each hand-over of a letter is kept, one row for each."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; of hand-overs before it nothing is known."""
    op.create_table(
        "letter_attempt",
        sa.Column("letter_id", sa.Uuid(), refers_to("letter.id"), primary_key=True),
        sa.Column("attempt", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        words("outcome", "taken refused deferred unknown"),
        sa.CheckConstraint("attempt >= 1", name="attempt_range"),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="end_has_outcome"),
    )


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("letter_attempt")
