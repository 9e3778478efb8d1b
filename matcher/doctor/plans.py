"""Whether each pair's rows are what its table and dates give: I10."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import col, func, select

from matcher import journey
from matcher.doctor.bookings import bookings_ahead
from matcher.doctor.case import Breach, Case, Found
from matcher.meeting_days import OPEN, asks_for_answer
from matcher.plan_changes import UNSENT, Changes
from models.audit import AuditEntry
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver
from models.runs import JobRun
from models.states import PairState

BEGUN = (PairState.ACCEPTED, PairState.SUSPENDED)
AT_ONCE = 500
"""How many pairs are read together; those that are done with leave the memory."""


def plans_are_as_planned(case: Case) -> Found:
    """I10: whatever would change if every pair were planned again, and nothing has happened.

    A plan moves on with the days, once each night. So it is made again as at
    this moment, as at the last night, and as at the last change of the pair:
    one of them has to give the rows that are there.
    """
    yield from _ahead_of_others(case)
    yield from bookings_ahead(case)
    live = select(Pair.id).where(col(Pair.state).in_(BEGUN)).order_by(col(Pair.id))
    ids = list(case.db.exec(live))
    kept_up_at = _kept_up_at(case)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        for pair in case.db.exec(select(Pair).where(col(Pair.id).in_(some))).all():
            yield from _differences(case, pair, kept_up_at)


def _differences(case: Case, pair: Pair, kept_up_at: datetime | None) -> list[Breach]:
    """Return what differs, by the moment at which the least does."""
    fewest: list[Breach] | None = None
    for moment in _moments(case, pair, kept_up_at):
        found = list(_planned_again(case, pair, moment))
        if fewest is None or len(found) < len(fewest):
            fewest = found
        if not fewest:
            break
    return fewest or []


def _moments(case: Case, pair: Pair, kept_up_at: datetime | None) -> Iterator[datetime]:
    yield case.now
    if kept_up_at:
        yield kept_up_at
    about = select(func.max(AuditEntry.at)).where(
        AuditEntry.leaver_id == pair.leaver_id,
        AuditEntry.mentor_id == pair.mentor_id,
        col(AuditEntry.action) != "read",
    )
    last: datetime | None = case.db.exec(about).one()
    if last is not None:
        yield last


def _planned_again(case: Case, pair: Pair, moment: datetime) -> Iterator[Breach]:
    leaver = case.db.get_one(Leaver, pair.leaver_id)
    state, anchor = journey.followed(case.db, pair, leaver.release_date, now=moment)
    if state is not pair.state:
        yield Breach("pair", str(pair.id), "its dates say that it should be paused, or go on")
    else:
        yield from _told(pair, journey.changes(case.db, pair, anchor, now=moment))


def _told(pair: Pair, found: Changes) -> Iterator[Breach]:
    """Yield what a plan made anew would change."""
    for meeting, _ in (*found.moved, *found.unbooked):
        yield Breach("meeting", str(meeting.id), "its days are not those of the plan")
    for meeting in found.dropped:
        yield Breach("meeting", str(meeting.id), "the plan has no such meeting")
    if found.meetings_added:
        yield Breach("pair", str(pair.id), "a meeting of its plan is missing")
    for letter in found.letters_dropped:
        yield Breach("letter", str(letter.id), "the plan has no such letter")
    if found.letters_added:
        yield Breach("pair", str(pair.id), "a letter of its plan is missing")


def _ahead_of_others(case: Case) -> Iterator[Breach]:
    """Yield what lies ahead of pairs that have not begun, or are over."""
    others = select(Pair.id).where(col(Pair.state).not_in(BEGUN)).scalar_subquery()
    meetings = select(Meeting, Pair.state_since).where(
        Meeting.pair_id == Pair.id, col(Pair.id).in_(others), col(Meeting.state).in_(OPEN)
    )
    for meeting, since in case.db.exec(meetings.order_by(col(Meeting.id))):
        # One that was over before the pair ended lies behind it, though nobody said how it went.
        if not asks_for_answer(meeting, since):
            told = "it lies ahead of a pair that is not under way"
            yield Breach("meeting", str(meeting.id), told)
    letters = select(Letter.id).where(
        col(Letter.pair_id).in_(others),
        col(Letter.state).in_(UNSENT),
        col(Letter.kind).in_(journey.PLANNED_AS),
        col(Letter.meeting_id).is_(None),
    )
    for letter_id in case.db.exec(letters.order_by(col(Letter.id))):
        yield Breach("letter", str(letter_id), "it lies ahead of a pair that is not under way")


def _kept_up_at(case: Case) -> datetime | None:
    """Return when every pair was last planned again by the clock."""
    nights = select(func.max(JobRun.started_at)).where(JobRun.job == "keep up")
    return case.db.exec(nights).one()
