"""A run of the plan that a manager asks for is a row, and a run keeps its worst-off score."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words, write_at_once

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REGIONS = "A B C D E F G H I J K L"
STAGES = "asked reading weighing proving keeping done failed"
OVER = "finished_at IS NOT NULL"


def upgrade() -> None:
    """Make the table, and add the column: nobody knows it of older runs."""
    op.create_table(
        "plan_request",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("region", sa.String(), refers_to("region.code"), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("pairs", sa.Integer(), nullable=True),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("looked_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("plan_run_id", sa.Uuid(), refers_to("plan_run.id"), nullable=True),
        sa.UniqueConstraint("slot"),
        words("region", REGIONS),
        words("stage", STAGES),
        sa.CheckConstraint("slot = 1", name="one_at_a_time"),
        sa.CheckConstraint(f"(slot IS NULL) = ({OVER})", name="open_or_over"),
        sa.CheckConstraint(f"(stage IN ('done', 'failed')) = ({OVER})", name="over_is_said"),
        sa.CheckConstraint("(stage = 'done') = (plan_run_id IS NOT NULL)", name="done_has_run"),
    )
    write_at_once()
    with op.batch_alter_table("plan_run") as run:
        run.add_column(sa.Column("worst_off", sa.Integer(), nullable=True))
        run.create_check_constraint(
            op.f("ck_plan_run_worst_off_range"), "worst_off BETWEEN 0 AND 100000"
        )


def downgrade() -> None:
    """Take both away."""
    op.drop_table("plan_request")
    write_at_once()
    with op.batch_alter_table("plan_run") as run:
        run.drop_constraint(op.f("ck_plan_run_worst_off_range"), type_="check")
        run.drop_column("worst_off")
