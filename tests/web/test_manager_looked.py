"""A manager sees who looked at what, of people of their region and of their own account."""

import pytest
from sqlmodel import select

from models.audit import AuditEntry
from models.states import Role
from models.vocabulary import Region
from tests.rows import a_leaver_row, a_mentor_row, a_referral, places_of


@pytest.fixture
def there(desks):
    """A leaver and a mentor of the region, and a manager who has just looked at the leaver."""
    leaver, mentor = a_leaver_row(), a_mentor_row()
    desks.keep(leaver, mentor, a_referral(leaver), *places_of(mentor))
    browser = desks.browser_of(Role.MANAGER, name="Morgan")
    browser.get(f"/manager/leavers/{leaver.id}?show=identity")
    return leaver, mentor, browser


def test_whoever_looked_at_a_leaver_is_told_with_the_fields_and_no_value(desks, there):
    leaver, _, browser = there

    page = browser.get(f"/manager/looked/leavers/{leaver.id}").text

    assert "Morgan, regional manager" in page
    assert "Looked at: leaver" in page
    assert "prison number" in page
    assert leaver.prison_number not in page
    assert (
        f'href="/manager/looked/leavers/{leaver.id}"'
        in browser.get(f"/manager/leavers/{leaver.id}").text
    )


def test_looking_at_who_looked_is_kept_too(desks, there):
    _, mentor, browser = there

    browser.get(f"/manager/looked/mentors/{mentor.id}")

    with desks.session() as db:
        last = db.exec(select(AuditEntry).where(AuditEntry.mentor_id == mentor.id)).all()[-1]
    assert (last.action, last.fields) == ("read", {"first_name", "who_looked"})
    assert "who looked" in browser.get(f"/manager/looked/mentors/{mentor.id}").text


def test_ones_own_account_is_told_and_nobody_elses(desks, there):
    leaver, _, browser = there
    other = desks.browser_of(Role.MANAGER, name="Someone Other")

    mine, theirs = (one.get("/manager/looked/me").text for one in (browser, other))

    assert "Looked at: leaver" in mine
    assert "Looked at: leaver" not in theirs
    assert leaver.code in mine
    assert leaver.code not in theirs
    assert leaver.first_name not in mine


@pytest.mark.parametrize("role", [Role.LIAISON, Role.PEER, Role.MENTOR, Role.ADMINISTRATOR])
def test_it_is_there_for_no_other_desk(desks, there, role):
    leaver, mentor, _ = there
    told = {"mentor_id": mentor.id} if role is Role.MENTOR else {}
    browser = desks.browser_of(role, **told)

    assert browser.get(f"/manager/looked/leavers/{leaver.id}").status_code == 404
    assert browser.get("/manager/looked/me").status_code == 404


def test_a_person_of_another_region_is_not_there(desks, there):
    """ASVS 8.4.1."""
    leaver, mentor, _ = there
    elsewhere = desks.browser_of(Role.MANAGER, region=Region.WALES)

    assert elsewhere.get(f"/manager/looked/leavers/{leaver.id}").status_code == 404
    assert elsewhere.get(f"/manager/looked/mentors/{mentor.id}").status_code == 404


def test_the_read_is_kept_even_if_the_page_fails_afterwards(desks, there, monkeypatch):
    leaver, _, browser = there
    desks.app.config.update(PROPAGATE_EXCEPTIONS=False, TESTING=False)

    def fails(*_told):
        raise RuntimeError("the page could not be made")

    monkeypatch.setattr("web.manager_people.leaver_record", fails)
    with desks.session() as db:
        before = len(db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all())
    answer = browser.get(f"/manager/leavers/{leaver.id}")

    with desks.session() as db:
        after = len(db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all())
    assert (answer.status_code, after - before) == (500, 1)
