"""The clock does what is due, once, whatever happens to it; and the post with it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from matcher import clock, delivery
from matcher.clock import Context, Done, Watch, deliver, main, run_due, run_jobs, wake
from matcher.core.working_days import official_calendar
from matcher.jobs import JOBS, Job, daily, each_minute, each_working_day, hourly
from matcher.senders import Answer, Refused, SmtpSender
from models.audit import AuditEntry
from models.database import sessions
from models.outbox import Letter
from models.pairs import Pair
from models.releases import ExpectedLeaver, ReleaseDate
from models.runs import JobRun, PlanRun
from models.states import Channel, DateKind, EndReason, LetterKind, LetterState, PairState
from tests.mail_server import mail_server
from tests.matcher.lettered import LEASE, MENTOR_EMAIL, SETTINGS, a_reachable_pair, planned
from tests.rows import NOW, an_expected_leaver

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Hands:
    """A sender that keeps what it is handed, and does as it is told before it answers."""

    def __init__(self, before=lambda message: None):
        self.taken = []
        self.before = before

    def send(self, message):
        self.taken.append(message)
        self.before(message)
        return Answer("250 taken")


def a_clock(engine, sender=None, worker="one", now=NOW):
    senders = dict.fromkeys(Channel, sender or Hands())
    return Context(sessions(engine, b"key"), SETTINGS, senders, worker, lambda: now, LEASE)


@pytest.fixture
def letter_id(engine):
    """A letter that is due."""
    with Session(engine) as db:
        letter = planned(a_reachable_pair(db))
        db.commit()
        return letter.id


def state_of(engine, letter_id):
    with Session(engine) as db:
        return db.get_one(Letter, letter_id).state


def one_job(monkeypatch, work, period=each_minute):
    monkeypatch.setattr(clock, "JOBS", (Job("only", period, work),))


MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 23, 6, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 5, 59, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 22, 12, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 12, 28, 12, tzinfo=UTC), date(2026, 12, 24)),
        (datetime(2027, 6, 1, 5, tzinfo=UTC), date(2027, 6, 1)),
    ],
)
def test_the_plan_is_due_at_six_local_time_on_working_days(now, day):
    [plan] = [job for job in JOBS if job.name == "plan"]

    assert plan.period(now) == day.isoformat()


@given(st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_period_never_comes_back_and_lasts_as_long_as_it_says(now):
    for job in JOBS:
        assert job.period(now) <= job.period(now + MINUTE)
    day = date.fromisoformat(each_working_day(datetime.min.time())(now))
    assert official_calendar().includes(day)
    assert hourly(now) != hourly(now + timedelta(hours=1))
    assert each_minute(now) != each_minute(now + MINUTE)
    assert daily(datetime.min.time())(now) != daily(datetime.min.time())(now + 25 * MINUTE * 60)


def test_each_job_is_done_once_in_its_period(engine, monkeypatch):
    done = []
    one_job(monkeypatch, lambda db, now: done.append(now) or "something")

    first, again, later = (
        run_due(a_clock(engine), now) for now in (NOW, NOW + MINUTE / 2, NOW + MINUTE)
    )

    assert first == [Done("only", "something")]
    assert again == []
    assert later == first
    assert done == [NOW, NOW + MINUTE]


def test_a_job_that_thinks_first_holds_up_nobody_and_is_done_once(engine, monkeypatch):
    thoughts = []

    def think(db, now):
        thoughts.append(len(db.exec(select(ExpectedLeaver)).all()))
        with Session(engine) as meanwhile:
            meanwhile.add(an_expected_leaver())
            meanwhile.commit()
        return lambda db, now: f"{thoughts[-1]} before"

    monkeypatch.setattr(clock, "JOBS", (Job("only", each_minute, think=think),))

    first, again = (run_due(a_clock(engine), now) for now in (NOW, NOW + MINUTE / 2))

    assert (first, again) == ([Done("only", "0 before")], [])
    assert thoughts == [0]


def test_what_was_done_is_kept_with_its_claim(engine, monkeypatch):
    one_job(monkeypatch, lambda db, now: "something")

    run_due(a_clock(engine), NOW)

    with Session(engine) as db:
        [run] = db.exec(select(JobRun))
        assert (run.job, run.outcome) == ("only", "something")
        assert (run.started_at, run.finished_at) == (NOW, NOW)


def test_a_job_that_did_nothing_says_nothing(engine, monkeypatch):
    one_job(monkeypatch, lambda db, now: "")

    assert run_due(a_clock(engine), NOW) == []


def test_after_days_without_a_clock_a_job_is_done_once(engine, monkeypatch):
    done = []
    one_job(monkeypatch, lambda db, now: done.append(now) or "", period=daily(NOW.time()))

    for now in (NOW, NOW + 4 * DAY, NOW + 4 * DAY + MINUTE):
        run_due(a_clock(engine), now)

    assert done == [NOW, NOW + 4 * DAY]


def test_a_job_that_failed_keeps_nothing_and_is_tried_again(engine, monkeypatch):
    def work(db, now):
        db.add(an_expected_leaver())
        db.flush()
        if not tried:
            tried.append(now)
            raise ValueError("Sam Secret was in the way")
        return "done"

    tried = []
    one_job(monkeypatch, work)

    [failed], [done] = (run_due(a_clock(engine), NOW) for _ in range(2))

    assert failed.failed
    assert failed.sentence.startswith("failed, ValueError at clock.py:")
    assert "Secret" not in failed.sentence
    assert done == Done("only", "done")
    with Session(engine) as db:
        assert len(db.exec(select(ExpectedLeaver)).all()) == 1


def test_a_job_that_fails_stops_neither_the_next_nor_the_post(engine, monkeypatch, letter_id):
    def fail(db, now):
        raise OperationalError("SELECT", {}, ValueError())

    next_one = Job("next", each_minute, lambda db, now: "done")
    monkeypatch.setattr(clock, "JOBS", (Job("bad", each_minute, fail), next_one))

    done = run_due(a_clock(engine), NOW)

    assert [(one.job, one.failed) for one in done] == [
        ("bad", True),
        ("next", False),
        ("post", False),
    ]


def test_two_clocks_at_once_do_the_work_once(engine, monkeypatch):
    def work(db, now):
        done.append(now)
        return ""

    done = []
    one_job(monkeypatch, work)
    clocks = [a_clock(engine, worker=str(number)) for number in range(4)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run_jobs, clocks))

    assert done == [NOW]


def test_all_there_is_to_do_on_an_empty_database_does_no_harm(engine):
    done = run_due(a_clock(engine), NOW)

    assert done == [Done("plan", "0 of 0 waiting leavers covered")]
    with Session(engine) as db:
        assert len(db.exec(select(PlanRun)).all()) == 1
        claimed = {run.job for run in db.exec(select(JobRun))}
        assert claimed == {job.name for job in JOBS}
        assert {entry.origin for entry in db.exec(select(AuditEntry))} == {"clock"}


def test_an_offer_without_an_answer_lapses(engine):
    with Session(engine) as db:
        offered = {"state": PairState.OFFERED, "accepted_at": None, "answer_by": NOW}
        pair_id = a_reachable_pair(db, **offered).pair.id
        db.commit()

    done = run_due(a_clock(engine), NOW + MINUTE)

    assert Done("offers", "1 offer lapsed") in done
    with Session(engine) as db:
        assert db.get_one(Pair, pair_id).end_reason is EndReason.EXPIRED


def test_expected_leavers_are_forgotten_when_the_day_after_their_release_is_over(engine):
    with Session(engine) as db:
        for days in (0, 1, 2, 3):
            expected = an_expected_leaver(release_date=MONDAY - days * DAY)
            db.add(expected)
            db.flush()
            given_day = {"kind": DateKind.CONDITIONAL, "day": MONDAY, "source": "report"}
            own = {"expected_leaver_id": expected.id, "recorded_at": NOW}
            db.add(ReleaseDate(**given_day, **own))
        db.add(JobRun(job="old", period="1", started_at=NOW - 32 * DAY))
        db.commit()

    done = run_due(a_clock(engine), NOW)

    assert Done("forget", "2 expected leavers forgotten") in done
    with Session(engine) as db:
        kept = db.exec(
            select(ExpectedLeaver.release_date).order_by(col(ExpectedLeaver.release_date))
        )
        assert kept.all() == [MONDAY - DAY, MONDAY]
        assert len(db.exec(select(ReleaseDate)).all()) == 2
        assert db.exec(select(JobRun).where(JobRun.job == "old")).all() == []


def test_a_letter_that_is_due_leaves_by_a_real_mail_server(engine, letter_id):
    with mail_server() as server:
        sender = SmtpSender("127.0.0.1", server.port, SETTINGS.mail_from, patience=5)
        done = deliver(a_clock(engine, sender))

    [mail] = server.taken
    assert done == [Done("post", "1 sent")]
    assert state_of(engine, letter_id) is LetterState.SENT
    assert mail["To"] == MENTOR_EMAIL
    assert mail["Message-ID"] == f"<{letter_id}@example.org>"


def test_no_transaction_is_open_while_the_server_is_talked_to(engine, letter_id):
    def look(message):
        with Session(engine) as db:
            seen.append(db.get_one(Letter, message.letter_id).state)
            db.add(an_expected_leaver())
            db.commit()

    seen = []

    deliver(a_clock(engine, Hands(look)))

    assert seen == [LetterState.SENDING]


def test_many_letters_leave_once_each_from_two_clocks(engine):
    with Session(engine) as db:
        accepted = a_reachable_pair(db)
        letters = {planned(accepted, number=number).id for number in range(1, 26)}
        db.commit()
    hands = Hands()
    clocks = [a_clock(engine, hands, worker) for worker in ("one", "two")]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(deliver, clocks))

    assert Counter(message.letter_id for message in hands.taken) == Counter(letters)


def test_after_the_clock_died_while_sending_another_sends_with_the_same_message_id(
    engine, letter_id
):
    def die(message):
        raise KeyboardInterrupt

    dying, living = Hands(die), Hands()
    with pytest.raises(KeyboardInterrupt):
        deliver(a_clock(engine, dying))

    at_once = deliver(a_clock(engine, living, "two"))
    deliver(a_clock(engine, living, "two", now=NOW + LEASE))

    assert at_once == []
    assert [one.message_id for one in living.taken] == [one.message_id for one in dying.taken]
    assert state_of(engine, letter_id) is LetterState.SENT


def test_a_refusal_is_kept_and_the_next_letter_leaves(engine, letter_id):
    def refuse(message):
        if message.letter_id == letter_id:
            raise Refused("550 no")

    with Session(engine) as db:
        planned(a_reachable_pair(db))
        db.commit()

    done = deliver(a_clock(engine, Hands(refuse)))

    assert done == [Done("post", "1 could not be sent, 1 sent")] or done == [
        Done("post", "1 sent, 1 could not be sent")
    ]
    assert state_of(engine, letter_id) is LetterState.DEAD


def test_a_sender_that_breaks_leaves_the_letter_to_be_tried_again(engine, letter_id):
    def break_down(message):
        raise ZeroDivisionError

    deliver(a_clock(engine, Hands(break_down)))

    with Session(engine) as db:
        letter = db.get_one(Letter, letter_id)
        assert (letter.state, letter.answer) == (LetterState.UNKNOWN, "ZeroDivisionError")
        assert letter.due_at == NOW + MINUTE


def test_a_yes_is_recorded_also_when_the_database_fails_once(engine, letter_id, monkeypatch):
    def record(*told, **options):
        if not tried:
            tried.append(1)
            raise OperationalError("UPDATE", {}, ValueError())
        return really(*told, **options)

    tried, really = [], delivery.record
    monkeypatch.setattr(delivery, "record", record)
    monkeypatch.setattr(clock, "RECORD_PAUSE", 0)
    hands = Hands()

    deliver(a_clock(engine, hands))

    assert len(hands.taken) == 1
    assert state_of(engine, letter_id) is LetterState.SENT


def test_told_to_stop_the_letter_in_hand_is_finished_and_the_others_given_back(engine):
    with Session(engine) as db:
        accepted = a_reachable_pair(db)
        letters = {planned(accepted, number=number).id for number in range(1, 4)}
        db.commit()
    stop = Event()
    hands = Hands(lambda message: stop.set())

    deliver(a_clock(engine, hands), stop)

    [sent] = hands.taken
    states = {one: state_of(engine, one) for one in letters}
    assert states.pop(sent.letter_id) is LetterState.SENT
    assert set(states.values()) == {LetterState.DUE}


def test_one_poisoned_letter_stops_no_other(engine, letter_id):
    with Session(engine) as db:
        poisoned = planned(a_reachable_pair(db), LetterKind.RING_US)
        poisoned.recipient = "nobody:at-all"
        db.commit()

    done = deliver(a_clock(engine))

    assert Done("post", "1 sent") in done
    assert [one.failed for one in done] == [False, True]
    assert state_of(engine, letter_id) is LetterState.SENT


def test_the_process_ticks_until_it_is_told_to_stop(engine, letter_id):
    def note(message):
        if message.letter_id == letter_id:
            sent.set()

    stop, sent = Event(), Event()
    ticking = Thread(target=main, args=(a_clock(engine, Hands(note)), stop))

    ticking.start()
    was_sent = sent.wait(60)
    stop.set()
    ticking.join(60)

    assert was_sent
    assert not ticking.is_alive()
    assert state_of(engine, letter_id) is LetterState.SENT


@given(
    st.floats(-90_000, 90_000, allow_nan=False),
    st.floats(0, 600, allow_nan=False),
)
def test_a_clock_that_was_set_is_noticed_once(set_by, passed):
    watch = Watch(NOW, 100.0)

    first = watch.has_jumped(NOW + timedelta(seconds=passed + set_by), 100.0 + passed)
    second = watch.has_jumped(NOW + timedelta(seconds=passed + set_by + 5), 105.0 + passed)

    assert first == (abs(set_by) > clock.JUMP_SECONDS) or abs(abs(set_by) - 5) < 0.001
    assert not second


def test_after_the_clock_was_set_back_a_tick_comes_at_once():
    ticked = Event()
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.start()
    scheduler.add_job(ticked.set, "interval", hours=1, misfire_grace_time=None)

    wake(scheduler, datetime.now(UTC))

    assert ticked.wait(60)
    scheduler.shutdown()
