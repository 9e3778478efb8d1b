"""Two records of one person, side by side, and the manager's word that they are one."""

from typing import Any

from sqlmodel import Session, select

from matcher import life_events
from matcher.life_facts import Merged
from matcher.ripples import Ripple
from models.people import Leaver, Mentor
from models.rows import Row
from models.states import EventKind
from models.tables import METADATA
from tests.matcher.accepted import contents_of
from tests.rows import NOW


def merge(
    db: Session, stays: Leaver | Mentor, goes: str, *, now: Any = NOW, by: Any = None, **told: Any
) -> Ripple:
    """The manager says that the record with the code `goes` is the same person."""
    facts = Merged(goes=goes, said_by="Robin", **told)
    words = {"happened_at": now, "by": by, "now": now}
    return life_events.record(db, stays, EventKind.MERGED, facts, **words)


def preview(db: Session, stays: Leaver | Mentor, goes: str, *, now: Any = NOW, **told: Any) -> Any:
    """What the manager is shown before they confirm it."""
    facts = Merged(goes=goes, said_by="Robin", **told)
    words = {"happened_at": now, "by": None, "now": now}
    return life_events.preview(db, stays, EventKind.MERGED, facts, **words)


def everything(db: Session) -> list[str]:
    """Every row of every table that a merge may touch, places and audit apart."""
    db.flush()
    db.expire_all()
    still = {"region", "district", "prison", "audit_entry"}
    kinds = [
        mapper.class_
        for mapper in Row._sa_registry.mappers  # type: ignore[attr-defined]
        if mapper.class_.__tablename__ not in still
        and mapper.class_.__tablename__ in METADATA.tables
    ]
    rows = [(kind.__name__, contents_of(row)) for kind in kinds for row in db.exec(select(kind))]
    return sorted(str((name, sorted(row.items(), key=str))) for name, row in rows)
