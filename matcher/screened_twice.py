"""What counts when one person was screened or vetted as two: the more careful of both.

Until somebody looks again nothing may be looser than it was on either
record. An approval counts only for what both records say alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, col

from models.people import Leaver, Mentor
from models.referrals import RISKS, Screening, ScreeningFacts
from models.rows import newest
from models.vetting import (
    AssessmentFacts,
    GangFacts,
    LicenceFacts,
    MentorAssessment,
    MentorGangs,
    MentorLicence,
    Training,
    TrainingFacts,
)
from models.vocabulary import CountyLines

Facts = dict[str, Any]
Row = TypeVar("Row")

APPROVED: Mapping[str, tuple[str, ...]] = {
    "high_risk_approved": RISKS,
    "mappa_approved": ("mappa_category", "mappa_level"),
    "sexual_offence_approved": ("sexual_offence",),
    "domestic_abuse_approved": ("domestic_abuse",),
    "licence_approved": ("on_licence", "licence_bars_contact"),
    "content": ("on_licence",),
}
"""What each approval, a name and a day, rests on."""


def screened_differently(db: Session, stays: Leaver, goes: Leaver) -> bool:
    """Say whether the screenings that stand for two records do not say the same."""
    return careful_screening(db, stays, goes) is not None


def careful_screening(db: Session, stays: Leaver, goes: Leaver) -> Facts | None:
    """Return the more careful of two screenings, or None if there are no two that differ."""
    kinds = (ScreeningFacts, LicenceFacts, GangFacts)
    return _careful(db, Screening, "leaver_id", (stays.id, goes.id), kinds)


def careful_vetting(db: Session, stays: Mentor, goes: Mentor) -> dict[type[Any], Facts]:
    """Return what of two mentors' vetting must be no looser than on either record."""
    ids = (stays.id, goes.id)
    kinds: dict[type[Any], tuple[type[Any], ...]] = {
        MentorAssessment: (AssessmentFacts,),
        MentorLicence: (LicenceFacts,),
        MentorGangs: (GangFacts,),
        Training: (TrainingFacts,),
    }
    found = {kind: _careful(db, kind, "mentor_id", ids, facts) for kind, facts in kinds.items()}
    return {kind: facts for kind, facts in found.items() if facts is not None}


def add_careful(
    db: Session, kind: type[Any], facts: Facts, *, by: UUID | None, now: datetime, **owner: UUID
) -> None:
    """Put the careful facts on top of a history."""
    [column] = owner
    last = db.exec(newest(kind, column).where(getattr(kind, column) == owner[column])).first()
    at = max(now, last.recorded_at + timedelta(microseconds=1)) if last else now
    db.add(kind(**facts, **owner, recorded_at=at, recorded_by=by))


def _careful(
    db: Session, kind: type[Any], column: str, ids: tuple[UUID, UUID], lists: tuple[type[Any], ...]
) -> Facts | None:
    stands = newest(kind, column).where(col(getattr(kind, column)).in_(ids))
    rows = sorted(db.exec(stands).all(), key=lambda row: row.recorded_at)
    names = [name for facts in lists for name in facts.model_fields]
    if kind is MentorLicence:
        names.append("licence_bars_prisons")
    told = [{name: getattr(row, name) for name in names} for row in rows]
    if len(told) < 2 or told[0] == told[1]:
        return None
    return careful_of(told[1], told[0])


def careful_of(newer: Facts, older: Facts) -> Facts:
    """Return the newer facts, with whatever the older ones are more careful about."""
    found = {name: _choose(name)(newer[name], older[name]) for name in newer}
    for approval, rests_on in APPROVED.items():
        told = [name for name in rests_on if name in newer]
        if f"{approval}_by" in newer and any(newer[name] != older[name] for name in told):
            found[f"{approval}_by"] = found[f"{approval}_on"] = None
    return found


def _choose(name: str) -> Callable[[Any, Any], Any]:
    if name == "risk_limit":
        return _lower
    if name in (*RISKS, "mappa_level"):
        return _higher
    if name == "county_lines":
        return _either_part
    return _either


def _either(newer: Any, older: Any) -> Any:
    """A flag that one of both has counts, as do the members of both sets; else the newer word."""
    if isinstance(newer, frozenset):
        return newer | older
    if True in (newer, older) and isinstance(newer or older, bool):
        return True
    return newer if newer is not None else older


def _higher(newer: Any, older: Any) -> Any:
    known = [one for one in (newer, older) if one is not None]
    return max(known, key=_rank, default=None)


def _lower(newer: Any, older: Any) -> Any:
    """Who was found fit for less on one record is fit for no more; unknown stays unknown."""
    return None if None in (newer, older) else min(newer, older, key=_rank)


def _rank(level: Any) -> int:
    return level if isinstance(level, int) else level.rank


def _either_part(newer: CountyLines | None, older: CountyLines | None) -> CountyLines | None:
    """Who ran others on one record and was exploited on the other is both."""
    if newer and older and newer is not older:
        return CountyLines.BOTH
    return newer or older
