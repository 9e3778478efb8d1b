"""What a mentor needs, as they read it, and how heavy they say it is."""

import re
from datetime import date, timedelta

from sqlmodel import select

from models.contacts import Contact
from models.desk_words import TaskKind
from models.need_words import Load
from models.needs import ForumDate, LoadSaid, MentorCoach
from models.states import MeetingKind, Role
from models.tasks import Task
from models.vetting import Supervision, Training
from models.vocabulary import Module, Region
from tests.rows import NOW
from tests.web.walks import a_walk, body, booked

LATER = NOW + timedelta(minutes=5)


def rows(desks, kind):
    with desks.session() as db:
        return db.exec(select(kind)).all()


def test_a_mentor_reads_what_is_due_and_who_helps(desks):
    walk = a_walk(desks)
    own = {"mentor_id": walk.mentor.id, "recorded_at": LATER}
    days = {"held_on": date(2026, 9, 1), "next_on": date(2026, 12, 2)}
    done = {"basic_training_on": date(2026, 3, 2), "modules": {Module.MENTAL_HEALTH}}
    desks.keep(
        Supervision(supervision_until=date(2026, 11, 20), **days, **own),
        Training(done_on=date(2026, 5, 5), **done, **own),
        MentorCoach(name="Coach Robin", phone="07700 900456", **own),
        ForumDate(region=walk.mentor.region, starts_at=LATER, place="The hub", recorded_at=NOW),
        ForumDate(region=Region.WALES, starts_at=LATER, place="Elsewhere", recorded_at=NOW),
    )

    page = body(walk.browser().get("/mentor/needs/"))

    assert "It ran out on Friday 20 November 2026." in page
    assert "you get no new people until it is done" in page
    assert 'Ring us on <a class="govuk-link" href="tel:08081570100">' in page
    for said in ("Tuesday 1 September 2026", "Wednesday 2 December 2026", "Tuesday 5 May 2026"):
        assert said in page
    assert "Clearance for HMP Leeds" in page
    assert "Coach Robin" in page
    assert "07700 900456" in page
    assert "The hub" in page
    assert "Elsewhere" not in page


def test_what_is_due_is_told_once_on_a_page_for_a_phone(desks):
    walk = a_walk(desks)
    own = {"mentor_id": walk.mentor.id, "recorded_at": LATER}
    desks.keep(Supervision(supervision_until=date(2026, 11, 20), **own))

    page = body(walk.browser().get("/mentor/needs/"))

    due, rest = page.split("What must stay in date")
    told = set(
        re.findall(r"<strong>(Clearance for [^<]+|Supervision|Your time[^<]+)</strong>", due)
    )
    assert told
    assert not any(f">{one}</dt>" in rest for one in told)


def test_the_people_and_the_meetings_of_four_weeks_are_shown_and_no_later_ones(desks):
    walk = a_walk(desks)
    walk.meeting(kind=MeetingKind.PRISON_VISIT, **booked(NOW.date() + timedelta(days=20)))
    walk.meeting(number=2, kind=MeetingKind.VIDEO, **booked(NOW.date() + timedelta(days=40)))

    page = body(walk.browser().get("/mentor/needs/"))

    assert "You walk with 1 person." in page
    assert "You have 1 meeting in the next four weeks." in page
    assert f"with {walk.leaver.first_name}" in page


def test_a_mentor_without_anything_on_file_is_told_what_comes_next(desks):
    walk = a_walk(desks)
    with desks.session() as db:
        for one in (Supervision, Training):
            for row in db.exec(select(one)):
                db.delete(row)
        db.commit()

    page = body(walk.browser().get("/mentor/needs/"))

    assert "Your basic training is not on file yet." in page
    assert "No coach yet." in page
    assert "When there is one, you read it here." in page


def test_one_tap_says_how_heavy_it_is(desks):
    walk = a_walk(desks)

    answer = walk.browser().post(
        "/mentor/needs/load", data={"load": "right"}, follow_redirects=True
    )

    assert "Your manager reads this." in answer.text
    [said] = rows(desks, LoadSaid)
    assert (said.load, said.text, said.recorded_by) == (Load.RIGHT, "", walk.account.id)
    assert rows(desks, Task) == []


def test_too_heavy_asks_the_manager_to_ring_once(desks):
    walk = a_walk(desks)
    browser = walk.browser()
    typed = {"load": "too_heavy", "text": "Two gates in one week."}

    browser.post("/mentor/needs/load", data=typed)
    browser.post("/mentor/needs/load", data=typed)
    desks.now = LATER
    browser.post("/mentor/needs/load", data={"load": "too_heavy"})

    assert len(rows(desks, LoadSaid)) == 2
    [task] = rows(desks, Task)
    assert (task.kind, task.mentor_id) == (TaskKind.TOO_HEAVY, walk.mentor.id)
    assert (task.region, task.due_on) == (walk.mentor.region, NOW.date())


def test_the_manager_reads_the_newest_answer_and_finds_the_number_to_ring(desks):
    walk = a_walk(desks)
    desks.keep(Contact(mentor_id=walk.mentor.id, phone="07700 900789", recorded_at=NOW))
    browser = walk.browser()
    browser.post("/mentor/needs/load", data={"load": "light"})
    desks.now = LATER
    browser.post("/mentor/needs/load", data={"load": "too_heavy", "text": "Two gates."})
    manager = desks.browser_of(Role.MANAGER)

    page = manager.get(f"/manager/mentors/{walk.mentor.id}").text
    [task] = rows(desks, Task)
    task_page = manager.get(f"/manager/tasks/{task.id}").text

    assert "Too heavy" in page
    assert "Two gates." in page
    assert "07700 900789" in task_page


def test_an_answer_without_a_choice_keeps_the_sentence_that_was_typed(desks):
    walk = a_walk(desks)

    answer = walk.browser().post("/mentor/needs/load", data={"load": "", "text": "Hard week."})

    assert answer.status_code == 422
    assert "Choose how it feels." in answer.text
    assert "Hard week." in answer.text
    assert rows(desks, LoadSaid) == []
