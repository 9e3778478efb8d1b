"""Whoever makes or moves a pair waits for the others who do, and reads afresh what they left.

Everyone takes the rows in one order, so that no two wait for each other: a
prison, the plan (one run at a time), leavers, their referrals, their pairs, mentors, and
then letters. The audit's own lock comes last of all, at the commit. On SQLite
every transaction has the write lock from its first statement, and what is
read here is read afresh all the same.

A lock leaves rows that merely refer to the locked one alone: they need not wait.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, col, select

from models.areas import PrisonRow
from models.database import wait_for_other_runs
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.referrals import Referral

AT_ONCE = 500
"""How many people are named in one statement."""


def hold_prison(db: Session, prison: str) -> None:
    """Let only one at a time put someone forward in a prison, until the transaction ends.

    It is taken before all else.
    """
    mine = select(PrisonRow.code).where(PrisonRow.code == prison)
    db.exec(mine.with_for_update(key_share=True)).all()


def hold_leavers(db: Session, leaver_ids: Collection[UUID]) -> None:
    """Lock leavers with their referrals and pairs until the transaction ends, and read them afresh.

    Whatever one transaction needs of several leavers, it takes at once: in the order of their ids.
    """
    db.flush()
    ids = sorted(leaver_ids, key=str)
    parts = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    for kind, column in ((Leaver, Leaver.id), (Referral, Referral.leaver_id)):
        for part in parts:
            _lock(db, kind, col(column).in_(part))
    for part in parts:
        _lock(db, Pair, col(Pair.leaver_id).in_(part))


def hold_mentor(db: Session, mentor_id: UUID) -> None:
    """Lock a mentor, the leavers they walk with and the plan, which alone could give them others.

    The leavers come first, by the order.
    """
    wait_for_other_runs(db)
    theirs = select(Pair.leaver_id).where(Pair.mentor_id == mentor_id, col(Pair.state).in_(LIVE))
    hold_leavers(db, db.exec(theirs).all())
    _lock(db, Mentor, col(Mentor.id) == mentor_id)


def hold_person(db: Session, person: Leaver | Mentor) -> None:
    """Lock whom something has happened to, and all that can follow from it."""
    if isinstance(person, Leaver):
        hold_leavers(db, [person.id])
    else:
        hold_mentor(db, person.id)


def hold_pair(db: Session, pair: Pair) -> Referral:
    """Lock the two people of a pair, and return its referral as it is now.

    StaleDataError if someone has changed the pair since it was read: whoever
    decides about it has to look again.
    """
    db.flush()
    seen = pair.version
    hold_two(db, pair.leaver_id, pair.mentor_id)
    if pair.version != seen:
        raise StaleDataError("a Pair was changed by someone else")
    return db.get_one(Referral, pair.referral_id)


def hold_two(db: Session, leaver_id: UUID, mentor_id: UUID) -> None:
    """Lock a leaver, with all that is theirs, and one mentor."""
    hold_leavers(db, [leaver_id])
    _lock(db, Mentor, col(Mentor.id) == mentor_id)


def hold_several(db: Session, leaver_ids: Collection[UUID], mentor_ids: Collection[UUID]) -> None:
    """Lock some leavers, with all that is theirs, and then some mentors."""
    hold_leavers(db, leaver_ids)
    _lock(db, Mentor, col(Mentor.id).in_(mentor_ids))


def _lock(db: Session, kind: Any, which: Any) -> None:
    """Lock the rows of one kind, lowest id first; what a session knew of them is replaced."""
    rows = select(kind).where(which).order_by(kind.id).with_for_update(key_share=True)
    db.exec(rows.execution_options(populate_existing=True)).all()
