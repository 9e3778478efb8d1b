"""How things stand with one person: what an event is looked at by, before it and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from matcher.meeting_days import title
from models.desk_words import TaskKind
from models.events import Event
from models.meetings import DaysAsked, Meeting
from models.outbox import NOT_UNDER_WAY, Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.states import LetterKind, LetterState, MeetingKind, MeetingState, PairState
from models.tasks import Task

TOLD_APART = frozenset(
    {LetterKind.DIGEST, LetterKind.GATE_CHANGED, LetterKind.STOOD_DOWN, LetterKind.RING_US}
)
"""Letters that only say that something has changed: the ripple says that in words of its own."""


@dataclass(frozen=True)
class MeetingStood:
    """One meeting as it stood: its days, and the local time if it was booked."""

    kind: MeetingKind
    title: str
    state: MeetingState
    days: tuple[date, date]
    starts: datetime | None


@dataclass(frozen=True)
class Stood:
    """How it stood with one person; rows by their ids.

    `unsent` says of each letter not yet sent what it tells and to whom, so
    that the same on other days is known again; `asked` are open questions
    about new days, `calls` the open calls. `before_yes` are the pairs to which
    no mentor has said yes, and the letters about them: no council knows of those.
    """

    release: date | None
    meetings: Mapping[UUID, MeetingStood]
    pairs: Mapping[UUID, PairState]
    unsent: Mapping[UUID, tuple[str, ...]]
    cancelled: AbstractSet[UUID]
    asked: AbstractSet[UUID]
    calls: AbstractSet[UUID]
    before_yes: AbstractSet[UUID]


@dataclass(frozen=True)
class News:
    """An event as its verb gets it: the row, how things stood before, who told it and when."""

    event: Event
    before: Stood
    by: UUID | None
    now: datetime


def stood(db: Session, person: Leaver | Mentor) -> Stood:
    """Read how things stand with someone now."""
    db.flush()
    about_pair = _is_about(person, col(Pair.leaver_id), col(Pair.mentor_id))
    pairs = db.exec(select(Pair).where(about_pair)).all()
    ids = [pair.id for pair in pairs]
    of_pairs = select(Meeting).where(col(Meeting.pair_id).in_(ids))
    meetings = db.exec(of_pairs).all() if ids else ()
    about = _is_about(person, col(Letter.leaver_id), col(Letter.mentor_id))
    letters = select(Letter).where(or_(col(Letter.pair_id).in_(ids), about))
    told = [one for one in db.exec(letters) if one.kind not in TOLD_APART]
    return Stood(
        release=person.release_date if isinstance(person, Leaver) else None,
        meetings={one.id: _of_meeting(one) for one in meetings},
        pairs={pair.id: pair.state for pair in pairs},
        unsent={one.id: _said(one) for one in told if one.state in NOT_UNDER_WAY},
        cancelled={one.id for one in told if one.state is LetterState.CANCELLED},
        asked=_asked(db, ids),
        calls=_calls(db, person),
        before_yes=_before_yes(pairs, told),
    )


def _before_yes(pairs: Sequence[Pair], letters: Sequence[Letter]) -> set[UUID]:
    open_ones = {pair.id for pair in pairs if pair.state in (PairState.PROPOSED, PairState.OFFERED)}
    return open_ones | {letter.id for letter in letters if letter.pair_id in open_ones}


def _is_about(person: Leaver | Mentor, leaver_id: object, mentor_id: object) -> ColumnElement[bool]:
    column: ColumnElement[UUID] = leaver_id if isinstance(person, Leaver) else mentor_id  # type: ignore[assignment]
    return column == person.id


def _of_meeting(meeting: Meeting) -> MeetingStood:
    booked = meeting.state is MeetingState.BOOKED
    return MeetingStood(
        meeting.kind,
        title(meeting),
        meeting.state,
        (meeting.window_first, meeting.window_last),
        meeting.starts_local if booked else None,
    )


def _said(letter: Letter) -> tuple[str, ...]:
    """Return what a letter tells, but for the generation: what stays the same on other days."""
    return tuple(letter.key.split(":")[:-1])


def _asked(db: Session, pair_ids: list[UUID]) -> set[UUID]:
    asked = select(DaysAsked.id).where(
        col(DaysAsked.pair_id).in_(pair_ids), col(DaysAsked.answered_at).is_(None)
    )
    return set(db.exec(asked)) if pair_ids else set()


def _calls(db: Session, person: Leaver | Mentor) -> set[UUID]:
    about = _is_about(person, col(Task.leaver_id), col(Task.mentor_id))
    calls = select(Task.id).where(Task.kind == TaskKind.RING, about, col(Task.done_at).is_(None))
    return set(db.exec(calls))
