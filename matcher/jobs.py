"""What the clock does of itself: a table of jobs, each with when it is due and what it does.

A job is due once in each of its periods, and a period is claimed by a row in
the same transaction as the work. To add a job, add a row to JOBS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from matcher import (
    first_offers,
    gate_day,
    keeping_up,
    kiosk,
    pairing,
    plan_requests,
    planning_again,
    post_watch,
    rate_limits,
    retention,
    second_factor,
    tasks,
    twin_tasks,
    unsent,
    uploads,
)
from matcher.clock_health import SET_BACK
from matcher.core.conditions import RuleSettings
from matcher.core.planning import PlanSettings
from matcher.core.sending import LONDON
from matcher.core.words import counted
from matcher.core.working_days import DAY, official_calendar
from matcher.proposals import covered_in_words, propose, think
from matcher.released_unmatched import close_released
from matcher.ways_out import keep_ways_out, ways_out
from models.audit import AuditedSession
from models.runs import JobRun

RUNS_KEPT = timedelta(days=31)
"""How long it is known which periods were claimed; nobody asks for one so old."""

Period = Callable[[datetime], str]
Work = Callable[[Session, datetime], str]


@dataclass(frozen=True)
class Job:
    """One thing done again and again.

    `period` names the newest period that has begun at a moment (aware): each
    is done once. `work` does it at a moment and says in a sentence what was
    done, empty for nothing. What takes long to find out has `think` as well:
    that only reads, before the period is claimed, so that it holds up nobody,
    and returns the work.
    """

    name: str
    period: Period
    work: Work | None = None
    think: Callable[[Session, datetime], Work] | None = None


def claim_period(db: Session, job: Job, now: datetime) -> JobRun | None:
    """Claim the newest period of a job, or return None if it is claimed already.

    Where another transaction is about to claim it, this waits for how that ends.
    One that was claimed before the machine's clock was set back is claimed anew.
    """
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    period = job.period(now)
    row = insert(JobRun).values(job=job.name, period=period, started_at=now, outcome="")
    claimed = row.on_conflict_do_update(
        index_elements=["job", "period"],
        set_={"started_at": now, "finished_at": None, "outcome": ""},
        where=col(JobRun.started_at) > now + SET_BACK,
    ).returning(col(JobRun.period))
    return db.get_one(JobRun, (job.name, period)) if db.execute(claimed).first() else None


def is_claimed(db: Session, job: Job, now: datetime) -> bool:
    """Say whether the newest period of a job is claimed already."""
    run = db.get(JobRun, (job.name, job.period(now)))
    return run is not None and run.started_at <= now + SET_BACK


def daily(at: time) -> Period:
    """Return the periods of a job that is due each day from a local time on."""

    def period(now: datetime) -> str:
        local = now.astimezone(LONDON)
        day = local.date() if local.time() >= at else local.date() - DAY
        return day.isoformat()

    return period


def each_working_day(at: time) -> Period:
    """Return the periods of a job that is due each working day from a local time on."""

    def period(now: datetime) -> str:
        local = now.astimezone(LONDON)
        day = local.date() if local.time() >= at else local.date() - DAY
        return official_calendar().on_or_before(day).isoformat()

    return period


def hourly(now: datetime) -> str:
    """Return the hour, in UTC: one that local clocks show twice is two."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H}"


def each_minute(now: datetime) -> str:
    """Return the minute, in UTC."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H:%M}"


def _plan(db: Session, now: datetime) -> Work:
    thought = think(db, now=now, rules=RuleSettings(), settings=PlanSettings())

    def keep(db: Session, now: datetime) -> str:
        """Keep the plan; where something has changed meanwhile, make it anew and let all wait."""
        if thought.still_stands(db):
            return covered_in_words(thought.keep(db))
        anew = propose(db, now=now, rules=RuleSettings(), settings=PlanSettings())
        return covered_in_words(anew)

    return keep


def _plan_again(db: Session, now: datetime) -> str:
    proposed = planning_again.plan_again(db, now=now, rules=RuleSettings(), settings=PlanSettings())
    return _said(len(proposed), "new pair", "proposed")


def _ways_out(db: Session, now: datetime) -> Work:
    found = ways_out(db, now)
    return lambda db, _now: _said(
        keep_ways_out(db, found), "leaver", "told what would give them a mentor"
    )


def _twins(db: Session, _now: datetime) -> Work:
    found = twin_tasks.twins_of_regions(db)
    return lambda db, now: _said(
        twin_tasks.ask_about(db, found, now=now), "task", "raised: someone may be on file twice"
    )


def _offers(db: Session, now: datetime) -> str:
    return _said(len(pairing.expire_offers(db, now=now)), "offer", "lapsed")


def _gate_watch(db: Session, now: datetime) -> str:
    return _said(len(gate_day.watch(db, now=now)), "person", "to be asked after", many="people")


def _tasks(db: Session, now: datetime) -> str:
    raised = [*tasks.raise_due(db, now=now), *first_offers.press(db, now=now)]
    return _said(len(raised), "task", "raised")


def _keep_up(db: Session, now: datetime) -> str:
    return _said(keeping_up.keep_up(db, now=now), "pair", "planned again")


def _post_watch(db: Session, now: datetime) -> str:
    return _said(post_watch.watch(db, now=now), "task", "raised: letters are not leaving")


def _uploads(db: Session, now: datetime) -> str:
    return _said(uploads.forget_old(db, now=now), "upload", "never confirmed is forgotten")


def _unsent(db: Session, now: datetime) -> str:
    return _said(unsent.forget_old(db, now=now), "page", "never sent is forgotten")


def _kiosk(db: Session, now: datetime) -> str:
    return _said(kiosk.forget_old(db, now=now), "form", "left at a kiosk is forgotten")


def _limits(db: Session, now: datetime) -> str:
    rate_limits.forget_old(db, now=now)
    second_factor.forget_next_apps(db, now=now)
    return ""


def _close_released(db: Session, now: datetime) -> str:
    return _said(len(close_released(db, now=now)), "person", "left unmatched", many="people")


def _forget(db: Session, now: datetime) -> str:
    """Keep to the table of retention, and forget old claims."""
    db.execute(delete(JobRun).where(col(JobRun.started_at) < now - RUNS_KEPT))
    plan_requests.forget_old(db, now=now)
    if not isinstance(db, AuditedSession):
        raise TypeError("what is deleted must be told to the audit")
    outcomes = [one for one in retention.keep_to_the_table(db, now=now) if one.count]
    told = ", ".join(f"{one.count:,} by the rule “{one.rule.code}”" for one in outcomes)
    return f"deleted or emptied: {told}" if told else ""


def _said(count: int, one: str, what: str, many: str | None = None) -> str:
    return f"{counted(count, one, many)} {what}" if count else ""


JOBS: tuple[Job, ...] = (
    Job("forget", daily(time(0)), _forget),
    Job("close", daily(time(0, 30)), _close_released),
    Job("keep up", daily(time(5)), _keep_up),
    Job("offers", each_minute, _offers),
    Job("plan", each_working_day(time(6)), think=_plan),
    Job(planning_again.JOB, each_minute, _plan_again),
    Job("gate watch", each_minute, _gate_watch),
    Job("post watch", each_minute, _post_watch),
    Job("tasks", hourly, _tasks),
    Job("uploads", hourly, _uploads),
    Job("unsent", hourly, _unsent),
    Job("kiosk", hourly, _kiosk),
    Job("limits", hourly, _limits),
    Job("ways out", each_working_day(time(6)), think=_ways_out),
    Job("twins", each_working_day(time(6)), think=_twins),
)
"""In the order in which one look does them: what lapsed is free for the plan, and planned again."""
