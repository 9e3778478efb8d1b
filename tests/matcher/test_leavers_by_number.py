"""What one prison has on file reads, at another, exactly like what is not there."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from matcher import life_events, referrals
from matcher.desks.task_record import task_record
from matcher.desks.twins_compared import twin_card
from matcher.former import has_number
from matcher.life_facts import Merged
from matcher.referrals import Completed
from matcher.refusing import NotAllowed
from matcher.twin_tasks import both_of, say_two
from matcher.twins import NUMBER_SAME
from models.access import leavers_seen_by, referrals_seen_by
from models.desk_words import TaskKind
from models.people import Leaver
from models.referrals import Referral
from models.states import EventKind, ReferralState, Role
from models.tasks import Task
from models.vocabulary import Region
from tests.matcher.people_waiting import accepted
from tests.matcher.test_referrals import told
from tests.rows import NOW, a_leaver_row, a_referral, an_account

LATER = NOW + timedelta(hours=1)
NUMBER = told().prison_number
OF_HULL = {"prison": "HLI", "prison_number": NUMBER, "birth_date": told().birth_date}
WITHDRAWN = {"state": ReferralState.WITHDRAWN}


def at_hull(db, of_referral, **of_leaver):
    """A leaver on file at Hull under the number that Leeds gives now."""
    leaver = a_leaver_row(**{"first_name": "Robin", "surname": "Hull"} | OF_HULL | of_leaver)
    db.add_all([leaver, a_referral(leaver, **of_referral)])
    db.commit()
    return leaver


def from_leeds(db, **changed):
    return referrals.put_forward(db, told(**changed), prison="LEI", by=None, now=LATER)


def asked(db):
    return db.exec(select(Task).where(Task.kind == TaskKind.TWINS)).all()


ON_FILE = {
    "withdrawn": (WITHDRAWN, {}),
    "waiting": ({"state": ReferralState.WAITING}, {}),
    "born on another day": (WITHDRAWN, {"birth_date": date(1970, 1, 1)}),
}


@pytest.mark.parametrize("how", sorted(ON_FILE))
def test_who_is_on_file_at_another_prison_gets_a_record_of_their_own(db, how):
    of_referral, of_leaver = ON_FILE[how]
    old = at_hull(db, of_referral, **of_leaver)
    before = (old.version, old.first_name, old.surname, old.prison, old.release_date)

    new = from_leeds(db, release_date=None)
    db.commit()

    leaver = db.get_one(Leaver, new.leaver_id)
    liaison = an_account(Role.LIAISON)
    assert leaver.id != old.id
    assert (leaver.prison, leaver.surname, leaver.release_date) == ("LEI", "O’Dea", None)
    assert (old.version, old.first_name, old.surname, old.prison, old.release_date) == before
    assert db.exec(leavers_seen_by(liaison, LATER)).all() == [leaver]
    assert db.exec(referrals_seen_by(liaison)).all() == [new]


def test_the_manager_is_asked_once_whether_the_two_are_one_person(db):
    old = at_hull(db, WITHDRAWN)

    new = from_leeds(db)
    [task] = asked(db)
    manager = an_account(Role.MANAGER)

    card = twin_card(db, manager, task, LATER)
    assert (card.one.id, card.other.id, card.why) == (old.id, new.leaver_id, NUMBER_SAME)
    say_two(db, task, by=None, now=LATER)
    referrals.complete(db, new, told(Completed, surname="Dea"), by=None, now=LATER)
    assert asked(db) == [task]


def test_the_manager_of_another_region_is_told_a_code_and_a_region_alone(db):
    old = at_hull(db, {"region": Region.WALES, **WITHDRAWN})

    new = from_leeds(db)
    [task] = asked(db)
    manager = an_account(Role.MANAGER)

    record = task_record(db, manager, task, LATER)
    assert (task.leaver_id, set(both_of(task))) == (new.leaver_id, {old.id, new.leaver_id})
    assert twin_card(db, manager, task, LATER) is None
    assert record.leaver.id == new.leaver_id
    assert f"{old.code} (Wales)" in record.other_record
    assert "Robin" not in str(record)
    assert "Hull" not in str(record)


def test_records_of_one_number_become_one_however_many_there_are(db):
    old = at_hull(db, WITHDRAWN)
    third = a_leaver_row(prison="MDI", prison_number=NUMBER, birth_date=old.birth_date)
    db.add_all([third, a_referral(third, **WITHDRAWN)])
    new = from_leeds(db, sex=old.sex)

    for goes in (third, db.get_one(Leaver, new.leaver_id)):
        facts = Merged(goes=goes.code, said_by="Robin")
        told_of = (db, old, EventKind.MERGED, facts)
        life_events.record(*told_of, happened_at=LATER, by=None, now=LATER)
    db.commit()

    assert db.exec(select(Leaver).where(has_number(Leaver, NUMBER))).one().id == old.id
    assert {row.leaver_id for row in db.exec(select(Referral))} == {old.id}
    assert all(task.done_at for task in asked(db))


def test_a_number_put_right_may_be_one_of_another_prison_and_the_manager_is_asked(db):
    old = at_hull(db, WITHDRAWN)
    new = from_leeds(db, prison_number="C3456DE")
    assert asked(db) == []

    referrals.complete(db, new, told(Completed), by=None, now=LATER)

    [task] = asked(db)
    assert db.get_one(Leaver, new.leaver_id).prison_number == NUMBER
    assert set(both_of(task)) == {old.id, new.leaver_id}


def test_a_pair_at_another_prison_is_not_told_of(db):
    pair = accepted(db)
    theirs = db.get_one(Leaver, pair.leaver_id)
    words = told(prison_number=theirs.prison_number, birth_date=theirs.birth_date)

    with pytest.raises(NotAllowed, match="put forward already"):
        referrals.put_forward(db, words, prison=theirs.prison, by=None, now=LATER)
    new = referrals.put_forward(db, words, prison="MDI", by=None, now=LATER)

    assert new.leaver_id != theirs.id


def test_someone_who_has_come_over_is_known_to_their_new_prison(db):
    old = at_hull(db, WITHDRAWN)
    old.prison = "LEI"
    db.commit()

    assert from_leeds(db).leaver_id == old.id
