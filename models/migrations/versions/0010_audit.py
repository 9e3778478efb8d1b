"""The audit, which the database lets no one change."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER audit_entry_is_not_changed BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END
    """,
    """
    CREATE TRIGGER audit_entry_is_not_deleted BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END
    """,
    # INSERT OR REPLACE would delete the entry in its way without asking the trigger above.
    """
    CREATE TRIGGER audit_entry_is_not_replaced BEFORE INSERT ON audit_entry
    WHEN EXISTS (
        SELECT 1 FROM audit_entry
        WHERE number = NEW.number OR chain = NEW.chain OR chain_before = NEW.chain_before
    )
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END
    """,
)
POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit is only added to'
        USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER audit_entry_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()
    """,
)


def upgrade() -> None:
    """Add the table, and the triggers that refuse to change what is in it."""
    _audit_entry()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if on_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    """Take the table away, with its triggers and what is in it."""
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_only_added_to")


def _audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("account_id", sa.Uuid(), nullable=True, index=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("leaver_id", sa.Uuid(), nullable=True, index=True),
        sa.Column("mentor_id", sa.Uuid(), nullable=True, index=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("chain_before", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.UniqueConstraint("chain_before"),
        sa.UniqueConstraint("chain"),
        sa.CheckConstraint("number >= 1", name="number_range"),
        sa.CheckConstraint("length(chain_before) = 64 AND length(chain) = 64", name="chain_length"),
    )
