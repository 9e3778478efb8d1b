"""A small service that has lived by its own verbs, clock and post; and how to spoil it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, insert, text, update
from sqlmodel import Session, col, select

from matcher import clock_health, pairing, referrals
from matcher.bookings import Booking, book
from matcher.clock import Context, run_due
from matcher.doctor.case import Breach, Case
from matcher.invariants import INVARIANTS, examine
from matcher.journal import Journal
from matcher.senders import FolderSender
from models.audit import AuditedSession, Hand
from models.database import make_engine, sessions
from models.desk_words import DeclineReason
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver
from models.referrals import Referral
from models.states import Channel, LetterKind, LetterState, MeetingKind, Role
from models.tables import METADATA
from tests.databases import Databases
from tests.matcher.lettered import SETTINGS
from tests.quick_folders import quick_folder
from tests.rows import (
    NOW,
    a_leaver_row,
    a_mentor_row,
    a_referral,
    a_screening,
    an_account,
    places_of,
    vetting_of,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
REAL_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""What the machine's own clock says when the doctor looks."""

EARLY = timedelta(days=1)
"""How long before the first offers everyone was recorded."""


@dataclass(frozen=True)
class Lived:
    """The database, what lies beside it, and how late it is there."""

    engine: Engine
    journal: Journal
    post_folder: Path
    now: datetime

    def case(self, db: Session, **told: Any) -> Case:
        """What the doctor is given, but for what is told."""
        own = Case(
            db, now=self.now, real_now=REAL_NOW, journal=self.journal, post_folder=self.post_folder
        )
        return replace(own, **told)


def broken(case: Case) -> dict[str, set[tuple[str, str]]]:
    """What the doctor finds broken: by code, the tables and ids of the rows."""
    return {
        verdict.invariant.code: {(one.noun, one.row_id) for one in verdict.breaches}
        for verdict in examine(case)
        if verdict.breaches
    }


def found_by(code: str, case: Case) -> set[Breach]:
    """What breaks one invariant."""
    [verdict] = examine(case, [one for one in INVARIANTS if one.code == code])
    return set(verdict.breaches)


def live_a_week(engine: Engine, folder: Path) -> Lived:
    """Let six leavers and their mentors live through offers, a yes, a no, a lapse, a withdrawal."""
    journal, post = Journal(folder / "journal.jsonl"), folder / "post"
    senders = dict.fromkeys(Channel, FolderSender(post))
    context = Context(sessions(engine, b"key"), SETTINGS, senders, journal, "one", lambda: NOW)
    for hours, act in enumerate((_arrive, _approve, _answer, _book, _withdraw)):
        moment = NOW + hours * HOUR
        with context.sessions() as db:
            db.write_as(Hand(None, at=moment, origin="test"))
            act(db, moment)
            db.commit()
        if act is not _answer:
            run_due(context, moment)
    for days in (1, 4):
        moment = NOW + days * DAY
        run_due(context, moment)
    _a_clock_runs(context)
    return Lived(engine, journal, post, moment)


def _arrive(db: AuditedSession, now: datetime) -> None:
    recorded = now - EARLY
    for number in range(6):
        born = {"birth_date": date(1980 + number, 1, 2)}
        leaver = a_leaver_row(code=f"LEAVER{number}", created_at=recorded, **born)
        screening = a_screening(leaver, recorded_at=recorded)
        db.add_all([leaver, a_referral(leaver, state_since=recorded), screening])
        mentor = a_mentor_row(code=f"MENTOR{number}", places=1, created_at=recorded, **born)
        account = an_account(Role.MENTOR, mentor_id=mentor.id)
        db.add_all([mentor, account, *places_of(mentor), *vetting_of(mentor, recorded)])
    db.add_all([an_account(Role.MANAGER), an_account(Role.LIAISON)])


def _approve(db: AuditedSession, now: datetime) -> None:
    for number in range(5):
        pairing.approve(db, pair_of(db, number), by=None, now=now)


def _answer(db: AuditedSession, now: datetime) -> None:
    for number in (0, 1, 2):
        pairing.accept(db, pair_of(db, number), by=None, now=now)
    why = DeclineReason.TOO_MUCH_ON
    pairing.decline(db, pair_of(db, 3), why=why, by=None, now=now)


def _book(db: AuditedSession, now: datetime) -> None:
    for number in (0, 1):
        theirs = select(Meeting).where(
            Meeting.pair_id == pair_of(db, number).id, Meeting.kind == MeetingKind.INTRODUCTION
        )
        meeting = db.exec(theirs).one()
        starts = datetime.combine(meeting.window_first, datetime.min.time()) + 14 * HOUR
        told = Booking(starts_local=starts, minutes=60, place="Visits hall")
        book(db, meeting, told, by=None, now=now)


def _withdraw(db: AuditedSession, now: datetime) -> None:
    referral = db.get_one(Referral, pair_of(db, 1).referral_id)
    referrals.withdraw(db, referral, by=None, now=now)


def _a_clock_runs(context: Context) -> None:
    with context.session() as db:
        clock_health.note_start(db, "one", now=REAL_NOW - HOUR)
        db.flush()
        clock_health.note_look(db, "one", now=REAL_NOW, jumped_at=None, trouble="")
        db.commit()


def leaver(db: Session, number: int) -> Leaver:
    """One of the leavers."""
    return db.exec(select(Leaver).where(Leaver.code == f"LEAVER{number}")).one()


def pair_of(db: Session, number: int) -> Pair:
    """The newest pair of a leaver, live or ended: 0 and 2 are under way, 1 is withdrawn."""
    theirs = select(Pair).where(Pair.leaver_id == leaver(db, number).id)
    return db.exec(theirs.order_by(col(Pair.proposed_at).desc())).first()


def a_sent_letter(db: Session, number: int = 0, kind: LetterKind = LetterKind.OFFER) -> Letter:
    """A letter about the pair of a leaver that has been sent."""
    sent = select(Letter).where(
        Letter.pair_id == pair_of(db, number).id,
        Letter.kind == kind,
        Letter.state == LetterState.SENT,
    )
    return db.exec(sent).one()


def a_meeting(db: Session, kind: MeetingKind, number: int = 0) -> Meeting:
    """A meeting of the pair of a leaver."""
    theirs = select(Meeting).where(
        Meeting.pair_id == pair_of(db, number).id, Meeting.kind == kind, Meeting.number == 1
    )
    return db.exec(theirs).one()


@contextmanager
def a_service(databases: Databases) -> Iterator[Lived]:
    """A service of its own that has lived a week, for as long as the `with` lasts."""
    folder = quick_folder("gatemate-lived-")
    with databases.migrated() as url:
        engine = make_engine(url)
        yield live_a_week(engine, folder)
        engine.dispose()
    shutil.rmtree(folder)


@contextmanager
def spoilt(lived: Lived, *nouns: str) -> Iterator[Session]:
    """A session in which these tables have no constraint left; all is undone in the end."""
    with Session(lived.engine, autoflush=False) as db:
        for noun in nouns:
            db.execute(text(f"ALTER TABLE {noun} RENAME TO {noun}_before"))
            db.execute(text(f"CREATE TABLE {noun} AS SELECT * FROM {noun}_before"))
        yield db
        db.rollback()


def write(db: Session, row: Any, **values: Any) -> tuple[str, str]:
    """Write values into a row past every verb; return its table and id."""
    table = METADATA.tables[row.__tablename__]
    row_id = row.id
    db.execute(update(table).where(table.c.id == row_id).values(**values))
    db.expire_all()
    return table.name, str(row_id)


def copy(db: Session, row: Any, **values: Any) -> tuple[str, str]:
    """Add a second row like one that is there, but for some values; return its table and id."""
    table: Table = METADATA.tables[row.__tablename__]
    told = {column.name: getattr(row, column.name) for column in table.columns} | values
    db.execute(insert(table).values(**told))
    return table.name, str(told.get("id") or told.get("number"))
