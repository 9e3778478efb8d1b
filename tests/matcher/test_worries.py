"""A mentor is worried: who is told at once, and what no ending takes away."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from matcher import referrals, worries
from matcher.erasing import WORRIED, erase, preview
from matcher.letter_texts import words_for
from matcher.life_events import record
from matcher.life_facts import OnADay, Withdrawn
from matcher.recipients import behind
from matcher.refusing import NotAllowed
from matcher.retention import due_now
from matcher.settings import Settings
from matcher.subject_access import record_of
from matcher.tasks import finish
from matcher.worries import WorryFacts, tasks_about
from models.contacts import Practitioner
from models.desk_words import TaskKind, WorryKind
from models.outbox import Letter
from models.privacy_words import ErasedBecause
from models.referrals import Screening
from models.states import EventKind, LetterKind, LetterState, MentorMove
from models.tasks import Task
from models.vocabulary import Region
from models.worries import Worry
from tests.matcher.accepted import an_accepted_pair
from tests.rows import NOW, a_mentor_row, places_of, vetting_of

FACTS = WorryFacts(kind=WorryKind.NO_HOME, text="The hostel sent Sam away.")


@pytest.fixture
def there(db):
    return an_accepted_pair(db)


def tell(there, facts=FACTS, *, pair=True, now=NOW):
    told = there.pair if pair else None
    worry = worries.tell(there.db, there.mentor, facts, told, by=None, now=now)
    there.db.flush()
    return worry


def letters(db):
    return db.exec(select(Letter).where(Letter.kind == LetterKind.WORRY)).all()


def test_a_worry_is_at_once_a_task_and_an_urgent_letter_at_any_hour(there):
    sunday_night = NOW - timedelta(hours=11)

    worry = tell(there, now=sunday_night)

    [task], [letter] = tasks_about(there.db, worry), letters(there.db)
    assert (task.kind, task.region) == (TaskKind.WORRY, there.referral.region)
    assert (letter.urgent, letter.due_at) == (True, sunday_night)
    assert letter.recipient == f"manager:{there.referral.region.value}"


def test_the_letter_says_nothing_but_sign_in(there):
    tell(there)

    [letter] = letters(there.db)
    said = words_for(there.db, behind(there.db, letter), Settings(secret="x" * 32))

    assert said.subject == "Sign in: something new for you"
    for secret in ("worr", "hostel", "prison", there.leaver.first_name, there.mentor.first_name):
        assert secret not in said.body


def test_a_mentor_of_another_region_has_both_managers_told(db):
    mentor = a_mentor_row(region=Region.NORTH_EAST, home="NE1")
    db.add_all([mentor, *places_of(mentor), *vetting_of(mentor)])
    there = an_accepted_pair(db, mentor=mentor)

    worry = tell(there)

    told = {task.region for task in tasks_about(db, worry)}
    assert told == {Region.YORKSHIRE, Region.NORTH_EAST}
    assert {one.recipient for one in letters(db)} == {"manager:A", "manager:C"}


def test_a_worry_about_nobody_goes_to_the_mentors_own_manager(db):
    mentor = a_mentor_row(region=Region.NORTH_EAST, home="NE1")
    db.add_all([mentor, *places_of(mentor), *vetting_of(mentor)])
    there = an_accepted_pair(db, mentor=mentor)

    worry = tell(there, pair=False)

    assert (worry.leaver_id, worry.pair_id) == (None, None)
    assert [task.region for task in tasks_about(db, worry)] == [Region.NORTH_EAST]


def test_the_same_worry_sent_twice_running_is_one_and_later_it_is_another(there):
    first = tell(there)
    again = tell(there, now=NOW + timedelta(seconds=2))
    other = tell(there, WorryFacts(kind=WorryKind.NO_HOME), now=NOW + timedelta(seconds=3))
    later = tell(there, now=NOW + timedelta(hours=1))

    assert again is first
    assert len({first.id, other.id, later.id}) == 3
    assert len(letters(there.db)) == 3


@pytest.mark.parametrize("on_licence", [True, False])
def test_the_practitioner_of_somebody_on_licence_is_asked_to_ring(there, on_licence):
    screening = there.db.exec(select(Screening)).one()
    screening.on_licence = on_licence
    of = {"leaver_id": there.leaver.id, "recorded_at": NOW}
    there.db.add(Practitioner(name="Pat", email="pat@example.org", **of))

    tell(there)
    tell(there, WorryFacts(kind=WorryKind.MYSELF), pair=False)

    assert len(there.letters(LetterKind.PRACTITIONER_NEWS)) == on_licence


@pytest.mark.parametrize("ending", ["withdrawn", "died", "mentor withdraws", "referral"])
def test_no_ending_settles_a_worry_or_stops_its_letter(there, ending):
    worry, db = tell(there), there.db
    when = {"happened_at": NOW, "by": None, "now": NOW}

    if ending == "withdrawn":
        record(db, there.leaver, EventKind.CONSENT_WITHDRAWN, Withdrawn(), **when)
    elif ending == "died":
        record(db, there.leaver, EventKind.DIED, OnADay(on=NOW.date()), **when)
    elif ending == "mentor withdraws":
        record(db, there.mentor, EventKind.CONSENT_WITHDRAWN, Withdrawn(), **when)
    else:
        referrals.withdraw(db, there.referral, by=None, now=NOW)

    [task], [letter] = tasks_about(db, worry), letters(db)
    assert task.done_at is None
    assert letter.state is LetterState.PLANNED


def test_neither_the_leavers_record_nor_that_of_the_mentor_says_there_was_a_worry(there):
    tell(there)

    for person in (there.leaver, there.mentor):
        told = str(record_of(there.db, person, now=NOW)["tables"])
        assert "hostel" not in told
        assert "no_home" not in told
    tasks = record_of(there.db, there.leaver, now=NOW)["tables"].get("task", [])
    assert TaskKind.WORRY.value not in str(tasks)


def test_a_worry_keeps_both_people_on_file_for_six_years_and_then_goes(there):
    db, years = there.db, timedelta(days=2192)
    worry = tell(there)
    [task] = tasks_about(db, worry)

    def due(at):
        [outcome] = [one for one in due_now(db, now=at) if one.rule.code == "safeguarding"]
        return outcome.count

    assert due(NOW + 2 * years) == 0
    finish(db, task, outcome="Rang both.", by=there.manager.id, now=NOW + timedelta(days=1))
    db.flush()
    assert due(NOW + years) == 0
    assert due(NOW + years + timedelta(days=2)) == 2
    assert db.exec(select(Task).where(col(Task.key).startswith("worry:"))).all() == [task]


def test_whoever_a_worry_is_about_is_not_erased_and_no_retention_takes_them(there):
    tell(there)
    there.mentor.move(MentorMove.END, now=NOW)
    referrals.withdraw(there.db, there.referral, by=None, now=NOW)
    there.db.flush()

    for person in (there.leaver, there.mentor):
        assert WORRIED in preview(there.db, person).in_the_way
        with pytest.raises(NotAllowed):
            erase(there.db, person, because=ErasedBecause.ASKED, by=None, now=NOW)
    later = NOW + timedelta(days=800)
    taken = {one.rule.code: one.count for one in due_now(there.db, now=later)}
    assert (taken["pairs"], taken["mentors"]) == (0, 0)


def test_the_first_to_open_a_worry_is_kept_and_nobody_after(there):
    worry = tell(there)

    first = worries.note_read(worry, by=there.manager.id, now=NOW)
    second = worries.note_read(worry, by=there.liaison.id, now=NOW + timedelta(days=1))

    assert (first, second) == (True, False)
    assert (worry.read_at, worry.read_by) == (NOW, there.manager.id)


def test_what_was_written_is_sealed(there):
    worry = tell(there)

    kept = there.db.connection().exec_driver_sql("SELECT text FROM worry").scalar_one()

    assert "hostel" not in kept
    assert there.db.exec(select(Worry)).one().text == worry.text
