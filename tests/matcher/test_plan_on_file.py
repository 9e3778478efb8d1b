"""A plan from files is the plan from the same people imported, and one kept is never stale."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import select

from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.in_the_way import in_the_way
from matcher.core.planning import PlanSettings, make_plan
from matcher.example import example_people
from matcher.files.people_files import read_leavers, read_mentors, write_leavers, write_mentors
from matcher.gazetteer import england_and_wales
from matcher.intake import take_people
from matcher.plan_on_file import MADE_FROM, newest_plan, plan_on_file
from models.audit import Hand
from models.database import make_engine, reading, sessions
from models.people import Mentor
from models.referrals import Referral
from models.states import ReferralState
from models.tables import METADATA
from tests.factories import TODAY, a_leaver, a_mentor
from tests.matcher.people_waiting import accepted, ready, run, waiting
from tests.rows import NOW

KEY = b"k" * 32
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def of_files(leavers, mentors):
    """The plan of two files, as `gatemate match` makes it."""
    conditions = Conditions(TODAY, england_and_wales(), RuleSettings())
    return make_plan(leavers, mentors, conditions, PlanSettings())


def imported(db, leavers, mentors):
    """Take the people of two files in; all of them must be good."""
    taken = take_people(
        db,
        leavers=read_leavers(write_leavers(leavers)),
        mentors=read_mentors(write_mentors(mentors)),
        now=MONDAY,
    )
    assert [one.bad for one in taken] == [[], []]
    db.flush()


def told(plan):
    """Everything a plan decides: who is in it, the pairs, their parts and the total."""
    codes = [one.code for one in plan.leavers], [one.code for one in plan.mentors]
    pairs, standbys = plan.plan.pairs.tolist(), plan.standbys.tolist()
    thousandths = round(plan.plan.total * 1000), round(plan.plan.bound * 1000)
    return codes, pairs, standbys, plan.scores.parts.tolist(), plan.plan.urgency, thousandths


@given(
    seed=st.integers(0, 10_000),
    people=st.integers(1, 25),
    able=st.integers(1, 12),
    taken=st.lists(st.integers(0, 4), min_size=12, max_size=12),
)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_plan_from_files_is_the_plan_from_the_same_people_imported(db, seed, people, able, taken):
    example = example_people(people, able, seed, TODAY)
    mentors = [
        one.model_copy(update={"taken": number, "places": number + 1})
        for one, number in zip(example.mentors, taken, strict=False)
    ]
    from_files = of_files(example.leavers, mentors)

    with db.begin_nested() as for_now:
        imported(db, example.leavers, mentors)
        from_rows = plan_on_file(db, MONDAY)
        for_now.rollback()

    assert told(from_rows.plan) == told(from_files)
    assert from_rows.not_waiting == ()


def test_whoever_is_not_screened_is_on_hold_in_files_and_on_file_alike(db):
    people = [
        a_leaver(),
        a_leaver(code="L2", prison_number="A0002BC", consented_on=None),
        a_leaver(code="L3", prison_number="A0003BC", risk=None, assessed_on=None),
        a_leaver(code="L4", prison_number="A0004BC", release_date=TODAY + timedelta(days=200)),
    ]
    able = [a_mentor()]
    imported(db, people, able)

    on_file, from_files = plan_on_file(db, MONDAY), of_files(people, able)

    assert sentences(on_file.plan) == sentences(from_files)
    assert sentences(on_file.plan).keys() == {"L2", "L3", "L4"}
    assert all(said[0].startswith("On hold. ") for said in sentences(on_file.plan).values())


def sentences(plan):
    return {plan.leavers[found.leaver].code: found.sentences for found in in_the_way(plan)}


@pytest.mark.parametrize("state", [ReferralState.ENDORSED, ReferralState.SCREENED])
def test_whom_no_gate_holds_and_who_does_not_wait_takes_nobodys_place(db, state):
    early = waiting(db, referral={"state": state})
    late = waiting(db)
    ready(db, places=1)

    on_file = plan_on_file(db, NOW)

    assert [one.code for one in on_file.plan.leavers] == [late.code]
    assert [one.profile.code for one in on_file.not_waiting] == [early.code]


def test_whose_referral_is_over_is_neither_in_the_plan_nor_beside_it(db):
    for state in (ReferralState.WITHDRAWN, ReferralState.RELEASED_UNMATCHED):
        waiting(db, referral={"state": state})
    accepted(db)

    on_file = plan_on_file(db, NOW)

    assert (on_file.plan.leavers, on_file.not_waiting) == ([], ())


@pytest.fixture
def asking(database_url, db):
    """A session that only reads the people of `db`, and one that writes with an audit."""
    waiting(db)
    ready(db, home="LS6")
    engine = make_engine(database_url)
    with sessions(engine, KEY)() as writing, reading(engine)() as asked:
        writing.write_as(Hand(None, NOW))
        yield asked, writing
    engine.dispose()


def test_a_second_question_is_answered_from_the_same_plan(asking):
    asked, _ = asking

    assert newest_plan(asked, NOW) is newest_plan(asked, NOW)


def test_a_change_to_anybody_makes_a_new_plan(asking):
    asked, writing = asking
    before = newest_plan(asked, NOW)
    asked.rollback()

    writing.exec(select(Mentor)).one().taken_elsewhere = 1
    writing.commit()
    after = newest_plan(asked, NOW)

    assert before.plan.mentors[0].taken == 0
    assert after.plan.mentors[0].taken == 1


def test_reading_and_another_day_are_told_apart(asking):
    asked, writing = asking
    before = newest_plan(asked, NOW)
    asked.rollback()

    writing.note_read(writing.exec(select(Mentor)).one(), ["places"])
    writing.commit()

    assert newest_plan(asked, NOW) is before
    assert newest_plan(asked, NOW + timedelta(days=1)) is not before


def test_a_session_that_has_written_is_told_of_what_it_wrote(asking):
    asked, writing = asking
    before = newest_plan(asked, NOW)
    asked.rollback()

    writing.exec(select(Mentor)).one().taken_elsewhere = 1
    writing.flush()
    own = newest_plan(writing, NOW)
    writing.rollback()

    assert own.plan.mentors[0].taken == 1
    assert newest_plan(asked, NOW) is before


def test_a_session_without_an_audit_is_always_told_anew(db):
    waiting(db)

    assert newest_plan(db, NOW) is not newest_plan(db, NOW)


def test_a_leaver_with_a_fixed_pair_is_asked_about_beside_the_others(db, asking):
    asked, _ = asking
    pair = accepted(db)
    referral = asked.get_one(Referral, pair.referral_id)

    alone, beside = newest_plan(asked, NOW), newest_plan(asked, NOW, beside=referral)

    assert alone.leaves_out(referral)
    assert beside.row_of(referral) >= 0


def test_a_plan_is_made_from_no_table_but_those_whose_changes_make_it_anew(db, engine):
    accepted(db)
    waiting(db)
    run(db)
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2].split()))

    plan_on_file(db, NOW)

    read = {word.strip('",()') for words in asked for word in words} & METADATA.tables.keys()
    assert read == set(MADE_FROM)
