"""Regions, prisons and postcode districts."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    _region()
    _prison()
    _district()


def downgrade() -> None:
    """Take the tables away, with what is in them."""
    for table in ["district", "prison", "region"]:
        op.drop_table(table)


def _region() -> None:
    op.create_table(
        "region",
        sa.Column("code", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        words("code", "A B C D E F G H I J K L"),
    )


def _prison() -> None:
    op.create_table(
        "prison",
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sex", sa.String(40), nullable=False),
        sa.Column("function", sa.String(40), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("region", sa.String(40), refers_to("region.code"), nullable=False),
        words("sex", "female male"),
        words(
            "function", "local resettlement training high_security open foreign_nationals children"
        ),
        words("region", "A B C D E F G H I J K L"),
    )


def _district() -> None:
    op.create_table(
        "district",
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("local_authority", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("region", sa.String(40), refers_to("region.code"), nullable=False),
        words("region", "A B C D E F G H I J K L"),
    )
