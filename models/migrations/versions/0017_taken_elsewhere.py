"""How many of a mentor's places are taken by pairs outside this service, kept as it was told."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

IN_RANGE = "ck_mentor_taken_elsewhere_range"


def upgrade() -> None:
    """Add the column; until now such places were taken off `places`, so none are left to count."""
    with op.batch_alter_table("mentor") as mentor:
        mentor.add_column(
            sa.Column("taken_elsewhere", sa.Integer(), nullable=False, server_default="0")
        )
        mentor.create_check_constraint(op.f(IN_RANGE), "taken_elsewhere BETWEEN 0 AND 20")


def downgrade() -> None:
    """Take the column away, and the places it counted off `places`."""
    op.execute(
        "UPDATE mentor SET places = "
        "CASE WHEN places > taken_elsewhere THEN places - taken_elsewhere ELSE 0 END"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with op.batch_alter_table("mentor") as mentor:
        mentor.drop_constraint(op.f(IN_RANGE), type_="check")
        mentor.drop_column("taken_elsewhere")
