"""What lapses next of all mentors whom a manager sees, who depends on it, a page at a time.

The rows are read with a fixed number of queries, however many mentors there are; names are opened
for the page alone. What is decided is in `lapse_days.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session, col

from matcher.collecting import no_search_for_cycles
from matcher.core.conditions import RuleSettings
from matcher.core.sending import local_day
from matcher.desks.finding import among
from matcher.desks.lapse_days import (
    Lapse,
    LapseKind,
    Soon,
    Vetted,
    depends,
    lapses_of,
)
from matcher.desks.lapse_ties import Tie, ties_of
from matcher.desks.paging import Paged, Part, page_of
from matcher.desks.rows_shown import leavers_shown, mentors_shown
from models.access import mentors_seen_by
from models.accounts import Account
from models.people import Leaver, Mentor
from models.reference import prisons
from models.rows import newest
from models.states import MentorState
from models.vetting import (
    ChildrenCheck,
    Clearance,
    MentorAssessment,
    Supervision,
    Term,
    Training,
)
from models.vocabulary import Module, Pool

WALKS_ON = (MentorState.ACTIVE, MentorState.PAUSED)
SOON = timedelta(weeks=6)
"""What lapses within this time is marked."""

HISTORIES: Mapping[LapseKind, tuple[type[Any], tuple[str, ...]]] = {
    LapseKind.ASSESSMENT: (MentorAssessment, ("assessed_on",)),
    LapseKind.SUPERVISION: (Supervision, ("supervision_until",)),
    LapseKind.TERM: (Term, ("term_ends_on",)),
    LapseKind.CHILDREN: (ChildrenCheck, ("children_check_until",)),
    LapseKind.TRAINING: (Training, ("basic_training_on", "modules")),
}
"""Which columns of which table say what lapses; clearances are kept by prison."""


@dataclass(frozen=True)
class Dependent:
    """A pair whose days reach past a lapse: the mentor is in it, or stands by for it."""

    pair_id: UUID
    leaver_id: UUID
    leaver: str
    leaver_code: str
    stands_by: bool


@dataclass(frozen=True)
class LapseRow:
    """One line of the list: what of whom lapses when, and who depends on it."""

    mentor_id: UUID
    mentor: str
    mentor_code: str
    kind: LapseKind
    what: str
    until: date | None
    is_over: bool
    is_soon: bool
    dependents: tuple[Dependent, ...]


class _Mentor(NamedTuple):
    """What is read of a mentor without opening anything."""

    id: UUID
    code: str
    state: MentorState
    pool: Pool


class _Found(NamedTuple):
    """One lapse of a mentor, and who depends on it."""

    mentor: _Mentor
    lapse: Lapse
    ties: Sequence[Tie]


@no_search_for_cycles()
def lapses_listed(
    db: Session,
    account: Account,
    now: datetime,
    part: Part,
    kind: LapseKind | None = None,
    soon: Soon | None = None,
    rules: RuleSettings | None = None,
) -> Paged[LapseRow]:
    """Return a page of what lapses, of one kind or all and so soon or ever.

    What somebody depends on comes first, and of the same what is over, then what lapses soonest.
    """
    today, rules = local_day(now), rules or RuleSettings()
    ties = ties_of(db, account, now, rules)
    found = [
        _Found(mentor, lapse, _dependent(lapse, ties.get(mentor.id, ()), today))
        for mentor, lapse in _all(db, account, part, kind, today, rules, ties)
        if (kind is None or lapse.kind is kind) and _is_so_soon(lapse, soon, today)
    ]
    found.sort(key=_order)
    page = page_of(found, part.page, part.size)
    names = _names(db, page.rows)
    rows = tuple(_row(one, names, today) for one in page.rows)
    return Paged(rows, page.page, page.pages, page.total)


def named(lapse: Lapse) -> str:
    """Return what lapses, in words."""
    if lapse.prison:
        return f"Clearance for {prisons()[lapse.prison].title}"
    if lapse.kind is LapseKind.TRAINING:
        return f"Training: {lapse.module.label}" if lapse.module else "Basic training"
    return lapse.kind.label


def _order(found: _Found) -> tuple[Any, ...]:
    return not found.ties, found.lapse.order[0], found.mentor.code, found.lapse.order


def _is_so_soon(lapse: Lapse, soon: Soon | None, today: date) -> bool:
    return soon is None or lapse.until is None or lapse.until <= soon.last_day(today)


def _all(
    db: Session,
    account: Account,
    part: Part,
    kind: LapseKind | None,
    today: date,
    rules: RuleSettings,
    ties: Mapping[UUID, Sequence[Tie]],
) -> Iterator[tuple[_Mentor, Lapse]]:
    """Yield what lapses of all mentors, as far as the tables of one kind tell, or all tables."""
    seen = mentors_seen_by(account).where(
        col(Mentor.state) != MentorState.ENDED, among(part.people, mentor_id=col(Mentor.id))
    )
    columns = (col(Mentor.id), col(Mentor.code), col(Mentor.state), col(Mentor.pool))
    read = db.execute(seen.with_only_columns(*columns))
    mentors = {one.id: one for one in map(_Mentor._make, read)}
    ids = seen.with_only_columns(col(Mentor.id))
    told = _told(db, ids, kind)
    clearances = _clearances(db, ids, today) if kind in (None, LapseKind.CLEARANCE) else {}
    for mentor_id, mentor in mentors.items():
        vetted = Vetted(
            walks_on=mentor.state in WALKS_ON,
            with_children=mentor.pool is Pool.CHILDREN,
            demanded=frozenset[Module]().union(*(tie.demands for tie in ties.get(mentor_id, ()))),
            clearances=clearances.get(mentor_id, {}),
            **told.get(mentor_id, {}),
        )
        for lapse in lapses_of(vetted, rules):
            yield mentor, lapse


def _dependent(lapse: Lapse, ties: Sequence[Tie], today: date) -> Sequence[Tie]:
    """Return those who depend on a lapse: pairs first, then whom the mentor stands by for."""
    asks = (tie for tie in ties if lapse.module is None or lapse.module in tie.demands)
    theirs = (tie for tie in asks if depends(lapse, tie.days, today))
    return sorted(theirs, key=lambda tie: (tie.stands_by, tie.leaver_code))


def _told(db: Session, ids: Any, kind: LapseKind | None) -> Mapping[UUID, dict[str, Any]]:
    """Return what the newest row of each history says of each mentor, or of one kind alone."""
    told: defaultdict[UUID, dict[str, Any]] = defaultdict(dict)
    for rows, names in (HISTORIES[one] for one in HISTORIES if kind in (None, one)):
        columns = [getattr(rows, name) for name in names]
        asked: Any = newest(rows, "mentor_id").where(rows.mentor_id.in_(ids))
        for mentor_id, *values in db.execute(asked.with_only_columns(rows.mentor_id, *columns)):
            told[mentor_id] |= dict(zip(names, values, strict=True))
    return told


def _clearances(db: Session, ids: Any, today: date) -> Mapping[UUID, dict[str, date]]:
    """Return until when each mentor is cleared for which prison, as far as that has begun."""
    clearances: defaultdict[UUID, dict[str, date]] = defaultdict(dict)
    cleared: Any = newest(Clearance, "mentor_id", "prison").where(
        col(Clearance.mentor_id).in_(ids), col(Clearance.cleared_from) <= today
    )
    of = (Clearance.mentor_id, Clearance.prison, Clearance.cleared_until)
    for mentor_id, prison, until in db.execute(cleared.with_only_columns(*of)):
        clearances[mentor_id][prison] = until
    return clearances


def _names(db: Session, found: Sequence[_Found]) -> Mapping[UUID, str]:
    """Return the first names of all whom a page names, by their ids."""
    leavers = leavers_shown(db, (tie.leaver_id for one in found for tie in one.ties))
    mentors = mentors_shown(db, (one.mentor.id for one in found))
    people: list[Leaver | Mentor] = [*leavers, *mentors]
    return {person.id: person.first_name for person in people}


def _row(found: _Found, names: Mapping[UUID, str], today: date) -> LapseRow:
    mentor, lapse, ties = found
    is_over = lapse.is_over(today)
    return LapseRow(
        mentor_id=mentor.id,
        mentor=names[mentor.id],
        mentor_code=mentor.code,
        kind=lapse.kind,
        what=named(lapse),
        until=lapse.until,
        is_over=is_over,
        is_soon=not is_over and lapse.until is not None and lapse.until <= today + SOON,
        dependents=tuple(
            Dependent(
                tie.pair_id, tie.leaver_id, names[tie.leaver_id], tie.leaver_code, tie.stands_by
            )
            for tie in ties
        ),
    )
