"""A run that a manager asks for: made by a clock, told of as it goes, and kept once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from matcher import plan_requests, plan_round, proposals
from matcher.clock import Context, make_asked, run_due
from matcher.core.conditions import RuleSettings
from matcher.core.planning import PlanSettings
from matcher.done import Done
from matcher.plan_requests import KEPT, LEASE, OtherClockHasIt, ask, take_up, tell
from matcher.plan_round import TRIES
from matcher.proposals import propose, think
from matcher.touched import OF_PLANS
from models.audit import WITHOUT_ENTRY, AuditedSession, AuditEntry, Hand
from models.database import sessions
from models.pairs import Pair
from models.people import Leaver
from models.runs import PlanRequest, PlanRun
from models.states import PlanStage
from tests.matcher.lettered import SETTINGS, a_journal
from tests.matcher.people_waiting import ready, waiting
from tests.rows import NOW, an_account

SECOND = timedelta(seconds=1)


def a_clock(engine, worker="one", now=NOW):
    return Context(sessions(engine, b"key"), SETTINGS, {}, a_journal(), worker, lambda: now)


def asked(engine, **told):
    """A request of a new manager; two people wait for it."""
    with Session(engine) as db:
        waiting(db)
        ready(db)
        account = an_account()
        db.add(account)
        db.flush()
        request = ask(db, account, now=NOW)
        for name, value in told.items():
            setattr(request, name, value)
        db.commit()
        return request.id, account.id


def the_request(engine):
    with Session(engine) as db:
        return db.exec(select(PlanRequest)).one()


def runs(engine):
    with Session(engine) as db:
        return db.exec(select(PlanRun)).all()


def test_a_clock_makes_the_plan_in_the_name_of_who_asked_and_ends_the_request(engine):
    _, account_id = asked(engine)

    done = make_asked(a_clock(engine))

    [run], request = runs(engine), the_request(engine)
    assert done == [Done("plan asked for", "1 of 1 waiting leaver covered")]
    assert (request.stage, request.slot, request.finished_at) == (PlanStage.DONE, None, NOW)
    assert (request.people, request.pairs, request.plan_run_id) == (2, 1, run.id)
    assert run.recorded_by == account_id
    with Session(engine) as db:
        assert db.exec(select(Pair)).one().plan_run_id == run.id
        assert {entry.account_id for entry in db.exec(select(AuditEntry))} == {account_id}
    assert make_asked(a_clock(engine)) == []


def test_a_second_one_who_asks_is_led_to_the_request_that_is_open(engine):
    request_id, _ = asked(engine)

    with Session(engine) as db:
        other = an_account()
        db.add(other)
        db.flush()
        again = ask(db, other, now=NOW + SECOND)
        db.commit()

        assert again.id == request_id
    assert the_request(engine).recorded_at == NOW


def test_what_a_page_writes_while_the_plan_is_made_waits_for_nothing(engine, monkeypatch):
    asked(engine)
    stages = []

    def think_and_write(db, **told):
        def look(stage, count):
            told["tell"](stage, count)
            with sessions(engine, b"key")() as page:
                page.write_as(Hand(None, at=NOW))
                page.add(an_account())
                page.commit()
                stages.append(page.exec(select(PlanRequest)).one().stage)

        return think(db, **told | {"tell": look})

    monkeypatch.setattr(plan_round, "think", think_and_write)

    make_asked(a_clock(engine))

    assert stages == [PlanStage.READING, PlanStage.WEIGHING, PlanStage.PROVING]
    assert len(runs(engine)) == 1


def someone_more_waits(engine):
    with sessions(engine, b"key")() as page:
        page.write_as(Hand(None, at=NOW))
        waiting(page)
        page.commit()


@pytest.mark.parametrize(("changes", "thoughts"), [(1, 2), (99, TRIES)])
def test_a_plan_that_something_overtook_is_made_anew_and_at_last_while_all_wait(
    engine, monkeypatch, changes, thoughts
):
    asked(engine)
    made = []

    def think_slowly(db, **told):
        thought = think(db, **told)
        made.append(thought)
        if len(made) <= changes:
            someone_more_waits(engine)
        return thought

    monkeypatch.setattr(plan_round, "think", think_slowly)

    [done] = make_asked(a_clock(engine))

    [run] = runs(engine)
    assert len(made) == thoughts
    assert run.counts["leavers"] == 1 + min(changes, TRIES)
    assert done.sentence.endswith(f"of {run.counts['leavers']} waiting leavers covered")


def test_one_that_was_killed_in_mid_run_is_taken_up_by_the_next_clock(engine, monkeypatch):
    class Killed(BaseException):
        pass

    def die(db, **told):
        told["tell"](PlanStage.READING, None)
        raise Killed

    request_id, _ = asked(engine)
    with monkeypatch.context() as patched:
        patched.setattr(plan_round, "think", die)
        with pytest.raises(Killed):
            make_asked(a_clock(engine))

    early = make_asked(a_clock(engine, "two", NOW + LEASE))
    late = make_asked(a_clock(engine, "two", NOW + LEASE + SECOND))

    assert early == []
    assert [one.failed for one in late] == [False]
    assert len(runs(engine)) == 1
    assert the_request(engine).id == request_id


def test_two_clocks_at_once_keep_one_plan(engine):
    asked(engine)
    clocks = [a_clock(engine, str(number)) for number in range(4)]

    with ThreadPoolExecutor(4) as pool:
        done = [one for found in pool.map(make_asked, clocks) for one in found]

    assert [one.failed for one in done] == [False]
    assert len(runs(engine)) == 1


def test_a_clock_that_was_overtaken_keeps_nothing_and_says_nothing(engine, monkeypatch):
    asked(engine)

    def slow(db, **told):
        thought = think(db, **told)
        monkeypatch.setattr(plan_round, "think", think)
        make_asked(a_clock(engine, "two", NOW + LEASE + SECOND))
        return thought

    monkeypatch.setattr(plan_round, "think", slow)

    assert make_asked(a_clock(engine)) == []
    assert len(runs(engine)) == 1
    assert the_request(engine).taken_by == "two"


def test_a_run_that_fails_says_so_and_may_be_asked_for_again(engine, monkeypatch):
    def fail(db, **told):
        raise ValueError("Secret")

    asked(engine)
    with monkeypatch.context() as patched:
        patched.setattr(plan_round, "think", fail)
        [failed] = make_asked(a_clock(engine))

    with Session(engine) as db:
        [request] = db.exec(select(PlanRequest))
        again = ask(db, an_account(id=request.recorded_by), now=NOW)
        assert again.id != request.id
    assert failed.failed
    assert "Secret" not in failed.sentence
    assert (request.stage, request.slot) == (PlanStage.FAILED, None)
    assert runs(engine) == []


def test_what_a_clock_tells_of_a_request_that_is_over_is_refused(engine):
    request_id, _ = asked(engine)
    make_asked(a_clock(engine))

    with Session(engine) as db, pytest.raises(OtherClockHasIt):
        tell(db, request_id, "one", now=NOW, stage=PlanStage.KEEPING)


def test_a_request_told_of_before_the_clock_was_set_back_is_taken_up_at_once(engine):
    asked(engine, looked_at=NOW + timedelta(days=1), taken_by="gone")

    with Session(engine) as db:
        assert take_up(db, "one", now=NOW)


def test_requests_are_forgotten_after_a_while_and_open_ones_never(engine):
    asked(engine)
    make_asked(a_clock(engine))
    with Session(engine) as db:
        ask(db, an_account(id=the_request(engine).recorded_by), now=NOW)

        plan_requests.forget_old(db, now=NOW + KEPT + SECOND)

        assert [one.stage for one in db.exec(select(PlanRequest))] == [PlanStage.ASKED]


def test_one_look_of_a_clock_makes_what_was_asked_for(engine):
    asked(engine)

    done = run_due(a_clock(engine), NOW)

    assert "plan asked for" in [one.job for one in done]


def test_every_table_that_a_plan_reads_is_one_whose_changes_undo_it(engine):
    asked(engine)
    read = set()

    def note(_connection, _cursor, statement, *_rest):
        words = statement.replace(",", " ").replace('"', "").split()
        read.update(set(words) & tables)

    tables = set(Pair.metadata.tables)
    with Session(engine) as db:
        event.listen(engine, "before_cursor_execute", note)
        think(db, now=NOW, rules=RuleSettings(), settings=PlanSettings())
        event.remove(engine, "before_cursor_execute", note)

    assert {"leaver", "mentor", "screening", "link"} <= read
    assert read - OF_PLANS - WITHOUT_ENTRY == set()


def test_a_change_that_no_plan_reads_lets_it_stand_and_any_other_does_not(engine):
    asked(engine)
    with sessions(engine, b"key")() as db:
        assert isinstance(db, AuditedSession)
        db.write_as(Hand(None, at=NOW))
        thought = think(db, now=NOW, rules=RuleSettings(), settings=PlanSettings())

        db.add(an_account())
        db.commit()
        still = thought.still_stands(db)
        db.exec(select(Leaver)).one().first_name = "Kit"
        db.commit()

        assert still
        assert not thought.still_stands(db)


def test_a_plan_thought_out_first_is_the_one_that_is_made_at_once(engine):
    asked(engine)
    with Session(engine) as db:
        told = {"now": NOW, "rules": RuleSettings(), "settings": PlanSettings()}
        thought = think(db, **told)

        kept, made = replace(thought, seconds=0.0).keep(db), propose(db, **told)

        same = ("covered", "urgency", "total", "bound", "worst_off", "counts", "prices")
        assert [getattr(kept, one) for one in same[:2]] == [getattr(made, one) for one in same[:2]]
        assert kept.worst_off == made.worst_off == db.exec(select(Pair)).one().score
        assert proposals.covered_in_words(kept) == "1 of 1 waiting leaver covered"
