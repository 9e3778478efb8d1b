"""A mentor says that they are worried: it is kept, and managers are told at once."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import let_kinds_come, let_kinds_go, refers_to, words

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

KINDS = "hurt threat no_home drugs no_word myself between_us other"
REGIONS = "A B C D E F G H I J K L"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table, and let tasks and letters be about a worry."""
    op.create_table(
        "worry",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False, index=True),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=True, index=True),
        sa.Column("pair_id", sa.Uuid(), refers_to("pair.id"), nullable=True, index=True),
        sa.Column("region", sa.String(), refers_to("region.code"), nullable=False, index=True),
        sa.Column("also_region", sa.String(), refers_to("region.code"), nullable=True, index=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("told_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("read_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        words("kind", KINDS),
        words("region", REGIONS),
        words("also_region", REGIONS),
        sa.CheckConstraint("also_region <> region", name="two_regions"),
        sa.CheckConstraint("(pair_id IS NULL) = (leaver_id IS NULL)", name="whose_pair"),
        sa.CheckConstraint("(read_at IS NULL) = (read_by IS NULL)", name="read_by_someone"),
    )
    for table in ("task", "letter"):
        let_kinds_come(table, "worry")


def downgrade() -> None:
    """Take it all away, with what was told."""
    op.execute(
        "DELETE FROM letter_attempt WHERE letter_id IN (SELECT id FROM letter WHERE kind = 'worry')"
    )
    op.execute(
        "DELETE FROM task WHERE kind = 'worry' "
        "OR letter_id IN (SELECT id FROM letter WHERE kind = 'worry')"
    )
    op.execute("DELETE FROM letter WHERE kind = 'worry'")
    for table in ("task", "letter"):
        let_kinds_go(table, "worry")
    op.drop_table("worry")
