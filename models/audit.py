"""Who did or saw what, on whom, when and from where: added to, never changed.

Entries hold ids and the names of fields, never a value. They refer to rows
without a foreign key, since they outlive them. An `AuditedSession` writes
them by itself: each row added, changed or removed has its entry in the same
transaction, whatever verb did it.
"""

import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, event, func, insert, inspect, text
from sqlmodel import Field, Session, col, select

from models.columns import CodeSetColumn, stored_as
from models.pairs import Pair
from models.row_seals import Seals, digests_in, id_of, keep_seals, rows_going_along
from models.rows import Row

AUDIT_LOCK = 7_246_683_003
"""Any number that no other program takes an advisory lock by."""

START = "0" * 64
"""What stands before the first entry."""

WITHOUT_ENTRY = frozenset(
    {
        "audit_entry",
        "channel_state",
        "clock_health",
        "job_run",
        "letter_attempt",
        "mentor_place",
        "one_time_code",
        "plan_request",
        "rate_limit",
        "row_seal",
        "sign_in",
    }
)
"""Tables that keep house rather than tell of people."""


_LEAVES_A_ROW = frozenset({"add", "adopt", "change"})


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


@dataclass(frozen=True)
class Hand:
    """Whose hand writes, when by the service's clock, and from where; None is the service."""

    account_id: UUID | None
    at: datetime
    origin: str = ""


@dataclass(frozen=True)
class _Act:
    """One thing done to one row, to be kept when the transaction is."""

    action: str
    row: Row
    fields: frozenset[str]


class AuditedSession(Session):
    """A session that keeps the audit; whoever opens one says with `write_as` whose hand it is.

    Statements that change many rows at once pass it by: they are for tables
    of WITHOUT_ENTRY, and for columns that say who holds a letter.
    """

    def __init__(self, *told: Any, audit_key: bytes, **options: Any) -> None:
        """Hold the key that the chain is made with."""
        super().__init__(*told, **options)
        self._key = audit_key
        self._hand: Hand | None = None
        self._acts: list[_Act] = []

    def write_as(self, hand: Hand) -> None:
        """Say whose hand writes from now on."""
        self._hand = hand

    @property
    def audit_key(self) -> bytes:
        """The key that the chain is made with, for what must be signed beside it."""
        return self._key

    @property
    def has_written(self) -> bool:
        """Whether this transaction changes any row that has an entry; what it read says nothing."""
        written = any(act.action != "read" for act in self._acts)
        return written or bool(self.new or self.dirty or self.deleted)

    def note_read(self, row: Row, fields: Iterable[str]) -> None:
        """Note that sensitive fields of a row were shown; kept when the session commits."""
        self._acts.append(_Act("read", row, frozenset(fields)))

    def note_adopted(self, row: Row) -> None:
        """Note that someone vouches for a row as it is, which was written past the audit."""
        self._acts.append(_Act("adopt", row, frozenset()))

    def note_going_along(self) -> None:
        """Note the rows that the database itself removes with those that this flush deletes."""
        gone = [row for row in rows_going_along(self) if _counts(row) and row not in self.deleted]
        self._acts += [_Act("remove", row, frozenset()) for row in gone]

    def note_flushed(self) -> None:
        """Note what this flush removes, adds and changes."""
        self._acts += [_Act("remove", row, frozenset()) for row in self.deleted if _counts(row)]
        self._acts += [_Act("add", row, frozenset()) for row in self.new if _counts(row)]
        for row in self.dirty:
            if _counts(row) and (fields := _changed(row)):
                self._acts.append(_Act("change", row, fields))

    @property
    def acts(self) -> list[Any]:
        """What was noted since the last commit."""
        return self._acts

    def forget(self) -> None:
        """Drop what was noted: it was rolled back."""
        self._acts.clear()

    def write_audit(self) -> None:
        """Write an entry for each act of this transaction, chained to the last one there is.

        Raises ValueError if nobody said whose hand it is.
        """
        self.flush()
        acts, self._acts = self._acts, []
        if not acts:
            return
        if self._hand is None:
            raise ValueError("say whose hand writes before anything is changed: write_as")
        told = [self._told(act, self._hand) for act in acts]
        digests = digests_in(self, (act.row for act in acts if act.action in _LEAVES_A_ROW))
        if self.get_bind().dialect.name == "postgresql":
            # References are asked at the commit, and wait there for whoever holds the row referred
            # to: whoever waits with the audit's lock would keep that one from its own commit.
            self.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            self.execute(select(func.pg_advisory_xact_lock(AUDIT_LOCK)))
        last = select(AuditEntry.number, AuditEntry.chain).order_by(col(AuditEntry.number).desc())
        number, chain = self.exec(last.limit(1)).first() or (0, START)
        seals: Seals = {}
        for act, entry in zip(acts, told, strict=True):
            number += 1
            entry |= {"number": number, "chain_before": chain}
            chain = entry["chain"] = link(self._key, entry)
            if act.action != "read":
                name = entry["noun"], entry["row_id"]
                seals[name] = (number, None if act.action == "remove" else digests.get(name))
        self.connection().execute(insert(AuditEntry), told)
        keep_seals(self, self._key, seals)

    def _told(self, act: _Act, hand: Hand) -> dict[str, Any]:
        return {
            "at": hand.at,
            "account_id": hand.account_id,
            "action": act.action,
            "noun": act.row.__tablename__,
            "row_id": id_of(act.row),
            "fields": act.fields,
            "origin": hand.origin,
            **self._people(act.row),
        }

    def _people(self, row: Row) -> dict[str, UUID | None]:
        """Return whom a row is about: itself, the people it names, or those of its pair."""
        noun, columns = str(row.__tablename__), type(row).model_fields
        people = {
            name: getattr(row, name) if name in columns else None
            for name in ("leaver_id", "mentor_id")
        }
        if f"{noun}_id" in people:
            people[f"{noun}_id"] = getattr(row, "id", None)
        pair_id = getattr(row, "pair_id", None) if "pair_id" in columns else None
        pair = self.get(Pair, pair_id) if pair_id and not any(people.values()) else None
        return {"leaver_id": pair.leaver_id, "mentor_id": pair.mentor_id} if pair else people


@contextmanager
def tried(db: Session) -> Iterator[None]:
    """Do something and take it all back, so that what it would do can be read meanwhile.

    What was done before, and what the audit has noted of that, stays.
    """
    savepoint = db.begin_nested()
    noted = list(db.acts) if isinstance(db, AuditedSession) else []
    try:
        yield
    finally:
        savepoint.rollback()
        if isinstance(db, AuditedSession):
            db.acts[:] = noted


def link(key: bytes, entry: dict[str, Any]) -> str:
    """Return the chain value of an entry: the HMAC-SHA-256 of all it says and of the one before."""
    names = sorted(entry.keys() - {"chain"})
    said = "\n".join(f"{name}={_said(entry[name])}" for name in names)
    return hmac.new(key, said.encode(), "sha256").hexdigest()


def _said(value: Any) -> str:
    if isinstance(value, frozenset):
        return " ".join(sorted(value))
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _counts(row: Any) -> bool:
    return row.__tablename__ not in WITHOUT_ENTRY


def _changed(row: Any) -> frozenset[str]:
    changes = inspect(row).attrs
    return frozenset(one.key for one in changes if one.history.has_changes()) - {"version"}


@event.listens_for(AuditedSession, "before_flush")
def _before_flush(session: AuditedSession, _context: Any, _rows: Any) -> None:
    session.note_going_along()


@event.listens_for(AuditedSession, "after_flush")
def _after_flush(session: AuditedSession, _context: Any) -> None:
    session.note_flushed()


@event.listens_for(AuditedSession, "before_commit")
def _before_commit(session: AuditedSession) -> None:
    session.write_audit()


@event.listens_for(AuditedSession, "after_rollback")
def _after_rollback(session: AuditedSession) -> None:
    session.forget()
