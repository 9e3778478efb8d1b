"""What the desks need: signing in, contacts, the council's words, the gate, tasks and jobs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.writing import refers_to, words

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and the columns of account, mentor and referral."""
    op.add_column("account", sa.Column("phone", sa.String(), nullable=True))
    op.add_column("mentor", sa.Column("own_words", sa.String(), nullable=False, server_default=""))
    op.add_column("referral", sa.Column("may_show", sa.Text(), nullable=False, server_default=""))
    _signing_in()
    _contacts()
    _council_words()
    _gate()
    _task()
    op.create_table(
        "hand_over",
        sa.Column("letter_id", sa.Uuid(), refers_to("letter.id"), primary_key=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_by", sa.Uuid(), refers_to("account.id"), nullable=True),
    )
    op.create_table(
        "job_run",
        sa.Column("job", sa.String(), primary_key=True),
        sa.Column("period", sa.String(), primary_key=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
    )


def downgrade() -> None:
    """Take the tables and columns away, with what is in them."""
    for table in [
        *(
            "job_run",
            "hand_over",
            "task",
            "gate_mark",
            "gate_plan",
            "person_to_avoid",
            "note",
            "draft",
        ),
        *("practitioner", "contact", "demo_clock", "sign_in", "credential"),
    ]:
        op.drop_table(table)
    op.drop_column("referral", "may_show")
    op.drop_column("mentor", "own_words")
    op.drop_column("account", "phone")


def _recorded() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), refers_to("account.id"), nullable=True),
    ]


def _refers(name: str, place: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), refers_to(place), nullable=nullable, index=True)


def _signing_in() -> None:
    op.create_table(
        "credential",
        sa.Column("account_id", sa.Uuid(), refers_to("account.id"), primary_key=True),
        sa.Column("sign_in_name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("sign_in_name"),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _refers("account_id", "account.id", nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "demo_clock",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("ahead_seconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number = 1", name="one_clock"),
    )


def _contacts() -> None:
    op.create_table(
        "contact",
        *_recorded(),
        _refers("leaver_id", "leaver.id"),
        _refers("mentor_id", "mentor.id"),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("phone", "email", "address")),
        sa.Column("shares", sa.String(40), nullable=True),
        words("shares", "phone email address"),
        sa.CheckConstraint("(leaver_id IS NULL) <> (mentor_id IS NULL)", name="one_person"),
        sa.UniqueConstraint("leaver_id", "recorded_at"),
        sa.UniqueConstraint("mentor_id", "recorded_at"),
    )
    op.create_table(
        "practitioner",
        *_recorded(),
        sa.Column("leaver_id", sa.Uuid(), refers_to("leaver.id"), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "email", "phone")),
        sa.UniqueConstraint("leaver_id", "recorded_at"),
    )


def _council_words() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _refers("account_id", "account.id", nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "note",
        *_recorded(),
        _refers("leaver_id", "leaver.id", nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("shareable", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "person_to_avoid",
        *_recorded(),
        _refers("leaver_id", "leaver.id", nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("link_id", sa.Uuid(), refers_to("link.id"), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_someone"
        ),
        sa.CheckConstraint("link_id IS NULL OR settled_at IS NOT NULL", name="linked_is_settled"),
    )


def _gate() -> None:
    op.create_table(
        "gate_plan",
        *_recorded(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), refers_to("pair.id"), nullable=False),
        sa.Column("bring", sa.String(), nullable=False),
        sa.Column("ring_name", sa.String(), nullable=False),
        sa.Column("ring_phone", sa.String(), nullable=False),
        sa.Column("home_by", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("pair_id"),
    )
    op.create_table(
        "gate_mark",
        sa.Column("pair_id", sa.Uuid(), refers_to("pair.id"), primary_key=True),
        sa.Column("step", sa.String(40), primary_key=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        words("step", "arrived met home_safe"),
    )


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("prison", sa.String(), refers_to("prison.code"), nullable=True, index=True),
        sa.Column("region", sa.String(40), refers_to("region.code"), nullable=True, index=True),
        *(
            _refers(f"{noun}_id", f"{noun}.id")
            for noun in ("leaver", "mentor", "pair", "meeting", "letter")
        ),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), refers_to("account.id"), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        words(
            "kind",
            "not_booked missed_meeting no_answer no_gate_cover no_home_safe first_meeting "
            "dead_letter ring",
        ),
        words("region", "A B C D E F G H I J K L"),
        sa.UniqueConstraint("key"),
        sa.CheckConstraint("(prison IS NULL) <> (region IS NULL)", name="one_desk"),
    )
