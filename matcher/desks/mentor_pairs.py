"""The people a mentor walks with: their plan, and what each let the mentor know.

What a mentor reads ends with the pair: of one that is on pause nothing that
leads to the person, of one that has ended neither name nor code, only when it
did. A person is called by first name; nothing else that says who they are is
ever read here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.core.words import day_in_words
from matcher.desks.mentor_meetings import MeetingCard, called, meeting_card
from matcher.desks.wide_words import HEADINGS_SAID
from matcher.moved_days import asked_of
from models.access import meetings_seen_by, pairs_seen_by
from models.accounts import Account
from models.contacts import Contact
from models.council_words import Note
from models.desk_words import ContactWay
from models.meetings import DaysAsked, Meeting
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.rows import Row, newest
from models.states import EndReason, MeetingState, PairState
from models.vocabulary import Experience, Heading

RING_US = "This has ended. Please ring us."
ENDED: Mapping[EndReason, str] = {
    EndReason.COMPLETED: "You have come to the end of the plan. Thank you.",
    EndReason.DIED: RING_US,
}
"""How a pair ended, in words that say nothing about why; any other reads as the one below."""

NO_LONGER = "This has ended. You do not need to do anything. Ring us if you want to talk about it."
ON_PAUSE = "This is on pause. Please do not go to any meeting until we tell you."
COMING = 3
"""So many of a person's next meetings stand in the diary."""

BEHIND = frozenset({MeetingState.HELD, MeetingState.MISSED})


@dataclass(frozen=True)
class PairCard:
    """One person the mentor walks with.

    `word` is what is to be known first, empty while all goes its way. `asked`
    is the version of the question whether new days suit, None if none is open.
    """

    id: UUID
    name: str
    state: PairState
    word: str
    release_date: date | None
    meetings: tuple[MeetingCard, ...]
    asked: int | None = None

    @property
    def goes_on(self) -> bool:
        """Whether the two meet as planned."""
        return self.state is PairState.ACCEPTED

    @property
    def is_paused(self) -> bool:
        """Whether the plan rests, and the mentor waits to hear from us."""
        return self.state is PairState.SUSPENDED

    @property
    def coming(self) -> tuple[MeetingCard, ...]:
        """The next few meetings that are still open, for a page that must stay short."""
        return tuple(card for card in self.meetings if card.state not in BEHIND)[:COMING]

    @property
    def still_to_come(self) -> tuple[MeetingCard, ...]:
        """The next few meetings that have not begun, whose days may yet be changed."""
        still = (card for card in self.meetings if card.state not in BEHIND)
        return tuple(card for card in still if not card.can_answer)[:COMING]


@dataclass(frozen=True)
class Shared:
    """What a person let their mentor know: wants, experiences, notes, one way to reach them."""

    wants: tuple[str, ...] = ()
    experiences: tuple[Experience, ...] = ()
    notes: tuple[str, ...] = ()
    way: ContactWay | None = None
    reached_at: str = ""


NOTHING_SHARED = Shared()


def pair_cards(
    db: Session, account: Account, now: datetime, *, only: UUID | None = None
) -> list[PairCard]:
    """Return the people this account's mentor has said yes to, whoever leaves first on top.

    `only` names one pair. The number of queries does not grow with the people.
    """
    seen = pairs_seen_by(account, now).where(col(Pair.accepted_at).is_not(None))
    if only:
        seen = seen.where(Pair.id == only)
    with_people = seen.join(Leaver, col(Leaver.id) == col(Pair.leaver_id)).add_columns(Leaver)
    found = [(pair, leaver) for pair, leaver in db.execute(with_people)]
    ids = [pair.id for pair, _ in found]
    meetings, asked = _meetings(db, account, now, ids), asked_of(db, ids)
    cards = [
        _with_question(_card(pair, leaver, meetings[pair.id], now), asked.get(pair.id))
        for pair, leaver in found
    ]
    return sorted(cards, key=lambda card: (not card.goes_on, card.release_date or date.max))


def shared_with(db: Session, pair: Pair) -> tuple[Shared, list[tuple[Row, frozenset[str]]]]:
    """Return what the leaver of an accepted pair let the mentor know.

    With it come the rows and the fields that were read, for the audit.
    """
    if pair.state is not PairState.ACCEPTED:
        return NOTHING_SHARED, []
    referral = db.get_one(Referral, pair.referral_id)
    own_notes = select(Note).where(Note.leaver_id == pair.leaver_id, col(Note.shareable))
    notes = db.exec(own_notes.order_by(col(Note.recorded_at))).all()
    contact = db.exec(newest(Contact, "leaver_id").where(Contact.leaver_id == pair.leaver_id))
    way, reached_at, read = _one_way(contact.first())
    headings = _in_order({need.heading for need in referral.needs})
    return Shared(
        wants=tuple(HEADINGS_SAID[one] for one in headings),
        experiences=_in_order(referral.may_show),
        notes=tuple(note.text for note in notes),
        way=way,
        reached_at=reached_at,
    ), [*read, *((note, frozenset({"text"})) for note in notes)]


def _card(pair: Pair, leaver: Leaver, meetings: Collection[Meeting], now: datetime) -> PairCard:
    if not pair.is_live:
        word = ENDED.get(pair.end_reason, NO_LONGER) if pair.end_reason else NO_LONGER
        return PairCard(pair.id, _once_paired(pair), pair.state, word, None, ())
    goes_on = pair.state is PairState.ACCEPTED
    cards = [meeting_card(one, leaver, now) for one in meetings]
    shown = cards if goes_on else [_without_a_place(card) for card in cards if _is_behind(card)]
    return PairCard(
        id=pair.id,
        name=called(leaver),
        state=pair.state,
        word="" if goes_on else ON_PAUSE,
        release_date=leaver.release_date if goes_on else None,
        meetings=tuple(sorted(shown, key=lambda card: card.order)),
    )


def _with_question(card: PairCard, asked: DaysAsked | None) -> PairCard:
    """Return the card with an open question about its days, while there are any ahead."""
    is_open = asked is not None and asked.answered_at is None
    waits = is_open and card.goes_on and card.still_to_come
    return replace(card, asked=asked.version) if asked and waits else card


def _once_paired(pair: Pair) -> str:
    """Return what stands for the name of someone whose pair has ended."""
    return f"Someone you were paired with until {day_in_words(local_day(pair.state_since))}"


def _is_behind(card: MeetingCard) -> bool:
    return card.state in BEHIND or card.can_answer


def _without_a_place(card: MeetingCard) -> MeetingCard:
    return replace(card, place=None, prison="", can_book=False)


def _meetings(
    db: Session, account: Account, now: datetime, pair_ids: list[UUID]
) -> Mapping[UUID, list[Meeting]]:
    theirs = meetings_seen_by(account, now).where(
        col(Meeting.pair_id).in_(pair_ids), col(Meeting.state) != MeetingState.CANCELLED
    )
    found: defaultdict[UUID, list[Meeting]] = defaultdict(list)
    for meeting in db.exec(theirs):
        found[meeting.pair_id].append(meeting)
    return found


def _one_way(
    contact: Contact | None,
) -> tuple[ContactWay | None, str, list[tuple[Row, frozenset[str]]]]:
    """Return the one way that the leaver lets the mentor have, and what of the row was read."""
    if contact is None or contact.shares is None:
        return None, "", []
    field = contact.shares.value
    return contact.shares, getattr(contact, field), [(contact, frozenset({field}))]


def _in_order(words: Collection[Heading] | Collection[Experience]) -> tuple[Any, ...]:
    return tuple(sorted(words, key=lambda word: word.rank))
