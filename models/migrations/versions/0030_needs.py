"""What mentors need: when supervision was, a coach, forums, and how heavy it feels."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import (
    let_kinds_come,
    let_kinds_go,
    refers_to,
    words,
    write_at_once,
)

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

REGIONS = "A B C D E F G H I J K L"
DAYS = (("supervision", "held_on"), ("supervision", "next_on"), ("training", "done_on"))
NEW = ("load_said", "mentor_coach", "forum_date")


def upgrade() -> None:
    """Add the days and the tables."""
    let_kinds_come("task", "too_heavy")
    for table, day in DAYS:
        op.add_column(table, sa.Column(day, sa.Date(), nullable=True))
    op.create_table(
        "mentor_coach",
        *_of_mentor(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
    )
    op.create_table(
        "load_said",
        *_of_mentor(),
        sa.Column("load", sa.String(40), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        words("load", "light right heavy too_heavy"),
    )
    op.create_table(
        "forum_date",
        *_recorded(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(40), refers_to("region.code"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        words("region", REGIONS),
        sa.UniqueConstraint("region", "starts_at"),
    )


def downgrade() -> None:
    """Take them away, with what is in them."""
    op.execute("DELETE FROM task WHERE kind = 'too_heavy'")
    for table in NEW:
        op.drop_table(table)
    write_at_once()
    for table, day in DAYS:
        op.drop_column(table, day)
    let_kinds_go("task", "too_heavy")


def _recorded() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
    )


def _of_mentor() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        *_recorded(),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False),
        sa.UniqueConstraint("mentor_id", "recorded_at"),
    )
