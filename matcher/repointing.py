"""Every place that refers to a leaver or a mentor, and how it is pointed to another one.

A table: to add a table that refers to people, add a row. A test walks all the
references of the database and complains of one that is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import Account
from models.contacts import Contact, Practitioner
from models.council_words import AvoidNote, Note, PersonToAvoid
from models.events import Event
from models.expenses import Expense, Receipt
from models.former import FormerNumber
from models.needs import LoadSaid, MentorCoach
from models.outbox import Letter
from models.own_says import OwnSay
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.places import MentorPlace
from models.privacy import ChangeReason, Consent, LegalHold
from models.referrals import Referral, Screening
from models.releases import ReleaseDate
from models.restrictions import Curfew, ExclusionZone, Link
from models.sign_ins import BreakGlass, Invitation
from models.standbys import Standby
from models.tasks import Task
from models.vetting import (
    ChildrenCheck,
    Clearance,
    MentorAssessment,
    MentorGangs,
    MentorLicence,
    Supervision,
    Term,
    Training,
)
from models.worries import Worry

AN_INSTANT = timedelta(microseconds=1)
WHEN = ("id", "recorded_at", "recorded_by")
"""What sets two rows apart that say the same."""


@dataclass(frozen=True)
class Point:
    """One column that refers to a person, and the verb that points it to another.

    `verb` None says that the verb of leavers or mentors sees to it itself.
    """

    rows: type[Any]
    column: str
    verb: Callable[[Session, Point, UUID, UUID], None] | None

    def of(self, db: Session, person_id: UUID) -> list[Any]:
        """Return the rows that refer to someone in this column, locked, in the order of ids."""
        theirs = select(self.rows).where(getattr(self.rows, self.column) == person_id)
        key = [col(getattr(self.rows, one.name)) for one in self.rows.__table__.primary_key]
        locked = theirs.order_by(*key).with_for_update()
        return list(db.exec(locked.execution_options(populate_existing=True)))

    def says(self, row: Any) -> tuple[Any, ...]:
        """Return all that a row says but for whom it is about, and who recorded it when."""
        names = type(row).model_fields.keys() - {*WHEN, self.column}
        return tuple(getattr(row, name) for name in sorted(names))


def moved(db: Session, point: Point, goes: UUID, stays: UUID) -> None:
    """Point every row to the one that stays."""
    for row in point.of(db, goes):
        setattr(row, point.column, stays)
    db.flush()


def kept_once(db: Session, point: Point, goes: UUID, stays: UUID) -> None:
    """Point every row to the one that stays, but for what is on file there in the same words."""
    on_file = [point.says(row) for row in point.of(db, stays)]
    for row in point.of(db, goes):
        if point.says(row) in on_file:
            db.delete(row)
        else:
            setattr(row, point.column, stays)
    db.flush()


def as_history(db: Session, point: Point, goes: UUID, stays: UUID) -> None:
    """Make one history of two, in which nothing is said twice running.

    No two rows of it are recorded in the same instant: of two the one that
    stays is the later.
    """
    for rows in _histories(db, point, goes, stays):
        last: Any = None
        for row in rows:
            if last is not None and point.says(last) == point.says(row):
                db.delete(row)
            else:
                last = row
        db.flush()
    taken = {(_part(row), row.recorded_at) for row in point.of(db, stays)}
    for row in sorted(point.of(db, goes), key=lambda one: one.recorded_at, reverse=True):
        while (_part(row), row.recorded_at) in taken:
            row.recorded_at -= AN_INSTANT
        taken.add((_part(row), row.recorded_at))
        setattr(row, point.column, stays)
    db.flush()


def _histories(db: Session, point: Point, goes: UUID, stays: UUID) -> Iterator[list[Any]]:
    """Yield the rows of both, the oldest first, of each kind of date and each prison apart."""
    rows = [*point.of(db, goes), *point.of(db, stays)]
    rows.sort(key=lambda row: (row.recorded_at, getattr(row, point.column) == stays))
    for part in sorted({_part(row) for row in rows}):
        yield [row for row in rows if _part(row) == part]


def _part(row: Any) -> str:
    """Return of what a row is the history: a kind of date, a prison, or the person's only one."""
    parts = (getattr(row, name, "") for name in ("kind", "purpose", "prison"))
    return str(next(filter(None, parts), ""))


_HISTORIES = (MentorAssessment, Clearance, ChildrenCheck, Training)
_MORE_HISTORIES = (Supervision, Term, MentorLicence, MentorGangs)
_NEEDS = (MentorCoach, LoadSaid)
_ENDS = ("one_leaver_id", "one_mentor_id", "other_leaver_id", "other_mentor_id")
_EITHER = ("leaver_id", "mentor_id")

POINTS: tuple[Point, ...] = (
    Point(Referral, "leaver_id", moved),
    Point(Screening, "leaver_id", as_history),
    Point(Practitioner, "leaver_id", as_history),
    Point(ReleaseDate, "leaver_id", as_history),
    Point(Note, "leaver_id", kept_once),
    Point(PersonToAvoid, "leaver_id", moved),
    Point(AvoidNote, "leaver_id", moved),
    *(Point(rows, "mentor_id", as_history) for rows in (*_HISTORIES, *_MORE_HISTORIES, *_NEEDS)),
    *(Point(OwnSay, column, moved) for column in _EITHER),
    *(Point(Contact, column, as_history) for column in _EITHER),
    *(Point(Consent, column, as_history) for column in _EITHER),
    *(Point(LegalHold, column, moved) for column in _EITHER),
    *(Point(ChangeReason, column, moved) for column in _EITHER),
    *(Point(ExclusionZone, column, kept_once) for column in _EITHER),
    *(Point(Curfew, column, kept_once) for column in _EITHER),
    *(Point(Link, end, moved) for end in _ENDS),
    *(Point(FormerNumber, column, moved) for column in _EITHER),
    *(Point(BreakGlass, column, moved) for column in _EITHER),
    *(Point(Worry, column, moved) for column in _EITHER),
    *(Point(Event, column, None) for column in _EITHER),
    *(Point(Letter, column, None) for column in _EITHER),
    *(Point(Task, column, None) for column in _EITHER),
    Point(Expense, "mentor_id", moved),
    Point(Receipt, "mentor_id", moved),
    Point(Pair, "leaver_id", moved),
    Point(Pair, "mentor_id", None),
    Point(Standby, "mentor_id", None),
    Point(MentorPlace, "mentor_id", None),
    Point(Account, "mentor_id", None),
    Point(Invitation, "mentor_id", None),
)


def repoint(db: Session, stays: Leaver | Mentor, goes: Leaver | Mentor) -> None:
    """Point all that refers to one record to the other; what says the same is kept once."""
    noun = "leaver_id" if isinstance(stays, Leaver) else "mentor_id"
    for point in POINTS:
        if point.verb and point.column.endswith(noun):
            point.verb(db, point, goes.id, stays.id)
    _drop_same_links(db, stays)


def _drop_same_links(db: Session, stays: Leaver | Mentor) -> None:
    """Keep of links that say the same, from whichever end, the one told first."""
    noun = "leaver_id" if isinstance(stays, Leaver) else "mentor_id"
    rows = {
        row.id: row
        for end in ("one", "other")
        for row in Point(Link, f"{end}_{noun}", None).of(db, stays.id)
    }
    known: dict[tuple[Any, ...], Link] = {}
    for row in sorted(rows.values(), key=lambda one: (one.recorded_at, str(one.id))):
        first = known.setdefault(_said_by(row), row)
        if first is row:
            continue
        settled = select(PersonToAvoid).where(PersonToAvoid.link_id == row.id)
        for person in db.exec(settled).all():
            person.link_id = first.id
        db.flush()
        db.delete(row)
    db.flush()


def _said_by(link: Link) -> tuple[Any, ...]:
    """Return what a link says, whichever of its ends is named first."""
    ways = ("leaver_id", "mentor_id", "prison_number", "first_name", "surname", "birth_date")
    ends = [str([getattr(link, f"{end}_{way}") for way in ways]) for end in ("one", "other")]
    return (link.kind, link.detail, link.closed_at, *sorted(ends))
