"""Who is expected to leave, and every release date ever given."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    _expected_leaver()
    _release_date()


def downgrade() -> None:
    """Take the tables away, with what is in them."""
    for table in ["release_date", "expected_leaver"]:
        op.drop_table(table)


def _expected_leaver() -> None:
    op.create_table(
        "expected_leaver",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("sentenced_on", sa.Date(), nullable=True),
        sa.Column("recalled_on", sa.Date(), nullable=True),
        sa.Column("scheme_reversed", sa.Boolean(), nullable=False),
        sa.Column("prison_number", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("surname", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("prison", sa.String(), refers_to("prison.code"), nullable=False),
        sa.Column("release_date", sa.Date(), nullable=False),
        sa.Column("sentence_kind", sa.String(40), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        words("sentence_kind", "determinate parole indeterminate"),
        sa.UniqueConstraint("prison_number"),
    )


def _release_date() -> None:
    op.create_table(
        "release_date",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=True),
        sa.Column(
            "expected_leaver_id",
            sa.Uuid(),
            refers_to("expected_leaver.id", ondelete="CASCADE"),
            nullable=True,
        ),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        words(
            "kind",
            "confirmed conditional conditional_override automatic curfew_approved "
            "curfew_eligibility post_recall parole_eligibility parole_review "
            "release_as_reported",
        ),
        sa.CheckConstraint(
            "(leaver_id IS NULL) <> (expected_leaver_id IS NULL)", name="one_person"
        ),
        sa.UniqueConstraint("leaver_id", "kind", "recorded_at"),
        sa.UniqueConstraint("expected_leaver_id", "kind", "recorded_at"),
    )
