"""With whom mentors walk and for whom they stand by, and how far those days reach.

Only columns that lie open are read, with a fixed number of queries: names are opened for a page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.conditions import RuleSettings
from matcher.core.sending import local_day
from matcher.desks.lapse_days import Days, days_met, days_planned
from matcher.meeting_days import OPEN
from models.access import pairs_seen_by
from models.accounts import Account
from models.meetings import Meeting
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.standbys import Standby
from models.states import MeetingKind, PairForm, PairState
from models.vocabulary import Module, Pool

Meetings = Mapping[UUID, Sequence[tuple[MeetingKind, date]]]
"""The meetings of each pair that are still to be held, with their days."""


class Tie(NamedTuple):
    """One pair of a mentor, or one that they stand by for, and how far its days reach.

    `demands` are the modules that the needs of the leaver ask of a mentor.
    """

    pair_id: UUID
    leaver_id: UUID
    leaver_code: str
    days: Days
    demands: frozenset[Module]
    stands_by: bool = False


def ties_of(
    db: Session,
    account: Account,
    now: datetime,
    rules: RuleSettings,
) -> Mapping[UUID, Sequence[Tie]]:
    """Return the pairs that go on, and those stood by for, by the mentor's id.

    They are pairs that this account may find.
    """
    standing_by = select(Standby.mentor_id, Standby.pair_id).where(col(Standby.slot).is_not(None))
    pairs = pairs_seen_by(account, now).where(col(Pair.state).in_(LIVE))
    pair_ids = pairs.with_only_columns(col(Pair.id))
    meetings, today = _meetings_ahead(db, pair_ids), local_day(now)
    own: dict[UUID, Tie] = {}
    found: defaultdict[UUID, list[Tie]] = defaultdict(list)
    for row in _pairs(db, pair_ids):
        own[row.pair_id] = _tie(row, meetings, today, rules)
        found[row.mentor_id].append(own[row.pair_id])
    for mentor_id, pair_id in db.exec(standing_by):
        if pair_id in own:
            found[mentor_id].append(own[pair_id]._replace(stands_by=True))
    return found


def _pairs(db: Session, pair_ids: Any) -> Iterator[Any]:
    asked: Any = (
        select(  # type: ignore[call-overload]
            col(Pair.id).label("pair_id"),
            col(Pair.mentor_id),
            col(Pair.state),
            col(Pair.form),
            col(Leaver.id).label("leaver_id"),
            col(Leaver.code),
            col(Leaver.prison),
            col(Leaver.release_date),
            col(Mentor.pool),
            col(Referral.needs),
        )
        .where(Pair.leaver_id == Leaver.id, Pair.referral_id == Referral.id)
        .where(Pair.mentor_id == Mentor.id, col(Pair.id).in_(pair_ids))
    )
    yield from db.execute(asked)


def _tie(row: Any, meetings: Meetings, today: date, rules: RuleSettings) -> Tie:
    if ahead := meetings.get(row.pair_id):
        days = days_met(row.prison, ahead)
    else:
        goes_in = row.form is PairForm.IN_PRISON and row.state is not PairState.ACCEPTED
        days = days_planned(row.prison, row.release_date, today, goes_in=goes_in)
    days = replace(days, under_18=row.pool is Pool.CHILDREN)
    asked = (rules.modules[need] for need in row.needs if need in rules.modules)
    return Tie(row.pair_id, row.leaver_id, row.code, days, frozenset[Module]().union(*asked))


def _meetings_ahead(db: Session, pair_ids: Any) -> Meetings:
    columns = (Meeting.pair_id, Meeting.kind, Meeting.window_last, Meeting.starts_local)
    asked: Any = select(*columns)
    asked = asked.where(col(Meeting.pair_id).in_(pair_ids), col(Meeting.state).in_(OPEN))
    found: defaultdict[UUID, list[tuple[MeetingKind, date]]] = defaultdict(list)
    for pair_id, kind, last, starts in db.execute(asked):
        found[pair_id].append((kind, starts.date() if starts else last))
    return found
