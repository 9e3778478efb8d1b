"""Meetings, and the letters of the outbox."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, unique_where, words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    _meeting()
    _letter()


def downgrade() -> None:
    """Take the tables away, with what is in them."""
    for table in ["letter", "meeting"]:
        op.drop_table(table)


def _meeting() -> None:
    op.create_table(
        "meeting",
        *_meeting_columns(),
        words("kind", "introduction prison_visit video call gate first_contact follow_up review"),
        words("state", "planned booked held missed cancelled"),
        words("missed_by", "leaver mentor prison"),
        sa.CheckConstraint("window_first <= window_last", name="window_in_order"),
        sa.CheckConstraint("number >= 1 AND generation >= 1", name="counts_range"),
        sa.CheckConstraint("minutes > 0", name="minutes_range"),
        sa.CheckConstraint(
            "(starts_at IS NULL) = (starts_local IS NULL) AND (starts_at IS NULL) = (zone IS NULL)",
            name="time_whole",
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'cancelled') OR (starts_at IS NOT NULL AND place IS NOT NULL"
            " AND booked_at IS NOT NULL)",
            name="booked_is_whole",
        ),
        sa.CheckConstraint(
            "(state = 'missed') = (missed_by IS NOT NULL)", name="missed_by_someone"
        ),
    )
    unique_where(
        "state IN ('planned', 'booked', 'held')",
        "uq_meeting_of_plan",
        "meeting",
        ["pair_id", "kind", "number"],
    )


def _meeting_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), refers_to("pair.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("window_first", sa.Date(), nullable=False),
        sa.Column("window_last", sa.Date(), nullable=False, index=True),
        sa.Column("book_by", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True, index=True),
        sa.Column("starts_local", sa.DateTime(), nullable=True),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("outcome_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("missed_by", sa.String(40), nullable=True),
    ]


def _letter() -> None:
    op.create_table(
        "letter",
        *_letter_columns(),
        words(
            "kind",
            "offer offer_reminder introduction calendar_entry meeting_reminder "
            "gate_plan digest practitioner_question practitioner_news stood_down "
            "gate_changed ring_us first_meeting_warning",
        ),
        words("channel", "email text calendar print"),
        words("state", "planned due claimed sending sent retry unknown dead cancelled skipped"),
        sa.UniqueConstraint("key"),
        sa.CheckConstraint("number >= 1 AND generation >= 1 AND attempt >= 0", name="counts_range"),
        sa.CheckConstraint("due_at <= not_after", name="in_order"),
        sa.CheckConstraint(
            "state NOT IN ('claimed', 'sending') OR lease_until IS NOT NULL", name="held_on_lease"
        ),
        sa.CheckConstraint(
            "state NOT IN ('sending', 'sent', 'unknown') OR (message_id IS NOT NULL AND "
            "attempt >= 1)",
            name="tried_has_message_id",
        ),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        sa.CheckConstraint("state <> 'sent' OR answer IS NOT NULL", name="sent_was_accepted"),
    )
    op.create_index("ix_letter_state_due_at", "letter", ["state", "due_at"])


def _letter_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False, index=True),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=True, index=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=True, index=True),
        sa.Column("pair_id", sa.Uuid(), refers_to("pair.id"), nullable=True, index=True),
        sa.Column("meeting_id", sa.Uuid(), refers_to("meeting.id"), nullable=True, index=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("body", sa.String(), nullable=True),
    ]
