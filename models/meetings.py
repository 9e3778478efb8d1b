"""One dated step of a pair's plan: introduction, visit, gate, follow-up, review.

A meeting is planned into a window of days and booked to a time. A time is
kept twice, in UTC and as the local time a person was told, with its zone, so
that a change of the rules for summer time can be seen. When days move, the
mentor is asked whether the new ones suit them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from pydantic import NaiveDatetime
from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from models.columns import WordColumn, one_of, stored_as
from models.desk_words import Went
from models.moves import Step, after
from models.rows import Record, Row, Versioned
from models.sealed import sealed_text
from models.states import Absentee, MeetingKind, MeetingMove, MeetingState

MEETING_STEPS: Mapping[MeetingMove, Step[MeetingState]] = {
    MeetingMove.BOOK: Step({MeetingState.PLANNED}, MeetingState.BOOKED),
    MeetingMove.REBOOK: Step({MeetingState.BOOKED}, MeetingState.BOOKED),
    MeetingMove.UNBOOK: Step({MeetingState.BOOKED}, MeetingState.PLANNED),
    MeetingMove.HOLD: Step({MeetingState.BOOKED}, MeetingState.HELD),
    MeetingMove.REOPEN: Step({MeetingState.HELD}, MeetingState.BOOKED),
    MeetingMove.SET_ASIDE: Step({MeetingState.HELD}, MeetingState.CANCELLED),
    MeetingMove.MISS: Step({MeetingState.BOOKED}, MeetingState.MISSED),
    MeetingMove.CANCEL: Step({MeetingState.PLANNED, MeetingState.BOOKED}, MeetingState.CANCELLED),
}
_COUNTS = text("state IN ('planned', 'booked', 'held')")


class DaysAsked(Versioned, Record, table=True):
    """The mentor of a pair is asked whether the new days suit them, and what they said.

    The newest of a pair is the one that counts; one that nobody has answered
    is asked again when the days move again.
    """

    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (suits IS NULL)", name="answer_whole"),
        UniqueConstraint("pair_id", "asked_at"),
    )

    pair_id: UUID = Field(foreign_key="pair.id")
    asked_at: datetime
    answered_at: datetime | None = None
    answered_by: UUID | None = Field(default=None, foreign_key="account.id")
    suits: bool | None = None


class HowItWent(Row, table=True):
    """How a meeting that was held went, in two taps of its mentor.

    `wants_call` is None until the second tap.
    """

    __table_args__ = (one_of("went", Went),)

    meeting_id: UUID = Field(primary_key=True, foreign_key="meeting.id")
    went: Went = Field(sa_type=stored_as(WordColumn(Went)))
    wants_call: bool | None = None
    told_at: datetime
    told_by: UUID | None = Field(default=None, foreign_key="account.id")


class Meeting(Versioned, Record, table=True):
    """One meeting of a pair.

    Kind and number say which meeting of the plan it is, and stay the same
    when dates move; a pair has each only once, missed and cancelled ones
    apart. `generation` rises each time what was told about the meeting is no
    longer true, and its letters and calendar entry with it. `release_number`
    is which release it belongs to: after a recall the plan begins again with
    the next. A meeting not booked on `book_by` is a task for someone. `minutes` is how long it is
    booked for.
    """

    __table_args__ = (
        one_of("kind", MeetingKind),
        one_of("state", MeetingState),
        one_of("missed_by", Absentee),
        CheckConstraint("window_first <= window_last", name="window_in_order"),
        CheckConstraint(
            "number >= 1 AND generation >= 1 AND release_number >= 1", name="counts_range"
        ),
        CheckConstraint("minutes > 0", name="minutes_range"),
        CheckConstraint(
            "(starts_at IS NULL) = (starts_local IS NULL) AND (starts_at IS NULL) = (zone IS NULL)",
            name="time_whole",
        ),
        CheckConstraint(
            "state IN ('planned', 'cancelled')"
            " OR (starts_at IS NOT NULL AND place IS NOT NULL AND booked_at IS NOT NULL)",
            name="booked_is_whole",
        ),
        CheckConstraint("(state = 'missed') = (missed_by IS NOT NULL)", name="missed_by_someone"),
        Index(
            "uq_meeting_of_plan",
            "pair_id",
            "release_number",
            "kind",
            "number",
            unique=True,
            sqlite_where=_COUNTS,
            postgresql_where=_COUNTS,
        ),
    )

    pair_id: UUID = Field(foreign_key="pair.id", index=True)
    kind: MeetingKind = Field(sa_type=stored_as(WordColumn(MeetingKind)))
    number: int
    purpose: str = ""
    state: MeetingState = Field(
        default=MeetingState.PLANNED, sa_type=stored_as(WordColumn(MeetingState))
    )
    state_since: datetime
    generation: int = 1
    release_number: int = 1
    window_first: date
    window_last: date = Field(index=True)
    book_by: date
    starts_at: datetime | None = Field(default=None, index=True)
    starts_local: NaiveDatetime | None = None
    zone: str | None = None
    minutes: int | None = None
    place: str | None = Field(default=None, sa_type=sealed_text())
    booked_at: datetime | None = None
    booked_by: UUID | None = Field(default=None, foreign_key="account.id")
    outcome_by: UUID | None = Field(default=None, foreign_key="account.id")
    missed_by: Absentee | None = Field(default=None, sa_type=stored_as(WordColumn(Absentee)))

    def move(self, move: MeetingMove, *, now: datetime) -> None:
        """Change the state at `now`, or raise IllegalMove.

        What was booked stays written, but who booked it and when only while
        the booking stands, and where it was cancelled as it stood.
        """
        self.state = after(move, self.state, MEETING_STEPS, noun="meeting")
        self.state_since = now
        if move is MeetingMove.UNBOOK:
            self.booked_at = self.booked_by = None
