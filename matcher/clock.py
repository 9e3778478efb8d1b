"""The clock: a process that looks every few seconds at what is due by the rows, and does it.

It holds no plan of its own. Each periodic job claims its period with a row in
the same transaction as its work: of two clocks one does it, what failed is
tried again, and after days without a clock each job is done once, for the
latest period. Letters are claimed a few at a time, for a while. So a clock
may be stopped, killed or started twice at any moment.
"""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from matcher import delivery
from matcher.jobs import JOBS, Job, Work, claim_period, is_claimed
from matcher.senders import Answer, Message, Refused, Sender
from matcher.settings import Settings
from models.audit import AuditedSession, Hand
from models.database import reading
from models.states import Channel, LetterState

TICK_SECONDS = 10
LOOK_SECONDS = 5
"""Between two looks at whether the machine's clock was set."""

JUMP_SECONDS = 5
"""By how much the wall clock may run ahead of or behind the time that passed."""

HERE = Path(__file__).parent
"""Where an error is looked for: not in the libraries, but in what called them."""

RECORD_TRIES = 5
RECORD_PAUSE = 1.0
"""Seconds before an answer is recorded again where the database did not answer."""

log = logging.getLogger("gatemate.clock")

Result = TypeVar("Result")


@dataclass(frozen=True)
class Context:
    """What the clock works with: where rows are, how letters leave, who it is, what time it is.

    `worker` is a name that no other clock has. `now` is aware, UTC.
    """

    sessions: sessionmaker[AuditedSession]
    settings: Settings
    senders: Mapping[Channel, Sender]
    worker: str
    now: Callable[[], datetime]
    lease: timedelta = delivery.LEASE

    def reading(self) -> Session:
        """Open a session that only reads, and so waits for nobody."""
        engine: Engine = self.sessions.kw["bind"]
        return reading(engine)()

    def session(self) -> AuditedSession:
        """Open a session in which the service itself writes."""
        db = self.sessions()
        db.write_as(Hand(None, at=self.now(), origin="clock"))
        return db


@dataclass(frozen=True)
class Done:
    """One thing done: by which job, and a sentence without names on what it was."""

    job: str
    sentence: str
    failed: bool = False


def run_due(context: Context, now: datetime) -> list[Done]:
    """Do once what is due at `now`: each job whose period nobody has claimed, and the post."""
    at_that_time = replace(context, now=lambda: now)
    return [*run_jobs(at_that_time), *deliver(at_that_time)]


def run_jobs(context: Context) -> list[Done]:
    """Do each job that is due, in a transaction of its own; one that fails stops no other."""
    return [done for job in JOBS for done in _guarded(job.name, partial(_run, context, job))]


def deliver(context: Context, stop: Event | None = None) -> list[Done]:
    """Send the letters that are due until none is left, or until told to stop."""
    ended = stop or Event()
    became: Counter[LetterState] = Counter()
    failed = _guarded("post", partial(_deliver, context, ended, became))
    counts = [f"{count:,} {state.label.lower()}" for state, count in became.items()]
    return [*([Done("post", ", ".join(counts))] if counts else []), *failed]


def main(context: Context, stop: Event) -> None:
    """Tick until told to stop; the letter in hand is finished first."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(2)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    for look in (partial(run_jobs, context), partial(deliver, context, stop)):
        told = {"seconds": TICK_SECONDS, "next_run_time": datetime.now(UTC)}
        scheduler.add_job(_logged(look), "interval", **told)
    scheduler.start()
    log.info("clock: started")
    watch = Watch(datetime.now(UTC), monotonic())
    while not stop.wait(LOOK_SECONDS):
        if watch.has_jumped(datetime.now(UTC), monotonic()):
            log.info("clock: the time was set, so everything is looked at now")
            wake(scheduler, datetime.now(UTC))
    scheduler.shutdown(wait=True)
    log.info("clock: stopped")


class Watch:
    """Notices that the machine's clock was set, by the time that really passed."""

    def __init__(self, wall: datetime, passed: float) -> None:
        """Begin with what both say; `passed` is in seconds from any beginning."""
        self.wall = wall
        self.passed = passed

    def has_jumped(self, wall: datetime, passed: float) -> bool:
        """Say whether the wall clock moved otherwise than time did since the last look."""
        moved = (wall - self.wall).total_seconds()
        really = passed - self.passed
        self.wall, self.passed = wall, passed
        return abs(moved - really) > JUMP_SECONDS


def wake(scheduler: Any, now: datetime) -> None:
    """Let every tick come at once: after a clock was set back they would wait for it to catch up.

    `scheduler` is one of APScheduler, which has no types.
    """
    for tick in scheduler.get_jobs():
        tick.modify(next_run_time=now)


def _run(context: Context, job: Job) -> list[Done]:
    now = context.now()
    work = _thought_out(context, job, now) if job.think else job.work
    if work is None:
        return []
    with context.session() as db:
        run = claim_period(db, job, now)
        if run is None:
            return []
        sentence = work(db, now)
        run.outcome, run.finished_at = sentence, now
        db.commit()
    return [Done(job.name, sentence)] if sentence else []


def _thought_out(context: Context, job: Job, now: datetime) -> Work | None:
    """Return the work of a job that thinks first, or None where its period is claimed already."""
    with context.reading() as db:
        return None if is_claimed(db, job, now) or not job.think else job.think(db, now)


def _deliver(context: Context, stop: Event, became: Counter[LetterState]) -> list[Done]:
    """Send letter by letter, counting what became of them; return those that failed badly."""
    failed: list[Done] = []
    _committed(context, partial(delivery.give_back, now=context.now()))
    while not stop.is_set():
        claimed = _committed(
            context,
            partial(
                delivery.claim,
                now=context.now(),
                worker=context.worker,
                lease=context.lease,
                channels=context.senders.keys(),
            ),
        )
        if not claimed:
            return failed
        for letter_id in claimed:
            if not stop.is_set():
                failed += _guarded("post", partial(_send, context, letter_id, became))
    _committed(context, partial(delivery.hand_back, now=context.now(), worker=context.worker))
    return failed


def _send(context: Context, letter_id: UUID, became: Counter[LetterState]) -> list[Done]:
    """Send one claimed letter; no transaction is open while the server is talked to."""
    begun = _committed(
        context,
        partial(
            delivery.start,
            letter_id=letter_id,
            now=context.now(),
            worker=context.worker,
            lease=context.lease,
            settings=context.settings,
        ),
    )
    state = _handed_over(context, begun) if isinstance(begun, Message) else begun
    if state:
        became[state] += 1
    return []


def _handed_over(context: Context, message: Message) -> LetterState | None:
    came: Answer | Refused
    try:
        came = context.senders[message.channel].send(message)
    except Refused as refused:
        came = refused
    except Exception as wrong:  # noqa: BLE001  whatever a sender does, its letter is tried again
        came = Refused(type(wrong).__name__, temporary=True, unknown=True)
    for tries_left in reversed(range(RECORD_TRIES)):
        record = partial(
            delivery.record, message=message, came=came, now=context.now(), worker=context.worker
        )
        try:
            return _committed(context, record)
        except OperationalError:
            # The answer is in our hands alone: lost, the letter would go a second time.
            if not tries_left:
                raise
            Event().wait(RECORD_PAUSE)
    return None


def _committed(context: Context, verb: Callable[[AuditedSession], Result]) -> Result:
    """Do one verb in a transaction of its own."""
    with context.session() as db:
        result = verb(db)
        db.commit()
    return result


def _guarded(name: str, work: Callable[[], list[Done]]) -> list[Done]:
    """Return what was done, or that it failed and where: what an error says may hold names."""
    try:
        return work()
    except Exception as wrong:  # noqa: BLE001  the next job, and the next letter, still have a turn
        frames = traceback.extract_tb(wrong.__traceback__)
        ours = [frame for frame in frames if Path(frame.filename).is_relative_to(HERE)]
        where = f"{Path(ours[-1].filename).relative_to(HERE)}:{ours[-1].lineno}"
        return [Done(name, f"failed, {type(wrong).__name__} at {where}", failed=True)]


def _logged(look: Callable[[], list[Done]]) -> Callable[[], None]:
    """Return a tick that says in one line each what was done."""

    def tick() -> None:
        for done in look():
            log.log(
                logging.ERROR if done.failed else logging.INFO, "%s: %s", done.job, done.sentence
            )

    return tick
