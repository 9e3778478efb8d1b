"""Names, contacts, free text and what keeps people apart are sealed, each with a person's key."""

import sqlalchemy as sa
from alembic import op

from models.clearing import ask_for_rewriting
from models.migrations.sealing import ToSeal, open_rows, seal_rows
from models.migrations.writing import unique_where

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NUMBER = {"prison_number": "prison_number"}
OF_PERSON = ("leaver_id", "mentor_id")
OF_PAIR = ("pair_id",)
ENDS = ("prison_number", "first_name", "surname", "birth_date")
APPROVED = ("high_risk", "mappa", "sexual_offence", "domestic_abuse", "licence")

TOLD = {
    "leaver": ToSeal(
        ("prison_number", "crn", "pnc", "first_name", "surname", "birth_date", "former_keys"),
        ("id",),
        days=("birth_date",),
        found_by=NUMBER,
    ),
    "mentor": ToSeal(
        ("prison_number", "first_name", "surname", "birth_date", "own_words", "former_keys"),
        ("id",),
        days=("birth_date",),
        found_by=NUMBER,
    ),
    "expected_leaver": ToSeal(
        ("prison_number", "first_name", "surname", "birth_date"),
        ("id",),
        days=("birth_date",),
        found_by=NUMBER,
    ),
    "former_number": ToSeal(("prison_number",), OF_PERSON, found_by=NUMBER),
    "account": ToSeal(("name", "email", "phone"), ("id",), found_by={"email": "email"}),
    "credential": ToSeal(
        ("sign_in_name",),
        ("account_id",),
        key="account_id",
        row_id=("account_id",),
        found_by={"sign_in_name": "email"},
    ),
    "draft": ToSeal(("answers",), ("account_id",), but=("",), entries=("answers",)),
    "unsent": ToSeal(("fields",), ("account_id",)),
    "contact": ToSeal(
        ("phone", "email", "address"), OF_PERSON, found_by={"phone": "phone", "email": "email"}
    ),
    "practitioner": ToSeal(("name", "email", "phone"), ("leaver_id",)),
    "note": ToSeal(("text",), ("leaver_id",)),
    "person_to_avoid": ToSeal(("name", "birth_date", "why"), ("leaver_id",), days=("birth_date",)),
    "avoid_note": ToSeal(("text",), ("leaver_id",)),
    "screening": ToSeal(
        ("assessor", "content_by", *(f"{one}_approved_by" for one in APPROVED)), ("leaver_id",)
    ),
    "mentor_assessment": ToSeal(("assessor",), ("mentor_id",)),
    "mentor_licence": ToSeal(("licence_approved_by", "content_by"), ("mentor_id",)),
    "event": ToSeal(
        ("facts",),
        OF_PERSON,
        only=("said_by", "given_by", "source", "detail", "note", "words"),
        entries=("facts",),
    ),
    "release_date": ToSeal(("source", "given_by"), ("leaver_id", "expected_leaver_id")),
    "link": ToSeal(
        (*(f"{end}_{part}" for end in ("one", "other") for part in ENDS), "detail"),
        ("one_leaver_id", "one_mentor_id", "other_leaver_id", "other_mentor_id"),
        days=("one_birth_date", "other_birth_date"),
    ),
    "pair": ToSeal(("explanation", "override_reason"), OF_PERSON),
    "pair_history": ToSeal(("reason",), OF_PAIR, key="number", row_id=("pair_id", "moved_at")),
    "meeting": ToSeal(("place",), OF_PAIR),
    "gate_plan": ToSeal(("bring", "ring_name", "ring_phone"), OF_PAIR),
    "letter": ToSeal(
        ("facts", "body"), (*OF_PERSON, *OF_PAIR), but=("calls_off",), entries=("facts",)
    ),
    "task": ToSeal(("outcome",), (*OF_PERSON, *OF_PAIR)),
    "gang_tag": ToSeal(("name",), (), key="code", row_id=("code",)),
    "plan_run": ToSeal(("ways_out",), (), but=("",), entries=("ways_out",)),
}
"""What is sealed from this step on, and with whose key."""

ALONE = (
    ("leaver", "prison_number"),
    ("mentor", "prison_number"),
    ("expected_leaver", "prison_number"),
    ("account", "email"),
    ("credential", "sign_in_name"),
)
"""What no two people share: found, and kept apart, by the blind index from now on."""


def upgrade() -> None:
    """Make room, seal what is there, and find it by blind indexes."""
    _at_once()
    for noun in ("leaver", "mentor"):
        op.drop_index(f"uq_former_number_{noun}_prison_number", table_name="former_number")
    for name, told in TOLD.items():
        apart = [column for table, column in ALONE if table == name]
        if not (told.days or told.found_by):
            continue
        with op.batch_alter_table(name) as table:
            for day in told.days:
                _change_type(table, day, sa.Date(), sa.String())
            for column in told.found_by or ():
                table.add_column(sa.Column(f"{column}_index", sa.String(), nullable=True))
            for column in apart:
                table.drop_constraint(op.f(f"uq_{name}_{column}"), type_="unique")
                table.create_unique_constraint(
                    op.f(f"uq_{name}_{column}_index"), [f"{column}_index"]
                )
    for noun in ("leaver", "mentor"):
        there = f"uq_former_number_{noun}_prison_number_index"
        columns = ["prison_number_index"]
        unique_where(f"{noun}_id IS NOT NULL", there, "former_number", columns)
    if seal_rows(op.get_bind(), TOLD):
        ask_for_rewriting(op.get_bind())


def downgrade() -> None:
    """Open everything; what was erased stays so, and says it."""
    _at_once()
    open_rows(op.get_bind(), TOLD)
    for noun in ("leaver", "mentor"):
        op.drop_index(f"uq_former_number_{noun}_prison_number_index", table_name="former_number")
    for name, told in TOLD.items():
        apart = [column for table, column in ALONE if table == name]
        if not (told.days or told.found_by):
            continue
        with op.batch_alter_table(name) as table:
            for column in apart:
                table.drop_constraint(op.f(f"uq_{name}_{column}_index"), type_="unique")
                table.create_unique_constraint(op.f(f"uq_{name}_{column}"), [column])
            for column in told.found_by or ():
                table.drop_column(f"{column}_index")
            for day in told.days:
                _change_type(table, day, sa.String(), _DayAgain())
    for noun in ("leaver", "mentor"):
        there = f"uq_former_number_{noun}_prison_number"
        unique_where(f"{noun}_id IS NOT NULL", there, "former_number", ["prison_number"])


class _DayAgain(sa.String):
    """A day, for SQLite too: it would make the number 1980 of "1980-01-31" and call it a date."""

    __visit_name__ = "DATE"


def _change_type(table, column, before, after) -> None:  # type: ignore[no-untyped-def]
    kind = "DATE" if isinstance(after, _DayAgain) else "VARCHAR"
    table.alter_column(
        column, existing_type=before, type_=after, postgresql_using=f"{column}::{kind}"
    )


def _at_once() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
