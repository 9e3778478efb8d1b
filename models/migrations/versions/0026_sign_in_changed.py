"""A letter that a way of signing in was changed, and more that tries are counted by."""

from alembic import op

from models.migrations.writing import let_kinds_come, let_kinds_go

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NEW = {"letter": ("sign_in_changed",), "rate_limit": ("sent", "shown", "costly")}
TAKEN_AWAY = (
    """
    DELETE FROM letter_attempt WHERE letter_id IN
    (SELECT id FROM letter WHERE kind = 'sign_in_changed')
    """,
    "DELETE FROM task WHERE letter_id IN (SELECT id FROM letter WHERE kind = 'sign_in_changed')",
    "DELETE FROM letter WHERE kind = 'sign_in_changed'",
    "DELETE FROM rate_limit WHERE kind IN ('sent', 'shown', 'costly')",
)
"""What is of the new kinds, and what hangs on it."""


def upgrade() -> None:
    """Let letters and limits be of the new kinds."""
    for table, kinds in NEW.items():
        let_kinds_come(table, *kinds)


def downgrade() -> None:
    """Take the kinds away, with what is of them."""
    for statement in TAKEN_AWAY:
        op.execute(statement)
    for table, kinds in NEW.items():
        let_kinds_go(table, *kinds)
