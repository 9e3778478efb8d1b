"""Two records of one person become one: what the other was known by is kept, and found."""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, unique_where

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

PEOPLE = ("leaver", "mentor")
FURTHER = """
SELECT a.id FROM account a WHERE a.disabled_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM account b WHERE b.mentor_id = a.mentor_id AND b.id <> a.id
    AND (b.disabled_at IS NULL OR b.id < a.id)
)
"""


def upgrade() -> None:
    """Add the table and the keys, and let a mentor have accounts beside the one in use."""
    op.create_table(
        "former_number",
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=True, index=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=True, index=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("prison_number", sa.String(), nullable=True),
        sa.CheckConstraint("(leaver_id IS NULL) <> (mentor_id IS NULL)", name="one_person"),
    )
    for noun in PEOPLE:
        for column in ("code", "prison_number"):
            name = f"uq_former_number_{noun}_{column}"
            unique_where(f"{noun}_id IS NOT NULL", name, "former_number", [column])
        keys = sa.Column("former_keys", sa.Text(), nullable=False, server_default="[]")
        op.add_column(noun, keys)
    with op.batch_alter_table("account") as account:
        account.drop_constraint(op.f("uq_account_mentor_id"), type_="unique")
    unique_where("disabled_at IS NULL", "uq_account_in_use_mentor", "account", ["mentor_id"])


def downgrade() -> None:
    """Take it all away; of the accounts of one mentor the one in use stays, or else one of them."""
    _let_accounts_go()
    op.drop_index("uq_account_in_use_mentor", table_name="account")
    with op.batch_alter_table("account") as account:
        account.create_unique_constraint(op.f("uq_account_mentor_id"), ["mentor_id"])
    for noun in PEOPLE:
        op.drop_column(noun, "former_keys")
    op.drop_table("former_number")


def _let_accounts_go() -> None:
    """Keep who did what: a further account of a mentor is no mentor's, and opens with nothing."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    found = [row[0] for row in op.get_bind().execute(sa.text(FURTHER))]
    for account_id in found:
        for said in (
            "DELETE FROM credential WHERE account_id = :id",
            "UPDATE account SET role = 'administrator', mentor_id = NULL WHERE id = :id",
        ):
            op.get_bind().execute(sa.text(said), {"id": account_id})
