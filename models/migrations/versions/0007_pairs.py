"""Places, runs of the plan, pairs with their history, and standbys."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, unique_where, words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    _mentor_place()
    _plan_run()
    _pair()
    _pair_history()
    _standby()


def downgrade() -> None:
    """Take the tables away, with what is in them."""
    for table in ["standby", "pair_history", "pair", "plan_run", "mentor_place"]:
        op.drop_table(table)


def _mentor_place() -> None:
    op.create_table(
        "mentor_place",
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.CheckConstraint("number >= 1", name="number_range"),
    )


def _plan_run() -> None:
    op.create_table(
        "plan_run",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("covered", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("bound", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("weights_version", sa.String(), nullable=False),
        sa.Column("rules_version", sa.String(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("prices", sa.Text(), nullable=False),
        sa.CheckConstraint("covered >= 0 AND urgency >= 0", name="not_negative"),
    )


def _pair() -> None:
    op.create_table(
        "pair",
        *_pair_columns(),
        words("state", "proposed approved offered accepted suspended ended"),
        words("end_reason", "declined expired replaced withdrawn completed stood_down died barred"),
        words("form", "in_prison video"),
        sa.CheckConstraint("(state = 'ended') = (end_reason IS NOT NULL)", name="ended_has_reason"),
        sa.CheckConstraint("(state = 'ended') = (place_number IS NULL)", name="live_has_place"),
        sa.CheckConstraint(
            "(overridden_by IS NULL) = (override_reason IS NULL)", name="override_has_reason"
        ),
        sa.CheckConstraint(
            "overridden_by IS NULL OR end_reason <> 'replaced'", name="override_not_replaced"
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 100000", name="score_range"),
        sa.ForeignKeyConstraint(
            ["mentor_id", "place_number"],
            ["mentor_place.mentor_id", "mentor_place.number"],
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.UniqueConstraint("mentor_id", "place_number"),
    )
    unique_where("state <> 'ended'", "uq_pair_live_leaver", "pair", ["leaver_id"])


def _pair_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=False, index=True),
        sa.Column("referral_id", sa.Uuid(), refers_to("referral.id"), nullable=False, index=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False),
        sa.Column("place_number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False, index=True),
        sa.Column("end_reason", sa.String(40), nullable=True),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("weights_version", sa.String(), nullable=False),
        sa.Column("rules_version", sa.String(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("facts_version", sa.String(), nullable=False),
        sa.Column("plan_run_id", sa.Uuid(), refers_to("plan_run.id"), nullable=True),
        sa.Column("overridden_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("override_reason", sa.String(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _pair_history() -> None:
    op.create_table(
        "pair_history",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("pair_id", sa.Uuid(), refers_to("pair.id"), nullable=False, index=True),
        sa.Column("move", sa.String(40), nullable=True),
        sa.Column("from_state", sa.String(40), nullable=True),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        words(
            "move",
            "approve offer accept suspend resume decline expire replace withdraw "
            "complete stand_down record_death bar",
        ),
        words("from_state", "proposed approved offered accepted suspended ended"),
        words("to_state", "proposed approved offered accepted suspended ended"),
        sa.CheckConstraint("(move IS NULL) = (from_state IS NULL)", name="proposal_or_move"),
    )


def _standby() -> None:
    op.create_table(
        "standby",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), refers_to("pair.id"), nullable=False, index=True),
        sa.Column("mentor_id", sa.Uuid(), refers_to("mentor.id"), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("slot BETWEEN 1 AND 2", name="slot_range"),
        sa.CheckConstraint("(closed_at IS NULL) = (slot IS NOT NULL)", name="open_has_slot"),
        sa.CheckConstraint("called_at IS NULL OR closed_at IS NOT NULL", name="called_is_closed"),
        sa.CheckConstraint("turn >= 1", name="turn_range"),
        sa.CheckConstraint("score BETWEEN 0 AND 100000", name="score_range"),
        sa.UniqueConstraint("mentor_id", "slot"),
    )
    unique_where(
        "slot IS NOT NULL", "uq_standby_open_mentor_id", "standby", ["pair_id", "mentor_id"]
    )
    unique_where("slot IS NOT NULL", "uq_standby_open_turn", "standby", ["pair_id", "turn"])
