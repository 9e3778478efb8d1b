"""Life events: the day someone really left, meetings of a later release, tasks that follow."""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

DATES = (
    "confirmed conditional conditional_override automatic curfew_approved curfew_eligibility "
    "post_recall parole_eligibility parole_review release_as_reported"
)
NEW_TASKS = "decide moved_prison screen_again"
GONE = (
    "DELETE FROM release_date WHERE kind = 'actual'",
    "DELETE FROM task WHERE kind IN ('decide', 'moved_prison', 'screen_again')",
    "DELETE FROM task WHERE meeting_id IN (SELECT id FROM meeting WHERE release_number > 1)",
    (
        "DELETE FROM task WHERE letter_id IN (SELECT letter.id FROM letter JOIN meeting"
        " ON meeting.id = letter.meeting_id WHERE release_number > 1)"
    ),
    (
        "DELETE FROM hand_over WHERE letter_id IN (SELECT letter.id FROM letter JOIN meeting"
        " ON meeting.id = letter.meeting_id WHERE release_number > 1)"
    ),
    "DELETE FROM letter WHERE meeting_id IN (SELECT id FROM meeting WHERE release_number > 1)",
    "DELETE FROM meeting WHERE release_number > 1",
)
COUNTS = "number >= 1 AND generation >= 1"


def upgrade() -> None:
    """Add the words, and number the releases that meetings belong to: all so far the first."""
    _be_ready()
    _let_kinds_be("release_date", f"actual {DATES}")
    _let_kinds_be("task", " ".join([*_tasks(), NEW_TASKS]))
    op.add_column(
        "meeting", sa.Column("release_number", sa.Integer(), nullable=False, server_default="1")
    )
    _number_meetings(f"{COUNTS} AND release_number >= 1", ["release_number"])


def downgrade() -> None:
    """Take the words away with the rows that are of them, and the meetings of later releases."""
    _be_ready()
    for statement in GONE:
        op.execute(statement)
    _be_ready()
    _let_kinds_be("release_date", DATES)
    _let_kinds_be("task", " ".join(one for one in _tasks() if one not in NEW_TASKS.split()))
    _number_meetings(COUNTS, [])
    with op.batch_alter_table("meeting") as meeting:
        meeting.drop_column("release_number")


def _be_ready() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _tasks() -> list[str]:
    """Return the kinds of task that the database takes as it is now."""
    checks = sa.inspect(op.get_bind()).get_check_constraints("task")
    [said] = [one["sqltext"] for one in checks if one["name"] == "ck_task_kind_word"]
    return re.findall(r"'(\w+)'", said)


def _let_kinds_be(table: str, kinds: str) -> None:
    """Change the CHECK of the kinds; on SQLite the table is made anew with all its rows."""
    name, listed = op.f(f"ck_{table}_kind_word"), ", ".join(f"'{kind}'" for kind in kinds.split())
    with op.batch_alter_table(table) as rows:
        rows.drop_constraint(name, type_="check")
        rows.create_check_constraint(name, f"kind IN ({listed})")


def _number_meetings(counts: str, numbered: Sequence[str]) -> None:
    """Say which meetings a pair has only once, and in what range the numbers are."""
    op.drop_index("uq_meeting_of_plan", table_name="meeting")
    name = op.f("ck_meeting_counts_range")
    with op.batch_alter_table("meeting") as meeting:
        meeting.drop_constraint(name, type_="check")
        meeting.create_check_constraint(name, counts)
    still = sa.text("state IN ('planned', 'booked', 'held')")
    op.create_index(
        "uq_meeting_of_plan",
        "meeting",
        ["pair_id", *numbered, "kind", "number"],
        unique=True,
        sqlite_where=still,
        postgresql_where=still,
    )
