"""A pair that has been accepted, with everyone around it, ready for the journey to the gate."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from matcher import journey
from matcher.bookings import Booking, book
from matcher.outcomes import held
from models.accounts import Account
from models.desk_words import TaskKind
from models.events import Event
from models.gate import GateMark, GatePlan
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair, PairHistory
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.release_words import DateKind
from models.releases import ReleaseDate
from models.rows import Row
from models.states import (
    LetterKind,
    LetterMove,
    LetterState,
    MeetingKind,
    MeetingState,
    PairState,
    ReferralState,
    Role,
)
from models.tasks import Task
from tests.rows import (
    NOW,
    a_leaver_row,
    a_mentor_row,
    a_pair,
    a_referral,
    a_screening,
    an_account,
    places_of,
    vetting_of,
)

RELEASE = date(2027, 2, 3)
"""A Wednesday, ten weeks from the Monday that tests start from."""

ACCEPTED_AT = NOW
A_MONTH = timedelta(days=30)
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Accepted:
    """The rows of one accepted pair and of the people who look after it."""

    db: Session
    leaver: Leaver
    mentor: Mentor
    referral: Referral
    pair: Pair
    liaison: Account
    manager: Account

    def plan(self, now: datetime = NOW) -> None:
        journey.plan(self.db, self.pair, now=now)

    def meetings(self, *states: MeetingState) -> list[Meeting]:
        """The meetings of the pair in the order of their days, of some states or of all."""
        theirs = select(Meeting).where(Meeting.pair_id == self.pair.id)
        in_order = theirs.order_by(
            col(Meeting.window_first), col(Meeting.window_last), col(Meeting.kind)
        )
        return [one for one in self.db.exec(in_order) if not states or one.state in states]

    def meeting(self, kind: MeetingKind, number: int = 1) -> Meeting:
        """The one meeting of that kind and number that is planned, booked or held."""
        counts = (MeetingState.PLANNED, MeetingState.BOOKED, MeetingState.HELD)
        [found] = [
            one for one in self.meetings(*counts) if (one.kind, one.number) == (kind, number)
        ]
        return found

    def letters(self, kind: LetterKind, *states: LetterState) -> list[Letter]:
        """The letters about the pair of one kind, of some states or of all, oldest first."""
        theirs = select(Letter).where(Letter.pair_id == self.pair.id, Letter.kind == kind)
        in_order = theirs.order_by(col(Letter.generation), col(Letter.number), col(Letter.key))
        return [one for one in self.db.exec(in_order) if not states or one.state in states]

    def tasks(self, *kinds: TaskKind) -> list[Task]:
        """The tasks about the pair or its leaver, of some kinds or of all, as they were raised."""
        theirs = select(Task).where(
            or_(Task.pair_id == self.pair.id, Task.leaver_id == self.leaver.id)
        )
        in_order = theirs.order_by(col(Task.raised_at), col(Task.key))
        return [one for one in self.db.exec(in_order) if not kinds or one.kind in kinds]

    def book(self, meeting: Meeting, local: datetime, now: datetime = NOW) -> None:
        """Book a meeting for an hour, by the liaison."""
        told = Booking(starts_local=local, minutes=60, place="Visits hall")
        book(self.db, meeting, told, by=self.liaison.id, now=now)


def an_accepted_pair(
    db: Session, *, release: date = RELEASE, mentor: Mentor | None = None, **told: Any
) -> Accepted:
    """A pair accepted on the Monday that tests start from; nothing is planned for it yet."""
    leaver = a_leaver_row(release_date=release)
    liaison, manager = an_account(Role.LIAISON), an_account(Role.MANAGER)
    referral = a_referral(leaver, state=ReferralState.MATCHED)
    own: list[Any] = []
    if mentor is None:
        mentor = a_mentor_row()
        own = [mentor, *places_of(mentor), *vetting_of(mentor)]
    accepted = {"state": PairState.ACCEPTED, "accepted_at": ACCEPTED_AT}
    pair = a_pair(referral, mentor, **accepted | told)
    given = {"kind": DateKind.CONFIRMED, "day": release, "source": "liaison"}
    dated = ReleaseDate(leaver_id=leaver.id, recorded_at=NOW - timedelta(days=20), **given)
    db.add_all(
        [
            leaver,
            a_screening(leaver, recorded_at=NOW - A_MONTH),
            liaison,
            manager,
            referral,
            *own,
            pair,
            dated,
        ]
    )
    db.flush()
    return Accepted(db, leaver, mentor, referral, pair, liaison, manager)


def at(day: date, hour: int = 9, minute: int = 30) -> datetime:
    """The moment (UTC) of a local time of day."""
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)
    return local.astimezone(UTC)


def on(day: date, hour: int = 10) -> datetime:
    """The local time, as people are told it."""
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001


SENT = (LetterMove.FALL_DUE, LetterMove.CLAIM, LetterMove.START, LetterMove.SUCCEED)


def send(letter: Letter, now: datetime, moves: Sequence[LetterMove] = SENT) -> None:
    """Take a letter all the way to sent, or as far as the moves lead."""
    letter.lease_until = now + timedelta(minutes=2)
    letter.attempt, letter.message_id = 1, f"<{letter.id}@example.org>"
    for move in moves:
        letter.move(move, now=now)
    if letter.state is LetterState.SENT:
        letter.sent_at, letter.answer = now, "250 OK"


def hold_all(there: Accepted, but_for: Collection[tuple[MeetingKind, int]]) -> None:
    """Hold every meeting on its last day, but for some that nobody says anything about."""
    for meeting in there.meetings(MeetingState.PLANNED):
        if (meeting.kind, meeting.number) not in but_for:
            day = meeting.window_last
            held(there.db, meeting, on=day, by=None, now=at(day, 15))


def contents_of(row: Row) -> dict[str, Any]:
    """All that is kept in one row."""
    return {name: getattr(row, name) for name in type(row).model_fields}


def contents(db: Session) -> list[dict[str, Any]]:
    """All that is kept about meetings, letters, pairs, tasks and gates, whatever its order."""
    db.flush()
    kinds = (Meeting, Letter, Pair, PairHistory, Task, GatePlan, GateMark, ReleaseDate, Event)
    rows = [contents_of(row) for kind in kinds for row in db.exec(select(kind))]
    return sorted(rows, key=str)


def days_of(meetings: Collection[Meeting]) -> dict[tuple[str, int], tuple[date, date]]:
    """The windows of meetings by which they are."""
    return {(one.kind.value, one.number): (one.window_first, one.window_last) for one in meetings}
