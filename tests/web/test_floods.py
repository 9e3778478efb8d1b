"""A program that holds somebody's stay comes no further than a person could."""

from dataclasses import replace
from datetime import timedelta

import pytest

from matcher.rate_limits import LIMITS, Limit
from models.sign_ins import LimitKind
from models.states import Role
from tests.matcher.accepted import an_accepted_pair
from tests.web.desks import SETTINGS, Desks
from web.floods import MUCH_WORK, RECORDS, kind_of
from web.page_rights import RIGHTS

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def few(monkeypatch):
    """Three of each, so that a test need not ask so often."""
    for kind in (LimitKind.SENT, LimitKind.SHOWN, LimitKind.COSTLY):
        monkeypatch.setitem(LIMITS, kind, Limit(3, TEN_MINUTES))


def a_record(desks):
    with desks.session() as db:
        accepted = an_accepted_pair(db)
        db.commit()
        return f"/manager/leavers/{accepted.leaver.id}"


@pytest.mark.parametrize(
    ("role", "method", "page"),
    [
        (Role.MANAGER, "GET", a_record),
        (Role.LIAISON, "POST", lambda _: "/liaison/uploads/"),
        (Role.LIAISON, "POST", lambda _: "/account/password"),
        (Role.MENTOR, "POST", lambda _: "/account/password"),
    ],
)
def test_what_is_asked_for_too_often_waits_and_nobody_else_does(desks, few, role, method, page):
    """ASVS 2.4.1."""
    address = page(desks)
    told = {"mentor_id": a_mentor(desks)} if role is Role.MENTOR else {}
    browser = desks.browser_of(role, **told)

    answers = [browser.open(address, method=method).status_code for _ in range(4)]
    other = desks.browser_of(Role.ADMINISTRATOR).post("/account/password").status_code
    desks.now += TEN_MINUTES
    later = browser.open(address, method=method).status_code

    assert answers[3] == 429
    assert 429 not in [*answers[:3], other, later]


def a_mentor(desks):
    with desks.session() as db:
        accepted = an_accepted_pair(db)
        db.commit()
        return accepted.mentor.id


def test_what_was_typed_is_shown_again_and_how_long_to_wait(desks, few):
    browser = desks.browser_of(Role.ADMINISTRATOR)
    typed = {"person": "L-ZEBRA", "reason": "Their letters go to nobody."}
    for _ in range(3):
        browser.post("/administrator/opened-records/new", data=typed)

    answer = browser.post("/administrator/opened-records/new", data=typed)

    assert answer.status_code == 429
    assert "Wait 10 minutes, then try again." in answer.text
    assert "Their letters go to nobody." in answer.text


def test_pages_that_are_only_read_are_not_counted(desks, few):
    browser = desks.browser_of(Role.MANAGER)

    answers = {browser.get("/manager/").status_code for _ in range(5)}

    assert answers == {200}


def test_every_page_that_is_counted_by_name_is_there():
    assert RIGHTS.keys() >= RECORDS | MUCH_WORK
    assert kind_of("mentor_offers.accept", "POST") is LimitKind.SENT


def test_in_a_demo_nothing_is_counted(engine, few):
    demo = Desks(engine, replace(SETTINGS, demo=True))
    browser = demo.browser_of(Role.ADMINISTRATOR)

    answers = {browser.post("/account/password").status_code for _ in range(5)}

    assert answers == {422}
