"""The machine's clock is set forward, back, or both, while letters are under way: none is left."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import Session, select

from matcher import channels, clock, delivery, handing_out
from matcher.clock import PostHand, Pulse, deliver, run_jobs
from matcher.clock_health import clock_trouble, note_start
from matcher.handing_out import LEASE
from matcher.jobs import Job, daily, each_minute, hourly
from matcher.messages import Refused
from matcher.time_set import LeaseJudge, waits_for_long, wake
from models.outbox import Letter
from models.post import ChannelState
from models.runs import JobRun
from models.states import Channel, LetterMove, LetterState
from tests.matcher.lettered import SETTINGS
from tests.matcher.test_clock import DAY, MINUTE, Hands, a_clock, letter_id, state_of
from tests.rows import NOW

__all__ = ["letter_id"]
HOUR = timedelta(hours=1)
JUMPS = [HOUR, DAY]
SOON = timedelta(seconds=10)
"""Within this a clock looks again, and within this a letter that was let go leaves."""


def due_long_ago(engine, letter_id):
    """Let a letter be due by any time that this module knows."""
    with Session(engine) as db:
        letter = db.get_one(Letter, letter_id)
        letter.due_at, letter.not_after = NOW - 9 * DAY, NOW + 9 * DAY
        letter.urgent = True
        db.commit()


def refuse(**told):
    def before(message):
        raise Refused("451 not now", temporary=True, **told)

    return Hands(before)


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("told", [{}, {"unknown": True}, {"ours": True}])
def test_a_letter_that_failed_in_a_time_yet_to_come_is_tried_now(engine, letter_id, jump, told):
    due_long_ago(engine, letter_id)
    deliver(a_clock(engine, refuse(**told), now=NOW + jump))
    hands = Hands()

    deliver(a_clock(engine, hands, now=NOW + SOON))

    assert len(hands.taken) == 1
    assert state_of(engine, letter_id) is LetterState.SENT


def test_a_letter_that_failed_just_now_waits_as_before(engine, letter_id):
    due_long_ago(engine, letter_id)
    deliver(a_clock(engine, refuse(), now=NOW + timedelta(seconds=2)))
    hands = Hands()

    deliver(a_clock(engine, hands, now=NOW))

    assert hands.taken == []


@pytest.mark.parametrize("jump", JUMPS)
def test_a_letter_told_to_wait_in_a_time_yet_to_come_is_looked_at_now(engine, letter_id, jump):
    due_long_ago(engine, letter_id)
    with Session(engine) as db:
        letter = db.get_one(Letter, letter_id)
        for move in (LetterMove.FALL_DUE, LetterMove.CLAIM, LetterMove.RELEASE):
            letter.lease_until = NOW + jump
            letter.move(move, now=NOW + jump)
        letter.lease_until, letter.due_at = None, NOW + jump + HOUR
        db.commit()
    hands = Hands()

    deliver(a_clock(engine, hands))

    assert len(hands.taken) == 1


@pytest.mark.parametrize("jump", JUMPS)
def test_a_letter_that_fell_due_too_early_keeps_its_time(engine, letter_id, jump):
    with Session(engine) as db:
        letter = db.get_one(Letter, letter_id)
        letter.due_at = NOW + 30 * MINUTE
        letter.move(LetterMove.FALL_DUE, now=NOW + jump)
        db.commit()
    hands = Hands()

    deliver(a_clock(engine, hands))

    assert hands.taken == []


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("is_begun", [False, True])
def test_what_a_clock_that_died_held_in_a_time_yet_to_come_goes_a_lease_later(
    engine, letter_id, jump, is_begun
):
    def die(message):
        raise KeyboardInterrupt

    due_long_ago(engine, letter_id)
    if is_begun:
        with pytest.raises(KeyboardInterrupt):
            deliver(a_clock(engine, Hands(die), now=NOW + jump))
    else:
        with Session(engine) as db:
            handing_out.claim(db, now=NOW + jump, worker="one", channels=list(Channel))
            db.commit()
    hands = Hands()

    # The first look may judge no lease yet; what lies too far ahead is seen all the same.
    deliver(a_clock(engine, hands, "two"), may_give_back=lambda now: False)
    deliver(a_clock(engine, hands, "two", now=NOW + LEASE))

    assert len(hands.taken) == 1


@pytest.mark.parametrize("jump", JUMPS)
def test_a_channel_shut_in_a_time_yet_to_come_is_tried_now(engine, letter_id, jump):
    due_long_ago(engine, letter_id)
    with Session(engine) as db:
        for channel in Channel:
            shut_until = NOW + jump + channels.PAUSES[0]
            state = ChannelState(channel=channel, failures=5, opened_at=NOW, open_until=shut_until)
            db.add(state)
        db.commit()
    hands = Hands()

    deliver(a_clock(engine, hands))

    assert len(hands.taken) == 1
    with Session(engine) as db:
        assert channels.shut_channels(db, NOW) == frozenset()


def test_a_channel_that_is_shut_stays_shut_for_its_pause(engine, letter_id):
    due_long_ago(engine, letter_id)
    with Session(engine) as db:
        for channel in Channel:
            state = ChannelState(
                channel=channel, failures=9, opened_at=NOW, open_until=NOW + channels.PAUSES[-1]
            )
            db.add(state)
        db.commit()
    hands = Hands()

    deliver(a_clock(engine, hands))

    assert hands.taken == []


@pytest.mark.parametrize(("jump", "period"), [(HOUR, hourly), (DAY, daily(NOW.time()))])
def test_a_job_done_in_a_time_yet_to_come_is_done_again_in_that_time(
    engine, monkeypatch, jump, period
):
    done = []
    job = Job("only", period, lambda db, now: done.append(now) or "something")
    monkeypatch.setattr(clock, "JOBS", (job,))
    late = NOW + jump + 20 * MINUTE
    times = [NOW, late, NOW + MINUTE, NOW + jump + MINUTE, NOW + jump + 2 * MINUTE, late]

    for now in times:
        run_jobs(a_clock(engine, now=now))

    assert done == [NOW, late, NOW + jump + MINUTE]
    with Session(engine) as db:
        assert len(db.exec(select(JobRun)).all()) == 2


def test_a_job_that_thinks_does_so_again_in_a_period_claimed_before_its_time(engine, monkeypatch):
    done = []
    job = Job("only", each_minute, think=lambda db, now: lambda db, now: done.append(now) or "x")
    monkeypatch.setattr(clock, "JOBS", (job,))
    with Session(engine) as db:
        row = JobRun(
            job="only",
            period=each_minute(NOW),
            started_at=NOW + 2 * MINUTE,
            finished_at=NOW + 2 * MINUTE,
            outcome="",
        )
        db.add(row)
        db.commit()

    run_jobs(a_clock(engine))

    assert done == [NOW]


def test_a_clock_that_ended_in_a_time_yet_to_come_hides_no_silence(engine):
    with Session(engine) as db:
        note_start(db, "ended", now=NOW + DAY)
        db.commit()

        assert "No clock" in clock_trouble(db, NOW)

        note_start(db, "living", now=NOW)
        db.commit()

        assert clock_trouble(db, NOW + MINUTE) == ""


@pytest.mark.parametrize("left", [HOUR, -HOUR])
def test_a_tick_left_far_ahead_or_behind_by_a_jump_forth_and_back_is_noticed(left):
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.start(paused=True)
    now = datetime.now(UTC)
    tick = scheduler.add_job(print, "interval", seconds=4, next_run_time=now + timedelta(seconds=4))

    before = waits_for_long(scheduler, now)
    tick.modify(next_run_time=now + left)
    between = waits_for_long(scheduler, now)
    wake(scheduler, now)
    after = waits_for_long(scheduler, now)

    assert [before, between, after] == [False, True, False]
    scheduler.shutdown()


def test_a_lease_is_judged_by_the_time_that_was_looked_at(engine, letter_id):
    """The time jumps between two looks at it: a letter that another has just begun is not lost."""
    due_long_ago(engine, letter_id)
    with Session(engine) as db:
        handing_out.claim(db, now=NOW, worker="another", channels=list(Channel))
        db.get_one(Letter, letter_id).move(LetterMove.START, now=NOW)
        letter = db.get_one(Letter, letter_id)
        letter.attempt, letter.message_id = 1, "<one@example.org>"
        db.commit()
    times = iter([NOW])
    context = a_clock(engine)
    object.__setattr__(context, "now", lambda: next(times, NOW + HOUR))
    hand = PostHand(context, Event(), 0, Pulse(context))
    hand.judge = LeaseJudge(LEASE, NOW, 0.0)

    hand.look()

    assert state_of(engine, letter_id) is LetterState.SENDING


def test_a_letter_begun_before_a_jump_forward_is_recorded_after_it(engine, letter_id):
    times = [NOW]

    def jump(message):
        times[0] = NOW + HOUR

    due_long_ago(engine, letter_id)
    hands = Hands(jump)
    context = a_clock(engine, hands)
    object.__setattr__(context, "now", lambda: times[0])

    deliver(context)

    assert state_of(engine, letter_id) is LetterState.SENT
    assert len(hands.taken) == 1


def test_a_letter_claimed_before_a_jump_forward_goes_after_it(engine, letter_id, monkeypatch):
    really, times = handing_out.claim, [NOW]

    def claim_and_jump(db, **told):
        found = really(db, **told)
        times[0] = NOW + HOUR if found else times[0]
        return found

    due_long_ago(engine, letter_id)
    monkeypatch.setattr(handing_out, "claim", claim_and_jump)
    hands = Hands()
    context = a_clock(engine, hands)
    object.__setattr__(context, "now", lambda: times[0])

    deliver(context)
    deliver(context)

    assert len(hands.taken) == 1


def test_a_letter_claimed_in_a_time_yet_to_come_waits_until_it_is_due(engine, letter_id):
    later = NOW + DAY
    with Session(engine) as db:
        letter = db.get_one(Letter, letter_id)
        letter.due_at, letter.not_after = later, later + DAY
        db.commit()
        handing_out.claim(db, now=later, worker="one", channels=list(Channel))
        db.commit()

        begun = delivery.start(db, letter_id, now=NOW, worker="one", settings=SETTINGS)
        db.commit()

        assert begun is LetterState.DUE
        assert (letter.state, letter.attempt, letter.claimed_by) == (LetterState.DUE, 0, None)
