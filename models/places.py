"""How many leavers a mentor can carry: numbered places, of which each live pair holds one.

`Mentor.places_here` says how many there should be, `fit_places` opens and
closes them to fit. A place in use is never closed under a pair: it goes when the
pair lets it go.
"""

from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Delete, column, delete, exists, table
from sqlalchemy.orm import Session
from sqlmodel import Field, col, func, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from models.people import Mentor
from models.rows import Row

# The rows of models.pairs, by name: pairs know of places, not the other way about.
_PAIRS = table("pair", column("mentor_id"), column("place_number"))


class MentorPlace(Row, table=True):
    """One place of one mentor."""

    __table_args__ = (CheckConstraint("number >= 1", name="number_range"),)

    mentor_id: UUID = Field(primary_key=True, foreign_key="mentor.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


def fit_places(session: Session, mentor: Mentor) -> None:
    """Open or close the mentor's places until there are as many as `mentor.places_here`.

    Places in use stay, even when they are more than that.
    """
    session.flush()
    opened = set(session.scalars(_numbers_of(mentor)))
    missing = sorted(set(range(1, mentor.places_here + len(opened) + 1)) - opened)
    for number in missing[: max(0, mentor.places_here - len(opened))]:
        session.add(MentorPlace(mentor_id=mentor.id, number=number))
    free = sorted(session.scalars(_numbers_of(mentor).where(_is_free())), reverse=True)
    for number in free[: max(0, len(opened) - mentor.places_here)]:
        session.execute(_closing(mentor.id, number))
    session.flush()


def free_places() -> Select[UUID, int]:
    """Return the SELECT of every place that no live pair holds: mentor and number, in order."""
    places = select(MentorPlace.mentor_id, MentorPlace.number).where(_is_free())
    return places.order_by(col(MentorPlace.mentor_id), col(MentorPlace.number))


def close_if_spare(session: Session, mentor_id: UUID, number: int) -> None:
    """Close a place just let go, if the mentor has more places open than they should."""
    opened = select(func.count()).where(MentorPlace.mentor_id == mentor_id)
    wanted = select(Mentor.places - Mentor.taken_elsewhere).where(Mentor.id == mentor_id)
    spare = opened.scalar_subquery() > wanted.scalar_subquery()
    session.execute(_closing(mentor_id, number).where(spare))


def _numbers_of(mentor: Mentor) -> SelectOfScalar[int]:
    return select(MentorPlace.number).where(MentorPlace.mentor_id == mentor.id)


def _is_free() -> ColumnElement[bool]:
    mentor, place = _PAIRS.c.mentor_id, _PAIRS.c.place_number
    held = exists().where(mentor == MentorPlace.mentor_id, place == MentorPlace.number)
    return ~held.select_from(_PAIRS)


def _closing(mentor_id: UUID, number: int) -> Delete:
    place = (col(MentorPlace.mentor_id) == mentor_id, col(MentorPlace.number) == number)
    return delete(MentorPlace).where(*place)
