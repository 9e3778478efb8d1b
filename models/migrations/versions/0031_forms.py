"""How the form came on which somebody was put forward, and forms filled in at a kiosk."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import words, write_at_once

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

WAYS = "side_by_side paper_alone paper_helped kiosk"


def upgrade() -> None:
    """Add the columns; how an older form came is not known."""
    write_at_once()
    with op.batch_alter_table("referral") as referral:
        referral.add_column(sa.Column("filled_in", sa.String(40), nullable=True))
        referral.create_check_constraint(
            op.f("ck_referral_filled_in_word"), words("filled_in", WAYS).sqltext
        )
    with op.batch_alter_table("sign_in") as stay:
        stay.add_column(sa.Column("kiosk_since", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("draft") as draft:
        draft.add_column(sa.Column("stay_id", sa.Uuid(), nullable=True))
        draft.create_index(op.f("ix_draft_stay_id"), ["stay_id"])
        draft.create_foreign_key(
            op.f("fk_draft_stay_id"),
            "sign_in",
            ["stay_id"],
            ["id"],
            deferrable=True,
            initially="DEFERRED",
        )


def downgrade() -> None:
    """Take the columns away, with forms that a kiosk has not sent: nobody else may find them."""
    op.execute("DELETE FROM draft WHERE stay_id IS NOT NULL")
    op.execute("UPDATE sign_in SET ended_at = seen_at WHERE kiosk_since IS NOT NULL")
    write_at_once()
    with op.batch_alter_table("draft") as draft:
        draft.drop_constraint(op.f("fk_draft_stay_id"), type_="foreignkey")
        draft.drop_index(op.f("ix_draft_stay_id"))
        draft.drop_column("stay_id")
    with op.batch_alter_table("sign_in") as stay:
        stay.drop_column("kiosk_since")
    with op.batch_alter_table("referral") as referral:
        referral.drop_constraint(op.f("ck_referral_filled_in_word"), type_="check")
        referral.drop_column("filled_in")
