"""What the liaison of a prison reads first: who leaves soon, and what each still needs from us."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, and_, col, func, or_

from matcher.core.sending import local_day
from matcher.core.words import counted, name_in_words
from matcher.desks.liaison_letters import has_not_left
from matcher.desks.paging import ROWS_PER_PAGE, Paged, page_of, paged
from matcher.desks.rows_shown import leavers_shown
from matcher.printed_letters import BEFORE_THE_GATE
from models.access import (
    SEEN_BY_LIAISON,
    expected_leavers_seen_by,
    letters_seen_by,
    meetings_seen_by,
    pairs_seen_by,
    referrals_seen_by,
)
from models.accounts import Account
from models.meetings import Meeting
from models.outbox import HandOver, Letter
from models.pairs import Pair
from models.people import Leaver
from models.referrals import BEFORE_MATCH, Referral
from models.releases import ExpectedLeaver
from models.states import LetterState, MeetingKind, MeetingState, PairState, ReferralState

SOON = timedelta(weeks=12)
"""How far ahead the desk looks."""

NEW_DATE = "Give the new date"
"""What is to do for someone whose plan waits for a day of release."""

LATELY = timedelta(days=7)
"""How long someone who has left is named, so that "not released" can be told."""

GATE_PLAN_FROM = timedelta(days=14)
"""How long before the release a gate plan is asked for; it is due seven days before."""

STANDING: Mapping[ReferralState, str] = {
    ReferralState.PUT_FORWARD: "Waits for you to endorse",
    ReferralState.ENDORSED: "With the regional manager",
    ReferralState.SCREENED: "With the regional manager",
    ReferralState.WAITING: "No mentor yet",
    ReferralState.MATCHED: "Has a mentor",
    ReferralState.WITHDRAWN: "No longer going ahead",
    ReferralState.RELEASED_UNMATCHED: "Has left prison",
    ReferralState.DRAFT: "Not sent yet",
}
"""How a referral stands, in words that say nothing about why."""


@dataclass(frozen=True)
class LeavingCard:
    """Someone put forward: who, when they leave, how it stands, what we still have to do."""

    referral_id: UUID
    leaver_id: UUID
    name: str
    code: str
    release_date: date | None
    standing: str
    to_do: tuple[str, ...]
    has_left: bool


@dataclass(frozen=True)
class Leaving:
    """A page of those who leave, those who `have_left` in the last days, the last first.

    `ahead` counts all who leave, and `to_do` those of them for whom something is to be done.
    """

    found: Paged[LeavingCard]
    have_left: tuple[LeavingCard, ...]
    ahead: int
    to_do: int


@dataclass(frozen=True)
class ExpectedCard:
    """Someone whom a report names and nobody has put forward yet."""

    id: UUID
    name: str
    prison_number: str
    release_date: date


def standing_of(state: ReferralState, pair: PairState | None = None) -> str:
    """Return how a referral stands; a pair that is suspended waits for its date."""
    return "Paused until the date is clear" if pair is PairState.SUSPENDED else STANDING[state]


def standings(
    db: Session, account: Account, codes: Collection[str], now: datetime
) -> Mapping[str, str]:
    """Return how it stands with those of these codes whom this liaison may find."""
    seen = col(Pair.id).in_(pairs_seen_by(account, now).with_only_columns(col(Pair.id)))
    found = (
        referrals_seen_by(account)
        .join(Leaver, col(Leaver.id) == col(Referral.leaver_id))
        .join(Pair, and_(col(Pair.referral_id) == col(Referral.id), seen), isouter=True)
        .where(col(Leaver.code).in_(codes))
        .order_by(col(Referral.created_at))
        .with_only_columns(*map(col, (Leaver.code, Referral.state, Pair.state)))
    )
    return {code: standing_of(state, pair) for code, state, pair in db.execute(found)}


def leaving_soon(
    db: Session,
    account: Account,
    now: datetime,
    page: int = 1,
    *,
    only_to_do: bool = False,
    size: int = ROWS_PER_PAGE,
) -> Leaving:
    """Return a page of who has been put forward and leaves soon or on an unknown day, next first.

    Or of those alone for whom this desk has something to do. With them come those who have left
    in the last days. Names are opened for the page alone.
    """
    cards = _cards(db, account, now)
    ahead = [card for card in cards if not card.has_left]
    busy = [card for card in ahead if card.to_do]
    found = page_of(busy if only_to_do else ahead, page, size)
    have_left = [card for card in reversed(cards) if card.has_left]
    people = leavers_shown(db, (card.leaver_id for card in (*found.rows, *have_left)))
    names = {one.id: f"{one.first_name} {one.surname}" for one in people}
    return Leaving(
        replace(found, rows=tuple(_named(found.rows, names))),
        tuple(_named(have_left, names)),
        len(ahead),
        len(busy),
    )


def _cards(db: Session, account: Account, now: datetime) -> list[LeavingCard]:
    """Return everybody of the list, the next to leave first, without their names."""
    today = local_day(now)
    rows = db.execute(_leaving(account, today)).all()
    books, gates = _meetings_to_book(db, account, now, today)
    letters = _letters_to_hand_over(db, account, now)
    cards = (
        LeavingCard(
            referral_id=row.id,
            leaver_id=row.leaver_id,
            name="",
            code=row.code,
            release_date=row.release_date,
            standing=standing_of(row.state, row.pair_state),
            to_do=tuple(_to_do(row, today, books, gates, letters)),
            has_left=_day_is_over(row, today) and row.pair_state is not PairState.SUSPENDED,
        )
        for row in rows
    )
    return sorted(cards, key=lambda card: (card.release_date or date.max, card.code))


def _named(cards: Iterable[LeavingCard], names: Mapping[UUID, str]) -> Iterator[LeavingCard]:
    return (replace(card, name=names[card.leaver_id]) for card in cards)


def expected_soon(
    db: Session, account: Account, now: datetime, page: int, size: int = 25
) -> Paged[ExpectedCard]:
    """Return one page of who is expected to leave soon and is not put forward, the next first."""
    today = local_day(now)
    ahead = expected_leavers_seen_by(account).where(
        col(ExpectedLeaver.release_date).between(today, today + SOON)
    )
    order = (col(ExpectedLeaver.release_date), col(ExpectedLeaver.id))
    return paged(db, ahead.order_by(*order), page, _expected, size)


def _leaving(account: Account, today: date) -> Any:
    """Return the SELECT of whom the list names, with the pair that the liaison may see."""
    when = col(Leaver.release_date)
    of_referral = and_(
        col(Pair.referral_id) == col(Referral.id), col(Pair.state).in_(SEEN_BY_LIAISON)
    )
    return (
        referrals_seen_by(account)
        .where(col(Referral.state).in_({*BEFORE_MATCH, ReferralState.MATCHED}))
        .join(Leaver, col(Leaver.id) == col(Referral.leaver_id))
        .where(or_(when.is_(None), when.between(today - LATELY, today + SOON)))
        .join(Pair, of_referral, isouter=True)
        .with_only_columns(
            *map(col, (Referral.id, Referral.leaver_id, Referral.state)),
            *map(col, (Leaver.code, Leaver.release_date)),
            col(Pair.id).label("pair_id"),
            col(Pair.state).label("pair_state"),
        )
    )


def _day_is_over(row: Any, today: date) -> bool:
    return row.release_date is not None and row.release_date < today


def _to_do(
    row: Any, today: date, books: Counter[UUID], gates: Counter[UUID], letters: Counter[UUID]
) -> Iterator[str]:
    """Yield what is still to do for one person; a pair that is paused has nothing to book.

    Paused without a day ahead, as after "not released", it goes on only once
    somebody gives the new day.
    """
    if row.state is ReferralState.PUT_FORWARD:
        yield "Complete and endorse"
    if row.pair_state is PairState.SUSPENDED and (row.release_date or today) <= today:
        yield NEW_DATE
    if row.pair_state is PairState.ACCEPTED and books[row.pair_id]:
        yield f"Book {counted(books[row.pair_id], 'meeting')}"
    if row.pair_state is PairState.ACCEPTED and gates[row.pair_id]:
        yield "Agree the gate plan"
    if letters[row.leaver_id]:
        yield f"Print {counted(letters[row.leaver_id], 'letter')}"


def _meetings_to_book(
    db: Session, account: Account, now: datetime, today: date
) -> tuple[Counter[UUID], Counter[UUID]]:
    """Return how many meetings before the gate, and gates not far off, can still be booked."""
    planned = meetings_seen_by(account, now).where(
        Meeting.state == MeetingState.PLANNED, col(Meeting.window_last) >= today
    )
    columns = (col(Meeting.pair_id), col(Meeting.kind), col(Meeting.window_first))
    rows = db.execute(planned.with_only_columns(*columns)).all()
    books = Counter(pair for pair, kind, _ in rows if kind in BEFORE_THE_GATE)
    gates = Counter(
        pair
        for pair, kind, day in rows
        if kind is MeetingKind.GATE and day <= today + GATE_PLAN_FROM
    )
    return books, gates


def _letters_to_hand_over(db: Session, account: Account, now: datetime) -> Counter[UUID]:
    waiting = (
        letters_seen_by(account, now)
        .where(Letter.state == LetterState.SENT)
        .join(Leaver, col(Leaver.id) == col(Letter.leaver_id))
        .join(HandOver, col(HandOver.letter_id) == col(Letter.id), isouter=True)
        .where(col(HandOver.letter_id).is_(None), has_not_left(local_day(now)))
        .with_only_columns(col(Letter.leaver_id), func.count())
        .group_by(col(Letter.leaver_id))
    )
    return Counter(dict(tuple(row) for row in db.execute(waiting)))


def _expected(row: ExpectedLeaver) -> ExpectedCard:
    name = " ".join(name_in_words(row.first_name, row.surname)).strip()
    return ExpectedCard(row.id, name, row.prison_number, row.release_date)
