"""A mentor as a manager sees them: how to reach them, what vets them, what lapses next, pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.conditions import RuleSettings
from matcher.core.sending import local_day
from matcher.desks.lapse_days import Vetted, lapses_of
from matcher.desks.lapses import SOON, named
from matcher.desks.vetting_history import Recorded, vetting_history
from matcher.load import load_of
from matcher.profiles import Unrestricted, mentors_in_plan
from models.access import pairs_seen_by
from models.accounts import Account
from models.contacts import Contact
from models.needs import LoadSaid, MentorCoach
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.profiles import MentorProfile
from models.rows import newest
from models.states import PairState
from models.vocabulary import Pool


@dataclass(frozen=True)
class Lapse:
    """One thing that is in date up to and including a day; None says that it is not on file."""

    what: str
    until: date | None
    is_over: bool
    is_soon: bool


@dataclass(frozen=True)
class PairOfMentor:
    """One of the mentor's pairs, live or ended."""

    pair_id: UUID
    leaver: str
    leaver_code: str
    state: PairState
    since: datetime

    @property
    def is_live(self) -> bool:
        """Whether the pair holds one of the mentor's places."""
        return self.state in LIVE


@dataclass(frozen=True)
class MentorRecord:
    """One mentor; `profile` is what vets them, `lapses` has the first end on top."""

    mentor: Mentor
    profile: MentorProfile
    contact: Contact | None
    lapses: tuple[Lapse, ...]
    pairs: tuple[PairOfMentor, ...]
    load: LoadSaid | None
    coach: MentorCoach | None
    history: tuple[Recorded, ...]

    @property
    def taken(self) -> int:
        """Return how many places live pairs hold."""
        return sum(pair.is_live for pair in self.pairs)


def mentor_record(db: Session, account: Account, mentor: Mentor, now: datetime) -> MentorRecord:
    """Return the record of a mentor that this manager has found."""
    today = local_day(now)
    contact = newest(Contact, "mentor_id").where(Contact.mentor_id == mentor.id)
    [profile] = mentors_in_plan(db, today, {}, only=[mentor.id], restricted=Unrestricted()).values()
    in_date = sorted(lapses_of(_vetted(profile), RuleSettings()), key=lambda one: one.order)
    return MentorRecord(
        mentor=mentor,
        profile=profile,
        contact=db.exec(contact).first(),
        lapses=tuple(_lapse(named(one), one.until, today) for one in in_date),
        pairs=tuple(_pairs(db, account, mentor, now)),
        load=load_of(db, mentor),
        coach=coach_of(db, mentor),
        history=vetting_history(db, mentor),
    )


def coach_of(db: Session, mentor: Mentor) -> MentorCoach | None:
    """Return who coaches a mentor; None for nobody, or nobody any more."""
    stands = newest(MentorCoach, "mentor_id").where(MentorCoach.mentor_id == mentor.id)
    row = db.exec(stands).first()
    return row if row and row.name else None


def _vetted(mentor: MentorProfile) -> Vetted:
    """Return of one mentor what lapses; whatever they are to have is missed where it is not."""
    return Vetted(
        with_children=mentor.pool is Pool.CHILDREN,
        assessed_on=mentor.assessed_on,
        supervision_until=mentor.supervision_until,
        term_ends_on=mentor.term_ends_on,
        children_check_until=mentor.children_check_until,
        basic_training_on=mentor.basic_training_on,
        clearances=mentor.clearances,
    )


def _lapse(what: str, until: date | None, today: date) -> Lapse:
    is_over = until is None or until < today
    is_soon = until is not None and not is_over and until <= today + SOON
    return Lapse(what, until, is_over, is_soon)


def _pairs(db: Session, account: Account, mentor: Mentor, now: datetime) -> Iterator[PairOfMentor]:
    seen = pairs_seen_by(account, now).where(Pair.mentor_id == mentor.id)
    rows = db.exec(
        select(Pair, Leaver)
        .where(Pair.leaver_id == Leaver.id)
        .where(col(Pair.id).in_(seen.with_only_columns(col(Pair.id))))
        .order_by(col(Pair.proposed_at).desc())
    )
    for pair, leaver in rows:
        yield PairOfMentor(pair.id, leaver.first_name, leaver.code, pair.state, pair.state_since)
