"""What vets a mentor: assessment, clearance, training, supervision, term, licence."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    _mentor_assessment()
    _clearance()
    _children_check()
    _training()
    _supervision()
    _term()
    _mentor_licence()
    _mentor_gangs()


def downgrade() -> None:
    """Take the tables away, with what is in them."""
    for table in [
        "mentor_gangs",
        "mentor_licence",
        "term",
        "supervision",
        "training",
        "children_check",
        "clearance",
        "mentor_assessment",
    ]:
        op.drop_table(table)


def _mentor_assessment() -> None:
    op.create_table(
        "mentor_assessment",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False),
        sa.Column("risk_limit", sa.String(40), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("assessor", sa.String(), nullable=True),
        words("risk_limit", "low medium high very_high"),
        sa.UniqueConstraint("mentor_id", "recorded_at"),
    )


def _clearance() -> None:
    op.create_table(
        "clearance",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False),
        sa.Column("prison", sa.String(), refers_to("prison.code"), nullable=False),
        sa.Column("cleared_from", sa.Date(), nullable=False),
        sa.Column("cleared_until", sa.Date(), nullable=False),
        sa.CheckConstraint("cleared_from <= cleared_until", name="in_order"),
        sa.UniqueConstraint("mentor_id", "prison", "recorded_at"),
    )


def _children_check() -> None:
    op.create_table(
        "children_check",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("children_check_until", sa.Date(), nullable=False),
        sa.CheckConstraint("checked_on <= children_check_until", name="in_order"),
        sa.UniqueConstraint("mentor_id", "recorded_at"),
    )


def _training() -> None:
    op.create_table(
        "training",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False),
        sa.Column("basic_training_on", sa.Date(), nullable=True),
        sa.Column("modules", sa.Text(), nullable=False),
        sa.UniqueConstraint("mentor_id", "recorded_at"),
    )


def _supervision() -> None:
    op.create_table(
        "supervision",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False),
        sa.Column("supervision_until", sa.Date(), nullable=True),
        sa.UniqueConstraint("mentor_id", "recorded_at"),
    )


def _term() -> None:
    op.create_table(
        "term",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False),
        sa.Column("term_starts_on", sa.Date(), nullable=True),
        sa.Column("term_ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("term_starts_on <= term_ends_on", name="in_order"),
        sa.UniqueConstraint("mentor_id", "recorded_at"),
    )


def _mentor_licence() -> None:
    op.create_table(
        "mentor_licence",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False),
        sa.Column("on_licence", sa.Boolean(), nullable=True),
        sa.Column("licence_bars_contact", sa.Boolean(), nullable=False),
        sa.Column("licence_approved_by", sa.String(), nullable=True),
        sa.Column("licence_approved_on", sa.Date(), nullable=True),
        sa.Column("content_by", sa.String(), nullable=True),
        sa.Column("content_on", sa.Date(), nullable=True),
        sa.Column("licence_bars_prisons", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("mentor_id", "recorded_at"),
    )


def _mentor_gangs() -> None:
    op.create_table(
        "mentor_gangs",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False),
        sa.Column("gangs", sa.Text(), nullable=False),
        sa.Column("county_lines", sa.String(40), nullable=True),
        words("county_lines", "perpetrator victim both"),
        sa.UniqueConstraint("mentor_id", "recorded_at"),
    )
