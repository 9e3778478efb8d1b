"""The clock does what is due, once, whatever happens to it; and the post with it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from math import inf
from threading import Barrier, Event, Thread
from time import sleep

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from matcher import clock, delivery, post_round
from matcher import journal as journal_module
from matcher.clock import (
    Context,
    LeaseJudge,
    PostHand,
    Pulse,
    Watch,
    deliver,
    main,
    run_due,
    run_jobs,
    wake,
)
from matcher.clock_health import clock_trouble, clocks
from matcher.core.working_days import official_calendar
from matcher.delivery import SOON
from matcher.done import Done
from matcher.handing_out import AT_ONCE
from matcher.jobs import JOBS, Job, daily, each_minute, each_working_day, hourly
from matcher.journal import Entry, Journal
from matcher.mail_sender import SmtpSender
from matcher.messages import Answer, Refused
from matcher.time_set import JUMP_SECONDS
from models.audit import AuditEntry
from models.database import sessions
from models.outbox import AttemptOutcome, Letter, LetterAttempt
from models.pairs import Pair
from models.release_words import DateKind
from models.releases import ExpectedLeaver, ReleaseDate
from models.runs import JobRun, PlanRun
from models.states import Channel, EndReason, LetterKind, LetterState, PairState
from tests.mail_server import mail_server
from tests.matcher.lettered import (
    LEASE,
    MENTOR_EMAIL,
    SETTINGS,
    a_journal,
    a_reachable_pair,
    claim,
    planned,
)
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


def a_clock(engine, sender=None, worker="one", now=NOW, journal=None):
    senders = dict.fromkeys(Channel, sender or Hands())
    writing = sessions(engine, b"key")
    return Context(writing, SETTINGS, senders, journal or a_journal(), worker, lambda: now, LEASE)


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

    assert Done("forget", "deleted or emptied: 2 by the rule “reports”") in done
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
    monkeypatch.setattr(post_round, "RECORD_PAUSE", 0)
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

    assert first == (abs(set_by) > JUMP_SECONDS) or abs(abs(set_by) - 5) < 0.001
    assert not second


def test_after_the_clock_was_set_back_a_tick_comes_at_once():
    ticked = Event()
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.start()
    scheduler.add_job(ticked.set, "interval", hours=1, misfire_grace_time=None)

    wake(scheduler, datetime.now(UTC))

    assert ticked.wait(60)
    scheduler.shutdown()


def sent_letters(journal):
    return [entry.letter for entry in journal.entries()]


def test_a_yes_is_in_the_journal_before_the_database_hears_of_it(engine, letter_id, monkeypatch):
    def look(db, message, came, **told):
        seen.append(sent_letters(journal))
        return really(db, message, came, **told)

    journal, seen, really = a_journal(), [], delivery.record
    monkeypatch.setattr(delivery, "record", look)

    deliver(a_clock(engine, journal=journal))

    assert seen == [[letter_id]]
    [entry] = journal.entries()
    assert (entry.channel, entry.attempt, entry.at) == (Channel.EMAIL, 1, NOW)
    assert (entry.message_id, entry.answer) == (f"<{letter_id}@example.org>", "250 taken")


def test_after_a_death_between_the_journal_and_the_commit_nothing_goes_twice(
    engine, letter_id, monkeypatch
):
    def die(*told, **options):
        raise KeyboardInterrupt

    journal, hands = a_journal(), Hands()
    with monkeypatch.context() as dying:
        dying.setattr(delivery, "record", die)
        with pytest.raises(KeyboardInterrupt):
            deliver(a_clock(engine, hands, journal=journal))

    deliver(a_clock(engine, hands, "two", now=NOW + LEASE, journal=journal))

    assert len(hands.taken) == 1
    with Session(engine) as db:
        letter = db.get_one(Letter, letter_id)
        assert (letter.state, letter.sent_at, letter.attempt) == (LetterState.SENT, NOW, 1)
        assert letter.answer == "250 taken"


def test_where_the_journal_cannot_be_written_nothing_leaves_and_that_is_said(
    engine, letter_id, tmp_path
):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    hands = Hands()

    done = deliver(a_clock(engine, hands, journal=Journal(in_the_way / "journal.jsonl")))

    [said] = done
    assert said.failed
    assert said.sentence.startswith("nothing leaves: the journal cannot be written")
    assert hands.taken == []
    with Session(engine) as db:
        letter = db.get_one(Letter, letter_id)
        assert (letter.state, letter.attempt, letter.claimed_by) == (LetterState.PLANNED, 0, None)


def test_a_yes_that_the_journal_cannot_take_is_kept_in_the_database_and_stops_the_rest(
    engine, monkeypatch
):
    def break_down(message):
        broken.setattr(journal_module, "_append", no)

    def no(*told):
        raise OSError(5, "Input/output error")

    with Session(engine) as db:
        accepted = a_reachable_pair(db)
        letters = {planned(accepted, number=number).id for number in range(1, 4)}
        db.commit()
    journal, hands = a_journal(), Hands(break_down)
    with monkeypatch.context() as broken:
        done = deliver(a_clock(engine, hands, journal=journal))

    states = Counter(state_of(engine, one) for one in letters)
    assert states == {LetterState.SENT: 1, LetterState.DUE: 2}
    assert len(hands.taken) == 1
    assert [one.failed for one in done] == [False, True]
    assert "lacks 1 that left: OSError" in done[1].sentence
    assert sent_letters(journal) == []
    once_there_is_room = Hands()
    deliver(a_clock(engine, once_there_is_room, journal=journal))
    assert Counter(sent_letters(journal)) == Counter(letters)
    assert len(once_there_is_room.taken) == 2


def test_a_yes_that_neither_journal_nor_database_takes_is_not_asked_for_again(
    engine, letter_id, monkeypatch
):
    def break_down(message):
        broken.setattr(journal_module, "_append", no)
        broken.setattr(delivery, "record", no)

    def no(*told, **options):
        raise OSError(28, "No space left on device")

    journal, hands = a_journal(), Hands(break_down)
    with monkeypatch.context() as broken:
        deliver(a_clock(engine, hands, journal=journal))
    assert state_of(engine, letter_id) is LetterState.SENDING

    later = Hands()
    deliver(a_clock(engine, later, now=NOW + LEASE, journal=journal))

    assert later.taken == []
    assert state_of(engine, letter_id) is LetterState.SENT
    assert sent_letters(journal) == [letter_id]


def test_a_yes_reaches_the_journal_whatever_time_and_database_say(engine, letter_id, monkeypatch):
    def go_away(message):
        away.append(message)

    def now():
        if away:
            raise OperationalError("SELECT", {}, ValueError())
        return NOW

    away, journal = [], a_journal()
    clock_of_a_demo = replace(a_clock(engine, Hands(go_away), journal=journal), now=now)
    monkeypatch.setattr(post_round, "RECORD_PAUSE", 0)
    with pytest.raises(OperationalError):
        post_round.post_round(clock_of_a_demo, Event(), Counter())

    assert sent_letters(journal) == [letter_id]


def test_of_four_hands_one_letter_at_a_time_is_between_its_last_word_and_its_line(engine):
    journal, at_once = a_journal(), []
    all_there = Barrier(4)

    def say(message):
        all_there.wait(10)  # all that comes before the last word is done side by side
        message.last_word()
        at_once.append(message.key)
        sleep(0.02)
        assert at_once == [message.key]
        at_once.clear()

    with Session(engine) as db:
        accepted = a_reachable_pair(db)
        letters = [planned(accepted, number=number).id for number in range(1, 5)]
        db.commit()
    hands = Hands(say)
    one_each = [a_clock(engine, hands, f"hand {n}", journal=journal) for n in range(4)]
    with Session(engine) as db:
        claimed = [*chain(*(claim(db, worker=one.worker, most=1) for one in one_each))]
    journal.make_ready()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda *one: post_round._send(*one, Counter()), one_each, claimed))

    assert {state_of(engine, one) for one in letters} == {LetterState.SENT}
    assert Counter(sent_letters(journal)) == Counter(letters)


def test_a_last_word_that_would_come_too_late_is_not_said(engine, letter_id, monkeypatch):
    def say(message):
        message.last_word()
        said.append(message)

    journal, said = a_journal(), []
    monkeypatch.setattr(post_round, "HAND_OVER_SHARE", 0.02)
    with journal.alone(inf):
        deliver(a_clock(engine, Hands(say), journal=journal))

    assert said == []
    with Session(engine) as db:
        letter = db.get_one(Letter, letter_id)
        assert (letter.state, letter.due_at) == (LetterState.RETRY, NOW + SOON)
        [attempt] = db.exec(select(LetterAttempt)).all()
        assert attempt.outcome is AttemptOutcome.DEFERRED


def test_a_printed_letter_lies_in_the_tray_whatever_the_journal_says(engine):
    with Session(engine) as db:
        accepted = a_reachable_pair(db)
        accepted.plan()
        db.commit()
        [sheet] = accepted.letters(LetterKind.INTRODUCTION)
        told = {"key": sheet.key, "message_id": "<a@b>", "attempt": 1, "channel": Channel.PRINT}
        sheet_id = sheet.id
    journal = a_journal()
    journal.make_ready()
    journal.add(Entry(letter=sheet_id, at=NOW, **told))

    deliver(a_clock(engine, journal=journal))

    with Session(engine) as db:
        assert db.get_one(Letter, sheet_id).facts
        assert db.get_one(Letter, sheet_id).state is LetterState.SENT
    assert sent_letters(journal).count(sheet_id) == 1


def test_a_server_that_is_not_there_burns_few_attempts_of_many_letters(engine):
    def refuse(message):
        raise Refused("not there", temporary=True, of_channel=True)

    with Session(engine) as db:
        accepted = a_reachable_pair(db)
        letters = [planned(accepted, number=number).id for number in range(1, 31)]
        db.commit()
    hands = Hands(refuse)

    deliver(a_clock(engine, hands))
    deliver(a_clock(engine, hands))

    assert len(hands.taken) == AT_ONCE
    with Session(engine) as db:
        attempts = Counter(db.get_one(Letter, one).attempt for one in letters)
    assert attempts == {1: AT_ONCE, 0: 30 - AT_ONCE}


def test_a_clock_without_a_sender_for_how_a_letter_leaves_tries_it_later(engine):
    with Session(engine) as db:
        letter_id = planned(a_reachable_pair(db), channel=Channel.TEXT).id
        db.commit()
    clock_without_mail = replace(a_clock(engine), senders={Channel.TEXT: Hands()})

    deliver(clock_without_mail)

    with Session(engine) as db:
        letter = db.get_one(Letter, letter_id)
        assert (letter.state, letter.answer) == (LetterState.RETRY, "there is no sender for it")


def test_a_letter_held_too_long_is_not_handed_over(engine, letter_id, monkeypatch):
    monkeypatch.setattr(post_round, "HAND_OVER_SHARE", -1)
    hands = Hands()

    deliver(a_clock(engine, hands))

    assert hands.taken == []
    assert state_of(engine, letter_id) is LetterState.RETRY


def test_after_the_time_was_set_leases_are_judged_once_one_has_really_passed():
    judge = LeaseJudge(LEASE, NOW, 100.0)
    seconds = LEASE.total_seconds()

    judged = [
        judge.may_judge(NOW + timedelta(seconds=1), 101.0),
        judge.may_judge(NOW + DAY, 102.0),
        judge.may_judge(NOW + DAY + timedelta(seconds=1), 103.0),
        judge.may_judge(NOW + DAY + LEASE, 102.0 + seconds),
    ]

    assert judged == [True, False, False, True]


def test_a_lease_from_before_the_clock_was_set_back_ends_after_one_more(engine, letter_id):
    def die(message):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(a_clock(engine, Hands(die)))
    before, hands = NOW - 10 * MINUTE, Hands()
    with Session(engine) as db:
        letter = db.get_one(Letter, letter_id)
        letter.due_at = before - DAY
        db.commit()

    deliver(a_clock(engine, hands, "two", now=before))
    deliver(a_clock(engine, hands, "two", now=before + LEASE))

    assert len(hands.taken) == 1


def test_each_look_leaves_a_row_behind_that_says_how_the_clock_is(engine, tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    broken = a_clock(engine, journal=Journal(in_the_way / "journal.jsonl"))
    pulse = Pulse(broken)

    pulse.begin(NOW)
    PostHand(broken, Event(), 0, pulse).look()
    pulse.jumped_at = NOW
    pulse.beat(NOW + MINUTE)

    with Session(engine) as db:
        [health] = clocks(db)
        assert (health.worker, health.started_at) == ("one", NOW)
        assert (health.last_look_at, health.last_jump_at) == (NOW + MINUTE, NOW)
        assert "the journal cannot be written" in clock_trouble(db, NOW + MINUTE)


def test_clocks_that_ended_long_ago_are_forgotten(engine):
    Pulse(a_clock(engine, worker="old")).begin(NOW - 8 * DAY)
    Pulse(a_clock(engine, worker="new")).begin(NOW)

    with Session(engine) as db:
        assert [one.worker for one in clocks(db)] == ["new"]
        assert clock_trouble(db, NOW) == ""
        assert "3 days" in clock_trouble(db, NOW + 3 * DAY)
