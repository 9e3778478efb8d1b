"""Referrals and screenings."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    _referral()
    _screening()


def downgrade() -> None:
    """Take the tables away, with what is in them."""
    for table in ["screening", "referral"]:
        op.drop_table(table)


def _referral() -> None:
    op.create_table(
        "referral",
        *_referral_columns(),
        words(
            "pathway",
            "through_the_gate reconnect liaison_and_diversion mental_health_treatment veterans",
        ),
        words(
            "state",
            "draft put_forward endorsed screened waiting matched withdrawn released_unmatched",
        ),
        words("region", "A B C D E F G H I J K L"),
        sa.CheckConstraint("travel_km BETWEEN 0 AND 500", name="travel_km_range"),
    )


def _referral_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pathway", sa.String(40), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("experiences", sa.Text(), nullable=False),
        sa.Column("interests", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("wants", sa.Text(), nullable=False),
        sa.Column("resettling_in", sa.String(), refers_to("district.code"), nullable=False),
        sa.Column("travel_km", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("ruled_out", sa.Text(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=False, index=True),
        sa.Column("region", sa.String(40), refers_to("region.code"), nullable=False),
        sa.Column("state", sa.String(40), nullable=False, index=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_forward_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_forward_by", sa.Uuid(), refers_to("account.id"), nullable=True, index=True),
        sa.Column("endorsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("endorsed_by", sa.Uuid(), refers_to("account.id"), nullable=True),
    ]


def _screening() -> None:
    op.create_table(
        "screening",
        *_screening_columns(),
        words("risk", "low medium high very_high"),
        words("risk_to_children", "low medium high very_high"),
        words("risk_to_public", "low medium high very_high"),
        words("risk_to_known_adult", "low medium high very_high"),
        words("risk_to_staff", "low medium high very_high"),
        words("risk_to_prisoners", "low medium high very_high"),
        words("county_lines", "perpetrator victim both"),
        sa.CheckConstraint("mappa_category BETWEEN 1 AND 4", name="mappa_category_range"),
        sa.CheckConstraint("mappa_level BETWEEN 0 AND 3", name="mappa_level_range"),
        sa.UniqueConstraint("leaver_id", "recorded_at"),
    )


def _screening_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("gangs", sa.Text(), nullable=False),
        sa.Column("county_lines", sa.String(40), nullable=True),
        sa.Column("on_licence", sa.Boolean(), nullable=True),
        sa.Column("licence_bars_contact", sa.Boolean(), nullable=False),
        sa.Column("licence_approved_by", sa.String(), nullable=True),
        sa.Column("licence_approved_on", sa.Date(), nullable=True),
        sa.Column("content_by", sa.String(), nullable=True),
        sa.Column("content_on", sa.Date(), nullable=True),
        sa.Column("risk", sa.String(40), nullable=True),
        sa.Column("risk_to_children", sa.String(40), nullable=True),
        sa.Column("risk_to_public", sa.String(40), nullable=True),
        sa.Column("risk_to_known_adult", sa.String(40), nullable=True),
        sa.Column("risk_to_staff", sa.String(40), nullable=True),
        sa.Column("risk_to_prisoners", sa.String(40), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("assessor", sa.String(), nullable=True),
        sa.Column("mappa_category", sa.Integer(), nullable=True),
        sa.Column("mappa_level", sa.Integer(), nullable=True),
        sa.Column("sexual_offence", sa.Boolean(), nullable=True),
        sa.Column("domestic_abuse", sa.Boolean(), nullable=True),
        sa.Column("no_one_to_one", sa.Boolean(), nullable=False),
        sa.Column("risk_to", sa.Text(), nullable=False),
        sa.Column("high_risk_approved_by", sa.String(), nullable=True),
        sa.Column("high_risk_approved_on", sa.Date(), nullable=True),
        sa.Column("mappa_approved_by", sa.String(), nullable=True),
        sa.Column("mappa_approved_on", sa.Date(), nullable=True),
        sa.Column("sexual_offence_approved_by", sa.String(), nullable=True),
        sa.Column("sexual_offence_approved_on", sa.Date(), nullable=True),
        sa.Column("domestic_abuse_approved_by", sa.String(), nullable=True),
        sa.Column("domestic_abuse_approved_on", sa.Date(), nullable=True),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=False),
    ]
