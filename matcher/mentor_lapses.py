"""A mentor who cannot go on: someone steps in for each leaver, or the plan is made again.

Of a pause for themselves nobody is asked a reason, and no reason is ever
handed on. What was done and agreed is kept for whoever comes next. A standby
is asked by an ordinary proposal, after every rule is asked again; where none
may step in, the clock plans for the leaver within the minute.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.core.words import day_in_words, listed
from matcher.endings import close_pair, end_pair, let_standbys_go
from matcher.meeting_days import title
from matcher.mentors_for import MentorsFor
from matcher.people_to_avoid import wait_or_hold
from matcher.rechecks import recheck_mentor
from matcher.ringing import raise_ring
from matcher.single_proposals import free_place, propose_one
from matcher.standings import standing_of
from matcher.stood import News
from models.council_words import Note
from models.database import wait_for_other_runs
from models.desk_words import LapseStep, RingReason
from models.meetings import Meeting
from models.pairs import LIVE, Pair
from models.people import Mentor
from models.referrals import Referral
from models.standbys import Standby
from models.states import (
    MeetingState,
    MentorMove,
    MentorState,
    Move,
    PairState,
    ReferralMove,
    ReferralState,
)

LAPSED = "The mentor is not there any more."
"""Why a pair ended, in its history; the mentor's own reason is nobody's here."""


def lapses(db: Session, mentor: Mentor, news: News) -> None:
    """Pause a mentor, end their time, or let them come back; their leavers get someone else.

    Of a lapse that is over already, told late, only the pairs of its own day come to their end.
    """
    if news.event.facts["step"] != LapseStep.BACK:
        standing = standing_of(db, mentor)
        is_over = not (standing.ended or standing.frozen)
        had_on = local_day(news.event.happened_at) if is_over else None
        leave_leavers(db, mentor, had_on=had_on, by=news.by, now=news.now)
        let_go_as_standby(db, mentor, now=news.now)
    _keep_state(db, mentor, now=news.now)
    recheck_mentor(db, mentor.id, now=news.now)


def leave_leavers(
    db: Session,
    mentor: Mentor,
    *,
    had_on: date | None = None,
    by: UUID | None,
    now: datetime,
    tells: bool = True,
) -> None:
    """End every live pair of a mentor who is not there, and let a standby step in for each.

    Or, where they are there again, those pairs alone that they `had_on` a day.
    With `tells` False the mentor is written nothing: they no longer want to be.
    """
    wait_for_other_runs(db)
    live = select(Pair).where(Pair.mentor_id == mentor.id, col(Pair.state).in_(LIVE))
    for pair in db.exec(live.order_by(col(Pair.id))).all():
        if had_on is None or local_day(pair.proposed_at) <= had_on:
            _leave(db, pair, by=by, now=now, tells=tells)


def let_go_as_standby(db: Session, mentor: Mentor, *, now: datetime) -> None:
    """Let a mentor stand by for nobody any more; they were told nothing."""
    rows = select(Standby).where(Standby.mentor_id == mentor.id, col(Standby.slot).is_not(None))
    for standby in db.exec(rows):
        standby.close(now=now)
    db.flush()


def _leave(db: Session, pair: Pair, *, by: UUID | None, now: datetime, tells: bool) -> None:
    begun = pair.accepted_at is not None
    if begun:
        _keep_for_the_next(db, pair, by=by, now=now)
    ends = end_pair if tells else close_pair
    ends(
        db, pair, Move.STAND_DOWN if _is_on(pair) else Move.WITHDRAW, by=by, now=now, reason=LAPSED
    )
    referral = db.get_one(Referral, pair.referral_id)
    if referral.state is ReferralState.MATCHED:
        referral.move(ReferralMove.UNMATCH, by=by, now=now)
        wait_or_hold(db, referral, by=by, now=now)
    db.flush()
    if begun:
        raise_ring(db, pair, RingReason.MENTOR_LEFT, now=now)
    _let_one_step_in(db, pair, referral, now=now)


def _is_on(pair: Pair) -> bool:
    return pair.state in (PairState.ACCEPTED, PairState.SUSPENDED)


def _let_one_step_in(db: Session, pair: Pair, referral: Referral, *, now: datetime) -> None:
    """Propose the first standby whom no rule bars now and who has a place."""
    beside = select(Standby).where(Standby.pair_id == pair.id, col(Standby.slot).is_not(None))
    waits = referral.state is ReferralState.WAITING
    for standby in db.exec(beside.order_by(col(Standby.turn))).all():
        if not waits or standby.mentor_id == pair.mentor_id:
            continue
        people = MentorsFor.of(db, referral, now=now, only=[standby.mentor_id])
        place = free_place(db, standby.mentor_id)
        if place is None or people.in_the_way(standby.mentor_id):
            continue
        propose_one(db, people, standby.mentor_id, place, now=now)
        standby.call(now=now)
        waits = False
    let_standbys_go(db, pair, now=now)


def _keep_for_the_next(db: Session, pair: Pair, *, by: UUID | None, now: datetime) -> None:
    """Keep what was done and what was agreed, never why it ended, where the next mentor reads."""
    states = (MeetingState.HELD, MeetingState.BOOKED)
    theirs = select(Meeting).where(Meeting.pair_id == pair.id, col(Meeting.state).in_(states))
    meetings = sorted(db.exec(theirs), key=lambda one: (_was_on(one), one.kind.rank, one.number))
    held = [_on(one) for one in meetings if one.state is MeetingState.HELD]
    agreed = [_on(one) for one in meetings if one.state is MeetingState.BOOKED]
    told = [
        f"Done with the mentor before: {listed(held, len(held))}." if held else "",
        f"Was agreed: {listed(agreed, len(agreed))}." if agreed else "",
    ]
    text = " ".join(filter(None, told)) or "There was a mentor before. They had not met yet."
    row: dict[str, Any] = {"leaver_id": pair.leaver_id, "recorded_at": now, "recorded_by": by}
    db.add(Note(text=text, shareable=True, **row))


def _on(meeting: Meeting) -> str:
    return f"{title(meeting)} on {day_in_words(_was_on(meeting))}"


def _was_on(meeting: Meeting) -> date:
    return local_day(meeting.starts_at) if meeting.starts_at else meeting.window_last


def _keep_state(db: Session, mentor: Mentor, *, now: datetime) -> None:
    """Bring a mentor's state up to what has happened to them."""
    standing, state = standing_of(db, mentor), mentor.state
    if standing.ended and state is not MentorState.ENDED:
        mentor.move(MentorMove.END, now=now)
    elif standing.frozen and state is MentorState.ACTIVE:
        mentor.move(MentorMove.PAUSE, now=now)
    elif not standing.frozen and not standing.ended and state is MentorState.PAUSED:
        mentor.move(MentorMove.RESUME, now=now)
    db.add(mentor)
    db.flush()
