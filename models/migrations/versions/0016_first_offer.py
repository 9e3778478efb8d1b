"""One more kind of task: a proposal that nobody has approved, its first offer nearly due."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KINDS = (
    "not_booked missed_meeting no_answer no_gate_cover no_home_safe first_meeting dead_letter ring"
)


def upgrade() -> None:
    """Let tasks be of the new kind."""
    _let_kinds_be(KINDS.replace("first_meeting", "first_offer first_meeting"))


def downgrade() -> None:
    """Take the kind away, with the tasks that are of it."""
    op.execute("DELETE FROM task WHERE kind = 'first_offer'")
    _let_kinds_be(KINDS)


def _let_kinds_be(kinds: str) -> None:
    """Change the CHECK of the kinds; on SQLite the table is made anew with all its rows."""
    name, listed = op.f("ck_task_kind_word"), ", ".join(f"'{kind}'" for kind in kinds.split())
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with op.batch_alter_table("task") as task:
        task.drop_constraint(name, type_="check")
        task.create_check_constraint(name, f"kind IN ({listed})")
