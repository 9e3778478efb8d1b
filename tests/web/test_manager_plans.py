"""Runs of the whole plan at the manager's desk: asked for, waited for, proven."""

from datetime import timedelta

from sqlmodel import select

from matcher.clock_health import note_start
from models.pairs import Pair
from models.referrals import Referral
from models.runs import PlanRequest
from models.states import EndReason, PairState, PlanStage
from models.vocabulary import Region
from tests.rows import NOW, a_plan_request, a_plan_run
from tests.web.plans import a_clock_looks
from tests.web.region import OwnRegion


def a_clock_runs(desks):
    with desks.session() as db:
        note_start(db, "one", now=desks.now)
        db.commit()


def test_asking_for_a_plan_answers_at_once_and_makes_nothing_itself(desks):
    region = OwnRegion(desks)
    region.referral()
    region.mentor()

    answer = region.browser.post("/manager/plans/")

    with desks.session() as db:
        [request] = db.exec(select(PlanRequest))
        assert db.exec(select(Pair)).all() == []
    assert answer.location == f"/manager/plans/asked/{request.id}"
    assert (request.stage, request.recorded_at) == (PlanStage.ASKED, NOW)


def test_the_page_looks_again_by_itself_while_the_plan_is_made_and_ends_on_its_proof(desks):
    region = OwnRegion(desks)
    a_clock_runs(desks)
    region.referral()
    region.mentor()
    asked = region.browser.post("/manager/plans/").location

    waiting = region.browser.get(asked)
    a_clock_looks(desks)
    done = region.browser.get(asked)

    assert waiting.headers["Refresh"] == "5"
    assert '<progress id="how-far" max="4" value="0">' in waiting.text
    assert "You can go on with your work" in waiting.text
    assert done.status_code == 302
    assert "The proof of this plan" in region.page(done.location)


def test_the_page_says_how_far_the_run_has_come(desks):
    region = OwnRegion(desks)
    a_clock_runs(desks)
    request = a_plan_request(stage=PlanStage.PROVING, people=1234, pairs=56789)
    desks.keep(request)

    page = region.page(f"/manager/plans/asked/{request.id}")

    assert "1,234 people read" in page
    assert "56,789 pairs that the rules allow" in page
    assert "2 of 4 steps done" in page
    assert page.index("Finding the best plan") < page.index(">Now<") < page.index("Not yet")


def test_whoever_wants_a_page_that_stands_still_gets_one(desks):
    region = OwnRegion(desks)
    a_clock_runs(desks)
    request = a_plan_request()
    desks.keep(request)

    still = region.browser.get(f"/manager/plans/asked/{request.id}?look=0")

    assert "Refresh" not in still.headers
    assert f'href="/manager/plans/asked/{request.id}">Look again' in still.text


def test_without_a_clock_the_page_says_what_to_do_and_does_not_keep_a_stay_alive(desks):
    region = OwnRegion(desks)
    request = a_plan_request(stage=PlanStage.ASKED, looked_at=None, people=None, pairs=None)
    desks.keep(request)

    answer = region.browser.get(f"/manager/plans/asked/{request.id}")

    assert "Tell the people who run Gatemate to start the clock" in answer.text
    assert "You need not ask again" in answer.text
    assert "Refresh" not in answer.headers


def test_a_page_left_open_stops_looking_by_itself(desks):
    region = OwnRegion(desks)
    request = a_plan_request(recorded_at=NOW - timedelta(minutes=16))
    desks.keep(request)
    a_clock_runs(desks)

    answer = region.browser.get(f"/manager/plans/asked/{request.id}")

    assert "Refresh" not in answer.headers
    assert "No clock is at work" not in answer.text


def test_a_run_that_failed_says_so_and_can_be_asked_for_again(desks):
    region = OwnRegion(desks)
    over = {"stage": PlanStage.FAILED, "slot": None, "finished_at": NOW}
    request = a_plan_request(**over)
    desks.keep(request)

    page = region.page(f"/manager/plans/asked/{request.id}")
    answer = region.browser.post("/manager/plans/")

    assert "The plan could not be made" in page
    assert answer.location != f"/manager/plans/asked/{request.id}"


def test_a_plan_that_is_being_made_is_told_of_beside_the_proposals(desks):
    region = OwnRegion(desks)
    request = a_plan_request()
    desks.keep(request)

    page = region.page("/manager/proposals")
    again = region.browser.post("/manager/plans/").location

    assert f'href="/manager/plans/asked/{request.id}"' in page
    assert 'action="/manager/plans/"' not in page
    assert again == f"/manager/plans/asked/{request.id}"


def test_every_plan_is_listed_with_its_proof_a_page_at_a_time(desks):
    region = OwnRegion(desks)
    days = [NOW - timedelta(days=number) for number in range(26)]
    newest, *others = [a_plan_run(recorded_at=moment) for moment in days]
    newest.covered, newest.counts = 7, {"leavers": 9}
    newest.worst_off, newest.total, newest.bound = 61_500, 512_340, 512_340
    others[0].bound = others[0].total + 1
    desks.keep(newest, *others)

    first, last = region.page("/manager/plans/"), region.page("/manager/plans/?page=2")

    assert "7 of 9" in first
    assert "61.5" in first
    assert "512.3 of at most 512.3" in first
    assert first.count("Not proven") == 1
    assert f'href="/manager/plans/{others[0].id}/against/{newest.id}"' in first
    assert f'href="/manager/plans/{others[-1].id}"' in last
    assert "The first plan" in last
    assert "The first plan" not in first


def test_without_any_plan_the_list_says_when_the_first_is_made(desks):
    page = OwnRegion(desks).page("/manager/plans/")

    assert "The first one is made at 6am" in page


def test_two_plans_are_compared_by_their_figures_and_by_who_has_another_mentor(desks):
    region, before = OwnRegion(desks), NOW - timedelta(days=1)
    earlier = a_plan_run(recorded_at=before, covered=2, worst_off=None)
    later = a_plan_run(recorded_at=NOW, covered=3, total=2**40 + 1500)
    desks.keep(earlier, later)
    kept = region.pair(proposed_at=before)
    gained = region.pair(proposed_at=NOW)
    over = {"state": PairState.ENDED, "end_reason": EndReason.REPLACED, "place_number": None}
    over |= {"proposed_at": before, "state_since": NOW}
    lost = region.pair(**over)
    changed = region.pair(proposed_at=NOW)
    region.pair(**over, referral=referral_of(desks, changed))
    region.pair(proposed_at=NOW + timedelta(days=1))

    page = region.page(f"/manager/plans/{earlier.id}/against/{later.id}")

    assert "Had no mentor, and has one: 1" in page
    assert "Has another mentor: 1" in page
    assert "Had a mentor, and has none: 1" in page
    assert "Has the same mentor: 1" in page
    for pair in (gained, changed, lost):
        assert f'href="/manager/pairs/{pair.id}"' in page
    assert f'href="/manager/pairs/{kept.id}"' not in page
    assert "+1" in page
    assert "+1.5" in page
    assert "Not known" in page


def test_pairs_of_another_region_are_counted_and_not_named(desks):
    region = OwnRegion(desks)
    earlier, later = a_plan_run(recorded_at=NOW - timedelta(days=1)), a_plan_run(recorded_at=NOW)
    there = {"region": Region.NORTH_EAST}
    pair = region.pair(referral=region.referral(**there), mentor=region.mentor(**there))
    desks.keep(earlier, later)
    with desks.session() as db:
        db.get_one(Pair, pair.id).proposed_at = NOW
        db.commit()

    page = region.page(f"/manager/plans/{earlier.id}/against/{later.id}")

    assert "Had no mentor, and has one: 1" in page
    assert str(pair.id) not in page
    assert "Nobody in your region came to have another mentor" in page


def test_two_plans_named_the_wrong_way_round_are_turned_round(desks):
    region = OwnRegion(desks)
    first, second = a_plan_run(recorded_at=NOW - timedelta(days=1)), a_plan_run(recorded_at=NOW)
    oldest = a_plan_run(recorded_at=NOW - timedelta(days=2))
    desks.keep(oldest, first, second)

    turned = region.browser.get(f"/manager/plans/{second.id}/against/{first.id}")
    page = region.page(turned.location)

    assert turned.location == f"/manager/plans/{first.id}/against/{second.id}"
    assert f'href="/manager/plans/{oldest.id}/against/{second.id}"' in page


def referral_of(desks, pair):
    with desks.session() as db:
        return db.get_one(Referral, pair.referral_id)
