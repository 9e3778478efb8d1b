"""The liaison asks a leaver whom they would like, and keys in what they say."""

from html import unescape

import pytest
from sqlmodel import select

from models.audit import AuditEntry
from models.own_says import OwnSay, Wish
from models.referrals import Referral
from models.states import MentorState, ReferralState, Role
from tests.rows import a_screening
from tests.web.prisons import someone_waiting
from tests.web.region import OwnRegion


@pytest.fixture
def there(desks):
    """Someone who waits, with six mentors who fit."""
    region = OwnRegion(desks)
    mentors = [region.mentor(first_name="Canary", state=MentorState.ACTIVE) for _ in range(6)]
    there = someone_waiting(desks, state=ReferralState.WAITING)
    desks.keep(a_screening(there.leaver))
    there.mentors, there.region = mentors, region
    return there


def press(there, way="", **typed):
    version = str(there.now(Referral, there.referral.id).version)
    address = f"{there.address}/own-say{way}"
    return there.browser.post(address, data={"version": version} | typed, follow_redirects=True)


def rows(there):
    with there.desks.session() as db:
        return db.exec(select(OwnSay).order_by(OwnSay.number)).all()


def test_profiles_come_without_a_name_or_code_and_can_be_printed(there):
    page = unescape(press(there, "/profiles").text)
    sheet = unescape(there.browser.get(f"{there.address}/own-say/sheet").text)

    for shown in (page, sheet):
        assert "Mentor A" in shown
        assert "Lives in Yorkshire" in shown
        assert "Canary" not in shown
        assert not any(mentor.code in shown for mentor in there.mentors)
    assert there.leaver.surname not in sheet


def test_what_they_say_is_kept_and_shown_to_the_manager_alone(there):
    press(there, "/profiles")
    said = {"profile_a": "chosen", "profile_b": "ruled_out", "profile_c": "no_wish"}

    page = press(there, **said)
    again = there.browser.get(f"{there.address}/own-say").text

    assert [one.wish for one in rows(there)] == [Wish.CHOSEN, Wish.RULED_OUT, Wish.NO_WISH]
    assert "their wish is on file since" in page.text
    assert "Take it back" in again
    assert "Mentor A" not in again
    chosen = next(one for one in there.mentors if one.id == rows(there)[0].mentor_id)
    seen = there.region.page(f"/manager/referrals/{there.referral.id}")
    assert f"{chosen.code}: this one" in seen
    with there.desks.session() as db:
        read = select(AuditEntry).where(AuditEntry.noun == "referral", AuditEntry.action == "read")
        assert any("own_say" in entry.fields for entry in db.exec(read))


def test_it_can_be_taken_back_and_the_same_three_are_asked_about(there):
    press(there, "/profiles")
    before = [one.mentor_id for one in rows(there)]
    press(there, profile_a="chosen", profile_b="no_wish", profile_c="no_wish")

    page = press(there, "/back")

    assert "It counts no more" in page.text
    assert [(one.mentor_id, one.wish) for one in rows(there)] == [(one, None) for one in before]


def test_two_chosen_or_one_left_open_comes_back_with_what_was_typed(there):
    press(there, "/profiles")

    both = press(there, profile_a="chosen", profile_b="chosen", profile_c="no_wish")
    half = press(there, profile_a="chosen")

    assert both.status_code == half.status_code == 422
    assert "for one profile at most" in both.text
    assert both.text.count("checked") == 3
    assert "Choose what they say of profile B" in half.text


def test_too_few_mentors_is_said_in_a_sentence(desks):
    there = someone_waiting(desks, state=ReferralState.WAITING)

    answer = press(there, "/profiles")

    assert answer.status_code == 422
    assert "Too few mentors fit now" in answer.text


def test_the_sheet_without_profiles_leads_back_to_where_they_are_got(there):
    answer = there.browser.get(f"{there.address}/own-say/sheet", follow_redirects=True)

    assert "Get the profiles" in answer.text


def test_another_prison_finds_nothing(there, desks):
    press(there, "/profiles")
    other = desks.browser_of(Role.LIAISON, prison="BLI")

    for way in ("", "/sheet"):
        assert other.get(f"{there.address}/own-say{way}").status_code == 404
