"""Two prisons may each have a record under one prison number; a manager says if they are one."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import unique_where, write_at_once

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

INDEX = "prison_number_index"
OF_FORMER = f"uq_former_number_leaver_{INDEX}"


def upgrade() -> None:
    """Let a number find more than one leaver."""
    write_at_once()
    with op.batch_alter_table("leaver") as leaver:
        leaver.drop_constraint(op.f(f"uq_leaver_{INDEX}"), type_="unique")
        leaver.create_index(op.f(f"ix_leaver_{INDEX}"), [INDEX])
    op.drop_index(OF_FORMER, table_name="former_number")
    op.create_index(op.f(f"ix_former_number_{INDEX}"), "former_number", [INDEX])


def downgrade() -> None:
    """Let a number find one leaver only; refused while it finds two, of whom none may be lost."""
    found = sum(_found_twice("leaver", "id")) + sum(_found_twice("former_number", "leaver_id"))
    if found:
        raise ValueError(
            f"{found} prison numbers stand on the records of two leavers: make one record of "
            "each two first, or put the wrong number right"
        )
    write_at_once()
    op.drop_index(op.f(f"ix_former_number_{INDEX}"), table_name="former_number")
    unique_where("leaver_id IS NOT NULL", OF_FORMER, "former_number", [INDEX])
    with op.batch_alter_table("leaver") as leaver:
        leaver.drop_index(op.f(f"ix_leaver_{INDEX}"))
        leaver.create_unique_constraint(op.f(f"uq_leaver_{INDEX}"), [INDEX])


def _found_twice(table: str, owner: str) -> list[int]:
    """Return 1 for each number that finds more than one row that has an owner."""
    rows = sa.table(table, sa.column(INDEX), sa.column(owner))
    number = rows.c[INDEX]
    alike = sa.select(sa.literal(1)).where(rows.c[owner].is_not(None), number.is_not(None))
    twice = alike.group_by(number).having(sa.func.count() > 1)
    return list(op.get_bind().execute(twice).scalars())
