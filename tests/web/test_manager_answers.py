"""The plan's answers as pages: nobody yet, what would help, and why not this mentor."""

from datetime import timedelta

from sqlmodel import select

from models.audit import AuditEntry
from models.pairs import Pair
from models.runs import PlanRun
from models.states import PairState, ReferralState
from models.vocabulary import Region
from tests.rows import NOW, a_plan_run
from tests.web.region import OwnRegion

NOBODY = "/manager/nobody-yet/"


def test_an_empty_list_says_so_and_leads_on(desks):
    page = OwnRegion(desks).page(NOBODY)

    assert "Everyone of your region who waits has a mentor" in page
    assert "See the proposals" in page


def test_who_has_nobody_is_listed_soonest_out_first_with_what_the_newest_plan_kept(desks):
    region = OwnRegion(desks)
    mentor = region.mentor(first_name="Rhys", places=0)
    today = NOW.date()
    late = region.referral(leaver={"first_name": "Late", "release_date": today + timedelta(60)})
    region.referral(leaver={"first_name": "Soon", "release_date": today + timedelta(9)})
    region.referral(leaver={"first_name": "Elsewhere"}, region=Region.WALES)
    region.referral(ReferralState.WITHDRAWN, leaver={"first_name": "Withdrawn"})
    region.pair()
    change = f"One more place for {mentor.code} would give them a mentor."
    kept = {"in_the_way": ["No place."], "change": change, "mentor": mentor.code}
    advice = {"advice": {Region.YORKSHIRE.value: []}}
    desks.keep(a_plan_run(ways_out={str(late.id): kept} | advice))

    page = region.page(NOBODY)

    assert page.index("Soon (") < page.index("Late (")
    assert "2 people" in page
    assert "Elsewhere" not in page
    assert "Withdrawn" not in page
    assert change in page
    assert f'href="/manager/mentors/{mentor.id}"' in page
    assert "Not worked out with the newest plan" in page
    assert "worked out with the plan of" in page


def test_what_holds_someone_back_is_said_in_place_of_what_a_plan_kept(desks):
    region = OwnRegion(desks)
    region.referral(ReferralState.ENDORSED, leaver={"first_name": "Unscreened"})

    page = region.page(NOBODY)

    assert "Unscreened (" in page
    assert "Not worked out" not in page


def test_one_button_works_out_what_would_help_and_keeps_it_with_the_newest_plan(desks):
    region = OwnRegion(desks)
    mentor = region.mentor(places=0)
    region.referral()
    desks.keep(a_plan_run(ways_out={}))
    before = region.page(NOBODY)

    answer = region.browser.post(NOBODY + "ways-out")

    assert "It is not all worked out yet" in before
    assert answer.location == NOBODY
    assert f"One more place for {mentor.code} would give" in region.page(NOBODY)
    with desks.session() as db:
        assert len(db.exec(select(PlanRun)).one().ways_out) == 2


def test_what_would_help_one_leaver_is_worked_out_as_everybody_stands_now(desks):
    region = OwnRegion(desks)
    referral, mentor = region.referral(), region.mentor(places=0)

    page = region.page(f"{NOBODY}{referral.id}")

    assert f"One more place for {mentor.code}" in page
    assert f'href="/manager/mentors/{mentor.id}"' in page
    assert "free place" in page


def test_who_is_on_hold_is_led_to_the_screening_and_no_plan_is_spoken_of(desks):
    region = OwnRegion(desks)
    referral = region.referral(ReferralState.ENDORSED)
    region.mentor()

    page = region.page(f"{NOBODY}{referral.id}")

    assert f'href="/manager/referrals/{referral.id}/screening"' in page
    assert "by making the whole plan again" not in page


def test_a_mentor_of_another_region_who_would_help_is_told_by_code_alone(desks):
    region = OwnRegion(desks)
    told = {"region": Region.NORTH_EAST, "first_name": "Canaryrhys", "places": 0}
    referral, mentor = region.referral(), region.mentor(**told)

    page = region.page(f"{NOBODY}{referral.id}")

    assert mentor.code in page
    assert "Canaryrhys" not in page
    assert f"/manager/mentors/{mentor.id}" not in page


def test_for_whom_a_plan_made_now_finds_a_mentor_the_page_says_to_make_it(desks):
    region = OwnRegion(desks)
    referral = region.referral()
    region.mentor()

    assert "A plan made now finds them a mentor" in region.page(f"{NOBODY}{referral.id}")


def test_a_barred_mentor_is_told_with_every_rule_and_the_name_stays_out_of_the_address(desks):
    region = OwnRegion(desks)
    referral = region.referral()
    told = {"first_name": "Rhys", "surname": "Example", "home": "TR1", "travel_limit_km": 5}
    mentor = region.mentor(**told)
    address = f"/manager/referrals/{referral.id}/why-not"

    by_name = region.browser.post(address, data={"mentor": "rhys  example"})
    by_code = region.browser.post(address, data={"mentor": mentor.code.lower()})
    page = region.page(by_name.location)

    assert by_name.location == by_code.location == f"{address}/{mentor.id}"
    assert "may not be paired" in page
    assert "farther from TR1" in page
    assert "no district both can reach" in page


def test_two_of_one_name_are_both_offered_and_nobody_of_that_name_is_said(desks):
    region = OwnRegion(desks)
    referral = region.referral()
    one, other = region.mentor(first_name="Rhys"), region.mentor(first_name="Rhys")
    away = region.mentor(first_name="Faraway", region=Region.WALES)
    address = f"/manager/referrals/{referral.id}/why-not"

    both = region.browser.post(address, data={"mentor": "Rhys"})
    nobody = region.browser.post(address, data={"mentor": "Faraway"})
    empty = region.browser.post(address, data={"mentor": ""})
    by_code = region.browser.post(address, data={"mentor": away.code})

    assert both.status_code == 200
    assert one.code in both.text
    assert other.code in both.text
    assert nobody.status_code == 422
    assert 'value="Faraway"' in nobody.text
    assert empty.status_code == 422
    assert by_code.location == f"{address}/{away.id}"


def test_who_was_not_chosen_is_shown_beside_the_chosen_with_what_it_would_cost(desks):
    region = OwnRegion(desks)
    near, far = region.mentor(home="LS6"), region.mentor(home="LS28")
    pair = region.pair(mentor=near)

    page = region.page(f"/manager/referrals/{pair.referral_id}/why-not/{far.id}")
    own = region.page(f"/manager/referrals/{pair.referral_id}/why-not/{near.id}")

    assert "They may be paired, and are not" in page
    assert "The two scores side by side" in page
    assert near.code in page
    assert "The whole plan would lose" in page
    assert "Choose this mentor" in page
    assert "Runner-up" in own
    assert far.code in own
    with desks.session() as db:
        assert [one.state for one in db.exec(select(Pair))] == [PairState.PROPOSED]


def test_of_a_mentor_of_another_region_only_code_region_and_score_are_told(desks):
    region = OwnRegion(desks)
    there = {"region": Region.NORTH_EAST, "first_name": "Canaryrhys"}
    fits, barred = region.mentor(**there), region.mentor(**there, offence_free_since=None)
    address = f"/manager/referrals/{region.referral().id}/why-not"

    able, not_able = (region.page(f"{address}/{one.id}") for one in (fits, barred))

    for page in (able, not_able):
        assert "Canaryrhys" not in page
    assert "of 100" in able
    assert "Why they would fit" not in able
    assert "The manager of that region can say which" in not_able
    assert "offence" not in not_able


def test_leavers_of_other_regions_are_counted_and_never_named_in_what_it_costs(desks):
    region = OwnRegion(desks)
    mentor = region.mentor(places=1)
    soon = {"release_date": NOW.date() + timedelta(9), "first_name": "Canarysam"}
    region.referral(leaver=soon, region=Region.WALES)
    later = region.referral(leaver={"first_name": "Later"})

    page = region.page(f"/manager/referrals/{later.id}/why-not/{mentor.id}")

    assert "Canarysam" not in page
    assert "1 leaver of other regions" in page


def test_what_is_shown_of_people_is_kept_as_read(desks):
    region = OwnRegion(desks)
    pair = region.pair()
    alone = region.referral(ReferralState.ENDORSED)

    region.page(f"/manager/referrals/{pair.referral_id}/why-not/{pair.mentor_id}")
    region.page(NOBODY)

    with desks.session() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all()
    read = {(one.noun, one.row_id) for one in entries}
    assert ("mentor", str(pair.mentor_id)) in read
    assert ("referral", str(pair.referral_id)) in read
    assert ("referral", str(alone.id)) in read
    assert ("leaver", str(alone.leaver_id)) in read


def test_another_regions_referral_is_not_there(desks):
    region = OwnRegion(desks)
    other, mentor = region.referral(region=Region.WALES), region.mentor()

    for address in (
        f"{NOBODY}{other.id}",
        f"/manager/referrals/{other.id}/why-not",
        f"/manager/referrals/{other.id}/why-not/{mentor.id}",
        f"/manager/referrals/{region.referral().id}/why-not/{other.id}",
    ):
        assert region.browser.get(address).status_code == 404


def test_a_proposal_shows_the_runner_up_and_what_the_pair_costs_others(desks):
    region = OwnRegion(desks)
    near, far = region.mentor(home="LS6"), region.mentor(home="LS28", first_name="Rhys")
    pair = region.pair(mentor=near)
    region.referral(ReferralState.ENDORSED)
    desks.keep(a_plan_run(ways_out={}, prices={near.code: [0, 2500], far.code: [0, 0]}))
    before = region.page("/manager/proposals")

    region.browser.post(NOBODY + "ways-out")

    assert "Not worked out yet" in before
    for address in ("/manager/", "/manager/proposals", f"/manager/pairs/{pair.id}"):
        page = region.page(address)
        assert "Runner-up" in page
        assert "Rhys (" in page
        assert "The whole plan would lose" in page
        assert "Others would gain 2.5 points with this place." in page


def test_no_other_mentor_fits_is_said_only_of_a_pair_for_which_one_was_looked_for(desks):
    region = OwnRegion(desks)
    pair = region.pair(mentor=region.mentor(home="LS6"))
    desks.keep(a_plan_run(ways_out={}, prices={}))
    region.browser.post(NOBODY + "ways-out")
    since = region.pair(mentor=region.mentor(home="LS28"))

    looked_for = region.page(f"/manager/pairs/{pair.id}")
    made_since = region.page(f"/manager/pairs/{since.id}")

    assert "No other mentor fits." in looked_for
    assert "No other mentor fits." not in made_since
    assert "Work it out now" in made_since


def test_a_runner_up_of_another_region_is_told_by_code_and_region(desks):
    region = OwnRegion(desks)
    pair = region.pair()
    there = region.mentor(region=Region.NORTH_EAST, first_name="Canaryrhys")
    kept = {"mentor_id": str(there.id), "score": 61_000, "whole": "The whole plan would lose."}
    prices = {region.mentor().code: [1, 0]}
    desks.keep(a_plan_run(ways_out={"runner_ups": {str(pair.id): kept}}, prices=prices))

    page = region.page("/manager/proposals")

    assert there.code in page
    assert "North East, 61.0 of 100" in page
    assert "Canaryrhys" not in page
