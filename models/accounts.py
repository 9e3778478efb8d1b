"""Who may sign in, as what, for which prison, region or mentor, and who is signed in.

Everything about signing in keeps real time, also where a demo has moved the date.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.facts import Name, PrisonCode
from models.rows import Record, Row, Versioned
from models.sealed import sealed_list, sealed_text
from models.states import Role
from models.vocabulary import Region

_IN_USE = text("disabled_at IS NULL")


class Account(Versioned, Record, table=True):
    """One person's account; it is disabled, never deleted, so that what they did stays theirs.

    Its scope follows from its role: peers and liaison belong to a prison, a
    manager to a region, a mentor to their own row, an administrator to none.
    Of two accounts of one mentor, once of two records, one at most is in use.
    `phone` is a work number that letters may give.
    """

    __table_args__ = (
        one_of("role", Role),
        one_of("region", Region),
        CheckConstraint("(role IN ('peer', 'liaison')) = (prison IS NOT NULL)", name="prison_desk"),
        CheckConstraint("(role = 'manager') = (region IS NOT NULL)", name="region_desk"),
        CheckConstraint("(role = 'mentor') = (mentor_id IS NOT NULL)", name="own_mentor"),
        UniqueConstraint("email_index"),
        Index(
            "uq_account_in_use_mentor",
            "mentor_id",
            unique=True,
            sqlite_where=_IN_USE,
            postgresql_where=_IN_USE,
        ),
        ForeignKeyConstraint(["prison"], ["prison.code"]),
    )

    role: Role = Field(sa_type=stored_as(WordColumn(Role)))
    name: Name = Field(default="", sa_type=sealed_text())
    email: str | None = Field(default=None, sa_type=sealed_text())
    email_index: str | None = None
    phone: str | None = Field(default=None, sa_type=sealed_text())
    prison: PrisonCode | None = None
    region: Region | None = Field(
        default=None, foreign_key="region.code", sa_type=stored_as(WordColumn(Region))
    )
    mentor_id: UUID | None = Field(default=None, foreign_key="mentor.id")
    created_at: datetime
    disabled_at: datetime | None = None

    @property
    def regions(self) -> frozenset[Region]:
        """Return the regions it looks after: its own, and those it was told to stand in for."""
        own = frozenset({self.region} if self.region else ())
        more: frozenset[Region] = self.__dict__.get("_looks_after", frozenset())
        return own | more

    def look_after(self, regions: Iterable[Region]) -> None:
        """Let it find the rows of more regions, for as long as this object is held; none is kept.

        Who stands in for whom today is asked anew for each page.
        """
        self.__dict__["_looks_after"] = frozenset(regions)

    @property
    def desk(self) -> str:
        """What the account is for, in one text: its role, and its prison, region or mentor."""
        return f"{self.role}:{self.prison or self.region or self.mentor_id or ''}"


class Credential(Row, table=True):
    """How one account signs in. `password_hash` is Argon2id's own text.

    `sign_in_name` is an e-mail address or a name, in lower case. `made_up`
    says that the account is one of a demo, made with it or opened in it: a
    demo keeps real people out.
    """

    __table_args__ = (UniqueConstraint("sign_in_name_index"),)

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    sign_in_name: str = Field(sa_type=sealed_text())
    sign_in_name_index: str | None = None
    password_hash: str
    made_up: bool = False
    changed_at: datetime


class SignIn(Record, table=True):
    """One stay of one account, from signing in to signing out.

    `token_hash` is the SHA-256 of what the browser holds. A stay is over at
    `ends_at`, or when nothing was asked for a while after `seen_at`, or when
    it was ended. `desk` says what the account was for when the stay began: a
    stay is over once that is another. `browser` is what the browser says of
    itself, in a few words, and `origin` the address it came from. Since
    `kiosk_since` it opens the pages of the kiosk and no others, to its end.
    """

    __table_args__ = (UniqueConstraint("token_hash"),)

    account_id: UUID = Field(foreign_key="account.id", index=True)
    token_hash: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None
    desk: str = ""
    browser: str = ""
    origin: str = ""
    device_id: UUID | None = Field(default=None, foreign_key="remembered_device.id")
    kiosk_since: datetime | None = None


class Unsent(Record, table=True):
    """What a person sent when their stay was over: kept so that it can be sent after signing in.

    `sent_to` is the path it was for, `page` the address of the page it was
    typed on. `fields` are (name, value) pairs in the order of the page, never
    a password or a token; of a file it is only known that there was one.
    """

    __table_args__ = (UniqueConstraint("account_id", "sent_to"),)

    account_id: UUID = Field(foreign_key="account.id", index=True)
    sent_to: str
    page: str
    fields: tuple[tuple[str, str], ...] = Field(default=(), sa_type=sealed_list())
    with_file: bool = False
    written_at: datetime


class DemoClock(Row, table=True):
    """How far a demo's date is ahead of the real one. The row is there in a demo alone."""

    __table_args__ = (CheckConstraint("number = 1", name="one_clock"),)

    number: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    ahead_seconds: int = Field(default=0, sa_type=BigInteger)
