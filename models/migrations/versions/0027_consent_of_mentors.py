"""What mentors say yes or no to, purpose by purpose."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NEW = ("walking", "own_words", "texts")
TAKEN_AWAY = "DELETE FROM consent WHERE purpose IN ('walking', 'own_words', 'texts')"
OF_PERSON = "(purpose IN ('walking', 'own_words', 'texts')) = (mentor_id IS NOT NULL)"
WORDS_NAME = "ck_consent_purpose_word"
PERSON_NAME = "ck_consent_purpose_of_person"


def upgrade() -> None:
    """Let a row be of the purposes of mentors, and of those alone where it is a mentor's."""
    _let_purposes_be([*_purposes(), *NEW], also=OF_PERSON)


def downgrade() -> None:
    """Take the purposes away, with what mentors said to them."""
    op.execute(TAKEN_AWAY)
    _let_purposes_be([one for one in _purposes() if one not in NEW])


def _purposes() -> list[str]:
    checks = sa.inspect(op.get_bind()).get_check_constraints("consent")
    [said] = [one["sqltext"] for one in checks if one["name"] == WORDS_NAME]
    return re.findall(r"'(\w+)'", said)


def _let_purposes_be(purposes: list[str], *, also: str = "") -> None:
    """Change what the CHECKs take; on SQLite the table is made anew with all its rows."""
    listed = ", ".join(f"'{purpose}'" for purpose in purposes)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with op.batch_alter_table("consent") as altered:
        altered.drop_constraint(op.f(WORDS_NAME), type_="check")
        altered.create_check_constraint(op.f(WORDS_NAME), f"purpose IN ({listed})")
        if also:
            altered.create_check_constraint(op.f(PERSON_NAME), also)
        else:
            altered.drop_constraint(op.f(PERSON_NAME), type_="check")
