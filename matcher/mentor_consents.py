"""What a mentor says yes or no to, purpose by purpose, beside the basis in law that we rely on.

As with leavers, a no is followed in the transaction that records it. A no to
being a mentor is the same as taking back all consent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.consents import NOT_YET, Basis, Standing, written_by
from matcher.consents_said import keep_said, newest_of
from matcher.core.sending import local_day
from matcher.life_events import record as record_event
from matcher.life_facts import Withdrawn
from matcher.printed_letters import OF_THE_MENTOR
from matcher.refusing import InTheWay, NotAllowed
from models.outbox import HandOver, Letter
from models.pairs import Pair
from models.people import Mentor
from models.privacy import Consent
from models.privacy_words import Purpose
from models.states import Channel, EventKind, MentorState

STOPPED = "They have stopped being a mentor. To start again they are taken in as a new mentor is."

BASES: Mapping[Purpose, Basis] = {
    Purpose.WALKING: Basis(
        "A task in the public interest; for what is most private, the mentor's own clear yes.",
        "They stop being a mentor. Nothing more is sent, and they cannot sign in any more.",
    ),
    Purpose.OWN_WORDS: Basis(
        "The mentor's own yes.",
        "Their words are deleted. Letters not handed over yet say neither them nor the name.",
    ),
    Purpose.TEXTS: Basis(
        "The mentor's own yes.",
        "No text message goes to their phone. What would have been one goes as an e-mail.",
    ),
}


def standing_of_mentor(db: Session, mentor: Mentor) -> list[Standing]:
    """Return how it stands with each purpose."""
    return [_stands(db, mentor, purpose, basis) for purpose, basis in BASES.items()]


def _stands(db: Session, mentor: Mentor, purpose: Purpose, basis: Basis) -> Standing:
    said = newest_of(db, mentor.id, purpose)
    if said and _is_outdated(said, mentor):
        said = None
    since = None if said else mentor.consented_on
    return Standing(purpose, basis, said, written_by(db, said), since)


def _is_outdated(said: Consent, mentor: Mentor) -> bool:
    """Say whether a no to being a mentor is followed by a yes: the no itself took the day away."""
    ended = said.purpose is Purpose.WALKING and not said.given
    return ended and mentor.consented_on is not None


def record(
    db: Session,
    mentor: Mentor,
    purpose: Purpose,
    *,
    given: bool,
    told_on: date,
    by: UUID | None,
    now: datetime,
) -> None:
    """Record what a mentor says to a purpose now, and follow a no at once.

    Raises NotAllowed for a day ahead, and for a yes of who has stopped.
    """
    if told_on > local_day(now):
        raise NotAllowed(InTheWay(NOT_YET, "told_on"))
    if given and mentor.state is MentorState.ENDED:
        raise NotAllowed(InTheWay(STOPPED, "given"))
    follows = (_WITH_A_YES if given else _WITH_A_NO).get(purpose)
    if follows:
        follows(db, mentor, told_on, by, now)
    # Last of all, for what follows from a no may have kept it with the day of today.
    keep_said(db, mentor, purpose, given, told_on, by=by, now=now)
    db.flush()


def _begin(_db: Session, mentor: Mentor, told_on: date, _by: UUID | None, _now: datetime) -> None:
    mentor.consented_on = mentor.consented_on or told_on


def _stop(db: Session, mentor: Mentor, _told_on: date, by: UUID | None, now: datetime) -> None:
    kind = EventKind.CONSENT_WITHDRAWN
    record_event(db, mentor, kind, Withdrawn(), happened_at=now, by=by, now=now)


def _say_nothing_of_them(
    db: Session, mentor: Mentor, _told_on: date, _by: UUID | None, _now: datetime
) -> None:
    """Empty the mentor's words, and take words and name out of the letters still with us."""
    mentor.own_words = ""
    db.flush()
    theirs = select(Pair.id).where(Pair.mentor_id == mentor.id)
    waiting = select(Letter).where(
        Letter.channel == Channel.PRINT,
        col(Letter.pair_id).in_(theirs),
        col(Letter.id).not_in(select(HandOver.letter_id)),
    )
    # All are locked, also those that say nothing yet: one may just now be made ready.
    in_order = waiting.order_by(col(Letter.id)).with_for_update()
    for letter in db.exec(in_order.execution_options(populate_existing=True)):
        said = OF_THE_MENTOR & letter.facts.keys()
        if said:
            letter.facts = {**letter.facts, **dict.fromkeys(said, "")}


_WITH_A_YES: Mapping[Purpose, Callable[..., None]] = {Purpose.WALKING: _begin}
_WITH_A_NO: Mapping[Purpose, Callable[..., None]] = {
    Purpose.WALKING: _stop,
    Purpose.OWN_WORDS: _say_nothing_of_them,
}
"""What follows; a no to text messages is looked up whenever one is to leave."""
