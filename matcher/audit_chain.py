"""Does the audit still say all that happened, and nothing else: its chain, its gaps, its rows.

Entries are one chain from the newest signed cut on. Each row that the audit
tells of has a seal that fits what the row now says and the newest entry of
it. What was written, changed or removed in any other way does not.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, delete, func
from sqlalchemy import select as of_columns
from sqlmodel import Session, col, select

from matcher.doctor.case import Breach
from models.audit import AUDIT_LOCK, START, WITHOUT_ENTRY, AuditedSession, AuditEntry, link
from models.audit_cuts import AuditCut, seal_of_cut
from models.holders import row_id_of
from models.key_ring import KeysError, SealBrokenError, place_of
from models.privacy import LegalHold
from models.row_seals import RowSeal, digest_of, id_of, key_of, kinds, seal_of
from models.sealed import Closed
from models.tables import METADATA

REFERENCE = frozenset({"district", "prison", "region"})
"""Tables that are loaded from the project's own files, and put right from them."""

MANY = 1_000
"""How many entries are read at a time."""

NO_SEAL = "has no seal: it is from before seals were kept, or its seal was taken away"

Told = tuple[int, str]


class End(NamedTuple):
    """Where a chain stands: the number of an entry and its chain value."""

    number: int
    chain: str


def end_of_chain(db: Session) -> End:
    """Return the last entry of the audit, or where it was cut, or where it would begin."""
    last = select(AuditEntry.number, AuditEntry.chain).order_by(col(AuditEntry.number).desc())
    found = db.exec(last.limit(1)).first()
    return End(*found) if found else beginning(db)


def beginning(db: Session) -> End:
    """Return where the chain that is left begins: after the newest cut."""
    cut = newest_cut(db)
    return End(cut.number, cut.chain) if cut else End(0, START)


def newest_cut(db: Session) -> AuditCut | None:
    """Return the mark of the newest cut, or None."""
    marks = select(AuditCut).where(AuditCut.number > 0).order_by(col(AuditCut.number).desc())
    return db.exec(marks.limit(1)).first()


def broken_links(db: Session, key: bytes, older: Sequence[bytes] = ()) -> Iterator[Breach]:
    """Yield the entries that were changed, are missing or were put in, and cuts nobody signed.

    `older` are the keys before this one, the newest first. After an entry
    of a newer key none of an older one follows.
    """
    yield from _unsigned_cuts(db, [key, *older])
    number, chain = beginning(db)
    still = [*reversed(older), key]
    table: Any = METADATA.tables["audit_entry"]
    in_order = of_columns(table).order_by(table.c.number)
    for row in db.execute(in_order.execution_options(yield_per=MANY)).mappings():
        entry = dict(row)
        name = str(entry["number"])
        if entry["number"] != number + 1:
            yield Breach("audit_entry", name, f"entries are missing after {number}")
        elif entry["chain_before"] != chain:
            yield Breach("audit_entry", name, "does not follow the entry before it")
        fits = [hmac.compare_digest(link(one, entry), entry["chain"]) for one in still]
        if any(fits):
            del still[: fits.index(True)]
        else:
            yield Breach("audit_entry", name, "was changed, or not written with this secret")
        number, chain = entry["number"], entry["chain"]


def _unsigned_cuts(db: Session, keys: Sequence[bytes]) -> Iterator[Breach]:
    for cut in db.exec(select(AuditCut).where(AuditCut.number > 0)):
        told = cut.number, cut.chain, cut.kept_from, cut.cut_at
        if not any(hmac.compare_digest(seal_of_cut(key, *told), cut.seal) for key in keys):
            yield Breach("audit_cut", str(cut.number), "nobody signed this cut")


def changes_past_it(db: Session, key: bytes) -> Iterator[Breach]:
    """Yield the rows that were added, changed or removed past the audit."""
    cut = beginning(db).number
    newest = _newest_entries(db)
    for table in told_tables():
        told = newest.get(table.name, {})
        seals = _seals_of(db, table)
        there = set()
        for row_id, values in _rows_of(db, table):
            there.add(row_id)
            number, action = told.get(row_id, (0, ""))
            sealed, seal = seals.get(row_id, (0, ""))
            if not seal:
                yield Breach(table.name, row_id, NO_SEAL if number else "was added past the audit")
            elif action == "remove" or (sealed != number if number else sealed > cut):
                yield Breach(table.name, row_id, "is not what the audit last told of")
            elif seal_of(
                key, table.name, row_id, sealed, digest_of(table, values)
            ) != seal or not _opens(table, values):
                yield Breach(table.name, row_id, "was changed past the audit")
        still = {row_id for row_id, (_, action) in told.items() if action != "remove"}
        for row_id in sorted((still | seals.keys()) - there):
            yield Breach(table.name, row_id, "was removed past the audit")


def _opens(table: Table, values: Mapping[str, Any]) -> bool:
    """Say whether what is encrypted is what was encrypted for this row, or was erased."""
    for name, value in values.items():
        if isinstance(value, Closed):
            place = place_of(table.name, name, row_id_of(table.name, values.__getitem__))
            try:
                value.open(place)
            except KeysError as wrong:
                if isinstance(wrong, SealBrokenError):
                    return False
                raise
            except ValueError:
                return False
    return True


def told_tables() -> list[Table]:
    """Return the tables whose every change the audit tells of."""
    apart = WITHOUT_ENTRY | REFERENCE | {"audit_entry"}
    return [table for table in METADATA.sorted_tables if table.name not in apart]


def _seals_of(db: Session, table: Table) -> dict[str, Told]:
    columns = of_columns(col(RowSeal.row_id), col(RowSeal.number), col(RowSeal.seal))
    found = db.execute(columns.where(col(RowSeal.noun) == table.name))
    return {row_id: (number, seal) for row_id, number, seal in found}


def _rows_of(db: Session, table: Table) -> Iterator[tuple[str, dict[str, Any]]]:
    names = key_of(table)
    for row in db.execute(of_columns(table).execution_options(yield_per=MANY)).mappings():
        yield "/".join(str(row[name]) for name in names), {str(one): row[one] for one in row}


def _newest_entries(db: Session) -> dict[str, dict[str, Told]]:
    """Return the number and the action of the newest entry on each row, by table and id."""
    last = (
        of_columns(func.max(AuditEntry.number).label("number"))
        .where(col(AuditEntry.action) != "read")
        .group_by(col(AuditEntry.noun), col(AuditEntry.row_id))
        .subquery()
    )
    entries = of_columns(
        col(AuditEntry.noun),
        col(AuditEntry.row_id),
        col(AuditEntry.number),
        col(AuditEntry.action),
    ).join(last, col(AuditEntry.number) == last.c.number)
    newest: dict[str, dict[str, Told]] = {}
    for noun, row_id, number, action in db.execute(entries):
        newest.setdefault(noun, {})[row_id] = (number, action)
    return newest


def without_seal(db: Session) -> int:
    """Return how many rows the audit keeps no seal of yet."""
    by_noun = of_columns(col(RowSeal.noun), func.count()).group_by(col(RowSeal.noun))
    sealed: dict[str, int] = dict(db.execute(by_noun).all())
    there = (
        (table.name, db.execute(of_columns(func.count()).select_from(table)).scalar_one())
        for table in told_tables()
    )
    return sum(max(0, count - sealed.get(name, 0)) for name, count in there)


def adopt(db: AuditedSession, older: Sequence[bytes] = ()) -> int:
    """Vouch for every row that has no seal, as it is now; return how many.

    For rows from before seals were kept, those that a migration wrote anew,
    and those whose seal fits, but was made with one of the `older` keys. Each
    has an entry of its own, so that it is seen who vouched.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(AUDIT_LOCK)))
    adopted, wrong = 0, [_named(changes_past_it(db, key)) for key in older]
    for table in told_tables():
        sealed = set(db.exec(select(RowSeal.row_id).where(RowSeal.noun == table.name)))
        for row in db.exec(select(kinds()[table.name])):
            name = (table.name, id_of(row))
            if name[1] not in sealed or any(name not in one for one in wrong):
                db.note_adopted(row)
                adopted += 1
    return adopted


def _named(breaches: Iterator[Breach]) -> set[tuple[str, str]]:
    return {(one.noun, one.row_id) for one in breaches}


def cut_before(db: Session, key: bytes, kept_from: datetime, *, now: datetime) -> int:
    """Cut the audit before a moment and leave a signed mark; return how many entries went.

    Only an oldest end goes, and nothing from the first entry on about
    someone whose record must be kept.
    """
    last = _last_before(db, kept_from)
    if last <= beginning(db).number:
        return 0
    chain = db.exec(select(AuditEntry.chain).where(AuditEntry.number == last)).one()
    seal = seal_of_cut(key, last, chain, kept_from, now)
    db.add(AuditCut(number=last, chain=chain, kept_from=kept_from, cut_at=now, seal=seal))
    db.flush()
    gone: Any = db.execute(delete(AuditEntry).where(col(AuditEntry.number) <= last))
    return int(gone.rowcount)


def cuttable(db: Session, kept_from: datetime) -> int:
    """Return how many entries a cut before a moment would take."""
    return max(0, _last_before(db, kept_from) - beginning(db).number)


def _last_before(db: Session, kept_from: datetime) -> int:
    stop = db.exec(select(func.min(AuditEntry.number)).where(AuditEntry.at >= kept_from)).one()
    held = db.exec(_first_of_held()).one()
    ends = [number - 1 for number in (stop, held) if number is not None]
    # The newest entry stays, whatever its age: the next one is chained to it.
    return min([*ends, end_of_chain(db).number - 1])


def _first_of_held() -> Any:
    """Return the SELECT of the first entry about anyone under a legal hold."""
    holds = col(LegalHold.lifted_at).is_(None)
    leavers = select(LegalHold.leaver_id).where(holds, col(LegalHold.leaver_id).is_not(None))
    mentors = select(LegalHold.mentor_id).where(holds, col(LegalHold.mentor_id).is_not(None))
    about = col(AuditEntry.leaver_id).in_(leavers) | col(AuditEntry.mentor_id).in_(mentors)
    return select(func.min(AuditEntry.number)).where(about)
