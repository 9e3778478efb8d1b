"""Whether a meeting was held: asked after each, answered in one tap, and what follows.

What follows is the same for every answer: the plan is made again, and a pair
with nothing ahead is completed. A meeting that nobody booked may have been
all the same; it is then booked and answered at once, at noon of its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import partial
from uuid import UUID

from sqlmodel import Session

from matcher import how_it_went, journey, post
from matcher.bookings import write_booking
from matcher.core.sending import local_day
from matcher.core.words import day_in_words
from matcher.meeting_days import OPEN, in_utc, local_time, unanswered, was_arranged
from matcher.plans.through_the_gate import PROOF
from matcher.practitioner_news import tell_practitioner
from matcher.refusing import NotAllowed
from matcher.ringing import settle_rings
from matcher.tasks import open_again, raise_for_manager, settle
from models.desk_words import RingReason, TaskKind
from models.meetings import Meeting
from models.pairs import Pair
from models.states import Absentee, MeetingKind, MeetingMove, MeetingState

NOON = time(12)

ASKED = frozenset({TaskKind.NOT_BOOKED, TaskKind.NO_ANSWER})
"""Tasks about a meeting that any answer settles."""

WHO_WAS_MISSING: Mapping[Absentee, str] = {
    Absentee.LEAVER: "The leaver was not there",
    Absentee.MENTOR: "The mentor was not there",
    Absentee.PRISON: "The prison could not hold it",
}
"""How it is said, to those who may know, why a meeting was missed."""


def held(
    db: Session, meeting: Meeting, *, by: UUID | None, now: datetime, on: date | None = None
) -> None:
    """Record that a meeting was held, on another day than booked if `on` says so.

    One already held stays as it is. NotAllowed if it cannot have been yet.
    """
    if meeting.state is MeetingState.HELD:
        return
    _place_in_time(meeting, on, by=by, now=now)
    meeting.move(MeetingMove.HOLD, now=now)
    _answered(db, meeting, by=by, now=now)


def missed(db: Session, meeting: Meeting, *, who: Absentee, by: UUID | None, now: datetime) -> None:
    """Record that someone was not there: a task for the manager, and the plan made again.

    One already missed stays as it is. NotAllowed if it is still to come.
    """
    if meeting.state is MeetingState.MISSED:
        return
    if who not in who_may_miss(meeting):
        raise NotAllowed("This was not in prison. Say which of the two was not there.")
    _place_in_time(meeting, None, by=by, now=now)
    meeting.move(MeetingMove.MISS, now=now)
    meeting.missed_by = who
    pair = db.get_one(Pair, meeting.pair_id)
    key = f"missed_meeting:{meeting.id}"
    today = local_day(now)
    raise_for_manager(
        db, pair, key, TaskKind.MISSED_MEETING, due_on=today, now=now, meeting_id=meeting.id
    )
    if meeting.kind is MeetingKind.GATE:
        tell_practitioner(db, pair, now=now)
    _answered(db, meeting, by=by, now=now)


def who_may_miss(meeting: Meeting) -> tuple[Absentee, ...]:
    """Return who may have been missing: after the release the prison has no part in it."""
    both = (Absentee.LEAVER, Absentee.MENTOR)
    return both if meeting.kind in PROOF else (*both, Absentee.PRISON)


def met(db: Session, meeting: Meeting, *, by: UUID | None, now: datetime) -> None:
    """Record as held a meeting that is going on, even if it began before its time."""
    if meeting.state is MeetingState.PLANNED:
        _book_at_noon(meeting, min(local_day(now), meeting.window_last), by=by, now=now)
    meeting.move(MeetingMove.HOLD, now=now)
    _answered(db, meeting, by=by, now=now)


def reopen(db: Session, meeting: Meeting, *, now: datetime) -> None:
    """Take back that a meeting was held: it is open as it was, and asked about again."""
    told_at = meeting.state_since
    meeting.move(MeetingMove.REOPEN, now=now)
    if not was_arranged(meeting):
        meeting.move(MeetingMove.UNBOOK, now=now)
    meeting.outcome_by = None
    how_it_went.forget(db, meeting)
    db.add(meeting)
    open_again(db, ASKED, meeting.pair_id, settled_at=told_at)
    db.flush()
    journey.plan(db, db.get_one(Pair, meeting.pair_id), now=now)


def questions_for(db: Session, mentor_id: UUID, now: datetime) -> list[Meeting]:
    """Return a mentor's meetings that are over and unanswered, the oldest first."""
    return unanswered(db, now, mentor_id)


def _place_in_time(meeting: Meeting, on: date | None, *, by: UUID | None, now: datetime) -> None:
    """See that the meeting is booked to a time that has come, or raise NotAllowed."""
    if meeting.state not in OPEN:
        return
    booked_on = _booked_day(meeting)
    day = on or booked_on or min(local_day(now), meeting.window_last)
    _check_day(meeting, day, booked_on, now=now)
    if day != booked_on:
        _book_at_noon(meeting, day, by=by, now=now)


def _book_at_noon(meeting: Meeting, day: date, *, by: UUID | None, now: datetime) -> None:
    """Book to noon of a day, or to this minute if noon is to come."""
    if meeting.state is not MeetingState.BOOKED:
        meeting.place = ""
    meeting.minutes = None
    noon = datetime.combine(day, NOON)
    local = min(noon, local_time(now).replace(second=0, microsecond=0))
    write_booking(meeting, local, in_utc(local), by=by, now=now)


def _booked_day(meeting: Meeting) -> date | None:
    booked = meeting.state is MeetingState.BOOKED and meeting.starts_local
    return booked.date() if booked else None


def _check_day(meeting: Meeting, day: date, booked_on: date | None, *, now: datetime) -> None:
    is_to_come = meeting.starts_at is not None and meeting.starts_at > now
    if day > local_day(now) or (day == booked_on and is_to_come):
        raise NotAllowed("This meeting is still to come. Answer when it is over.")
    if day < meeting.window_first:
        first = day_in_words(meeting.window_first)
        raise NotAllowed(f"This meeting is planned from {first}. Give that day or a later one.")


def _answered(db: Session, meeting: Meeting, *, by: UUID | None, now: datetime) -> None:
    """What follows an answer: nothing more is sent or asked about it, and the plan goes on."""
    meeting.outcome_by = by
    db.add(meeting)
    db.flush()
    post.cancel_letters(db, now=now, meeting_id=meeting.id)
    outcome = f"Answered: {meeting.state.label.lower()}."
    settle(db, ASKED, outcome=outcome, by=by, now=now, meeting_ids=[meeting.id])
    _close_calls(db, meeting, outcome, by=by, now=now)
    pair = db.get_one(Pair, meeting.pair_id)
    if meeting.state is MeetingState.HELD and meeting.kind in PROOF:
        proved = {TaskKind.FIRST_MEETING}
        settle(db, proved, outcome="They have met.", by=by, now=now, pair_id=pair.id)
    if pair.is_live:
        journey.plan(db, pair, now=now)
        journey.close_if_over(db, pair, now=now)


def _close_calls(
    db: Session, meeting: Meeting, outcome: str, *, by: UUID | None, now: datetime
) -> None:
    """Whoever was to be rung about a meeting that is behind need not be rung any more."""
    late, changed = {RingReason.BOOKED_LATE}, {RingReason.GATE_CHANGED}
    close = partial(settle_rings, outcome=outcome, by=by, now=now, pair_id=meeting.pair_id)
    close(db, late, meeting_id=meeting.id)
    if meeting.kind is MeetingKind.GATE:
        close(db, changed)
