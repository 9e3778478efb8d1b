"""What a mentor sees first: what to answer now, what is next, and the plan with each person."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, or_, select

from matcher import outcomes
from matcher.calendar_entries import Appointment, uid_of
from matcher.core.sending import local_day
from matcher.desks.mentor_meetings import MeetingCard
from matcher.desks.mentor_pairs import PairCard, pair_cards
from models.access import AFTER_CLOSING, meetings_seen_by, offers_ended_for, pairs_seen_by
from models.accounts import Account
from models.desk_words import GateStep
from models.gate import GateMark
from models.meetings import Meeting
from models.pairs import Pair
from models.states import EndReason, MeetingKind, MeetingState, PairState

KEPT_IN_CALENDAR = timedelta(days=14)
"""How long a meeting that is over stays in the calendar file."""

STILL_ASKED = timedelta(days=2)
"""So long after the day at the gate the mentor is still asked if they came home."""


@dataclass(frozen=True)
class OfferLine:
    """An offer: since when it is as it is, and until when it waits, or waited, for an answer."""

    pair_id: UUID
    asked_at: datetime
    answer_by: datetime | None


@dataclass(frozen=True)
class Diary:
    """The mentor's first page.

    `questions` are meetings that are over and of which we do not know how they
    went; `ahead` are booked ones that are not over, the next on top; `gates` are
    the people who leave today, `not_home` those who left a day or two ago and
    met, and nobody said "home safe". `ended` are offers that ended lately
    before the mentor had said yes or no.
    """

    offers: tuple[OfferLine, ...]
    ended: tuple[OfferLine, ...]
    questions: tuple[MeetingCard, ...]
    gates: tuple[PairCard, ...]
    ahead: tuple[MeetingCard, ...]
    pairs: tuple[PairCard, ...]
    not_home: tuple[PairCard, ...] = ()

    @property
    def asked(self) -> frozenset[UUID]:
        """The meetings that are asked about above, and so nowhere else on the page."""
        return frozenset(card.id for card in self.questions)

    @property
    def goes_on(self) -> bool:
        """Whether there is anyone to walk with, or who may come back to it."""
        return any(pair.goes_on or pair.is_paused for pair in self.pairs)

    @property
    def moved(self) -> tuple[PairCard, ...]:
        """The people whose days have moved, and we do not know yet if the new ones suit."""
        return tuple(pair for pair in self.pairs if pair.asked)

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody and nothing to answer."""
        return not (self.offers or self.pairs)


def diary_of(db: Session, account: Account, now: datetime) -> Diary:
    """Return the diary of this account's mentor; its queries do not grow with the people."""
    pairs = pair_cards(db, account, now)
    meetings = {card.id: card for pair in pairs for card in pair.meetings}
    asked = outcomes.questions_for(db, account.mentor_id, now) if account.mentor_id else []
    over = {one.id for one in asked}
    coming = [card for pair in pairs if pair.goes_on for card in pair.meetings]
    ahead = [card for card in coming if card.is_booked and card.id not in over]
    return Diary(
        offers=tuple(_offers(db, account, now)),
        ended=tuple(_ended(db, account, now)),
        questions=tuple(meetings[one.id] for one in asked if one.id in meetings),
        gates=tuple(pair for pair in pairs if _leaves_today(pair, now)),
        ahead=tuple(sorted(ahead, key=lambda card: card.order)),
        pairs=tuple(pairs),
        not_home=tuple(_not_home(db, pairs, now)),
    )


def appointments(
    db: Session,
    account: Account,
    now: datetime,
    *,
    pair_id: UUID | None = None,
    meeting_id: UUID | None = None,
) -> list[Appointment]:
    """Return what stands in the mentor's own calendar: times and nothing else.

    All of it, or of one pair or one meeting alone. A time that was given up is
    there as cancelled, so that it goes from the calendar it was put into.
    """
    going_on = pairs_seen_by(account, now).where(Pair.state == PairState.ACCEPTED)
    meetings = meetings_seen_by(account, now).where(
        col(Meeting.pair_id).in_(going_on.with_only_columns(col(Pair.id))),
        col(Meeting.starts_at) >= now - KEPT_IN_CALENDAR,
    )
    if pair_id:
        meetings = meetings.where(Meeting.pair_id == pair_id)
    if meeting_id:
        meetings = meetings.where(Meeting.id == meeting_id)
    return [
        Appointment(
            uid=uid_of(meeting.id),
            sequence=meeting.generation,
            starts_at=meeting.starts_at,
            minutes=meeting.minutes or 60,
            cancelled=meeting.state in (MeetingState.PLANNED, MeetingState.CANCELLED),
        )
        for meeting in db.exec(meetings.order_by(col(Meeting.starts_at)))
        if meeting.starts_at
    ]


def _offers(db: Session, account: Account, now: datetime) -> Iterator[OfferLine]:
    offered = pairs_seen_by(account, now).where(
        Pair.state == PairState.OFFERED,
        or_(col(Pair.answer_by).is_(None), col(Pair.answer_by) > now),
    )
    for pair in db.exec(offered.order_by(col(Pair.answer_by), col(Pair.state_since))):
        yield OfferLine(pair.id, pair.state_since, pair.answer_by)


def _ended(db: Session, account: Account, now: datetime) -> Iterator[OfferLine]:
    lately = offers_ended_for(account).where(
        col(Pair.state_since) >= now - AFTER_CLOSING, Pair.end_reason != EndReason.DECLINED
    )
    for pair in db.exec(lately.order_by(col(Pair.answer_by))):
        yield OfferLine(pair.id, pair.state_since, pair.answer_by)


def _not_home(db: Session, pairs: Collection[PairCard], now: datetime) -> Iterator[PairCard]:
    """Yield those who met at the gate lately, and of whom nobody said that they came home."""
    lately = [pair for pair in pairs if _met_lately(pair, local_day(now))]
    if not lately:
        return
    ids = [pair.id for pair in lately]
    home = select(GateMark.pair_id).where(
        GateMark.step == GateStep.HOME_SAFE, col(GateMark.pair_id).in_(ids)
    )
    safe = set(db.exec(home))
    yield from (pair for pair in lately if pair.id not in safe)


def _met_lately(pair: PairCard, today: date) -> bool:
    return any(
        card.kind is MeetingKind.GATE
        and card.state is MeetingState.HELD
        and pair.goes_on
        and today - STILL_ASKED <= card.sorting_day < today
        for card in pair.meetings
    )


def _leaves_today(pair: PairCard, now: datetime) -> bool:
    today = local_day(now)
    return any(
        card.kind is MeetingKind.GATE and card.sorting_day == today for card in pair.meetings
    )
