"""What happened to one of two records of a leaver, told to those around the other's pair.

As two records become one, the mentor, the manager and the councils of the pair
that stays hear of it as when the event itself is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from matcher.core.standing import FREEZES
from matcher.endings import live_pair_of
from matcher.leaver_events import (
    is_at_large,
    is_away,
    is_moved,
    is_not_released,
    is_recalled,
    is_sentenced,
)
from matcher.people_to_avoid import ask_about_new, unsettled
from matcher.standings import events_of, is_same, last_of, standing_of
from matcher.stood import News, Stood, stood
from models.events import Event
from models.people import Leaver
from models.referrals import Referral
from models.states import EventKind

FOLLOWS: Mapping[EventKind, Callable[[Session, Leaver, News], None]] = {
    EventKind.TRANSFERRED: is_moved,
    EventKind.AWAY: is_away,
    EventKind.RECALLED: is_recalled,
    EventKind.NEW_SENTENCE: is_sentenced,
    EventKind.NOT_RELEASED: is_not_released,
    EventKind.UNLAWFULLY_AT_LARGE: is_at_large,
}
"""What follows each event beside what is found out from all that is on file."""


@dataclass(frozen=True)
class Unheard:
    """What those around the pair do not know: events by their ids, and whether someone is named."""

    events: Collection[UUID]
    names_someone: bool


def unheard(db: Session, stays: Leaver, goes: Leaver) -> Unheard:
    """Return what was told of that record alone which has not the pair."""
    known, other = (goes, stays) if live_pair_of(db, goes.id) else (stays, goes)
    heard = events_of(db, known, *FOLLOWS)
    new = [one for one in events_of(db, other, *FOLLOWS) if not _is_heard(one, heard)]
    return Unheard({one.id for one in new}, bool(unsettled(db, other.id)))


def tell_unheard(db: Session, leaver: Leaver, found: Unheard, before: Stood, news: News) -> Stood:
    """Let follow what still counts of it, and return how it stood before what is left to tell.

    Of each kind the last word counts; what is over already is news to nobody.
    """
    for kind, follows in FOLLOWS.items():
        event = last_of(db, leaver, kind)
        is_over = kind in FREEZES and kind not in standing_of(db, leaver).frozen
        if event and event.id in found.events and not is_over:
            follows(db, leaver, replace(news, event=event, before=before))
            before = stood(db, leaver)
    pair = live_pair_of(db, leaver.id)
    if pair and found.names_someone:
        ask_about_new(db, db.get_one(Referral, pair.referral_id), now=news.now)
    return before


def _is_heard(event: Event, heard: Sequence[Event]) -> bool:
    return any(event.kind is one.kind and is_same(event, one) for one in heard)
