"""What each row said when the audit told of it, cuts of the audit, and the tables of privacy.

The audit may be shortened at its oldest end, up to a mark; all else is refused as before.
"""

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SQLITE = (
    "DROP TRIGGER audit_entry_is_not_deleted",
    """
    CREATE TRIGGER audit_entry_is_not_deleted BEFORE DELETE ON audit_entry
    WHEN OLD.number > COALESCE((SELECT max(number) FROM audit_cut), 0)
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END
    """,
    """
    CREATE TRIGGER audit_cut_is_not_changed BEFORE UPDATE ON audit_cut
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END
    """,
    """
    CREATE TRIGGER audit_cut_is_not_deleted BEFORE DELETE ON audit_cut
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END
    """,
    # INSERT OR REPLACE would delete the mark in its way without asking the trigger above.
    """
    CREATE TRIGGER audit_cut_is_not_replaced BEFORE INSERT ON audit_cut
    WHEN NEW.number <= (SELECT max(number) FROM audit_cut)
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END
    """,
)
SQLITE_BEFORE = (
    "DROP TRIGGER audit_entry_is_not_deleted",
    """
    CREATE TRIGGER audit_entry_is_not_deleted BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END
    """,
)
POSTGRESQL = (
    "DROP TRIGGER audit_entry_is_not_changed ON audit_entry",
    """
    CREATE TRIGGER audit_entry_is_not_changed BEFORE UPDATE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()
    """,
    """
    CREATE FUNCTION audit_is_cut_at_a_mark() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.number > COALESCE((SELECT max(number) FROM audit_cut), 0) THEN
            RAISE EXCEPTION 'the audit is only added to'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER audit_entry_is_not_deleted BEFORE DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_is_cut_at_a_mark()
    """,
    """
    CREATE TRIGGER audit_cut_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_cut
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()
    """,
    # Also where a session says that it only replays what another database did.
    "ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_is_not_changed",
    "ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_is_not_deleted",
    "ALTER TABLE audit_cut ENABLE ALWAYS TRIGGER audit_cut_is_not_changed",
)
POSTGRESQL_BEFORE = (
    "DROP TRIGGER audit_entry_is_not_deleted ON audit_entry",
    "DROP TRIGGER audit_entry_is_not_changed ON audit_entry",
    "DROP FUNCTION audit_is_cut_at_a_mark",
    """
    CREATE TRIGGER audit_entry_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()
    """,
)
REASONS = "declined expired replaced withdrawn completed stood_down died barred"
PERSON = "(leaver_id IS NULL) <> (mentor_id IS NULL)"
TABLES = "pair_count tombstone retention_period change_reason legal_hold consent audit_cut row_seal"


def upgrade() -> None:
    """Add the tables, then let the audit be cut at a mark and nowhere else."""
    _row_seal()
    _audit_cut()
    _consent()
    _legal_hold()
    _change_reason()
    _retention_period()
    _tombstone()
    _pair_count()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if on_sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Let nothing be cut again, and take the tables away.

    An audit that was cut stays as it is; the older version takes it for one that was cut short.
    """
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_BEFORE if on_sqlite else POSTGRESQL_BEFORE:
        op.execute(statement)
    for table in TABLES.split():
        op.drop_table(table)


def _recorded(*, of_person: bool = True) -> list[sa.Column[object]]:
    """Return the columns of when and by whom, and of whom a row is about."""
    columns: list[sa.Column[object]] = [
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
    ]
    if of_person:
        columns += [
            sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=True, index=True),
            sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=True, index=True),
        ]
    return columns


def _row_seal() -> None:
    op.create_table(
        "row_seal",
        sa.Column("noun", sa.String(), primary_key=True),
        sa.Column("row_id", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
    )


def _audit_cut() -> None:
    op.create_table(
        "audit_cut",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("kept_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cut_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.CheckConstraint("number >= 0", name="number_range"),
        sa.CheckConstraint("length(chain) = 64 AND length(seal) = 64", name="seal_length"),
    )


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_recorded(),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        words("purpose", "matching experiences contact practitioner"),
        sa.CheckConstraint(PERSON, name="one_person"),
        sa.UniqueConstraint("leaver_id", "purpose", "recorded_at"),
        sa.UniqueConstraint("mentor_id", "purpose", "recorded_at"),
    )


def _legal_hold() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_recorded(),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.CheckConstraint(PERSON, name="one_person"),
        sa.CheckConstraint("lifted_at IS NOT NULL OR lifted_by IS NULL", name="lifted_has_time"),
    )


def _change_reason() -> None:
    op.create_table(
        "change_reason",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_recorded(),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False, index=True),
        sa.Column("text", sa.String(), nullable=False),
        words("about", "screening link zone curfew avoid"),
        sa.CheckConstraint(PERSON, name="one_person"),
    )


def _retention_period() -> None:
    op.create_table(
        "retention_period",
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("days", sa.Integer(), nullable=False),
        *_recorded(of_person=False),
        sa.CheckConstraint("days BETWEEN 0 AND 36525", name="days_range"),
    )


def _tombstone() -> None:
    op.create_table(
        "tombstone",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("because", sa.String(40), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_by", sa.Uuid(), nullable=True),
        sa.Column("marks", sa.Text(), nullable=False),
        words("kind", "leaver mentor account invitation expected_leaver"),
        words("because", "asked no_longer_needed"),
    )


def _pair_count() -> None:
    op.create_table(
        "pair_count",
        sa.Column("month", sa.Date(), primary_key=True),
        sa.Column("region", sa.String(40), primary_key=True),
        sa.Column("end_reason", sa.String(40), primary_key=True),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        words("region", "A B C D E F G H I J K L"),
        words("end_reason", REASONS),
        sa.CheckConstraint("pairs >= 0 AND held >= 0 AND missed >= 0", name="counts_range"),
    )
