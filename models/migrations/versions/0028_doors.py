"""What is begun at the door lies in rows, not in the browser; whoever asks is counted.

A new app's secret waits beside the factor that it is to replace, and an
invitation knows in which browser its code was typed. Names asked for with one
are counted, and a manager has a task once a record is asked for.
"""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import let_kinds_come, let_kinds_go, write_at_once

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

NEW = {"rate_limit": "names", "task": "glass_asked"}
MOMENT = sa.DateTime(timezone=True)
WHOLE = (
    "(next_secret IS NULL) = (next_for IS NULL) AND (next_secret IS NULL) = (next_begun_at IS NULL)"
)


def upgrade() -> None:
    """Add the columns, and let tries be counted by the names of one invitation."""
    write_at_once()
    with op.batch_alter_table("second_factor") as factor:
        factor.add_column(sa.Column("next_secret", sa.String(), nullable=True))
        factor.add_column(sa.Column("next_for", sa.String(), nullable=True))
        factor.add_column(sa.Column("next_begun_at", MOMENT, nullable=True))
        factor.create_check_constraint(op.f("ck_second_factor_next_is_whole"), WHOLE)
    op.add_column("invitation", sa.Column("held_by", sa.String(), nullable=True))
    op.add_column("invitation", sa.Column("held_at", MOMENT, nullable=True))
    op.create_index("ix_invitation_held_by", "invitation", ["held_by"])
    for table, kind in NEW.items():
        let_kinds_come(table, kind)


def downgrade() -> None:
    """Take it all away: whoever was in the middle begins again."""
    op.execute("DELETE FROM rate_limit WHERE kind = 'names'")
    op.execute("DELETE FROM task WHERE kind = 'glass_asked'")
    write_at_once()
    for table, kind in NEW.items():
        let_kinds_go(table, kind)
    op.drop_index("ix_invitation_held_by", table_name="invitation")
    with op.batch_alter_table("invitation") as invitation:
        invitation.drop_column("held_at")
        invitation.drop_column("held_by")
    with op.batch_alter_table("second_factor") as factor:
        factor.drop_constraint(op.f("ck_second_factor_next_is_whole"), type_="check")
        for name in ("next_begun_at", "next_for", "next_secret"):
            factor.drop_column(name)
