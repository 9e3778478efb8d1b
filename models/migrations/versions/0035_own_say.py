"""Leavers have a say of their own in who is asked, from profiles without names."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import let_kinds_come, let_kinds_go, refers_to, words

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

RULED_OUT = "ruled_out"


def upgrade() -> None:
    """Add the table, the codes of mentors asked for, and the task for a mentor ruled out."""
    op.add_column("referral", sa.Column("chosen", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "own_say",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=False, index=True),
        sa.Column("referral_id", sa.Uuid(), refers_to("referral.id"), nullable=False, index=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False, index=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wish", sa.String(40), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        words("wish", "chosen ruled_out no_wish"),
        sa.UniqueConstraint("referral_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_range"),
        sa.CheckConstraint("(wish IS NULL) = (said_at IS NULL)", name="said_whole"),
    )
    let_kinds_come("task", RULED_OUT)


def downgrade() -> None:
    """Take away what was said, and the tasks that told of it."""
    op.execute(sa.text("DELETE FROM task WHERE kind = 'ruled_out'"))
    let_kinds_go("task", RULED_OUT)
    op.drop_table("own_say")
    op.drop_column("referral", "chosen")
