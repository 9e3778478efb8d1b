"""Whether a letter that is due may still go: asked at the last moment before it is handed over.

Much may have happened since it was planned. Each check looks at one thing and
says what becomes of the letter, or nothing; the first that says something
decides. To add a check, add a function to CHECKS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cached_property

from sqlmodel import Session, col, select

from matcher import channels
from matcher.calling_off import calls_off
from matcher.consents_said import is_refused
from matcher.core.sending import next_opening
from matcher.core.working_days import official_calendar
from matcher.post_hold import is_on_hold
from matcher.recipients import Behind, Party, Place, place_for
from models.gate import GatePlan
from models.outbox import Letter, LetterAttempt
from models.privacy_words import Purpose
from models.states import (
    Channel,
    EndReason,
    LetterKind,
    MeetingState,
    MentorState,
    PairState,
    ReferralState,
)

LOOK_AGAIN = timedelta(minutes=30)
"""How long a letter waits for a fact that is not there yet."""


class Fate(Enum):
    """What becomes of a letter that cannot go now."""

    CANCEL = auto()
    SKIP = auto()
    WAIT = auto()
    DIE = auto()


@dataclass(frozen=True)
class Verdict:
    """What becomes of a letter and why, in words without names; `until` is for one that waits."""

    fate: Fate
    why: str
    until: datetime | None = None


@dataclass(frozen=True)
class Case:
    """One letter that would go now, with the rows behind it; `by_text` where there is a gateway."""

    db: Session
    rows: Behind
    now: datetime
    by_text: bool = False

    @cached_property
    def place(self) -> Place | None:
        """Return how and where the letter would go; looked up once."""
        return place_for(self.db, self.rows, by_text=self.by_text)


_STANDS = frozenset({PairState.ACCEPTED})
_OFFER = frozenset({PairState.OFFERED})
_GOES_ON = frozenset({PairState.ACCEPTED, PairState.SUSPENDED})

PAIR_STATES: Mapping[LetterKind, AbstractSet[PairState]] = {
    LetterKind.OFFER: _OFFER,
    LetterKind.OFFER_REMINDER: _OFFER,
    LetterKind.INTRODUCTION: _STANDS,
    LetterKind.CALENDAR_ENTRY: _STANDS,
    LetterKind.MEETING_REMINDER: _STANDS,
    LetterKind.GATE_PLAN: _STANDS,
    LetterKind.FIRST_MEETING_WARNING: _STANDS,
    LetterKind.DIGEST: _GOES_ON,
    LetterKind.PRACTITIONER_NEWS: _GOES_ON,
}
"""The states of a pair in which each kind of letter about it is true; the others always are."""

AT_ALL_EVENTS = frozenset(
    {LetterKind.STOOD_DOWN, LetterKind.GATE_CHANGED, LetterKind.RING_US, LetterKind.WORRY}
)
"""Letters that keep someone from waiting at a gate in vain, or from harm: nothing that ended stops
them."""

ABOUT_A_BOOKING = frozenset({LetterKind.CALENDAR_ENTRY, LetterKind.MEETING_REMINDER})

LOST = frozenset({MeetingState.PLANNED, MeetingState.CANCELLED})
"""A meeting in one of these states that was booked is booked no more."""

NO_LOSS = frozenset({LetterKind.OFFER_REMINDER, LetterKind.MEETING_REMINDER})
"""Letters that nobody misses once their time is over."""


def verdict(case: Case) -> Verdict | None:
    """Return what becomes of the letter instead of going now, or None if it may go."""
    found = next(filter(None, (check(case) for check in CHECKS)), None)
    if found and found.until and found.until > case.rows.letter.not_after:
        return _too_late(case.rows)
    return found


NOWHERE = Verdict(Fate.DIE, "there is no address to send it to")


def _outdated(case: Case) -> Verdict | None:
    """A newer generation says the same again, or what it tells of has changed since."""
    letter, meeting = case.rows.letter, case.rows.meeting
    but_for_generation = letter.key.rpartition(":")[0] + ":"
    newer = select(Letter.id).where(
        Letter.recipient == letter.recipient,
        col(Letter.key).startswith(but_for_generation, autoescape=True),
        col(Letter.generation) > letter.generation,
    )
    moved = meeting and letter.kind in ABOUT_A_BOOKING and meeting.generation > letter.generation
    if moved or case.db.exec(newer).first():
        return Verdict(Fate.CANCEL, "a newer letter says it anew")
    return None


def _consent(case: Case) -> Verdict | None:
    """Nobody hears of someone who withdrew, and nobody who left is written to.

    What was with a server as a leaver withdrew could not be cancelled: it is not tried again,
    but for "do not set out".
    """
    referral, mentor = case.rows.referral, case.rows.mentor
    withdrawn = referral is not None and referral.state is ReferralState.WITHDRAWN
    left = mentor is not None and (mentor.consented_on is None or mentor.state is MentorState.ENDED)
    letter = case.rows.letter
    if (withdrawn or left) and letter.kind not in AT_ALL_EVENTS and not calls_off(letter):
        return Verdict(Fate.CANCEL, "consent is withdrawn")
    since = referral.state_since if referral and withdrawn else None
    if since and letter.kind in (LetterKind.RING_US, LetterKind.GATE_CHANGED):
        begun = (LetterAttempt.letter_id == letter.id, LetterAttempt.begun_at < since)
        if case.db.exec(select(LetterAttempt.letter_id).where(*begun)).first():
            return Verdict(Fate.CANCEL, "consent is withdrawn")
    asks_practitioner = case.rows.party is Party.PRACTITIONER and case.rows.leaver
    if asks_practitioner and is_refused(case.db, asks_practitioner.id, Purpose.PRACTITIONER):
        return Verdict(Fate.CANCEL, "consent is withdrawn")
    return None


def _pair(case: Case) -> Verdict | None:
    """What the letter says of the pair has to be true; after a death none but "ring us" goes.

    One that was being sent as the death was told is looked at again before it is tried again.
    """
    pair, fits = case.rows.pair, PAIR_STATES.get(case.rows.letter.kind)
    died = pair is not None and pair.end_reason is EndReason.DIED
    if died and case.rows.letter.kind is not LetterKind.RING_US:
        return Verdict(Fate.CANCEL, "the pair has ended in silence")
    if pair and fits is not None and pair.state not in fits and not calls_off(case.rows.letter):
        return Verdict(Fate.CANCEL, "the pair has moved on")
    return None


def _meeting(case: Case) -> Verdict | None:
    """A booking is told of while it stands and lies ahead, and called off while it does not."""
    meeting = case.rows.meeting
    if meeting is None or case.rows.letter.kind not in ABOUT_A_BOOKING:
        return None
    booked = meeting.state is MeetingState.BOOKED
    if calls_off(case.rows.letter):
        if meeting.state not in LOST:
            return Verdict(Fate.CANCEL, "the meeting was not called off")
    elif not booked:
        return Verdict(Fate.CANCEL, "the meeting is no longer booked")
    if meeting.starts_at is not None and meeting.starts_at <= case.now:
        return Verdict(Fate.SKIP, "the meeting has begun")
    return None


def _time_is_over(case: Case) -> Verdict | None:
    return _too_late(case.rows) if case.now > case.rows.letter.not_after else None


def _gate_plan(case: Case) -> Verdict | None:
    """The plan for the gate waits until there is one."""
    pair = case.rows.pair
    if pair is None or case.rows.letter.kind is not LetterKind.GATE_PLAN:
        return None
    if case.db.exec(select(GatePlan.id).where(GatePlan.pair_id == pair.id)).first():
        return None
    return Verdict(Fate.WAIT, "the plan for the gate is not there yet", case.now + LOOK_AGAIN)


def _address(case: Case) -> Verdict | None:
    return None if case.place else NOWHERE


def _hold(case: Case) -> Verdict | None:
    """The post may have been put on hold since the letter was claimed."""
    letter = case.rows.letter
    if letter.channel is Channel.PRINT or not is_on_hold(case.db):
        return None
    return Verdict(Fate.WAIT, "the post is on hold", letter.due_at)


def _channel(case: Case) -> Verdict | None:
    """A text message that leaves as an e-mail waits where e-mails do."""
    place = case.place
    if place is None or place.channel is case.rows.letter.channel:
        return None
    if place.channel not in channels.shut_channels(case.db, case.now):
        return None
    return Verdict(Fate.WAIT, "its channel does not work", case.now + channels.PAUSES[0])


def _hours(case: Case) -> Verdict | None:
    """Only urgent letters go at any hour."""
    letter = case.rows.letter
    opening = next_opening(letter.kind, case.now, official_calendar())
    if letter.urgent or opening <= case.now:
        return None
    return Verdict(Fate.WAIT, "outside the hours for letters", opening)


def _too_late(rows: Behind) -> Verdict:
    fate = Fate.SKIP if rows.letter.kind in NO_LOSS else Fate.DIE
    return Verdict(fate, "its time is over")


CHECKS: tuple[Callable[[Case], Verdict | None], ...] = (
    _outdated,
    _consent,
    _pair,
    _meeting,
    _time_is_over,
    _gate_plan,
    _address,
    _hours,
    _hold,
    _channel,
)
"""In this order: what is untrue is cancelled before anyone is troubled that it is late."""
