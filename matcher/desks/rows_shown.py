"""The rows behind the cards of a page, so that reading them can be kept in the audit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from models.pairs import Pair
from models.people import Leaver, Mentor
from models.releases import ExpectedLeaver


def leavers_shown(db: Session, ids: Iterable[UUID | None]) -> Sequence[Leaver]:
    """Return the leavers whom a page names, each once; a card that names none says None."""
    named = {id_ for id_ in ids if id_}
    return db.exec(select(Leaver).where(col(Leaver.id).in_(named))).all() if named else []


def mentors_shown(db: Session, ids: Iterable[UUID | None]) -> Sequence[Mentor]:
    """Return the mentors of whom a page tells more than a name, each once."""
    named = {id_ for id_ in ids if id_}
    return db.exec(select(Mentor).where(col(Mentor.id).in_(named))).all() if named else []


def pairs_shown(db: Session, ids: Iterable[UUID]) -> Sequence[Pair]:
    """Return the pairs whose reasons a page shows."""
    return db.exec(select(Pair).where(col(Pair.id).in_(set(ids)))).all()


def expected_shown(db: Session, ids: Iterable[UUID]) -> Sequence[ExpectedLeaver]:
    """Return the expected leavers whom a page names."""
    return db.exec(select(ExpectedLeaver).where(col(ExpectedLeaver.id).in_(set(ids)))).all()
