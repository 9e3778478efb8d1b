"""Invitations, second factors, remembered devices, limits on tries, and opening a record.

Whoever is signed in by the old way is out: their stays say of no desk. Who
has no second factor is given a new code with `gatemate account recover`.
"""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import let_kinds_come, let_kinds_go, refers_to, words, write_at_once

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BROKEN = "glass_broken"
NEW = ("break_glass", "rate_limit", "remembered_device", "one_time_code")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables, say of each stay where it is, and let tasks tell of an opened record."""
    _invitation()
    _factors()
    _device_and_limits()
    _break_glass()
    with op.batch_alter_table("sign_in") as stay:
        for name in ("desk", "browser", "origin"):
            stay.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        stay.add_column(sa.Column("device_id", sa.Uuid(), nullable=True))
        stay.create_foreign_key(
            op.f("fk_sign_in_device_id"),
            "remembered_device",
            ["device_id"],
            ["id"],
            deferrable=True,
            initially="DEFERRED",
        )
    with op.batch_alter_table("sign_in") as stay:
        for name in ("desk", "browser", "origin"):
            stay.alter_column(name, existing_type=sa.String(), server_default=None)
    let_kinds_come("task", BROKEN)


def downgrade() -> None:
    """Take it all away."""
    op.execute("DELETE FROM task WHERE kind = 'glass_broken'")
    let_kinds_go("task", BROKEN)
    write_at_once()
    with op.batch_alter_table("sign_in") as stay:
        stay.drop_constraint(op.f("fk_sign_in_device_id"), type_="foreignkey")
        for name in ("device_id", "origin", "browser", "desk"):
            stay.drop_column(name)
    for table in (*NEW, "second_factor", "invitation"):
        op.drop_table(table)


def _invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("selector", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("prison", sa.String(), refers_to("prison.code"), nullable=True),
        sa.Column("region", sa.String(40), refers_to("region.code"), nullable=True),
        _of("mentor"),
        _of("account"),
        sa.Column("is_recovery", sa.Boolean(), nullable=False),
        sa.Column("invited_at", MOMENT, nullable=False),
        _of("account", "invited_by"),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        words("role", "peer liaison mentor manager administrator"),
        words("region", "A B C D E F G H I J K L"),
        sa.CheckConstraint("used_at IS NULL OR account_id IS NOT NULL", name="used_has_account"),
        sa.CheckConstraint("agreed_by <> invited_by", name="two_people"),
        sa.UniqueConstraint("selector"),
    )


def _factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Uuid(), refers_to("account.id"), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("codes_made_at", MOMENT, nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        words("kind", "app sheet"),
        sa.CheckConstraint("(kind = 'app') = (secret IS NOT NULL)", name="app_has_secret"),
        sa.CheckConstraint("(kind = 'sheet') = (codes_made_at IS NOT NULL)", name="sheet_has_day"),
    )
    op.create_table(
        "one_time_code",
        sa.Column("account_id", sa.Uuid(), refers_to("account.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.CheckConstraint("number BETWEEN 1 AND 99", name="number_range"),
    )


def _device_and_limits() -> None:
    op.create_table(
        "remembered_device",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _of("account", nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("remembered_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "rate_limit",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("key_hash", sa.String(), primary_key=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False, index=True),
        words("kind", "name_here name address code codes_here device"),
    )


def _break_glass() -> None:
    op.create_table(
        "break_glass",
        sa.Column("version", sa.Integer(), nullable=False),
        _of("leaver"),
        _of("mentor"),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("region", sa.String(40), refers_to("region.code"), nullable=False, index=True),
        sa.Column("reason", sa.String(), nullable=False),
        _of("account", "asked_by", nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("shut_at", MOMENT, nullable=True),
        words("region", "A B C D E F G H I J K L"),
        sa.CheckConstraint("(leaver_id IS NULL) <> (mentor_id IS NULL)", name="one_person"),
        sa.CheckConstraint("answered_by <> asked_by", name="two_people"),
        sa.CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name="answer_has_hand"),
        sa.CheckConstraint("ends_at IS NULL OR answered_at IS NOT NULL", name="open_was_agreed"),
    )


def _of(table: str, name: str = "", *, nullable: bool = True) -> sa.Column[object]:
    """Return a column with the id of a row of a table."""
    name, place = name or f"{table}_id", f"{table}.id"
    return sa.Column(name, sa.Uuid(), refers_to(place), nullable=nullable, index=True)
