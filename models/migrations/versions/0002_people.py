"""Leavers, mentors, and the accounts of those who work with them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    _leaver()
    _mentor()
    _account()


def downgrade() -> None:
    """Take the tables away, with what is in them."""
    for table in ["account", "mentor", "leaver"]:
        op.drop_table(table)


def _leaver() -> None:
    op.create_table(
        "leaver",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sentenced_on", sa.Date(), nullable=True),
        sa.Column("recalled_on", sa.Date(), nullable=True),
        sa.Column("scheme_reversed", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("prison_number", sa.String(), nullable=False),
        sa.Column("crn", sa.String(), nullable=True),
        sa.Column("pnc", sa.String(), nullable=True),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("surname", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(40), nullable=False),
        sa.Column("gender", sa.String(40), nullable=True),
        sa.Column("prison", sa.String(), refers_to("prison.code"), nullable=False),
        sa.Column("release_date", sa.Date(), nullable=True),
        sa.Column("sentence_kind", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        words("sex", "female male"),
        words("gender", "woman man non_binary"),
        words("sentence_kind", "determinate parole indeterminate"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("prison_number"),
    )


def _mentor() -> None:
    op.create_table(
        "mentor",
        *_mentor_columns(),
        words("sex", "female male"),
        words("gender", "woman man non_binary"),
        words("state", "recruited trained assessed cleared active paused ended"),
        words(
            "peer_role", "peer_mentor veteran_mentor recovery_coach peer_specialist support_worker"
        ),
        words("pool", "adults children"),
        words("region", "A B C D E F G H I J K L"),
        sa.CheckConstraint("places BETWEEN 0 AND 20", name="places_range"),
        sa.CheckConstraint("travel_limit_km BETWEEN 0 AND 500", name="travel_limit_km_range"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("prison_number"),
    )


def _mentor_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("prison_number", sa.String(), nullable=True),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("surname", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(40), nullable=False),
        sa.Column("gender", sa.String(40), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("peer_role", sa.String(40), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("pool", sa.String(40), nullable=False),
        sa.Column("home", sa.String(), refers_to("district.code"), nullable=False),
        sa.Column("travel_limit_km", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("cultures", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("experiences", sa.Text(), nullable=False),
        sa.Column("interests", sa.Text(), nullable=False),
        sa.Column("wants", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("past_addiction", sa.Boolean(), nullable=True),
        sa.Column("offence_free_since", sa.Date(), nullable=True),
        sa.Column("substance_free_since", sa.Date(), nullable=True),
        sa.Column("arrested", sa.Boolean(), nullable=False),
        sa.Column("knows_custody_and_court", sa.Boolean(), nullable=False),
        sa.Column("region", sa.String(40), refers_to("region.code"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
    ]


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("prison", sa.String(), refers_to("prison.code"), nullable=True),
        sa.Column("region", sa.String(40), refers_to("region.code"), nullable=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        words("role", "peer liaison mentor manager administrator"),
        words("region", "A B C D E F G H I J K L"),
        sa.CheckConstraint(
            "(role IN ('peer', 'liaison')) = (prison IS NOT NULL)", name="prison_desk"
        ),
        sa.CheckConstraint("(role = 'manager') = (region IS NOT NULL)", name="region_desk"),
        sa.CheckConstraint("(role = 'mentor') = (mentor_id IS NOT NULL)", name="own_mentor"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("mentor_id"),
    )
