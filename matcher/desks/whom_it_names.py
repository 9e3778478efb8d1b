"""Mentors and leavers whom an answer of the plan names, with no more than is the manager's.

The plan is made for all regions at once, so that an answer may be about anybody. A mentor whom
the manager does not see is known by code and region, a leaver of another region not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col

from matcher.desks.rows_shown import mentors_shown
from matcher.former import called
from models.access import mentors_seen_by, referrals_seen_by
from models.accounts import Account
from models.people import Mentor
from models.referrals import Referral


@dataclass(frozen=True)
class MentorNamed:
    """A mentor as this manager may read of them; `name` is empty for one of another region."""

    mentor_id: UUID
    name: str
    code: str
    region: str

    @property
    def may_be_read(self) -> bool:
        """Whether the manager sees this mentor, and so may be told of them."""
        return bool(self.name)

    @property
    def in_words(self) -> str:
        """Return the mentor as one reads of them in a sentence."""
        return f"{self.name} ({self.code})" if self.name else f"{self.code}, {self.region}"


def mentors_named(
    db: Session, account: Account, ids: Collection[UUID]
) -> Mapping[UUID, MentorNamed]:
    """Return some mentors by id, each with as much as this manager may read."""
    seen = {one.id for one in db.exec(mentors_seen_by(account).where(col(Mentor.id).in_(ids)))}
    return {row.id: _named(row, seen=row.id in seen) for row in mentors_shown(db, ids)}


def mentors_called(
    db: Session, account: Account, codes: Collection[str]
) -> Mapping[str, MentorNamed]:
    """Return the mentors of this manager's own with these codes, by code; others are left out."""
    found = mentors_seen_by(account).where(col(Mentor.code).in_(codes))
    return {row.code: _named(row, seen=True) for row in db.exec(found)}


def search_mentors(db: Session, account: Account, words: str) -> tuple[MentorNamed, ...]:
    """Return the mentors whom a manager may mean: by name their own, any other by code alone.

    Names lie sealed: those of the manager's own mentors are opened and compared.
    """
    wanted = " ".join(words.split()).casefold()
    code = wanted.upper()
    own = [
        row
        for row in db.exec(mentors_seen_by(account).order_by(col(Mentor.code)))
        if row.code == code or _is_called(row, wanted)
    ]
    named = tuple(_named(row, seen=True) for row in own)
    if named:
        return named
    return tuple(_named(row, seen=False) for row in _by_code(db, code))


def own_referrals(
    db: Session, account: Account, leavers: Collection[UUID]
) -> Mapping[UUID, Referral]:
    """Return the referrals of this manager's region about some leavers, by the leaver's id."""
    found = referrals_seen_by(account).where(col(Referral.leaver_id).in_(leavers))
    rows = db.exec(found.order_by(col(Referral.created_at))).all()
    return {row.leaver_id: row for row in rows}


def _is_called(row: Mentor, wanted: str) -> bool:
    names = (row.first_name, row.surname, f"{row.first_name} {row.surname}")
    return bool(wanted) and wanted in {name.casefold() for name in names}


def _by_code(db: Session, code: str) -> list[Mentor]:
    """Return the mentor with a code, or who had it before two records became one."""
    found = called(db, Mentor, code)
    return [found] if found else []


def _named(row: Mentor, *, seen: bool) -> MentorNamed:
    return MentorNamed(row.id, row.first_name if seen else "", row.code, row.region.label)
