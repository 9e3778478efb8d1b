"""The region's pairs and their meetings, a page at a time: how far each is, and what is next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, and_, case, col, select

from matcher.core.sending import local_day
from matcher.desks.finding import among
from matcher.desks.paging import Paged, Part, paged
from matcher.desks.proposal_cards import approve_by
from matcher.meeting_days import OPEN, asks_for_answer, over_on, title
from matcher.pair_days import days_to_decide
from models.access import meetings_seen_by, pairs_seen_by
from models.accounts import Account
from models.meetings import Meeting
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.states import MeetingState, PairState

GOING_ON = (PairState.ACCEPTED, PairState.SUSPENDED)


@dataclass(frozen=True)
class NextStep:
    """What is next for a pair, in words, and the day of it; None where no day is set."""

    what: str
    on: date | None = None


@dataclass(frozen=True)
class PairRow:
    """One pair of the list; of one that has ended `next` says how."""

    pair_id: UUID
    leaver_id: UUID
    leaver: str
    leaver_code: str
    mentor_id: UUID
    mentor: str
    mentor_code: str
    release_date: date | None
    state: PairState
    next: NextStep


@dataclass(frozen=True)
class MeetingRow:
    """One meeting of the list: booked for a time, or planned for some days."""

    pair_id: UUID
    meeting: str
    state: MeetingState
    starts_at: datetime | None
    first: date
    last: date
    leaver_id: UUID
    leaver: str
    leaver_code: str
    mentor_id: UUID
    mentor: str
    mentor_code: str


def pairs_listed(
    db: Session, account: Account, now: datetime, state: PairState | None, part: Part
) -> Paged[PairRow]:
    """Return a page of the pairs this manager sees, of one state or of all.

    Those that live come first, the soonest out at the top; then those that have ended, the newest
    at the top.
    """
    seen = pairs_seen_by(account, now)
    if state:
        seen = seen.where(Pair.state == state)
    lives, release = col(Pair.state).in_(LIVE), col(Leaver.release_date)
    query = (
        select(Pair, Leaver, Mentor, Referral)
        .where(Pair.leaver_id == Leaver.id, Pair.mentor_id == Mentor.id)
        .where(Pair.referral_id == Referral.id)
        .where(col(Pair.id).in_(seen.with_only_columns(col(Pair.id))))
        .where(among(part.people, leaver_id=col(Leaver.id), mentor_id=col(Mentor.id)))
        .order_by(
            case((lives, 0), else_=1),
            case((and_(lives, release.is_(None)), 1), else_=0),
            case((lives, release)),
            col(Pair.state_since).desc(),
            col(Pair.id),
        )
    )
    found = paged(db, query, part.page, lambda *row: row, part.size)
    going_on = [pair.id for pair, *_ in found.rows if pair.state in GOING_ON]
    meetings = _next_meetings(db, going_on)
    rows = tuple(_pair_row(now, meetings, *row) for row in found.rows)
    return Paged(rows, found.page, found.pages, found.total)


def meetings_listed(
    db: Session, account: Account, now: datetime, state: MeetingState | None, part: Part
) -> Paged[MeetingRow]:
    """Return a page of the meetings of the pairs this manager sees, of one state or of all.

    Those still to come are first, the next at the top; then those that are over, the newest at
    the top.
    """
    seen = meetings_seen_by(account, now)
    if state:
        seen = seen.where(Meeting.state == state)
    ahead = col(Meeting.state).in_(OPEN)
    query = (
        select(Meeting, Pair, Leaver, Mentor)
        .where(Meeting.pair_id == Pair.id)
        .where(Pair.leaver_id == Leaver.id, Pair.mentor_id == Mentor.id)
        .where(col(Meeting.id).in_(seen.with_only_columns(col(Meeting.id))))
        .where(among(part.people, leaver_id=col(Leaver.id), mentor_id=col(Mentor.id)))
        .order_by(
            case((ahead, 0), else_=1),
            case((ahead, col(Meeting.window_last))),
            col(Meeting.window_last).desc(),
            col(Meeting.starts_at),
            col(Meeting.id),
        )
    )
    return paged(db, query, part.page, _meeting_row, part.size)


def _next_meetings(db: Session, pair_ids: Collection[UUID]) -> Mapping[UUID, Meeting]:
    """Return the meeting of each pair that is next, or is over and nobody has said how it went."""
    still_open = select(Meeting).where(
        col(Meeting.pair_id).in_(pair_ids), col(Meeting.state).in_(OPEN)
    )
    found = sorted(db.exec(still_open), key=lambda one: (over_on(one), one.kind.rank), reverse=True)
    return {one.pair_id: one for one in found}


def _next_of(
    now: datetime, pair: Pair, leaver: Leaver, referral: Referral, meeting: Meeting | None
) -> NextStep:
    match pair.state:
        case PairState.PROPOSED:
            ready_on = days_to_decide(pair, referral, leaver.release_date).ready_on
            return NextStep("To be approved", approve_by(ready_on))
        case PairState.APPROVED:
            return NextStep("The offer goes to the mentor")
        case PairState.OFFERED:
            by = local_day(pair.answer_by) if pair.answer_by else None
            return NextStep("The mentor answers", by)
        case PairState.SUSPENDED:
            return NextStep("On pause: it goes on, or it ends")
        case PairState.ENDED:
            why = pair.end_reason.label if pair.end_reason else ""
            return NextStep(f"Ended: {why}", local_day(pair.state_since))
    return _next_meeting(now, meeting)


def _next_meeting(now: datetime, meeting: Meeting | None) -> NextStep:
    if meeting is None:
        return NextStep("No meeting is left")
    if asks_for_answer(meeting, now):
        return NextStep(f"{title(meeting)}: say how it went", over_on(meeting))
    booked = "" if meeting.state is MeetingState.BOOKED else ", not booked yet"
    return NextStep(f"{title(meeting)}{booked}", over_on(meeting))


def _pair_row(
    now: datetime,
    meetings: Mapping[UUID, Meeting],
    pair: Pair,
    leaver: Leaver,
    mentor: Mentor,
    referral: Referral,
) -> PairRow:
    return PairRow(
        pair_id=pair.id,
        leaver_id=leaver.id,
        leaver=leaver.first_name,
        leaver_code=leaver.code,
        mentor_id=mentor.id,
        mentor=mentor.first_name,
        mentor_code=mentor.code,
        release_date=leaver.release_date,
        state=pair.state,
        next=_next_of(now, pair, leaver, referral, meetings.get(pair.id)),
    )


def _meeting_row(meeting: Meeting, pair: Pair, leaver: Leaver, mentor: Mentor) -> MeetingRow:
    return MeetingRow(
        pair_id=pair.id,
        meeting=title(meeting),
        state=meeting.state,
        starts_at=meeting.starts_at,
        first=meeting.window_first,
        last=meeting.window_last,
        leaver_id=leaver.id,
        leaver=leaver.first_name,
        leaver_code=leaver.code,
        mentor_id=mentor.id,
        mentor=mentor.first_name,
        mentor_code=mentor.code,
    )
