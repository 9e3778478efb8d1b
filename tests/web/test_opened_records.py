"""Opening one person's record: asked with a reason, agreed by a second person, for half an hour."""

from datetime import timedelta

import pytest
from sqlmodel import select

from models.audit import AuditEntry
from models.council_words import PersonToAvoid
from models.desk_words import TaskKind
from models.sign_ins import BreakGlass
from models.states import Role
from models.tasks import Task
from tests.rows import NOW
from tests.web.walks import a_walk

ADMIN = "/administrator/opened-records"
MANAGER = "/manager/opened-records"
MINUTE = timedelta(minutes=1)
WHY = "Their letters go to nobody."


class Case:
    """Two administrators, the region's manager, and a leaver whose record is asked for."""

    def __init__(self, desks):
        self.desks = desks
        self.walk = a_walk(desks)
        self.asker = desks.browser_of(Role.ADMINISTRATOR, name="Kit")
        self.second = desks.browser_of(Role.ADMINISTRATOR, name="Ash")
        self.manager = desks.browser_of(Role.MANAGER)
        self.far = desks.browser_of(Role.MANAGER, region="D")

    def ask(self, code=None):
        form = {"person": code or self.walk.leaver.code, "reason": WHY}
        return self.asker.post(f"{ADMIN}/new", data=form)

    @property
    def glass(self):
        with self.desks.session() as db:
            return db.exec(select(BreakGlass)).one()

    def agree(self, browser, prefix=ADMIN):
        form = {"version": str(self.glass.version)}
        return browser.post(f"{prefix}/{self.glass.id}/agreement", data=form)

    def read(self, browser=None):
        return (browser or self.asker).get(f"{ADMIN}/{self.glass.id}/record")


@pytest.fixture
def case(desks):
    return Case(desks)


def test_nothing_is_shown_before_a_second_person_agrees(case):
    case.ask()

    assert case.read().status_code == 404
    assert case.agree(case.asker).status_code == 422
    assert case.read().status_code == 404


@pytest.mark.parametrize(("who", "prefix"), [("second", ADMIN), ("manager", MANAGER)])
def test_once_someone_agrees_it_is_open_for_half_an_hour_to_who_asked_alone(case, who, prefix):
    case.ask()
    answered = case.agree(getattr(case, who), prefix)

    page = case.read()
    of_second = case.read(case.second)
    case.desks.now = NOW + 29 * MINUTE
    still = case.read().status_code
    case.desks.now = NOW + 30 * MINUTE
    over = case.desks.browser_of(Role.ADMINISTRATOR)  # the asker's own stay has gone idle

    assert answered.status_code == 302
    assert (page.status_code, of_second.status_code, still) == (200, 404, 200)
    assert case.walk.leaver.surname in page.text
    assert case.read(over).status_code == 404
    assert case.read().status_code in {302, 404}


def test_a_manager_of_another_region_neither_sees_it_nor_agrees(case):
    case.ask()

    answers = [
        case.far.get(f"{MANAGER}/{case.glass.id}").status_code,
        case.agree(case.far, MANAGER).status_code,
    ]

    assert answers == [404, 404]
    assert WHY not in case.far.get(f"{MANAGER}/").text


def test_the_region_is_told_whoever_agreed(case):
    case.ask()
    case.agree(case.second)

    with case.desks.session() as db:
        [task] = db.exec(select(Task).where(Task.kind == TaskKind.GLASS_BROKEN))
    page = case.manager.get(f"{MANAGER}/{case.glass.id}").text
    assert task.region == case.glass.region
    assert "A record was opened" in case.manager.get("/manager/tasks/").text
    assert all(words in page for words in (WHY, "Kit", "Ash"))


def test_the_region_is_told_as_soon_as_somebody_asks(case):
    case.ask()
    asked = case.manager.get("/manager/").text
    elsewhere = case.far.get("/manager/").text
    with case.desks.session() as db:
        [task] = db.exec(select(Task).where(Task.kind == TaskKind.GLASS_ASKED))
    page = case.manager.get(f"/manager/tasks/{task.id}").text

    case.agree(case.second)

    assert (task.region, task.done_at) == (case.glass.region, None)
    assert "An administrator asks to open a record" in asked
    assert "An administrator asks to open a record" not in elsewhere
    assert f"{MANAGER}/" in page
    with case.desks.session() as db:
        assert db.get_one(Task, task.id).done_at == NOW


def test_each_look_stands_in_the_audit_with_its_fields_and_no_value(case):
    case.ask()
    case.agree(case.second)
    case.read()
    case.read()

    with case.desks.session() as db:
        reads = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all()
    of_leaver = [one for one in reads if one.noun == "leaver"]
    assert len(of_leaver) == 2
    assert {"surname", "prison_number", "birth_date"} <= of_leaver[0].fields
    assert {one.leaver_id for one in of_leaver} == {case.walk.leaver.id}


def test_whom_a_leaver_avoids_is_not_in_an_opened_record(case):
    told = {"leaver_id": case.walk.leaver.id, "recorded_at": NOW}
    case.desks.keep(PersonToAvoid(name="Canary Cousin", why="Canary quarrel", **told))
    case.ask()
    case.agree(case.second)

    assert "Canary" not in case.read().text


def test_a_mentor_s_record_opens_in_the_same_way(case):
    case.ask(case.walk.mentor.code)
    case.agree(case.manager, MANAGER)

    assert case.walk.mentor.surname in case.read().text


def test_it_is_refused_and_then_stays_shut(case):
    case.ask()
    form = {"version": str(case.glass.version)}
    case.manager.post(f"{MANAGER}/{case.glass.id}/refusal", data=form)

    assert case.agree(case.second).status_code == 422
    assert case.read().status_code == 404


def test_after_a_day_nobody_can_agree_any_more(case):
    case.ask()
    case.desks.now = NOW + timedelta(hours=24)
    second = case.desks.browser_of(Role.ADMINISTRATOR)

    assert case.agree(second).status_code == 422
    assert case.glass.ends_at is None


def test_who_asked_can_shut_it_at_once(case):
    case.ask()
    case.agree(case.second)

    case.asker.post(f"{ADMIN}/{case.glass.id}/shutting")

    assert case.read().status_code == 404


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"person": "L-NOBODY", "reason": WHY}, "Nobody has this code."),
        ({"person": "", "reason": WHY}, "Write the code."),
        ({"person": "L-1", "reason": ""}, "Write why it must be opened."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_asked(case, told, sentence):
    page = case.asker.post(f"{ADMIN}/new", data=told)

    assert page.status_code == 422
    assert sentence in page.text
    with case.desks.session() as db:
        assert db.exec(select(BreakGlass)).all() == []
