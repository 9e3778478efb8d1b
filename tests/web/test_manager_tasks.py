"""The tasks of the manager's desk: listed by kind, led to what they are about, and done."""

from datetime import date

from sqlmodel import select

from models.audit import AuditEntry
from models.contacts import Contact, Practitioner
from models.desk_words import RingReason, TaskKind
from models.states import Absentee, EndReason, LetterState, MeetingState, PairState, Role
from models.tasks import Task
from models.vocabulary import Region
from tests.rows import BOOKED, NOW, a_letter, a_meeting, a_task
from tests.web.region import OwnRegion

ENDED = {"end_reason": EndReason.STOOD_DOWN, "place_number": None}


def test_tasks_stand_by_kind_the_first_of_each_and_the_rest_in_pages(desks):
    region = OwnRegion(desks)
    desks.keep(
        *(a_task(kind=TaskKind.NO_ANSWER) for _ in range(26)), a_task(kind=TaskKind.NOT_BOOKED)
    )

    page = region.page("/manager/")
    second = region.page("/manager/tasks/?kind=no_answer&page=2")

    assert "See all 26" in page
    assert page.count("Only this one") == 1
    assert page.count('href="/manager/tasks/') == 1 + 1 + 1
    assert 'href="/manager/tasks/?kind=no_answer"' in page
    assert second.count("Nobody said if a meeting was held</a>") == 1
    assert "27 things to do" in region.page("/manager/tasks/?kind=nonsense")


def test_a_task_leads_to_what_it_is_about_and_shows_whom_to_ring(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    meeting = a_meeting(pair, state=MeetingState.BOOKED, **BOOKED)
    letter = a_letter(pair_id=pair.id, state=LetterState.DEAD)
    task = a_task(pair_id=pair.id, meeting_id=meeting.id, letter_id=letter.id)
    contact = Contact(mentor_id=pair.mentor_id, phone="07700 900123", recorded_at=NOW)
    looks_after = {"name": "Robin Wagtail", "phone": "07700 900456"}
    practitioner = Practitioner(leaver_id=pair.leaver_id, recorded_at=NOW, **looks_after)
    desks.keep(meeting, letter, task, contact, practitioner)

    page = region.page(f"/manager/tasks/{task.id}")

    for link in (
        f"/manager/pairs/{pair.id}",
        f"/manager/referrals/{pair.referral_id}",
        f"/manager/leavers/{pair.leaver_id}",
        f"/manager/mentors/{pair.mentor_id}",
        "/manager/letters/?state=dead",
    ):
        assert f'href="{link}"' in page
    assert "Tuesday 12 January 2027, 10am" in page
    assert "07700 900123" in page
    assert "07700 900456" in page
    with desks.session() as db:
        read = {(line.action, line.row_id, *line.fields) for line in db.exec(select(AuditEntry))}
    assert ("read", str(pair.mentor_id), "contact") in read
    assert ("read", str(pair.referral_id), "practitioner") in read


def test_the_number_of_a_mentor_whom_the_manager_may_not_find_is_not_on_the_task(desks):
    region = OwnRegion(desks)
    mentor = region.mentor(region=Region.WALES)
    pair = region.pair(PairState.ENDED, mentor=mentor, **ENDED)
    task = a_task(kind=TaskKind.RING, pair_id=pair.id)
    desks.keep(task, Contact(mentor_id=mentor.id, phone="07700 900123", recorded_at=NOW))

    page = region.page(f"/manager/tasks/{task.id}")

    assert "07700 900123" not in page
    assert "They live in another region." in page
    assert f"/manager/mentors/{mentor.id}" not in page


def test_open_tasks_of_the_region_are_listed_with_the_late_ones_marked(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    late = a_task(kind=TaskKind.NO_ANSWER, pair_id=pair.id, due_on=date(2026, 11, 20))
    letter = a_letter(state=LetterState.DEAD, pair_id=pair.id)
    dead = a_task(kind=TaskKind.DEAD_LETTER, letter_id=letter.id, leaver_id=pair.leaver_id)
    done = a_task(kind=TaskKind.RING, done_at=NOW, done_by=desks.account(Role.MANAGER).id)
    elsewhere = a_task(kind=TaskKind.FIRST_MEETING, region=Region.WALES)
    desks.keep(late, letter, dead, done, elsewhere)

    page = region.page("/manager/")

    assert f"/manager/tasks/{late.id}" in page
    assert "Late" in page
    assert "A letter could not be sent</a>: Offer to a mentor" in page
    assert str(done.id) not in page
    assert str(elsewhere.id) not in page


def test_a_task_is_done_with_what_was_done(desks):
    region = OwnRegion(desks)
    task = a_task(mentor_id=region.mentor().id, kind=TaskKind.RING)
    desks.keep(task)

    answer = region.browser.post(
        f"/manager/tasks/{task.id}", data={"version": 1, "outcome": "Rang Alex, all is well."}
    )

    with desks.session() as db:
        done = db.get_one(Task, task.id)
    assert answer.location == "/manager/"
    assert (done.outcome, done.done_at) == ("Rang Alex, all is well.", NOW)
    assert "Rang Alex" in region.page(f"/manager/tasks/{task.id}")


def test_a_task_is_not_done_without_a_word_on_it(desks):
    region = OwnRegion(desks)
    task = a_task()
    desks.keep(task)

    answer = region.browser.post(f"/manager/tasks/{task.id}", data={"version": 1, "outcome": " "})

    with desks.session() as db:
        assert db.get_one(Task, task.id).done_at is None
    assert answer.status_code == 422
    assert 'href="#outcome"' in answer.text


def test_a_task_that_changed_meanwhile_keeps_what_was_typed(desks):
    region = OwnRegion(desks)
    task = a_task()
    desks.keep(task)
    with desks.session() as db:
        db.get_one(Task, task.id).due_on = date(2026, 12, 1)
        db.commit()

    answer = region.browser.post(
        f"/manager/tasks/{task.id}", data={"version": 1, "outcome": "Rang them."}
    )

    assert answer.status_code == 409
    assert "Rang them." in answer.text


def test_the_task_about_a_missed_meeting_says_who_was_missing(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    missed = {"state": MeetingState.MISSED, "missed_by": Absentee.MENTOR}
    meeting = a_meeting(pair, **missed, **BOOKED)
    task = a_task(kind=TaskKind.MISSED_MEETING, pair_id=pair.id, meeting_id=meeting.id)
    desks.keep(meeting, task)

    for address in ("/manager/", "/manager/tasks/", f"/manager/tasks/{task.id}"):
        assert "The mentor was not there" in region.page(address), address


def test_whoever_is_to_be_rung_stands_with_the_reason_on_each_page(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    key = f"ring:{RingReason.GATE_CHANGED.value}:{pair.id}"
    task = a_task(kind=TaskKind.RING, pair_id=pair.id, key=key)
    desks.keep(task)

    for address in ("/manager/", "/manager/tasks/", f"/manager/tasks/{task.id}"):
        assert RingReason.GATE_CHANGED.label in region.page(address)
