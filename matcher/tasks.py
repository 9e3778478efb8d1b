"""What only a person can settle: raised once, and done by someone or by what happens next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

from sqlmodel import Session, col, or_, select

from matcher.core.schedule import deadlines
from matcher.core.sending import local_day
from matcher.core.working_days import official_calendar
from matcher.meeting_days import BEHIND_WALLS, over_on, unanswered
from matcher.pair_days import TABLE, referred_on
from matcher.plans.through_the_gate import PROOF
from models.desk_words import TaskKind
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.referrals import BEFORE_MATCH, Referral
from models.states import Deadline, MeetingKind, MeetingState, PairState, ReferralState
from models.tasks import Task
from models.vocabulary import Region

BOOKED_BY_LIAISON = BEHIND_WALLS | {MeetingKind.GATE}
"""Meetings up to the gate; those after it are arranged by the two people themselves."""

PATIENCE = 2
"""Working days until silence goes to the manager."""

SOON = timedelta(days=21)
"""No earlier than this before a release, gate cover must be certain."""

WARNED = (timedelta(days=14), timedelta(days=21))
"""How long after the release a person is warned that no meeting is proved: of 28 days, 14 or 7
are left."""

OF_LIVE_PAIRS = {
    TaskKind.NOT_BOOKED,
    TaskKind.NO_ANSWER,
    TaskKind.FIRST_OFFER,
    TaskKind.FIRST_MEETING,
    TaskKind.NO_HOME_SAFE,
}
"""Tasks that are needless once their pair has ended."""

NEVER_NEEDLESS = frozenset({TaskKind.RING, TaskKind.WORRY})
"""Tasks that nothing but a person settles, whatever ends meanwhile."""

PAIR_ENDED = "The pair has ended."
"""How a task ends that is needless without its pair."""

DAYS_OVER = "Its days are over."
"""How a task to book a meeting ends when nobody booked it in its days."""


class About(TypedDict, total=False):
    """Whose desk a task is for, a region's or a prison's, and what it is about: ids of rows."""

    region: Region | None
    prison: str | None
    leaver_id: UUID | None
    mentor_id: UUID | None
    pair_id: UUID | None
    meeting_id: UUID | None
    letter_id: UUID | None


def raise_task(
    db: Session, key: str, kind: TaskKind, *, due_on: date, now: datetime, **about: Unpack[About]
) -> Task | None:
    """Put a task on one desk; None if it has been raised before, whether done or not."""
    if db.exec(select(Task.id).where(Task.key == key)).first():
        return None
    task = Task(key=key, kind=kind, due_on=due_on, raised_at=now, **about)
    db.add(task)
    return task


def raise_for_manager(
    db: Session,
    pair: Pair,
    key: str,
    kind: TaskKind,
    *,
    due_on: date,
    now: datetime,
    meeting_id: UUID | None = None,
) -> Task | None:
    """Put a task about a pair on the desk of the region where the leaver resettles."""
    return raise_task(
        db,
        key,
        kind,
        due_on=due_on,
        now=now,
        region=db.get_one(Referral, pair.referral_id).region,
        leaver_id=pair.leaver_id,
        mentor_id=pair.mentor_id,
        pair_id=pair.id,
        meeting_id=meeting_id,
    )


def finish(db: Session, task: Task, *, outcome: str, by: UUID | None, now: datetime) -> None:
    """Record that a task is done and how it came out; one already done stays as it is."""
    if task.done_at is None:
        task.outcome, task.done_by, task.done_at = outcome, by, now
        db.add(task)


def settle(
    db: Session,
    kinds: Collection[TaskKind],
    *,
    outcome: str,
    by: UUID | None,
    now: datetime,
    pair_id: UUID | None = None,
    leaver_id: UUID | None = None,
    meeting_ids: Collection[UUID] | None = None,
) -> None:
    """Finish the open tasks of these kinds about what is named: what they asked for has come."""
    named = {Task.pair_id: pair_id, Task.leaver_id: leaver_id}
    about = [col(column) == value for column, value in named.items() if value is not None]
    if meeting_ids is not None:
        about.append(col(Task.meeting_id).in_(meeting_ids))
    if not about:
        raise ValueError("say what the tasks are about")
    still_open = select(Task).where(*about, col(Task.kind).in_(kinds), col(Task.done_at).is_(None))
    for task in db.exec(still_open):
        finish(db, task, outcome=outcome, by=by, now=now)


def open_again(
    db: Session, kinds: Collection[TaskKind], pair_id: UUID, *, settled_at: datetime
) -> Sequence[Task]:
    """Undo what an answer settled at that moment, and return it: the answer was a mistake."""
    settled = select(Task).where(
        Task.pair_id == pair_id, col(Task.kind).in_(kinds), Task.done_at == settled_at
    )
    tasks = db.exec(settled).all()
    for task in tasks:
        task.outcome, task.done_by, task.done_at = "", None, None
        db.add(task)
    return tasks


def raise_due(db: Session, *, now: datetime) -> list[Task]:
    """Raise every task that is due by now and has not been raised; return those raised.

    What is asked about a pair that has ended is asked no more.
    """
    _settle_ended(db, now=now)
    _settle_over(db, now=now)
    raised = [task for find in DUE for task in find(db, now) if task]
    db.flush()
    return raised


def _not_booked(db: Session, now: datetime) -> Iterator[Task | None]:
    """A meeting to be booked by today: for the liaison, and two working days on the manager."""
    today = local_day(now)
    waiting = select(Meeting, Pair, Leaver).where(
        Meeting.pair_id == Pair.id,
        Pair.leaver_id == Leaver.id,
        Pair.state == PairState.ACCEPTED,
        Meeting.state == MeetingState.PLANNED,
        col(Meeting.kind).in_(BOOKED_BY_LIAISON),
        col(Meeting.book_by) <= today,
        col(Meeting.window_last) >= today,
    )
    raised = set(db.exec(select(Task.key).where(Task.kind == TaskKind.NOT_BOOKED)))
    for meeting, pair, leaver in db.exec(waiting.order_by(col(Meeting.window_last))):
        key = f"not_booked:{meeting.id}:{meeting.book_by}"
        if f"{key}:liaison" not in raised:
            yield raise_task(
                db,
                f"{key}:liaison",
                TaskKind.NOT_BOOKED,
                due_on=meeting.book_by,
                now=now,
                prison=leaver.prison,
                leaver_id=leaver.id,
                pair_id=pair.id,
                meeting_id=meeting.id,
            )
        managers = official_calendar().add(meeting.book_by, PATIENCE)
        if managers <= today and f"{key}:manager" not in raised:
            yield raise_for_manager(
                db,
                pair,
                f"{key}:manager",
                TaskKind.NOT_BOOKED,
                due_on=managers,
                now=now,
                meeting_id=meeting.id,
            )


def _no_answer(db: Session, now: datetime) -> Iterator[Task | None]:
    """Two working days after a meeting nobody has said whether it was held."""
    for meeting in unanswered(db, now):
        due_on = official_calendar().add(over_on(meeting), PATIENCE)
        if due_on <= local_day(now):
            yield raise_for_manager(
                db,
                db.get_one(Pair, meeting.pair_id),
                f"no_answer:{meeting.id}",
                TaskKind.NO_ANSWER,
                due_on=due_on,
                now=now,
                meeting_id=meeting.id,
            )


def _no_gate_cover(db: Session, now: datetime) -> Iterator[Task | None]:
    """Two weeks before the release no mentor has said yes."""
    today = local_day(now)
    covered = select(Pair.leaver_id).where(Pair.state == PairState.ACCEPTED)
    leaving = select(Referral, Leaver).where(
        Referral.leaver_id == Leaver.id,
        col(Referral.state).in_({*BEFORE_MATCH, ReferralState.MATCHED}),
        col(Leaver.release_date).between(today, today + SOON),
        col(Leaver.id).not_in(covered),
    )
    for referral, leaver in db.exec(leaving.order_by(col(Leaver.release_date))):
        if leaver.release_date is None:
            continue
        days = deadlines(TABLE, leaver.release_date, referred_on(referral), official_calendar())
        if days[Deadline.GATE_COVER] <= today:
            yield raise_task(
                db,
                f"no_gate_cover:{referral.id}:{leaver.release_date}",
                TaskKind.NO_GATE_COVER,
                due_on=days[Deadline.GATE_COVER],
                now=now,
                region=referral.region,
                leaver_id=leaver.id,
            )


def _first_meeting(db: Session, now: datetime) -> Iterator[Task | None]:
    """Of the 28 days in which a first meeting must be proved 14 are left, or 7."""
    today = local_day(now)
    proved = select(Meeting.pair_id).where(
        Meeting.state == MeetingState.HELD,
        col(Meeting.kind).in_(PROOF),
        Meeting.pair_id == Pair.id,
        or_(col(Leaver.recalled_on).is_(None), col(Meeting.window_last) > Leaver.recalled_on),
    )
    released = select(Pair, Leaver).where(
        Pair.leaver_id == Leaver.id,
        Pair.state == PairState.ACCEPTED,
        col(Leaver.release_date) <= today - WARNED[0],
        ~proved.correlate(Pair, Leaver).exists(),
    )
    for pair, leaver in db.exec(released):
        release = leaver.release_date or today
        warned_on = max(release + after for after in WARNED if release + after <= today)
        key = f"first_meeting:{pair.id}:{warned_on}"
        yield raise_for_manager(db, pair, key, TaskKind.FIRST_MEETING, due_on=warned_on, now=now)


DUE: Sequence[Callable[[Session, datetime], Iterator[Task | None]]] = (
    _not_booked,
    _no_answer,
    _no_gate_cover,
    _first_meeting,
)
"""What is looked for: to add a task that falls due by itself, add a row."""


def _settle_over(db: Session, *, now: datetime) -> None:
    """What had to be booked by a day that has passed cannot be booked any more."""
    over = select(Meeting.id).where(
        Meeting.state == MeetingState.PLANNED, col(Meeting.window_last) < local_day(now)
    )
    needless = select(Task).where(
        col(Task.meeting_id).in_(over),
        Task.kind == TaskKind.NOT_BOOKED,
        col(Task.done_at).is_(None),
    )
    for task in db.exec(needless):
        finish(db, task, outcome=DAYS_OVER, by=None, now=now)


def _settle_ended(db: Session, *, now: datetime) -> None:
    ended = select(Pair.id).where(Pair.state == PairState.ENDED)
    needless = select(Task).where(
        col(Task.pair_id).in_(ended),
        col(Task.kind).in_(OF_LIVE_PAIRS),
        col(Task.done_at).is_(None),
    )
    for task in db.exec(needless):
        finish(db, task, outcome=PAIR_ENDED, by=None, now=now)
