"""The worry page on the mentor's phone, and what the manager reads of it."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import select

from models.audit import AuditEntry
from models.desk_words import TaskKind
from models.states import EndReason, Role
from models.tasks import Task
from models.worries import Worry
from tests.rows import NOW
from tests.web.desks import SETTINGS, Desks
from tests.web.walks import a_walk, a_walk_that_ended

PAGE = "/mentor/worries/"
WORDS = "Sam sleeps outside tonight."


def typed(walk, **told):
    return {"whom": str(walk.pair.id), "kind": "no_home", "text": WORDS} | told


def the_worry(desks):
    with desks.session() as db:
        return db.exec(select(Worry)).one_or_none()


def the_task(desks):
    with desks.session() as db:
        return db.exec(select(Task).where(Task.kind == TaskKind.WORRY)).one()


def main_of(page):
    return page[page.index("<main") :]


def test_the_first_line_is_999_as_a_number_to_tap(desks):
    page = main_of(a_walk(desks).browser().get(PAGE).text)

    assert page.index('href="tel:999"') < page.index("<h1")


def test_the_duty_number_and_its_hours_stand_there_or_that_there_is_none(engine):
    told = replace(SETTINGS, duty_phone="0808 157 0200", duty_hours="Every day, 8am to 8pm")

    page = a_walk(Desks(engine, told)).browser().get(PAGE).text

    assert 'href="tel:08081570200"' in page
    assert "Somebody answers: Every day, 8am to 8pm." in page


def test_without_a_duty_number_the_page_says_so_and_what_to_do(desks):
    page = a_walk(desks).browser().get(PAGE).text

    assert "There is no number here that is answered day and night." in page
    assert 'href="tel:08081570100"' in main_of(page)


def test_one_tap_sends_it_and_it_stands_there_unread_without_a_name_or_a_word(desks):
    walk = a_walk(desks)
    browser = walk.browser()

    answer = browser.post(PAGE, data=typed(walk), follow_redirects=True)

    told = answer.text[answer.text.index("What you told us") :]
    assert "It is sent. Your manager is told now." in answer.text
    assert "They have nowhere safe to stay" in told
    assert "Nobody has read it yet." in told
    assert WORDS not in answer.text
    assert (the_worry(desks).pair_id, the_worry(desks).text) == (walk.pair.id, WORDS)


def test_someone_without_a_pair_may_be_worried_too(desks):
    walk = a_walk_that_ended(desks, EndReason.COMPLETED, NOW - timedelta(days=40))

    page = walk.browser().get(PAGE).text
    answer = walk.browser().post(PAGE, data={"kind": "myself"})

    assert "Who are you worried about?" not in page
    assert answer.status_code == 302
    assert the_worry(desks).pair_id is None


def test_a_pair_of_somebody_else_is_no_choice(desks):
    walk, other = a_walk(desks), a_walk(desks)

    answer = walk.browser().post(PAGE, data=typed(other))

    assert answer.status_code == 422
    assert WORDS in answer.text
    assert the_worry(desks) is None


def test_what_was_typed_outlasts_a_stay_that_is_over(desks):
    walk = a_walk(desks)
    browser = walk.browser()
    desks.now = NOW + timedelta(hours=1)

    away = browser.post(PAGE, data=typed(walk))
    with browser.session_transaction() as cookie:
        back = walk.browser()
        kept = dict(cookie)
    with back.session_transaction() as cookie:
        cookie["unsent"] = kept["unsent"]
    page = back.get(PAGE).text

    assert away.status_code == 302
    assert WORDS in page
    assert the_worry(desks) is None


def test_it_stands_at_the_top_of_today_and_opening_it_tells_the_mentor(desks):
    walk = a_walk(desks)
    phone, manager = walk.browser(), desks.browser_of(Role.MANAGER)
    phone.post(PAGE, data=typed(walk))

    today = manager.get("/manager/").text
    task = manager.get(f"/manager/tasks/{the_task(desks).id}").text

    top = today[today.index('id="ring"') :]
    assert top.index("A mentor is worried: ring them now") < top.index("Whom to ring") + 400
    assert WORDS in task
    assert f"{walk.leaver.first_name} (" in task
    assert the_worry(desks).read_at == NOW
    assert "A manager read it on Monday 23 November 2026, 9:30am." in phone.get(PAGE).text


def test_what_the_manager_did_is_kept_and_the_mentor_reads_only_when(desks):
    walk = a_walk(desks)
    phone, manager = walk.browser(), desks.browser_of(Role.MANAGER)
    phone.post(PAGE, data=typed(walk))
    address = f"/manager/tasks/{the_task(desks).id}"

    manager.get(address)
    manager.post(address, data={"outcome": "Rang the council.", "version": "1"})

    page = phone.get(PAGE).text
    assert the_task(desks).outcome == "Rang the council."
    assert "They wrote down what they did on Monday 23 November 2026, 9:30am." in page
    assert "Rang the council" not in page


def test_reading_it_is_in_the_audit_and_another_region_does_not_find_it(desks):
    walk = a_walk(desks)
    walk.browser().post(PAGE, data=typed(walk))
    address = f"/manager/tasks/{the_task(desks).id}"

    elsewhere = desks.browser_of(Role.MANAGER, region="D").get(address)
    desks.browser_of(Role.MANAGER).get(address)

    with desks.session() as db:
        seen = select(AuditEntry).where(AuditEntry.noun == "worry")
        read = [one.fields for one in db.exec(seen) if one.action == "read"]
    assert elsewhere.status_code == 404
    assert read == [frozenset({"text"})]
