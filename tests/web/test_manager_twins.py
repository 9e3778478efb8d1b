"""The manager sees two records side by side, and says whether they are one person."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlmodel import select

from matcher import twin_tasks
from matcher.twin_tasks import TWO_PEOPLE
from models.audit import AuditEntry
from models.desk_words import TaskKind
from models.events import Event
from models.people import Leaver
from models.states import EventKind, Role
from models.tasks import Task
from models.vocabulary import Region
from tests.rows import NOW, a_leaver_row, a_mentor_row, a_referral
from tests.web.region import OwnRegion
from tests.web.test_happenings import hidden

BORN = date(1980, 1, 2)
OLDER = {"created_at": NOW - timedelta(days=9)}


@pytest.fixture
def region(desks):
    return OwnRegion(desks)


def asked(desks, *rows):
    """Keep the records and ask about them; return the tasks."""
    desks.keep(*rows)
    with desks.session() as db:
        twin_tasks.ask_about(db, twin_tasks.twins_of_regions(db), now=NOW)
        db.commit()
        return db.exec(select(Task).where(Task.kind == TaskKind.TWINS)).all()


def two_leavers(desks, **of_second):
    one = a_leaver_row(first_name="Siân", surname="Smythe", birth_date=BORN, **OLDER)
    told = {"first_name": "Siân", "surname": "Smyth", "birth_date": BORN} | of_second
    other = a_leaver_row(**told)
    [task] = asked(desks, one, other, a_referral(one), a_referral(other))
    return one, other, task


def test_today_leads_to_both_records_side_by_side_and_hides_what_is_masked(desks, region):
    one, other, task = two_leavers(desks)

    today = region.page("/manager/")
    page = unescape(region.browser.get(f"/manager/tasks/{task.id}", follow_redirects=True).text)

    assert "Two records may be one person" in today
    assert "They were born on the same day, and their names are alike." in page
    assert one.code in page
    assert other.code in page
    for masked in ("Smythe", one.prison_number, other.prison_number, f"{BORN:%B %Y}"):
        assert masked not in page, masked
    rows = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", page)
    assert rows[rows.index("Surname") + 3] == "Nearly the same"
    assert rows[rows.index("Date of birth") + 3] == "The same"


def test_what_is_masked_is_shown_when_asked_for_and_that_is_kept(desks, region):
    one, _, task = two_leavers(desks)

    page = region.page(f"/manager/twins/{task.id}?show=identity")

    assert "Smythe" in page
    assert "2 January 1980" in page
    with desks.session() as db:
        read = db.exec(select(AuditEntry).where(AuditEntry.row_id == str(one.id))).all()
    assert any("birth_date" in str(entry.fields) for entry in read)


def test_one_button_leads_to_what_follows_from_a_merge_and_changes_nothing(desks, region):
    one, other, task = two_leavers(desks)
    page = region.page(f"/manager/twins/{task.id}")
    address = f"/manager/leavers/{one.id}/events/same-person"
    form = page[page.index(f'action="{address}"') :]
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)[:4])

    shown = region.browser.post(address, data=sent)

    assert f"{other.code} becomes part of {one.code}." in shown.text
    assert region.leaver(a_referral(other)) is not None
    region.browser.post(f"{address}/confirmation", data=hidden(shown.text))
    with desks.session() as db:
        assert db.get(Leaver, other.id) is None
        assert db.get(Task, task.id).done_at == NOW
        assert len(db.exec(select(Event).where(Event.kind == EventKind.MERGED)).all()) == 1


def test_two_people_are_kept_as_two_and_the_task_is_gone(desks, region):
    _, _, task = two_leavers(desks)
    address = f"/manager/twins/{task.id}/two-people"

    first = region.browser.post(address, data={"version": str(task.version)})
    again = region.browser.post(address, data={"version": "1"}, follow_redirects=True)

    assert first.location == "/manager/"
    assert "This is done already." in again.text
    assert "Two records may be one person" not in region.page("/manager/")
    assert TWO_PEOPLE in region.page(f"/manager/twins/{task.id}")
    with desks.session() as db:
        assert db.get(Task, task.id).outcome == TWO_PEOPLE


def test_the_page_of_a_merge_lists_who_may_be_the_same_person(desks, region):
    one, other, task = two_leavers(desks)

    for row in (one, other):
        page = region.page(f"/manager/leavers/{row.id}/events/same-person")
        assert "These may be the same person" in page
        assert f"/manager/twins/{task.id}" in page
        assert "Smyth" not in page


def test_of_mentors_the_surname_is_read_and_the_number_is_only_compared(desks, region):
    names = {"first_name": "Jo", "surname": "Hill", "birth_date": BORN}
    rows = [
        a_mentor_row(**names, **OLDER, prison_number="A1234BC"),
        a_mentor_row(**names, prison_number="A1243BC"),
    ]
    [task] = asked(desks, *rows)

    page = region.page(f"/manager/twins/{task.id}")

    assert "Hill" in page
    assert "Nearly the same" in page
    assert "A1234BC" not in page
    assert f"{BORN:%B %Y}" not in page


def test_who_may_not_see_both_finds_no_comparison_and_nobody_elses_task(desks, region):
    one, _other, task = two_leavers(desks)
    wales = desks.browser_of(Role.MANAGER, region=Region.WALES)
    liaison = desks.browser_of(Role.LIAISON)
    for browser in (wales, liaison):
        assert browser.get(f"/manager/twins/{task.id}").status_code == 404
        assert browser.post(f"/manager/twins/{task.id}/two-people").status_code == 404
    with desks.session() as db:
        for row in db.exec(select(Task).where(Task.id == task.id)):
            row.key = f"twins:{one.id}:{task.id}"
            db.add(row)
        db.commit()

    assert region.browser.get(f"/manager/twins/{task.id}").status_code == 404
    assert "It is done" in region.page(f"/manager/tasks/{task.id}")
