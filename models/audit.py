"""Who did or saw what, on whom, when and from where: added to, never changed.

Entries hold ids and the names of fields, never a value. They refer to rows
without a foreign key, since they outlive them.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import CodeSetColumn, stored_as
from models.rows import Row


class AuditEntry(Row, table=True):
    """One entry. The database refuses to change or delete it.

    Entries are numbered from 1 and chained: `chain` is the HMAC of the entry
    and of the `chain_before`, that of the entry before it (64 zeros for the
    first), both as 64 hexadecimal digits. No two entries follow the same one.
    `account_id` None is the service itself; `noun` is a table and `row_id`
    the row; `leaver_id` or `mentor_id` is the person it concerns.
    """

    __table_args__ = (
        UniqueConstraint("chain_before"),
        UniqueConstraint("chain"),
        CheckConstraint("number >= 1", name="number_range"),
        CheckConstraint("length(chain_before) = 64 AND length(chain) = 64", name="chain_length"),
    )

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(index=True)
    account_id: UUID | None = Field(default=None, index=True)
    action: str
    noun: str
    row_id: str
    fields: frozenset[str] = Field(default=frozenset(), sa_type=stored_as(CodeSetColumn()))
    leaver_id: UUID | None = Field(default=None, index=True)
    mentor_id: UUID | None = Field(default=None, index=True)
    origin: str = ""
    chain_before: str
    chain: str
