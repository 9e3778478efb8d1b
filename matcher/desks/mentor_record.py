"""A mentor as a manager sees them: how to reach them, what vets them, what lapses next, pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.conditions import RuleSettings, months_before
from matcher.core.sending import local_day
from matcher.desks.vetting_history import Recorded, vetting_history
from matcher.load import load_of
from matcher.profiles import mentors_in_plan
from models.access import pairs_seen_by
from models.accounts import Account
from models.contacts import Contact
from models.needs import LoadSaid, MentorCoach
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.profiles import MentorProfile
from models.reference import prisons
from models.rows import newest
from models.states import PairState

SOON = timedelta(weeks=6)
"""What lapses within this time is marked."""


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
    """One mentor; `profile` is all that the rules look at, `lapses` has the first end on top."""

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
    profile = mentors_in_plan(db, today, {}, only=[mentor.id])[mentor.id]
    in_date = sorted(_in_date(profile), key=lambda one: one[1] or date.min)
    return MentorRecord(
        mentor=mentor,
        profile=profile,
        contact=db.exec(contact).first(),
        lapses=tuple(_lapse(what, until, today) for what, until in in_date),
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


def _in_date(mentor: MentorProfile) -> Iterator[tuple[str, date | None]]:
    """Yield what is in date only for so long, and its last day."""
    months = RuleSettings().assessment_months
    assessed = mentor.assessed_on
    yield "Risk assessment", months_before(assessed, -months) if assessed else None
    yield "Supervision", mentor.supervision_until
    yield "Term", mentor.term_ends_on
    for prison, until in mentor.clearances.items():
        yield f"Clearance for {prisons()[prison].title}", until
    if mentor.children_check_until:
        yield "Check for work with under-18s", mentor.children_check_until


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
