"""What was told that can only be so if someone has left prison, and that it was a mistake.

Someone whose mentor met them at the gate cannot leave on a later day. Either
the taps were wrong, and there is a gate to stand at after all; or the person
is out, and the date stays. Going back to prison is an event of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.core.words import day_in_words, listed
from matcher.meeting_days import title
from matcher.plans.through_the_gate import PROOF
from matcher.tasks import settle
from models.desk_words import GateStep, TaskKind
from models.gate import GateMark
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.states import MeetingKind, MeetingMove, MeetingState

OUTSIDE = PROOF | {MeetingKind.GATE}
"""Meetings that there can only have been with someone who has left prison."""

NOT_LEFT = "They have not left prison: it was a mistake."
"""How a worry about the way home ends when the person never went."""

DATE_STAYS = (
    "Then the release date cannot move to a later day. "
    "If they have gone back to prison, please tell the regional manager."
)


def meetings_outside(db: Session, pair: Pair) -> Sequence[Meeting]:
    """Return the meetings held at the gate or after it since the last recall, the first on top."""
    outside = select(Meeting).where(
        Meeting.pair_id == pair.id,
        Meeting.state == MeetingState.HELD,
        col(Meeting.kind).in_(OUTSIDE),
    )
    back_since = db.get_one(Leaver, pair.leaver_id).recalled_on or date.min
    return sorted((one for one in db.exec(outside) if _was_on(one) > back_since), key=_was_on)


def in_doubt(held: Sequence[Meeting], release: date | None, today: date) -> bool:
    """Say whether someone met outside would still be in prison if they left on this day."""
    if not held:
        return False
    return release is None or (release >= today and release > _was_on(held[0]))


def what_was_told(db: Session, pair: Pair, held: Sequence[Meeting]) -> str:
    """Return in one sentence what says that the person has left."""
    told = [f"“{title(one)}” was held on {day_in_words(_was_on(one))}" for one in held[:1]]
    if db.get(GateMark, (pair.id, GateStep.HOME_SAFE)):
        told.append("“home safe” was told")
    return f"The mentor told us that they have left: {listed(told)}."


def set_aside(
    db: Session, pair: Pair, held: Collection[Meeting], *, by: UUID | None, now: datetime
) -> None:
    """Take back all that was told of a release that has not been: meetings, taps, worries."""
    for meeting in held:
        meeting.move(MeetingMove.SET_ASIDE, now=now)
        db.add(meeting)
    for made in db.exec(select(GateMark).where(GateMark.pair_id == pair.id)).all():
        db.delete(made)
    worries = {TaskKind.NO_HOME_SAFE}
    settle(db, worries, outcome=NOT_LEFT, by=by, now=now, pair_id=pair.id)
    db.flush()


def _was_on(meeting: Meeting) -> date:
    """The gate is on the day of release, whenever someone says that they met."""
    if meeting.kind is MeetingKind.GATE or meeting.starts_at is None:
        return meeting.window_last
    return local_day(meeting.starts_at)
