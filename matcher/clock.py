"""The clock: a process that looks every few seconds at what is due by the rows, and does it.

It holds no plan of its own. Each periodic job claims its period with a row in
the same transaction as its work: of two clocks one does it, what failed is
tried again, and after days without a clock each job is done once, for the
latest period. Letters are claimed a few at a time, for a while. So a clock
may be stopped, killed or started twice at any moment.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from time import monotonic
from typing import Any, TypeVar

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from matcher import clock_health, handing_out
from matcher import kept_outside as outside
from matcher.done import Done, guarded
from matcher.jobs import JOBS, Job, Work, claim_period, is_claimed
from matcher.journal import Journal
from matcher.messages import Sender
from matcher.plan_round import JOB, plan_round
from matcher.post_round import Judge, always, post_round
from matcher.settings import Settings
from matcher.time_set import LeaseJudge, Watch, waits_for_long, wake
from models.audit import AuditedSession, Hand
from models.database import reading
from models.states import Channel, LetterState

JOBS_SECONDS = 10
"""Between two looks at the jobs."""

HANDS = 4
"""How many letters one clock hands over at a time: a slow server is mostly waited for."""

POST_SECONDS = 4
"""Between two looks of each hand at what is due; so one of them looks each second."""

PLAN_SECONDS = 2
"""Between two looks at whether somebody asked for a plan: they wait before a page."""

LOOK_SECONDS = 5
"""Between two looks at whether the machine's clock was set."""

log = logging.getLogger("gatemate.clock")

Result = TypeVar("Result")


@dataclass(frozen=True)
class Context:
    """What the clock works with: where rows are, how letters leave, who it is, what time it is.

    `worker` is a name that no other clock has. `now` is aware, UTC. `lease`
    is the same for every clock on one database, and so is the `journal`.
    """

    sessions: sessionmaker[AuditedSession]
    settings: Settings
    senders: Mapping[Channel, Sender]
    journal: Journal
    worker: str
    now: Callable[[], datetime]
    lease: timedelta = handing_out.LEASE

    def reading(self) -> Session:
        """Open a session that only reads, and so waits for nobody."""
        engine: Engine = self.sessions.kw["bind"]
        return reading(engine)()

    def session(self) -> AuditedSession:
        """Open a session in which the service itself writes."""
        db = self.sessions()
        db.write_as(Hand(None, at=self.now(), origin="clock"))
        return db

    def committed(self, verb: Callable[[AuditedSession], Result]) -> Result:
        """Do one verb in a transaction of its own."""
        with self.session() as db:
            result = verb(db)
            db.commit()
        return result


def run_due(context: Context, now: datetime) -> list[Done]:
    """Do once what is due at `now`: each job whose period nobody has claimed, and the post."""
    at_that_time = replace(context, now=lambda: now)
    return [*run_jobs(at_that_time), *make_asked(at_that_time), *deliver(at_that_time)]


def run_jobs(context: Context) -> list[Done]:
    """Do each job that is due, in a transaction of its own; one that fails stops no other."""
    done = [one for job in JOBS for one in guarded(job.name, partial(_run, context, job))]
    return [*done, *guarded("kept outside", partial(keep_outside, context))]


def make_asked(context: Context) -> list[Done]:
    """Make the plan that a manager asked for, if one did."""
    return guarded(JOB, partial(plan_round, context))


def keep_outside(context: Context) -> list[Done]:
    """Write beside the journal who was erased, and how far the audit has come."""
    with context.reading() as db:
        outside.keep(db, context.settings, context.journal.path, now=context.now())
    return []


def deliver(
    context: Context, stop: Event | None = None, *, may_give_back: Judge = always
) -> list[Done]:
    """Send the letters that are due until none is left, or until told to stop."""
    ended = stop or Event()
    became: Counter[LetterState] = Counter()
    post = partial(post_round, context, ended, became, may_give_back=may_give_back)
    failed = guarded("post", post)
    counts = [f"{count:,} {state.label.lower()}" for state, count in became.items()]
    return [*([Done("post", ", ".join(counts))] if counts else []), *failed]


def main(context: Context, stop: Event) -> None:
    """Tick until told to stop; the letters in hand are finished first."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(HANDS + 2)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    pulse = Pulse(context)
    pulse.begin(datetime.now(UTC))
    _tick_each(scheduler, JOBS_SECONDS, 0, partial(_look_at_jobs, context, pulse))
    _tick_each(scheduler, PLAN_SECONDS, 0, lambda: _say(make_asked(context)))
    for number in range(HANDS):
        hand = PostHand(context, stop, number, pulse)
        _tick_each(scheduler, POST_SECONDS, number * POST_SECONDS / HANDS, hand.look)
    scheduler.start()
    log.info("clock: started")
    watch = Watch(datetime.now(UTC), monotonic())
    while not stop.wait(LOOK_SECONDS):
        has_jumped = watch.has_jumped(datetime.now(UTC), monotonic())
        if has_jumped or waits_for_long(scheduler, datetime.now(UTC)):
            log.info("clock: the time was set, so everything is looked at now")
            pulse.jumped_at = datetime.now(UTC)
            wake(scheduler, datetime.now(UTC))
    scheduler.shutdown(wait=True)
    log.info("clock: stopped")


class Pulse:
    """Leaves a row behind that says when this clock looked, and what is in its way."""

    def __init__(self, context: Context) -> None:
        """Begin without trouble."""
        self.context = context
        self.jumped_at: datetime | None = None
        self.trouble = ""

    def begin(self, now: datetime) -> None:
        """Note that the clock starts; `now` is the real time."""
        start = partial(clock_health.note_start, worker=self.context.worker, now=now)
        self._note(start)

    def beat(self, now: datetime) -> None:
        """Note a look; `now` is the real time."""
        look = partial(
            clock_health.note_look,
            worker=self.context.worker,
            now=now,
            jumped_at=self.jumped_at,
            trouble=self.trouble,
        )
        self._note(look)

    def _note(self, verb: Callable[[AuditedSession], None]) -> None:
        def note() -> list[Done]:
            self.context.committed(verb)
            return []

        _say(guarded("clock", note))


class PostHand:
    """One of the hands of a clock: looks at the letters that are due, under a name of its own."""

    def __init__(self, context: Context, stop: Event, number: int, pulse: Pulse) -> None:
        """Number the hand; the first looks after letters whose worker died, and after the pulse."""
        self.context = replace(context, worker=f"{context.worker}-{number}")
        self.stop, self.pulse = stop, pulse
        self.is_first = number == 0
        self.judge = LeaseJudge(context.lease, context.now(), monotonic())

    def look(self) -> None:
        """Send what is due."""
        done = deliver(self.context, self.stop, may_give_back=self._may_give_back)
        if self.is_first:
            self.pulse.trouble = next((one.sentence for one in done if one.failed), "")
        _say(done)

    def _may_give_back(self, now: datetime) -> bool:
        return self.is_first and self.judge.may_judge(now, monotonic())


def _tick_each(scheduler: Any, seconds: float, after: float, tick: Callable[[], None]) -> None:
    begins = datetime.now(UTC) + timedelta(seconds=after)
    scheduler.add_job(tick, "interval", seconds=seconds, next_run_time=begins)


def _look_at_jobs(context: Context, pulse: Pulse) -> None:
    _say(run_jobs(context))
    pulse.beat(datetime.now(UTC))


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


def _say(done: list[Done]) -> None:
    """Say in one line each what was done."""
    for one in done:
        log.log(logging.ERROR if one.failed else logging.INFO, "%s: %s", one.job, one.sentence)
