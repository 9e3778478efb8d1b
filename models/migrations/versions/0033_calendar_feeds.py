"""A mentor's calendar may be followed by a link of their own, which can be revoked."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import let_kinds_come, let_kinds_go, refers_to, unique_where

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table, and let whoever asks for a calendar be counted."""
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), refers_to("account.id"), nullable=False, index=True),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.UniqueConstraint("token_hash"),
    )
    unique_where("revoked_at IS NULL", "uq_calendar_feed_one_good", "calendar_feed", ["account_id"])
    let_kinds_come("rate_limit", "feed")


def downgrade() -> None:
    """Take it away: no link leads anywhere any more."""
    op.execute("DELETE FROM rate_limit WHERE kind = 'feed'")
    let_kinds_go("rate_limit", "feed")
    op.drop_table("calendar_feed")
