"""What a mentor needs to go on, as they read it: what is due, who helps, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from matcher.core.conditions import RuleSettings
from matcher.core.sending import local_day
from matcher.desks.lapses import SOON
from matcher.desks.mentor_meetings import MeetingCard
from matcher.desks.mentor_pairs import PairCard, pair_cards
from matcher.load import load_of
from models.access import forum_dates_seen_by
from models.accounts import Account
from models.needs import ForumDate, LoadSaid, MentorCoach
from models.people import Mentor
from models.reference import prisons
from models.rows import newest
from models.states import MeetingState
from models.vetting import ChildrenCheck, Clearance, Supervision, Term, Training
from models.vocabulary import Module

AHEAD = timedelta(weeks=4)
"""How far the page looks ahead for meetings."""

NO_OFFERS = "If it runs out, you get no new people until it is done."


@dataclass(frozen=True)
class Due:
    """Something that must stay in date: until when, and what happens if it does not."""

    what: str
    until: date | None
    is_over: bool
    is_soon: bool
    then: str


@dataclass(frozen=True)
class ModuleDone:
    """A specialist module, and the day it was done if that is known."""

    module: Module
    done_on: date | None


@dataclass(frozen=True)
class Needs:
    """All that the page "My needs" shows of one mentor, expenses apart."""

    supervision: Supervision | None
    term: Term | None
    basic_training_on: date | None
    modules: tuple[ModuleDone, ...]
    modules_due: tuple[Module, ...]
    dates: tuple[Due, ...]
    coach: MentorCoach | None
    forums: tuple[ForumDate, ...]
    load: LoadSaid | None
    pairs: tuple[PairCard, ...]
    meetings: tuple[MeetingCard, ...]

    @property
    def due(self) -> tuple[Due, ...]:
        """Return what has run out or soon will, the most pressing on top."""
        return tuple(one for one in self.dates if one.is_over or one.is_soon)


def needs_of(db: Session, account: Account, mentor: Mentor, now: datetime) -> Needs:
    """Return what a mentor needs; the number of queries does not grow with the rows."""
    today = local_day(now)
    supervision, term, coach = (
        _stands(db, kind, mentor) for kind in (Supervision, Term, MentorCoach)
    )
    trained = _training(db, mentor)
    pairs = tuple(card for card in pair_cards(db, account, now) if card.goes_on)
    dates = list(_dates(db, mentor, supervision, term, today))
    forums = forum_dates_seen_by(account).where(ForumDate.starts_at >= now)
    done = trained[-1].modules if trained else frozenset()
    return Needs(
        supervision=supervision,
        term=term,
        basic_training_on=trained[-1].basic_training_on if trained else None,
        modules=tuple(_modules(trained)),
        modules_due=_demanded(mentor, done),
        dates=tuple(sorted(dates, key=lambda one: one.until or date.min)),
        coach=coach if coach and coach.name else None,
        forums=tuple(db.exec(forums.order_by(col(ForumDate.starts_at)))),
        load=load_of(db, mentor),
        pairs=pairs,
        meetings=tuple(sorted(_coming(pairs, today), key=lambda card: card.order)),
    )


def _stands(db: Session, kind: Any, mentor: Mentor) -> Any:
    return db.exec(newest(kind, "mentor_id").where(kind.mentor_id == mentor.id)).first()


def _training(db: Session, mentor: Mentor) -> list[Training]:
    theirs = select(Training).where(Training.mentor_id == mentor.id)
    return list(db.exec(theirs.order_by(col(Training.recorded_at))))


def _modules(trained: list[Training]) -> Iterator[ModuleDone]:
    """Yield the modules that stand as done, each with the day of the row that first had it."""
    for module in sorted(trained[-1].modules if trained else (), key=lambda one: one.rank):
        first = next(row for row in trained if module in row.modules)
        yield ModuleDone(module, first.done_on)


def _demanded(mentor: Mentor, done: frozenset[Module]) -> tuple[Module, ...]:
    """Return the modules that needs this mentor came through demand, and they lack."""
    asked = RuleSettings().modules
    wanted = {module for need in mentor.needs for module in asked.get(need, ())}
    return tuple(sorted(wanted - done, key=lambda one: one.rank))


def _dates(
    db: Session, mentor: Mentor, supervision: Supervision | None, term: Term | None, today: date
) -> Iterator[Due]:
    until = supervision.supervision_until if supervision else None
    yield _due("Supervision", until, today, NO_OFFERS)
    ends = term.term_ends_on if term else None
    yield _due("Your time as a mentor", ends, today, NO_OFFERS + " Ring us to talk about more.")
    cleared = newest(Clearance, "mentor_id", "prison").where(Clearance.mentor_id == mentor.id)
    for row in db.exec(cleared):
        then = "If it runs out, you cannot visit this prison. You can still meet at the gate."
        where = f"Clearance for {prisons()[row.prison].title}"
        yield _due(where, row.cleared_until, today, then)
    checked = newest(ChildrenCheck, "mentor_id").where(ChildrenCheck.mentor_id == mentor.id)
    if check := db.exec(checked).first():
        yield _due("Check for work with under-18s", check.children_check_until, today, NO_OFFERS)


def _due(what: str, until: date | None, today: date, then: str) -> Due:
    is_over = until is None or until < today
    return Due(what, until, is_over, not is_over and until <= today + SOON, then)  # type: ignore[operator]


def _coming(pairs: tuple[PairCard, ...], today: date) -> Iterator[MeetingCard]:
    for pair in pairs:
        for card in pair.meetings:
            still = card.state in (MeetingState.PLANNED, MeetingState.BOOKED)
            if still and card.sorting_day <= today + AHEAD and card.last_day >= today:
                yield card
