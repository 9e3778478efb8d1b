"""What follows when a mentor tells something, counted and in the words that a mentor reads.

It is done, looked at and taken back. Counted is only what is the mentor's own:
people they walk with, offers made to them, their meetings, letters to them. A
proposal they know nothing of, a standby, a reason: of these there is no word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from matcher import post
from matcher.core.words import counted, day_in_words, time_in_words
from matcher.desks.mentor_meetings import called
from matcher.life_events import record
from matcher.life_facts import NotReleased, Told
from matcher.ripples import OPEN, Ripple, ripple_between
from matcher.stood import MeetingStood, Stood, stood
from models.audit import tried
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.states import EventKind, MeetingState, PairState

WALKS_WITH = (PairState.ACCEPTED, PairState.SUSPENDED)
NOTHING = "No meeting and no letter of yours changes."
STEPS_IN = "We look for someone else to step in for them. Your manager is told."


def of_mentor(
    db: Session, mentor: Mentor, kind: EventKind, facts: Told, *, by: UUID | None, now: datetime
) -> list[str]:
    """Return in sentences what follows if a mentor tells this of themselves; nothing is kept."""
    before, after = _before_and_after(db, mentor, mentor.id, kind, facts, by=by, now=now)
    states = [was for row, was in before.pairs.items() if after.pairs[row] is PairState.ENDED]
    people = sum(state in WALKS_WITH for state in states)
    offers = sum(state is PairState.OFFERED for state in states)
    return [*_of_people(people, offers), *_of_plan(before, after, now=now)] or [NOTHING]


def of_gate(
    db: Session, pair: Pair, facts: NotReleased, *, by: UUID | None, now: datetime
) -> list[str]:
    """Return in sentences what follows if a mentor tells this of the gate; nothing is kept."""
    leaver, kind = db.get_one(Leaver, pair.leaver_id), EventKind.NOT_RELEASED
    before, after = _before_and_after(db, leaver, pair.mentor_id, kind, facts, by=by, now=now)
    ripple = ripple_between(before, after, now=now)
    told = _comes(ripple, called(leaver)) if facts.came_out else _stops(ripple, called(leaver))
    return [*told, *_of_plan(before, after, now=now)]


def _before_and_after(
    db: Session,
    person: Leaver | Mentor,
    mentor_id: UUID,
    kind: EventKind,
    facts: Told,
    *,
    by: UUID | None,
    now: datetime,
) -> tuple[Stood, Stood]:
    with tried(db):
        before = _as_the_mentor_knows(stood(db, person), mentor_id)
        record(db, person, kind, facts, happened_at=now, by=by, now=now)
        return before, stood(db, person)


def _as_the_mentor_knows(before: Stood, mentor_id: UUID) -> Stood:
    """Leave out pairs that the mentor has never heard of, and letters to anyone else."""
    known = (*WALKS_WITH, PairState.OFFERED)
    theirs = f":{post.to_mentor(mentor_id)}:"
    return replace(
        before,
        pairs={row: state for row, state in before.pairs.items() if state in known},
        unsent={row: said for row, said in before.unsent.items() if theirs in ":".join(said)},
    )


def _of_people(people: int, offers: int) -> Iterator[str]:
    if people:
        yield f"Your time with {counted(people, 'person', 'people')} ends. {STEPS_IN}"
    if offers:
        them = "it" if offers == 1 else "them"
        yield f"{_are(offers, 'offer')} taken back. You do not need to answer {them}."


def _stops(ripple: Ripple, name: str) -> Iterator[str]:
    if ripple.pauses:
        yield f"Your plan with {name} goes on pause. We write to you once, now."
    if ripple.calls:
        yield "Your manager is told now, and asked to ring you."


def _comes(ripple: Ripple, name: str) -> Iterator[str]:
    if ripple.resumes:
        yield f"Your plan with {name} goes on."
        yield "Your manager is told now. The call about it is taken off their list."
    else:
        yield "The plan stays on pause. Please ring us."


def _of_plan(before: Stood, after: Stood, *, now: datetime) -> Iterator[str]:
    ripple = ripple_between(before, after, now=now)
    kept = ((was, after.meetings[row]) for row, was in before.meetings.items())
    gone = [was for was, one in kept if was.state in OPEN and one.state is MeetingState.CANCELLED]
    if gone:
        them = "it" if len(gone) == 1 else "any of them"
        yield f"{_do(len(gone), 'meeting', 'come')} out of your diary. Please do not go to {them}."
    yield from _named(gone, "This was booked: {}.")
    new = [one for row, one in after.meetings.items() if row not in before.meetings]
    yield from _named(new, "This is booked as before: {}.")
    if ripple.meetings_added:
        yield f"{_are(ripple.meetings_added, 'meeting')} in your plan again, to be booked."
    unsent = ripple.letters_replaced + ripple.letters_taken_back
    if unsent:
        yield f"{_are(unsent, 'letter')} not sent to you any more."


def _named(meetings: list[MeetingStood], words: str) -> Iterator[str]:
    booked = [(one.starts, one.title) for one in meetings if one.starts]
    for starts, title in sorted(booked):
        when = f"{day_in_words(starts.date())}, {time_in_words(starts.time())}"
        yield words.format(f"{title}, {when}")


def _are(number: int, noun: str) -> str:
    return f"{counted(number, noun)} {'is' if number == 1 else 'are'}"


def _do(number: int, noun: str, verb: str) -> str:
    return f"{counted(number, noun)} {verb}{'s' if number == 1 else ''}"
