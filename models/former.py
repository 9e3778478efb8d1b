"""What a person was known by before two records of theirs became one."""

from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from models.facts import Code, PrisonNumber
from models.rows import OfPerson, Record, Recorded, of_one_person
from models.sealed import sealed_text


def _one_of_a_kind(noun: str, column: str) -> Index:
    """Return the index that lets no two leavers, or no two mentors, have been known alike.

    A prison number of leavers may find two records, as `Leaver` says.
    """
    theirs = text(f"{noun}_id IS NOT NULL")
    return Index(
        f"uq_former_number_{noun}_{column}",
        column,
        unique=True,
        sqlite_where=theirs,
        postgresql_where=theirs,
    )


class FormerNumber(OfPerson, Recorded, Record, table=True):
    """The code and the prison number of a record that became part of another one.

    `id` is the id that the record had: the keys of letters long sent and the
    audit still tell of it. Whoever looks for someone by the old code or number
    finds the person whom they stand for now.
    """

    __table_args__ = (
        of_one_person(),
        *(
            _one_of_a_kind(noun, column)
            for noun, column in (
                ("leaver", "code"),
                ("mentor", "code"),
                ("mentor", "prison_number_index"),
            )
        ),
    )

    id: UUID = Field(primary_key=True)
    code: Code
    prison_number: PrisonNumber | None = Field(default=None, sa_type=sealed_text())
    prison_number_index: str | None = Field(default=None, index=True)
