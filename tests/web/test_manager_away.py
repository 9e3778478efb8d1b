"""A manager tells their days away at the desk; the deputy answers, and sees whose work it is."""

from html import unescape

from sqlmodel import select

from models.deputies import ManagerAway
from models.states import Role
from models.vocabulary import Region
from tests.rows import NOW
from tests.web.region import OwnRegion

TODAY_TYPED = [str(NOW.day), str(NOW.month), str(NOW.year)]
DAYS = {"starts_on": TODAY_TYPED, "ends_on": TODAY_TYPED}


def test_a_deputy_who_says_yes_finds_the_region_and_the_desk_says_whose_work_it_is(desks):
    region = OwnRegion(desks)
    referral = region.referral()
    deputy = desks.browser_of(Role.MANAGER, region=Region.WALES, email="deputy@example.org")
    before = deputy.get(f"/manager/referrals/{referral.id}").status_code

    region.browser.post("/manager/away/", data=DAYS | {"deputy": "deputy@example.org"})
    with desks.session() as db:
        away = db.exec(select(ManagerAway)).one()
    address = f"/manager/away/{away.id}/answer"
    asked = unescape(deputy.get(address).text)
    unanswered = deputy.get(f"/manager/referrals/{referral.id}").status_code
    deputy.post(address, data={"version": "1", "agreed": "yes"})
    page = deputy.get(f"/manager/referrals/{referral.id}")

    assert "They ask you to stand in." in asked
    assert (before, unanswered, page.status_code) == (404, 404, 200)
    assert "for Yorkshire" in page.text
    assert "for a colleague who is away until" in page.text


def test_who_is_away_with_nobody_is_told_so_and_administrators_see_the_gap(desks):
    region = OwnRegion(desks)
    region.browser.post("/manager/away/", data=DAYS | {"deputy": ""})

    page = region.page("/manager/away/")
    seen = unescape(desks.browser_of(Role.ADMINISTRATOR).get("/administrator/").text)

    assert "Nobody stands in for you" in page
    assert "Regions with no manager today" in seen


def test_only_the_one_who_was_asked_answers_and_only_the_one_away_comes_back(desks):
    region = OwnRegion(desks)
    desks.account(Role.MANAGER, region=Region.WALES, email="deputy@example.org")
    region.browser.post("/manager/away/", data=DAYS | {"deputy": "deputy@example.org"})
    with desks.session() as db:
        away = db.exec(select(ManagerAway)).one()
    stranger = desks.browser_of(Role.MANAGER, region=Region.WALES)

    answered = region.browser.post(f"/manager/away/{away.id}/answer", data={"agreed": "yes"})
    ended = stranger.post(f"/manager/away/{away.id}/return", data={"version": "1"})

    assert (answered.status_code, ended.status_code) == (404, 404)
