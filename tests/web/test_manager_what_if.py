"""What if: who would gain and who would lose, by making the plan again and keeping nothing."""

import re
from html import unescape

import pytest
from sqlmodel import select

from matcher.desks import what_if_asked
from models.audit import AuditEntry
from models.pairs import Pair
from models.states import PairState, ReferralState
from models.vocabulary import Experience, Region
from tests.rows import a_leaver_row, a_plan_run, a_referral, a_standby
from tests.web.region import OwnRegion

WHAT_IF = "/manager/what-if/"


def told(page):
    """Return the words of a page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_losing_a_mentor_says_who_would_lose_theirs_and_keeps_nothing(desks):
    region = OwnRegion(desks)
    mentor = region.mentor(first_name="Rhys")
    referral = region.referral(leaver={"first_name": "Sam"})
    address = f"{WHAT_IF}?lose={mentor.id}"

    asked = region.page(address)
    answer = region.browser.post(address)

    page = told(answer.text)
    assert answer.status_code == 200
    assert f"Without Rhys ( {mentor.code} )" in told(asked)
    assert "Nothing was kept" in page
    assert "1 person would lose their mentor" in page
    assert "Loses their mentor" in page
    assert f"/manager/referrals/{referral.id}" in answer.text
    assert "People with a mentor 1 0" in page
    with desks.session() as db:
        assert db.exec(select(Pair)).all() == []
        assert {one.action for one in db.exec(select(AuditEntry))} == {"read"}


def test_losing_a_mentor_names_first_whom_they_walk_with_and_who_stands_by_for_them(desks):
    region = OwnRegion(desks)
    mentor = region.mentor(first_name="Rhys", places=4)
    pair = region.pair(
        PairState.ACCEPTED,
        mentor=mentor,
        referral=region.referral(ReferralState.MATCHED, leaver={"first_name": "Sam"}),
    )
    others = a_leaver_row(first_name="Elin")
    abroad = a_referral(others, state=ReferralState.WAITING, region=Region.WALES)
    desks.keep(others, abroad)
    region.pair(PairState.OFFERED, mentor=mentor, referral=abroad, place_number=2)
    second = region.mentor(first_name="Olwen", region=Region.WALES)
    desks.keep(a_standby(pair, second))

    on_page = region.page(f"/manager/mentors/{mentor.id}")
    answer = region.browser.post(f"{WHAT_IF}?lose={mentor.id}")

    page = told(unescape(answer.text))
    assert f'action="{WHAT_IF}?lose={mentor.id}"' in on_page
    assert "2 people count on Rhys now. They would need another mentor at once." in page
    assert "Who would lose Rhys" in page
    assert f'href="/manager/pairs/{pair.id}"' in answer.text
    assert f"Olwen ( {second.code} )" in page
    assert "0 people would lose their mentor" in page


def test_a_manager_of_another_region_reads_of_their_own_people_and_how_many_others(desks):
    region = OwnRegion(desks)
    mentor = region.mentor(first_name="Rhys", region=Region.WALES, places=4)
    own = region.referral(ReferralState.MATCHED, leaver={"first_name": "Sam"})
    region.pair(PairState.ACCEPTED, mentor=mentor, referral=own)
    leaver = a_leaver_row(first_name="Elin")
    abroad = a_referral(leaver, state=ReferralState.MATCHED, region=Region.WALES)
    desks.keep(leaver, abroad)
    region.pair(PairState.ACCEPTED, mentor=mentor, referral=abroad, place_number=2)

    page = told(unescape(region.browser.post(f"{WHAT_IF}?lose={mentor.id}").text))

    assert "2 people count on Rhys now." in page
    assert "1 person of these is of another region." in page
    assert "Elin" not in page


def test_two_new_mentors_give_two_people_a_mentor(desks):
    region = OwnRegion(desks)
    for _ in range(3):
        region.referral()
    new = {"home": "LS6", "sex": "male", "places": "1", "days": "1", "part": "morning"}
    both = {
        f"{which}_{name}": value for which in ("first", "second") for name, value in new.items()
    }

    one = region.browser.post(WHAT_IF, data={k: v for k, v in both.items() if "first" in k})
    two = region.browser.post(WHAT_IF, data=both)

    assert "1 person would get one" in told(one.text)
    assert "2 people would get one" in told(two.text)
    assert "A new mentor" in two.text
    assert 'value="LS6"' in two.text


def test_an_easier_rule_and_other_weights_are_tried_together(desks):
    region = OwnRegion(desks)
    region.referral()
    region.mentor(places=0)

    answer = region.browser.post(WHAT_IF, data={"relaxed": "one_more_place", "weight_time": "60"})

    assert "1 person would get one" in told(answer.text)
    assert "People with a mentor 0 1" in told(answer.text)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Say what to suppose"),
        ({"first_home": "LS6"}, "Say whether the new mentor is a man or a woman"),
        ({"first_home": "QQ99", "first_sex": "male"}, "We do not know QQ99"),
        ({"weight_time": "80", "weight_reach": "50"}, "The weights add up to 130 points"),
        ({"relaxed": "no_link_between_them"}, "Choose one of the answers on the page"),
    ],
)
def test_what_cannot_be_supposed_is_said_and_what_was_typed_stands_there(desks, sent, said):
    answer = OwnRegion(desks).browser.post(WHAT_IF, data=sent)

    assert answer.status_code == 422
    assert said in answer.text
    assert "Nothing was kept" not in answer.text


def test_a_plan_too_big_for_a_page_is_left_to_the_command(desks, monkeypatch):
    region = OwnRegion(desks)
    monkeypatch.setattr(what_if_asked, "MOST_LEAVERS", 0)
    region.referral()

    answer = region.browser.post(WHAT_IF, data={"relaxed": "farther"})

    assert answer.status_code == 422
    assert "too many to make it again on a page" in answer.text


def test_one_question_at_a_time_is_answered_and_the_next_is_told_to_wait(desks):
    region = OwnRegion(desks)

    with what_if_asked._one_at_a_time():
        busy = region.browser.post(WHAT_IF, data={"relaxed": "farther"})
    free = region.browser.post(WHAT_IF, data={"relaxed": "farther"})

    assert busy.status_code == 422
    assert "Wait a few seconds" in busy.text
    assert free.status_code == 200


def test_a_mentor_of_another_region_is_not_there_to_lose(desks):
    region = OwnRegion(desks)
    other = region.mentor(region=Region.WALES)

    assert region.browser.get(f"{WHAT_IF}?lose={other.id}").status_code == 404
    assert region.browser.get(f"{WHAT_IF}?lose={other.code}").status_code == 200


def test_the_prices_of_places_say_where_and_what_to_look_for(desks):
    region = OwnRegion(desks)
    lived = {"home": "LS7", "experiences": {Experience.CARE}}
    dear = [region.mentor(**lived), region.mentor(**lived)]
    cheap = region.mentor()
    prices = {one.code: (3, 5000) for one in dear} | {cheap.code: (0, 0)}
    found = {"home": "LS6", "sex": "female", "day": 1, "experiences": ["care"], "matched": 4}
    advice = {"advice": {Region.YORKSHIRE.value: [found, found | {"day": None, "matched": 2}]}}
    desks.keep(a_plan_run(prices=prices, ways_out=advice))

    page = region.page(WHAT_IF)

    assert "with 2 of the 3 mentors of your region" in page
    assert "Most of them live around Leeds" in page
    assert "wanted most: in care as a child" in page
    assert "One mentor, a woman, in Leeds (LS6) and free on Tuesdays, would match 4." in page
    assert "One more mentor, a woman, in Leeds (LS6) and free most days, would match 2." in page


def test_whom_to_look_for_is_proved_by_making_the_plan_again(desks):
    region = OwnRegion(desks)
    for _ in range(2):
        region.referral(hours=frozenset(range(33, 41)))
    desks.keep(a_plan_run(ways_out={}, prices={}))

    region.browser.post("/manager/nobody-yet/ways-out")

    page = region.page("/manager/nobody-yet/")
    assert "free on Tuesdays, would match 2." in page
    assert "Work out what would help" not in page
