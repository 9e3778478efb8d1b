"""Days that have moved: the mentor reads the new ones and says in one tap whether they suit."""

from datetime import timedelta

import pytest
from sqlmodel import select

from models.audit import AuditEntry
from models.desk_words import TaskKind
from models.meetings import DaysAsked
from models.states import MeetingKind, PairState, Role
from models.tasks import Task
from tests.rows import NOW
from tests.web.walks import a_walk, body, booked

ASKED = "Your days with Sam have changed. Do the new days suit you?"
VERSION = {"version": "1"}


def a_walk_asked(desks, state=PairState.ACCEPTED):
    walk = a_walk(desks, state)
    walk.meeting()
    desks.keep(DaysAsked(pair_id=walk.pair.id, asked_at=NOW))
    return walk


def the_question(desks):
    with desks.session() as db:
        return db.exec(select(DaysAsked)).one()


def test_the_diary_and_the_persons_page_ask_and_show_the_new_days(desks):
    walk = a_walk_asked(desks)
    browser = walk.browser()

    pages = [browser.get(address).text for address in ("/mentor/", f"/mentor/pairs/{walk.pair.id}")]

    for page in pages:
        question = page[page.index(ASKED) :]
        assert "Introduction: Between Wednesday 23 December 2026" in question
        assert f'action="/mentor/pairs/{walk.pair.id}/days/confirmation"' in question
        assert f'action="/mentor/pairs/{walk.pair.id}/days/objection"' in question


def test_what_has_begun_is_no_new_day_and_alone_it_asks_nothing(desks):
    walk = a_walk(desks)
    desks.keep(DaysAsked(pair_id=walk.pair.id, asked_at=NOW))
    walk.meeting(**booked(NOW.date() - timedelta(days=1)))
    browser = walk.browser()

    alone = browser.get("/mentor/").text
    walk.meeting(kind=MeetingKind.PRISON_VISIT)
    with_another = browser.get("/mentor/").text

    assert ASKED not in alone
    question = with_another[with_another.index(ASKED) : with_another.index("Yes, they suit me")]
    assert "Prison visit 1" in question
    assert "Introduction" not in question


def test_a_yes_is_kept_and_audited_and_the_question_goes(desks):
    walk = a_walk_asked(desks)
    address = f"/mentor/pairs/{walk.pair.id}/days/confirmation"

    page = walk.browser().post(address, data=VERSION, follow_redirects=True).text

    kept = the_question(desks)
    assert "We have written down that the new days suit you." in page
    assert ASKED not in page
    assert (kept.suits, kept.answered_by) == (True, walk.account.id)
    with desks.session() as db:
        changes = select(AuditEntry).where(AuditEntry.noun == "days_asked")
        entry = db.exec(changes.where(AuditEntry.action == "change")).one()
    assert (entry.account_id, entry.leaver_id) == (walk.account.id, walk.leaver.id)


def test_a_no_puts_a_call_on_the_managers_desk_and_stands_on_the_page_of_the_pair(desks):
    walk = a_walk_asked(desks)
    manager = desks.browser_of(Role.MANAGER)
    before = manager.get(f"/manager/pairs/{walk.pair.id}").text

    page = (
        walk.browser()
        .post(f"/mentor/pairs/{walk.pair.id}/days/objection", data=VERSION, follow_redirects=True)
        .text
    )

    with desks.session() as db:
        task = db.exec(select(Task)).one()
    after = manager.get(f"/manager/pairs/{walk.pair.id}").text
    assert "Your manager will ring you to find other days." in page
    assert (task.kind, task.pair_id) == (TaskKind.RING, walk.pair.id)
    assert "No answer yet" in before
    assert "They do not suit" in after
    assert "The new days do not suit</h3>" in after


def test_days_that_moved_again_meanwhile_are_not_confirmed_unseen(desks):
    walk = a_walk_asked(desks)
    address = f"/mentor/pairs/{walk.pair.id}/days/confirmation"

    answer = walk.browser().post(address, data={"version": "0"})

    assert answer.status_code == 409
    assert the_question(desks).suits is None


def test_a_pair_on_pause_is_not_asked_and_cannot_answer(desks):
    walk = a_walk_asked(desks, PairState.SUSPENDED)
    browser = walk.browser()

    page = browser.get("/mentor/").text
    address = f"/mentor/pairs/{walk.pair.id}/days/confirmation"
    answer = browser.post(address, data=VERSION, follow_redirects=True).text

    assert ASKED not in page
    assert "This is on pause or has ended. You do not need to answer." in answer
    assert the_question(desks).suits is None


@pytest.mark.parametrize("part", ["confirmation", "objection"])
def test_another_mentors_days_read_like_days_that_are_not_there(desks, part):
    theirs, own = a_walk_asked(desks), a_walk(desks)
    browser = own.browser()

    foreign = browser.post(f"/mentor/pairs/{theirs.pair.id}/days/{part}", data=VERSION)
    absent = browser.post(f"/mentor/pairs/{theirs.leaver.id}/days/{part}", data=VERSION)

    assert foreign.status_code == absent.status_code == 404
    assert body(foreign) == body(absent)
