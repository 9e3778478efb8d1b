"""Links between people, exclusion zones, curfews and gang tags."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    _link()
    _exclusion_zone()
    _curfew()
    _gang_tag()
    _opposed_gangs()


def downgrade() -> None:
    """Take the tables away, with what is in them."""
    for table in ["opposed_gangs", "gang_tag", "curfew", "exclusion_zone", "link"]:
        op.drop_table(table)


def _link() -> None:
    op.create_table(
        "link",
        *_link_columns(),
        words("kind", "non_association no_contact_order co_accused victim family named_person"),
        sa.CheckConstraint(
            "CASE WHEN one_leaver_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN one_mentor_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN one_prison_number IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN one_surname IS NULL THEN 0 ELSE 1 END = 1",
            name="one_end_named_once",
        ),
        sa.CheckConstraint(
            "(one_surname IS NULL) = (one_first_name IS NULL)"
            " AND (one_surname IS NULL) = (one_birth_date IS NULL)",
            name="one_name_whole",
        ),
        sa.CheckConstraint(
            "CASE WHEN other_leaver_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN other_mentor_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN other_prison_number IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN other_surname IS NULL THEN 0 ELSE 1 END = 1",
            name="other_end_named_once",
        ),
        sa.CheckConstraint(
            "(other_surname IS NULL) = (other_first_name IS NULL)"
            " AND (other_surname IS NULL) = (other_birth_date IS NULL)",
            name="other_name_whole",
        ),
    )


def _link_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("one_leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=True, index=True),
        sa.Column("one_mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=True, index=True),
        sa.Column("one_prison_number", sa.String(), nullable=True),
        sa.Column("one_first_name", sa.String(), nullable=True),
        sa.Column("one_surname", sa.String(), nullable=True),
        sa.Column("one_birth_date", sa.Date(), nullable=True),
        sa.Column("other_leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=True, index=True),
        sa.Column("other_mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=True, index=True),
        sa.Column("other_prison_number", sa.String(), nullable=True),
        sa.Column("other_first_name", sa.String(), nullable=True),
        sa.Column("other_surname", sa.String(), nullable=True),
        sa.Column("other_birth_date", sa.Date(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), refers_to("account.id"), nullable=True),
    ]


def _exclusion_zone() -> None:
    op.create_table(
        "exclusion_zone",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=True, index=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=True, index=True),
        sa.Column("district", sa.String(), refers_to("district.code"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(leaver_id IS NULL) <> (mentor_id IS NULL)", name="one_person"),
        sa.CheckConstraint("starts_on <= ends_on", name="in_order"),
    )


def _curfew() -> None:
    op.create_table(
        "curfew",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=True, index=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=True, index=True),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(leaver_id IS NULL) <> (mentor_id IS NULL)", name="one_person"),
        sa.CheckConstraint("starts_on <= ends_on", name="in_order"),
    )


def _gang_tag() -> None:
    op.create_table(
        "gang_tag",
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
    )


def _opposed_gangs() -> None:
    op.create_table(
        "opposed_gangs",
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("one", sa.String(), refers_to("gang_tag.code"), primary_key=True),
        sa.Column("other", sa.String(), refers_to("gang_tag.code"), primary_key=True),
        sa.CheckConstraint("one <> other", name="two_tags"),
    )
