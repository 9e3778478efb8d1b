"""Managers are away for some days, and a colleague who said yes stands in for them."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

REGIONS = "A B C D E F G H I J K L"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "manager_away",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), refers_to("account.id"), nullable=False, index=True),
        sa.Column("deputy_id", sa.Uuid(), refers_to("account.id"), nullable=True, index=True),
        sa.Column("region", sa.String(40), refers_to("region.code"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        words("region", REGIONS),
        sa.CheckConstraint("starts_on <= ends_on", name="in_order"),
        sa.CheckConstraint("account_id <> deputy_id", name="two_people"),
        sa.CheckConstraint("agreed_at IS NULL OR deputy_id IS NOT NULL", name="agreed_by_someone"),
    )


def downgrade() -> None:
    """Take the table away, with what is in it."""
    op.drop_table("manager_away")
