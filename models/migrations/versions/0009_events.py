"""What happens to people."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    _event()


def downgrade() -> None:
    """Take the tables away, with what is in them."""
    for table in ["event"]:
        op.drop_table(table)


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=True, index=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=True, index=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        words(
            "kind",
            "date_moved date_removed released_early transferred away recalled "
            "new_sentence not_released died unlawfully_at_large risk_changed "
            "consent_withdrawn merged mentor_lapsed",
        ),
        sa.UniqueConstraint("key"),
        sa.CheckConstraint("(leaver_id IS NULL) <> (mentor_id IS NULL)", name="one_person"),
    )
