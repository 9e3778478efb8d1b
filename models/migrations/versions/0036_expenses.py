"""What mentors spent and claim back, and the receipts."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "expense",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False, index=True),
        sa.Column("meeting", sa.String(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("miles", sa.Integer(), nullable=True),
        _moment("claimed_at", may_be_open=False),
        _hand("claimed_by"),
        sa.Column("state", sa.String(40), nullable=False),
        _moment("state_since", may_be_open=False),
        _moment("decided_at"),
        _hand("decided_by"),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("paid_at"),
        _hand("paid_by"),
        words("kind", "travel food phone other"),
        words("state", "claimed approved refused paid"),
        sa.CheckConstraint("pence BETWEEN 1 AND 50000", name="pence_range"),
        sa.CheckConstraint("miles BETWEEN 1 AND 1000", name="miles_range"),
        sa.CheckConstraint("(state = 'claimed') = (decided_at IS NULL)", name="decided_has_time"),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid_has_time"),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("expense_id", sa.Uuid(), refers_to("expense.id"), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        _moment("kept_at", may_be_open=False),
        words("kind", "image/jpeg image/png application/pdf"),
        sa.UniqueConstraint("expense_id"),
    )


def downgrade() -> None:
    """Take the tables away, with what is in them."""
    op.drop_table("receipt")
    op.drop_table("expense")


def _moment(name: str, *, may_be_open: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=may_be_open)


def _hand(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), refers_to("account.id"), nullable=True)
