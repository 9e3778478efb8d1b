"""Makes a demo: a region's people, and nine days in which they did what people do.

The past is lived, not drawn: the same verbs, the same clock and the same post
as ever, at their own times. It is made aside and put in place when whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from matcher.clock import Context, run_due
from matcher.core.sending import LONDON
from matcher.core.words import day_in_words
from matcher.core.working_days import official_calendar
from matcher.demo_clock import set_demo_clock
from matcher.example.acts import Act, acts_at, do
from matcher.example.present import put_on_the_desks
from matcher.example.region import (
    DAYS_OF_PAST,
    Cast,
    RegionsPeople,
    open_desks,
    people_of_region,
    take_leavers,
    take_mentors,
)
from matcher.journal import Journal
from matcher.senders import make_senders
from models.audit import AuditedSession, Hand
from models.database import make_engine, upgrade
from models.states import Role
from web.demo.ground import DemoGround, forget_letters
from web.demo.report import write_report
from web.demo.sign_ins import PASSWORD, SIGN_INS
from web.surroundings import Surroundings

PAST = timedelta(days=DAYS_OF_PAST)
HOURS = (6, 9, 10, 11, 14, 15, 17)
BEGINS = time(10)
"""The demo begins at ten on a working day, when letters go at once."""

Tell = Callable[[str], None]


def make_demo(ground: DemoGround, real_now: Callable[[], datetime], tell: Tell) -> None:
    """Make the demo's database and letters; `tell` is called with each day that is lived."""
    forget_letters(ground)
    begins = first_moment(real_now())
    people = people_of_region(begins.astimezone(LONDON).date() - PAST)
    write_report(ground.report, people, begins)
    with _made_aside(ground) as engine:
        upgrade(engine)
        _live(Surroundings(ground.settings, engine, real_now), people, begins, tell)


def first_moment(real: datetime) -> datetime:
    """Return when a demo begins that is made at `real`: ten o'clock on a working day."""
    day = official_calendar().on_or_after(real.astimezone(LONDON).date())
    return datetime.combine(day, BEGINS, LONDON).astimezone(UTC)


def _live(around: Surroundings, people: RegionsPeople, begins: datetime, tell: Tell) -> None:
    first_day = begins.astimezone(LONDON).date() - PAST
    context = clock_of(around)
    cast = _begin(around, people, _moment(first_day, 0))
    for number in range(PAST.days + 1):
        day = first_day + timedelta(days=number)
        tell(day_in_words(day))
        _arrive(around, people, number, _moment(day, 1))
        for hour in HOURS:
            moment = _moment(day, hour)
            if moment < begins:
                _live_through(around, context, cast, moment)
    _settle(around, people, cast, begins)


def clock_of(around: Surroundings) -> Context:
    """Return what the clock of a demo works with when it is driven by hand."""
    settings = around.settings
    return Context(
        sessions=around.writing,
        settings=settings,
        senders=make_senders(settings),
        journal=Journal(Path(settings.journal)),
        worker="demo-day",
        now=around.now,
        lease=timedelta(seconds=settings.lease),
    )


def _live_through(around: Surroundings, context: Context, cast: Cast, moment: datetime) -> None:
    with around.reading() as db:
        acts = acts_at(db, cast, moment)
    for act in acts:
        _act(around, act, moment)
    run_due(context, moment)


def _act(around: Surroundings, act: Act, moment: datetime) -> None:
    with around.writing() as db:
        db.write_as(Hand(act.by, at=moment, origin="demo"))
        if do(db, act):
            db.commit()


def _begin(around: Surroundings, people: RegionsPeople, moment: datetime) -> Cast:
    with _as_service(around, moment) as db:
        take_mentors(db, people.mentors, now=moment)
        take_leavers(db, people.arriving(0), now=moment)
        cast = open_desks(db, people, SIGN_INS, PASSWORD, now=moment)
        db.commit()
        return cast


def _arrive(around: Surroundings, people: RegionsPeople, number: int, moment: datetime) -> None:
    """Let those come in who are put forward on this day of the past."""
    arriving = people.arriving(number) if number else ()
    if arriving:
        with _as_service(around, moment) as db:
            take_leavers(db, arriving, now=moment)
            db.commit()


def _settle(around: Surroundings, people: RegionsPeople, cast: Cast, begins: datetime) -> None:
    """Put on the desks what waits there, and set the clock."""
    with _as_service(around, begins) as db:
        put_on_the_desks(db, people, cast, SIGN_INS[Role.MENTOR], now=begins)
        set_demo_clock(db, begins - around.real_now())
        db.commit()


@contextmanager
def _as_service(around: Surroundings, moment: datetime) -> Iterator[AuditedSession]:
    with around.writing() as db:
        db.write_as(Hand(None, at=moment, origin="demo"))
        yield db


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), LONDON).astimezone(UTC)


@contextmanager
def _made_aside(ground: DemoGround) -> Iterator[Engine]:
    """Hand out an engine on an empty database; a file of ours is put in place when whole."""
    place = ground.own_database
    if place is None:
        engine = make_engine(ground.settings.database)
        yield engine
        engine.dispose()
        return
    aside = place.with_suffix(".new")
    for old in _files_of(aside):
        old.unlink(missing_ok=True)
    engine = make_engine(f"sqlite:///{aside}")
    event.listen(engine, "connect", _wait_for_no_disk)
    yield engine
    engine.dispose()
    with closing(sqlite3.connect(aside)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for old in _files_of(place):
        old.unlink(missing_ok=True)
    aside.replace(place)


def _wait_for_no_disk(connection: Any, _record: Any) -> None:
    """Let commits be quick: a demo that is lost while it is made is made again."""
    connection.execute("PRAGMA synchronous = OFF")


def _files_of(place: Path) -> list[Path]:
    return [place.with_name(place.name + ending) for ending in ("", "-wal", "-shm")]
