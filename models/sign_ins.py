"""How people come to an account and prove who they are: invitations, second factors, devices.

Of every token and code only a hash is kept. Everything here is in real time.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.facts import Name, PrisonCode
from models.rows import OfPerson, Record, Row, Versioned, of_one_person
from models.sealed import sealed_text
from models.states import Role
from models.vocabulary import Region, Word


class FactorKind(Word):
    """The second thing, beside the password, that somebody proves who they are with."""

    APP = "app", "Codes from an app on my phone"
    SHEET = "sheet", "Codes printed on a sheet of paper"


class LimitKind(Word):
    """What tries are counted by."""

    NAME_HERE = "name_here", "One name, from one address"
    NAME = "name", "One name, from anywhere"
    ADDRESS = "address", "One address, whatever the name"
    CODE = "code", "One invitation"
    CODES_HERE = "codes_here", "Invitations, from one address"
    DEVICE = "device", "One remembered device"
    SENT = "sent", "What one account sends"
    SHOWN = "shown", "Records that one account opens"
    COSTLY = "costly", "What one account asks for that is much work"
    NAMES = "names", "Names asked for with one invitation"
    FEED = "feed", "Calendars asked for from one address"


class Invitation(Versioned, Record, table=True):
    """One chance to open an account, or to get back into one: a code, shown once, used once.

    `account_id` is set for somebody who has an account already, and once the
    invited person has chosen a password. `selector` finds the row and is no
    secret; `code_hash` is Argon2id's text for the rest of the code. `held_by`
    is the SHA-256 of what the browser holds in which it was typed, and
    `held_at` when that was. One that `needs_second` opens nothing until
    another person has agreed to it.
    """

    __table_args__ = (
        one_of("role", Role),
        one_of("region", Region),
        CheckConstraint("used_at IS NULL OR account_id IS NOT NULL", name="used_has_account"),
        CheckConstraint("agreed_by <> invited_by", name="two_people"),
        UniqueConstraint("selector"),
        ForeignKeyConstraint(["prison"], ["prison.code"]),
    )

    selector: str
    code_hash: str
    role: Role = Field(sa_type=stored_as(WordColumn(Role)))
    name: Name = Field(default="", sa_type=sealed_text())
    email: str | None = Field(default=None, sa_type=sealed_text())
    prison: PrisonCode | None = None
    region: Region | None = Field(
        default=None, foreign_key="region.code", sa_type=stored_as(WordColumn(Region))
    )
    mentor_id: UUID | None = Field(default=None, foreign_key="mentor.id", index=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    is_recovery: bool = False
    invited_at: datetime
    invited_by: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    needs_second: bool = False
    agreed_by: UUID | None = Field(default=None, foreign_key="account.id")
    ends_at: datetime
    held_by: str | None = Field(default=None, index=True)
    held_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class SecondFactor(Row, table=True):
    """The second factor of one account; without one that is confirmed nobody signs in.

    `secret` is what the app counts with, in base 32; a sheet has none.
    `last_step` is the newest half minute of which a code was taken: no code
    is taken twice. `codes_made_at` is when the newest sheet was made.
    `next_secret` is of an app that is to take its place once a code of it was
    typed: begun at `next_begun_at`, in the stay whose token hash is `next_for`.
    """

    __table_args__ = (
        one_of("kind", FactorKind),
        CheckConstraint("(kind = 'app') = (secret IS NOT NULL)", name="app_has_secret"),
        CheckConstraint("(kind = 'sheet') = (codes_made_at IS NOT NULL)", name="sheet_has_day"),
        CheckConstraint(
            "(next_secret IS NULL) = (next_for IS NULL) "
            "AND (next_secret IS NULL) = (next_begun_at IS NULL)",
            name="next_is_whole",
        ),
    )

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    kind: FactorKind = Field(sa_type=stored_as(WordColumn(FactorKind)))
    secret: str | None = Field(default=None, sa_type=sealed_text())
    last_step: int = 0
    codes_made_at: datetime | None = None
    confirmed_at: datetime | None = None
    next_secret: str | None = Field(default=None, sa_type=sealed_text())
    next_for: str | None = None
    next_begun_at: datetime | None = None


class OneTimeCode(Row, table=True):
    """One code of the newest sheet of an account. `code_hash` is Argon2id's own text."""

    __table_args__ = (CheckConstraint("number BETWEEN 1 AND 99", name="number_range"),)

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    code_hash: str
    used_at: datetime | None = None


class RememberedDevice(Record, table=True):
    """A mentor's own phone or computer, which needs no code for some days.

    `name` is what the browser says of itself, in a few words. `token_hash` is
    the SHA-256 of what the browser holds.
    """

    __table_args__ = (UniqueConstraint("token_hash"),)

    account_id: UUID = Field(foreign_key="account.id", index=True)
    token_hash: str
    name: str
    remembered_at: datetime
    used_at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None


class RateLimit(Row, table=True):
    """How often something was tried since a moment. `key_hash` says of what, by a hash alone."""

    __table_args__ = (one_of("kind", LimitKind),)

    kind: LimitKind = Field(primary_key=True, sa_type=stored_as(WordColumn(LimitKind)))
    key_hash: str = Field(primary_key=True)
    tries: int
    since: datetime = Field(index=True)


class BreakGlass(Versioned, OfPerson, Record, table=True):
    """An administrator asks to open one person's record, and somebody else agrees or does not.

    It is open from `agreed_at` to `ends_at`, or until it is shut by hand;
    `region` is the one whose manager is told.
    """

    __table_args__ = (
        one_of("region", Region),
        of_one_person(),
        CheckConstraint("answered_by <> asked_by", name="two_people"),
        CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name="answer_has_hand"),
        CheckConstraint("ends_at IS NULL OR answered_at IS NOT NULL", name="open_was_agreed"),
    )

    region: Region = Field(
        foreign_key="region.code", index=True, sa_type=stored_as(WordColumn(Region))
    )
    reason: str = Field(sa_type=sealed_text())
    asked_by: UUID = Field(foreign_key="account.id", index=True)
    asked_at: datetime
    answered_by: UUID | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = None
    ends_at: datetime | None = None
    shut_at: datetime | None = None
