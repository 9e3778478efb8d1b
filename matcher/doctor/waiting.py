"""Whether anything that is due has stayed undone: I9."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlmodel import col, func, or_, select

from matcher.clock_health import SILENT_AFTER
from matcher.doctor.case import Breach, CannotLook, Case, Found, Note
from matcher.jobs import JOBS
from models.events import Event
from models.outbox import TO_BE_TRIED, Letter
from models.pairs import Pair
from models.post import ChannelState, ClockHealth, PostHold
from models.runs import JobRun
from models.states import Channel, LetterState, PairState

PATIENCE = timedelta(minutes=15)
"""How long something may be due."""

_HELD = (LetterState.CLAIMED, LetterState.SENDING)


def nothing_is_stuck(case: Case) -> Found:
    """I9: what has been due for more than 15 minutes with a clock that runs all that time.

    A post on hold and a channel that is shut wait rightly: that is said.
    """
    if not _runs(case):
        raise CannotLook("No clock has been running for the last 15 minutes.")
    leaving = set(case.channels)
    for channel, why in _kept_back(case):
        leaving.discard(channel)
        yield Note(f"Letters by {channel.label.lower()} wait: {why}.")
    yield from _letters(case, leaving)
    yield from _offers(case)
    yield from _events(case)
    yield from _jobs(case)


def _runs(case: Case) -> bool:
    """Say whether a clock looks now and did for the last 15 minutes, all of which passed."""
    running = select(ClockHealth).where(
        col(ClockHealth.last_look_at) >= case.real_now - SILENT_AFTER
    )
    since = case.real_now - PATIENCE
    return any(
        max(one.started_at, one.last_jump_at or one.started_at) <= since
        for one in case.db.exec(running)
    )


def _kept_back(case: Case) -> Iterator[tuple[Channel, str]]:
    """Yield the channels by which letters have rightly waited of late, and why."""
    since = case.now - PATIENCE
    lately = or_(col(PostHold.lifted_at).is_(None), col(PostHold.lifted_at) > since)
    hold = case.db.exec(select(PostHold).where(lately)).first()
    shut = set(
        case.db.exec(select(ChannelState.channel).where(col(ChannelState.open_until) > since))
    )
    for channel in Channel:
        if channel not in case.channels:
            yield channel, "nothing is set up to send them"
        elif hold and channel is not Channel.PRINT:
            yield channel, f"the post is on hold since {hold.since:%Y-%m-%d %H:%M} UTC"
        elif channel in shut:
            yield channel, "the channel failed again and again, and is shut for a while"


def _letters(case: Case, leaving: set[Channel]) -> Iterator[Breach]:
    since = case.now - PATIENCE
    waits = col(Letter.state).in_({*TO_BE_TRIED, LetterState.DUE}) & (col(Letter.due_at) <= since)
    forgotten = col(Letter.state).in_(_HELD) & (col(Letter.lease_until) <= since)
    stuck = select(Letter.id, Letter.state).where(
        or_(waits, forgotten), col(Letter.channel).in_(leaving)
    )
    for letter_id, state in case.db.exec(stuck.order_by(col(Letter.due_at), col(Letter.id))):
        late = "it is held by nobody" if state in _HELD else "it is due, and has not left"
        yield Breach("letter", str(letter_id), late)


def _offers(case: Case) -> Iterator[Breach]:
    over = select(Pair.id).where(
        Pair.state == PairState.OFFERED, col(Pair.answer_by) <= case.now - PATIENCE
    )
    for pair_id in case.db.exec(over.order_by(col(Pair.answer_by), col(Pair.id))):
        yield Breach("pair", str(pair_id), "its offer is over, and has not lapsed")


def _events(case: Case) -> Iterator[Breach]:
    waiting = select(Event.id).where(
        col(Event.applied_at).is_(None), col(Event.recorded_at) <= case.now - PATIENCE
    )
    for event_id in case.db.exec(waiting.order_by(col(Event.recorded_at), col(Event.id))):
        yield Breach("event", str(event_id), "the plan has not followed it")


def _jobs(case: Case) -> Iterator[Breach]:
    """Yield the jobs of which the period that began 15 minutes ago was never claimed, nor later."""
    newest = select(JobRun.job, func.max(JobRun.period)).group_by(col(JobRun.job))
    done = dict(case.db.exec(newest).all())
    for job in JOBS:
        if done.get(job.name, "") < job.period(case.now - PATIENCE):
            yield Breach("job_run", job.name, "this work is due, and nobody has done it")
