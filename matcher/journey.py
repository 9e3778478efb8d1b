"""A pair's plan as rows: the pure plan of `core.schedule`, kept up with the dates.

The plan is made again whenever something changes, and each time the rows are
brought up to it. What was held or sent stays; a meeting that is over and
unanswered stays as it is until someone says; a booked meeting keeps its time
if its new days still allow it, one before the gate if it can still be held at
all, and else must be booked again. What is not in
the plan any more is cancelled. Planning again at once changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, func, select

from matcher import moved_days, post
from matcher.calling_off import call_off
from matcher.core.pathway_rows import LetterKey
from matcher.core.schedule import PlannedLetter, PlannedMeeting
from matcher.core.sending import closing_of, local_day
from matcher.core.standing import Standing
from matcher.meeting_days import OPEN
from matcher.pair_days import is_near
from matcher.pausing import what_pauses
from matcher.plan_changes import UNSENT, Changes, changes_of
from matcher.ringing import OF_LIVE_PAIRS, settle_rings
from matcher.standings import PAUSED_BY, standing_of
from matcher.tasks import DAYS_OVER, PAIR_ENDED, settle
from models.desk_words import RingReason, TaskKind
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair, PairHistory
from models.people import Leaver
from models.referrals import Referral
from models.states import (
    Channel,
    LetterKind,
    LetterMove,
    MeetingMove,
    MeetingState,
    Move,
    PairState,
)

NO_DATE_NEAR = "No release date in the next 12 weeks."
"""Why a pair was paused, in its history: such a pair goes on when the date is near."""

GOES_ON = "Nothing stops the plan any more."

GOES_ON_BY_ITSELF = {NO_DATE_NEAR, *PAUSED_BY.values()}
"""Pauses that end when what they were for is over; any other is the manager's to end."""

PLANNED_AS = {
    LetterKind.INTRODUCTION: Channel.PRINT,
    LetterKind.FIRST_MEETING_WARNING: Channel.EMAIL,
}
"""Letters of the plan's table that are due by their date alone, and how each travels.

The gate plan waits until there is one: `gate_day.confirm` plans it.
"""


class Followed(NamedTuple):
    """Where a date leaves a pair: its state from now on, and the day its plan counts from."""

    state: PairState
    anchor: date | None


def plan(db: Session, pair: Pair, *, now: datetime, standing: Standing | None = None) -> Changes:
    """Bring the meetings and letters of a pair up to its dates, and return what was changed.

    A pair that is not accepted, or whose leaver has no date, has nothing ahead:
    all that was planned is cancelled.
    """
    leaver = db.get_one(Leaver, pair.leaver_id)
    anchor = leaver.release_date if pair.state is PairState.ACCEPTED else None
    found = changes(db, pair, anchor, now=now, standing=standing)
    _keep_meetings(db, found, now=now)
    _keep_letters(db, pair, found, now=now)
    if anchor:
        sought, outcome = {TaskKind.NO_GATE_COVER}, "A mentor has said yes."
        settle(db, sought, outcome=outcome, by=None, now=now, leaver_id=pair.leaver_id)
    db.flush()
    return found


def changes(
    db: Session, pair: Pair, anchor: date | None, *, now: datetime, standing: Standing | None = None
) -> Changes:
    """Return how the rows of a pair would change if its leaver left on `anchor`; None is never."""
    referral = db.get_one(Referral, pair.referral_id)
    meetings = db.exec(select(Meeting).where(Meeting.pair_id == pair.id)).all()
    letters = db.exec(select(Letter).where(Letter.pair_id == pair.id)).all()
    standing = standing or standing_of(db, db.get_one(Leaver, pair.leaver_id))
    return changes_of(
        pair, referral, meetings, letters, PLANNED_AS, anchor=anchor, standing=standing, now=now
    )


def follow_date(db: Session, pair: Pair, *, by: UUID | None, now: datetime) -> Changes:
    """Pause an accepted pair that an event stops or whose date is gone or far, and plan.

    It goes on when nothing stops it any more and the date is near. A pause for
    another reason stays, and so does one that a rule has come to bar.
    """
    leaver = db.get_one(Leaver, pair.leaver_id)
    standing = standing_of(db, leaver)
    state = _state_after(db, pair, standing, leaver.release_date, now=now)
    if state is PairState.SUSPENDED is not pair.state:
        why = _what_stops(standing, leaver.release_date, now)
        pair.move(Move.SUSPEND, by=by, now=now, reason=why)
    elif state is not pair.state:
        pair.move(Move.RESUME, by=by, now=now, reason=GOES_ON)
    return plan(db, pair, now=now, standing=standing)


def followed(db: Session, pair: Pair, release: date | None, *, now: datetime) -> Followed:
    """Return where a release date would leave a pair; pauses for other reasons stay.

    Nor does a pair go on that a rule has come to bar while it was paused.
    """
    standing = standing_of(db, db.get_one(Leaver, pair.leaver_id))
    state = _state_after(db, pair, standing, release, now=now)
    return Followed(state, release if state is PairState.ACCEPTED else None)


def _state_after(
    db: Session, pair: Pair, standing: Standing, release: date | None, *, now: datetime
) -> PairState:
    why = _what_stops(standing, release, now)
    if pair.state is PairState.ACCEPTED and why:
        return PairState.SUSPENDED
    goes_on = pair.state is PairState.SUSPENDED and not why and _paused_by_itself(db, pair)
    return PairState.ACCEPTED if goes_on and not what_pauses(db, pair, now=now) else pair.state


def _what_stops(standing: Standing, release: date | None, now: datetime) -> str:
    if standing.frozen:
        return PAUSED_BY[standing.frozen[-1]]
    return "" if is_near(release, local_day(now)) else NO_DATE_NEAR


def close_if_over(db: Session, pair: Pair, *, now: datetime) -> bool:
    """Complete an accepted pair that has nothing ahead and nothing unanswered; return if so."""
    if not is_over(db, pair, now=now):
        return False
    pair.move(Move.COMPLETE, by=None, now=now)
    settle_rings(db, OF_LIVE_PAIRS, outcome=PAIR_ENDED, by=None, now=now, pair_id=pair.id)
    plan(db, pair, now=now)
    return True


def is_over(db: Session, pair: Pair, *, now: datetime) -> bool:
    """Say whether an accepted pair has nothing ahead and nothing unanswered."""
    release = db.get_one(Leaver, pair.leaver_id).release_date
    if pair.state is not PairState.ACCEPTED or release is None:
        return False
    still_open = select(Meeting).where(Meeting.pair_id == pair.id, col(Meeting.state).in_(OPEN))
    if db.exec(still_open).first():
        return False
    return not changes(db, pair, release, now=now).meetings_added


def tell_of_change(db: Session, pair: Pair, *, now: datetime) -> None:
    """Plan the one letter that says "something has changed"; an unsent one before it falls away.

    With it the mentor is asked whether the new days suit them. One is enough
    for a day: where one has gone out today, the next waits for the next opening.
    """
    moved_days.ask(db, pair, now=now)
    kind = LetterKind.DIGEST
    post.cancel_letters(db, now=now, pair_id=pair.id, kinds={kind})
    post.plan_letter(
        db,
        kind,
        Channel.EMAIL,
        post.to_mentor(pair.mentor_id),
        now=now,
        wanted=_not_today_again(db, pair, now),
        leaver_id=pair.leaver_id,
        mentor_id=pair.mentor_id,
        pair_id=pair.id,
        generation=next_generation(db, kind, pair.id),
    )


def _not_today_again(db: Session, pair: Pair, now: datetime) -> datetime:
    gone = select(func.max(Letter.sent_at)).where(
        Letter.mentor_id == pair.mentor_id, Letter.kind == LetterKind.DIGEST
    )
    last, today = db.exec(gone).one(), local_day(now)
    return closing_of(today) if last and local_day(last) == today else now


def next_generation(db: Session, kind: LetterKind, pair_id: UUID) -> int:
    """Return the generation of the next letter of a kind about a pair."""
    planned = select(func.max(Letter.generation)).where(
        Letter.pair_id == pair_id, Letter.kind == kind
    )
    return (db.exec(planned).one() or 0) + 1


def _paused_by_itself(db: Session, pair: Pair) -> bool:
    paused = select(PairHistory).where(
        PairHistory.pair_id == pair.id, PairHistory.move == Move.SUSPEND
    )
    last = db.exec(paused.order_by(col(PairHistory.number).desc())).first()
    return (last.reason if last else None) in GOES_ON_BY_ITSELF


def _keep_meetings(db: Session, found: Changes, *, now: datetime) -> None:
    for meeting, planned in (*found.moved, *found.unbooked):
        _give_days(meeting, planned)
    for meeting, _ in found.unbooked:
        meeting.move(MeetingMove.UNBOOK, now=now)
        take_back(db, meeting, now=now)
    for meeting in found.dropped:
        was_booked = meeting.state is MeetingState.BOOKED
        meeting.move(MeetingMove.CANCEL, now=now)
        if was_booked:
            take_back(db, meeting, now=now)
    _settle_asked(db, [*(moved for moved, _ in found.moved), *found.dropped], now=now)
    db.add_all(found.new_meetings(now))


def _settle_asked(db: Session, meetings: Sequence[Meeting], *, now: datetime) -> None:
    """Finish what was asked about meetings that have other days now, or none."""
    asked, today = {TaskKind.NOT_BOOKED, TaskKind.NO_ANSWER}, local_day(now)
    for outcome, over in ((DAYS_OVER, True), ("The plan is new.", False)):
        ids = [one.id for one in meetings if (one.window_last < today) is over]
        if ids:
            settle(db, asked, outcome=outcome, by=None, now=now, meeting_ids=ids)


def _give_days(meeting: Meeting, planned: PlannedMeeting) -> None:
    meeting.window_first, meeting.window_last = planned.first_day, planned.last_day
    meeting.book_by, meeting.purpose = planned.book_by, planned.purpose


def take_back(db: Session, meeting: Meeting, *, now: datetime) -> None:
    """Take back all that was told about a booked meeting: it is no longer true."""
    meeting.generation += 1
    post.cancel_letters(db, now=now, meeting_id=meeting.id)
    call_off(db, meeting, now=now)
    about = {"pair_id": meeting.pair_id, "meeting_id": meeting.id}
    late = {RingReason.BOOKED_LATE}
    settle_rings(db, late, outcome="It is called off.", by=None, now=now, **about)


def _keep_letters(db: Session, pair: Pair, found: Changes, *, now: datetime) -> None:
    """Cancel and plan anew; a letter that has gone out meanwhile needs no other."""
    gone: set[LetterKey] = set()
    for letter in found.letters_dropped:
        db.refresh(letter, with_for_update=True)
        if letter.state in UNSENT:
            letter.move(LetterMove.CANCEL, now=now)
        else:
            gone.add(LetterKey(letter.kind, letter.number))
    for planned, generation in found.letters_added:
        if planned.key not in gone:
            _plan_letter(db, pair, planned, generation, now=now)


def _plan_letter(
    db: Session, pair: Pair, planned: PlannedLetter, generation: int, *, now: datetime
) -> None:
    channel = PLANNED_AS[planned.key.kind]
    post.plan_letter(
        db,
        planned.key.kind,
        channel,
        post.to_leaver(pair.leaver_id)
        if channel is Channel.PRINT
        else post.to_mentor(pair.mentor_id),
        now=now,
        window=planned.window,
        leaver_id=pair.leaver_id,
        mentor_id=pair.mentor_id,
        pair_id=pair.id,
        number=planned.key.number,
        generation=generation,
    )
