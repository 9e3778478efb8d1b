"""A letter that a way of signing in was changed, and more that tries are counted by."""

import re

import sqlalchemy as sa
from alembic import op

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
        _let_kinds_be(table, [*_kinds(table), *kinds])


def downgrade() -> None:
    """Take the kinds away, with what is of them."""
    for statement in TAKEN_AWAY:
        op.execute(statement)
    for table, kinds in NEW.items():
        _let_kinds_be(table, [kind for kind in _kinds(table) if kind not in kinds])


def _kinds(table: str) -> list[str]:
    """Return the kinds that the database takes, whichever steps came before."""
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    [said] = [one["sqltext"] for one in checks if one["name"] == f"ck_{table}_kind_word"]
    return re.findall(r"'(\w+)'", said)


def _let_kinds_be(table: str, kinds: list[str]) -> None:
    """Change the CHECK of the kinds; on SQLite the table is made anew with all its rows."""
    name, listed = op.f(f"ck_{table}_kind_word"), ", ".join(f"'{kind}'" for kind in kinds)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with op.batch_alter_table(table) as altered:
        altered.drop_constraint(name, type_="check")
        altered.create_check_constraint(name, f"kind IN ({listed})")
