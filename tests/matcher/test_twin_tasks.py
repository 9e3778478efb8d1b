"""Who may be on file twice is asked once: it is kept that they are two people, or one."""

from datetime import date

import pytest
from sqlmodel import select

from matcher import life_events, twin_tasks
from matcher.jobs import JOBS
from matcher.life_facts import Merged
from matcher.twin_tasks import ONE_PERSON, TWO_PEOPLE, both_of
from models.desk_words import TaskKind
from models.people import Leaver
from models.states import EventKind
from models.tasks import Task
from models.vocabulary import Region
from tests.rows import NOW, a_leaver_row, a_mentor_row, a_referral

NAMES = {"first_name": "Jo", "surname": "Hill", "birth_date": date(1980, 1, 2)}


def looked(db):
    """The clock's job, as it runs each working day."""
    [job] = [one for one in JOBS if one.name == "twins"]
    said = job.think(db, NOW)(db, NOW)
    return said, db.exec(select(Task).where(Task.kind == TaskKind.TWINS)).all()


@pytest.fixture
def two(db):
    """Two records of one leaver, in one region."""
    rows = [a_leaver_row(**NAMES), a_leaver_row(**NAMES)]
    db.add_all([*rows, *(a_referral(row, region=Region.WALES) for row in rows)])
    db.flush()
    return rows


def test_two_records_alike_are_a_task_of_their_region_asked_once(db, two):
    said, [task] = looked(db)
    again, _ = looked(db)

    assert said == "1 task raised: someone may be on file twice"
    assert again == ""
    assert set(both_of(task)) == {row.id for row in two}
    assert (task.region, task.leaver_id in both_of(task)) == (Region.WALES, True)


def test_that_they_are_two_people_is_kept_and_not_asked_again(db, two):
    _, [task] = looked(db)

    twin_tasks.say_two(db, task, by=None, now=NOW)

    said, [kept] = looked(db)
    assert said == ""
    assert (kept.outcome, kept.done_at) == (TWO_PEOPLE, NOW)


def test_once_they_are_one_record_nobody_is_asked_any_more(db, two):
    third = a_leaver_row(**NAMES)
    db.add_all([third, a_referral(third, region=Region.WALES)])
    db.flush()
    looked(db)
    stays, goes = two

    facts = Merged(goes=goes.code, said_by="Robin")
    told = {"happened_at": NOW, "by": None, "now": NOW}
    life_events.record(db, stays, EventKind.MERGED, facts, **told)

    _, tasks = looked(db)
    still_open = [one for one in tasks if one.done_at is None]
    assert [set(both_of(one)) for one in still_open] == [{stays.id, third.id}]
    assert {one.outcome for one in tasks if one.done_at} == {ONE_PERSON}
    assert db.get(Leaver, goes.id) is None


def test_mentors_are_asked_about_too(db):
    rows = [a_mentor_row(**NAMES, region=Region.WALES) for _ in range(2)]
    db.add_all(rows)
    db.flush()

    _, [task] = looked(db)

    assert set(both_of(task)) == {row.id for row in rows}
    assert task.mentor_id in both_of(task)


def test_records_that_became_one_meanwhile_are_not_asked_about(db, two):
    found = twin_tasks.twins_of_regions(db)
    stays, goes = two
    facts = Merged(goes=goes.code, said_by="Robin")
    told = {"happened_at": NOW, "by": None, "now": NOW}
    life_events.record(db, stays, EventKind.MERGED, facts, **told)

    assert twin_tasks.ask_about(db, found, now=NOW) == 0
