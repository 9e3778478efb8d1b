"""What lapses next of all mentors whom a manager sees, who depends on it, a page at a time.

The rows are read with a fixed number of queries, however many mentors there are; names are opened
for the page alone. What is decided is in `lapse_days.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.conditions import RuleSettings
from matcher.core.sending import local_day
from matcher.desks.finding import among
from matcher.desks.lapse_days import (
    Days,
    Lapse,
    LapseKind,
    Soon,
    Vetted,
    days_met,
    days_planned,
    depends,
    lapses_of,
)
from matcher.desks.paging import Paged, Part, page_of
from matcher.meeting_days import OPEN
from models.access import mentors_seen_by, pairs_seen_by
from models.accounts import Account
from models.meetings import Meeting
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.reference import prisons
from models.referrals import Referral
from models.rows import newest
from models.standbys import Standby
from models.states import MeetingKind, MentorState, PairForm, PairState
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

HISTORIES: Mapping[type[Any], tuple[str, ...]] = {
    MentorAssessment: ("assessed_on",),
    Supervision: ("supervision_until",),
    Term: ("term_ends_on",),
    ChildrenCheck: ("children_check_until",),
    Training: ("basic_training_on", "modules"),
}
"""Which columns of which table say what lapses."""


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


class _Tie(NamedTuple):
    """One pair of a mentor, or one that they stand by for, and how far its days reach."""

    pair: Pair
    leaver: Leaver
    stands_by: bool
    days: Days
    demands: frozenset[Module]


class _Found(NamedTuple):
    """One lapse of a mentor, with the rows behind it."""

    mentor: Mentor
    lapse: Lapse
    ties: Sequence[_Tie]


def lapses_listed(
    db: Session,
    account: Account,
    now: datetime,
    part: Part,
    kind: LapseKind | None = None,
    soon: Soon | None = None,
    rules: RuleSettings | None = None,
) -> Paged[LapseRow]:
    """Return a page of what lapses, of one kind or all and so soon or ever, what is over first."""
    today = local_day(now)
    found = [
        one
        for one in _all(db, account, now, part, rules or RuleSettings())
        if (kind is None or one.lapse.kind is kind) and _is_so_soon(one.lapse, soon, today)
    ]
    found.sort(key=lambda one: (one.lapse.order[0], one.mentor.code, one.lapse.order))
    page = page_of(found, part.page, part.size)
    rows = tuple(_row(one, today) for one in page.rows)
    return Paged(rows, page.page, page.pages, page.total)


def named(lapse: Lapse) -> str:
    """Return what lapses, in words."""
    if lapse.prison:
        return f"Clearance for {prisons()[lapse.prison].title}"
    if lapse.kind is LapseKind.TRAINING:
        return f"Training: {lapse.module.label}" if lapse.module else "Basic training"
    return lapse.kind.label


def _is_so_soon(lapse: Lapse, soon: Soon | None, today: date) -> bool:
    return soon is None or lapse.until is None or lapse.until <= soon.last_day(today)


def _all(
    db: Session, account: Account, now: datetime, part: Part, rules: RuleSettings
) -> Iterator[_Found]:
    today = local_day(now)
    seen = mentors_seen_by(account).where(
        col(Mentor.state) != MentorState.ENDED, among(part.people, mentor_id=col(Mentor.id))
    )
    mentors = {one.id: one for one in db.exec(seen)}
    ids = seen.with_only_columns(col(Mentor.id))
    vetted = _vetted(db, mentors, ids, today)
    ties: defaultdict[UUID, list[_Tie]] = defaultdict(list)
    for mentor_id, tie in _ties(db, account, now, ids, rules):
        ties[mentor_id].append(tie)
    for mentor_id, mentor in mentors.items():
        theirs = ties[mentor_id]
        asked = frozenset[Module]().union(*(tie.demands for tie in theirs))
        for lapse in lapses_of(replace(vetted[mentor_id], demanded=asked), rules):
            yield _Found(mentor, lapse, [tie for tie in theirs if _depends(lapse, tie, today)])


def _depends(lapse: Lapse, tie: _Tie, today: date) -> bool:
    asks = lapse.module is None or lapse.module in tie.demands
    return asks and depends(lapse, tie.days, today)


def _vetted(
    db: Session, mentors: Mapping[UUID, Mentor], ids: Any, today: date
) -> Mapping[UUID, Vetted]:
    """Return what is on file of each mentor, the newest of every history."""
    told: defaultdict[UUID, dict[str, Any]] = defaultdict(dict)
    for rows, names in HISTORIES.items():
        columns = [getattr(rows, name) for name in names]
        asked: Any = newest(rows, "mentor_id").where(rows.mentor_id.in_(ids))
        for mentor_id, *values in db.execute(asked.with_only_columns(rows.mentor_id, *columns)):
            told[mentor_id] |= dict(zip(names, values, strict=True))
    clearances: defaultdict[UUID, dict[str, date]] = defaultdict(dict)
    cleared: Any = newest(Clearance, "mentor_id", "prison").where(
        col(Clearance.mentor_id).in_(ids), col(Clearance.cleared_from) <= today
    )
    of = (Clearance.mentor_id, Clearance.prison, Clearance.cleared_until)
    for mentor_id, prison, until in db.execute(cleared.with_only_columns(*of)):
        clearances[mentor_id][prison] = until
    return {
        mentor_id: Vetted(
            walks_on=mentor.state in WALKS_ON,
            with_children=mentor.pool is Pool.CHILDREN,
            clearances=clearances[mentor_id],
            **told[mentor_id],
        )
        for mentor_id, mentor in mentors.items()
    }


def _ties(
    db: Session, account: Account, now: datetime, mentor_ids: Any, rules: RuleSettings
) -> Iterator[tuple[UUID, _Tie]]:
    """Yield the pairs that go on of each mentor, and those that they stand by for."""
    today = local_day(now)
    seen = pairs_seen_by(account, now).where(col(Pair.state).in_(LIVE))
    pair_ids = seen.with_only_columns(col(Pair.id))
    meetings = _meetings_ahead(db, pair_ids)
    people = (
        select(Pair, Leaver, Referral.needs, Mentor.pool)
        .where(Pair.leaver_id == Leaver.id, Pair.referral_id == Referral.id)
        .where(Pair.mentor_id == Mentor.id, col(Pair.id).in_(pair_ids))
    )
    own = {}
    for pair, leaver, needs, pool in db.exec(people):
        days = _days(pair, leaver, meetings.get(pair.id), today)
        demands = frozenset[Module]().union(*(rules.modules.get(need, ()) for need in needs))
        days = replace(days, under_18=pool is Pool.CHILDREN)
        own[pair.id] = _Tie(pair, leaver, False, days, demands)
        yield pair.mentor_id, own[pair.id]
    standing_by = select(Standby.mentor_id, Standby.pair_id).where(
        col(Standby.slot).is_not(None),
        col(Standby.mentor_id).in_(mentor_ids),
        col(Standby.pair_id).in_(pair_ids),
    )
    for mentor_id, pair_id in db.exec(standing_by):
        yield mentor_id, own[pair_id]._replace(stands_by=True)


def _meetings_ahead(db: Session, pair_ids: Any) -> Mapping[UUID, list[tuple[MeetingKind, date]]]:
    """Return the meetings of each pair that are still to be held, with their days."""
    columns = (Meeting.pair_id, Meeting.kind, Meeting.window_last, Meeting.starts_local)
    asked: Any = select(*columns).where(  # type: ignore[call-overload]
        col(Meeting.pair_id).in_(pair_ids), col(Meeting.state).in_(OPEN)
    )
    found: defaultdict[UUID, list[tuple[MeetingKind, date]]] = defaultdict(list)
    for pair_id, kind, last, starts in db.exec(asked):
        found[pair_id].append((kind, starts.date() if starts else last))
    return found


def _days(
    pair: Pair,
    leaver: Leaver,
    meetings: Sequence[tuple[MeetingKind, date]] | None,
    today: date,
) -> Days:
    if meetings:
        return days_met(leaver.prison, meetings)
    goes_in = pair.form is PairForm.IN_PRISON and pair.state is not PairState.ACCEPTED
    return days_planned(leaver.prison, leaver.release_date, today, goes_in=goes_in)


def _row(found: _Found, today: date) -> LapseRow:
    mentor, lapse = found.mentor, found.lapse
    is_over = lapse.is_over(today)
    return LapseRow(
        mentor_id=mentor.id,
        mentor=mentor.first_name,
        mentor_code=mentor.code,
        kind=lapse.kind,
        what=named(lapse),
        until=lapse.until,
        is_over=is_over,
        is_soon=not is_over and lapse.until is not None and lapse.until <= today + SOON,
        dependents=tuple(
            Dependent(
                pair_id=tie.pair.id,
                leaver_id=tie.leaver.id,
                leaver=tie.leaver.first_name,
                leaver_code=tie.leaver.code,
                stands_by=tie.stands_by,
            )
            for tie in sorted(found.ties, key=lambda tie: (tie.stands_by, tie.leaver.code))
        ),
    )
