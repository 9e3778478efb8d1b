"""Proposals: approved, overridden, stopped, and what comes of a plan made on the button."""

from datetime import date, timedelta

from sqlmodel import col, select

from models.outbox import Letter
from models.pairs import Pair, PairHistory
from models.referrals import Screening
from models.runs import PlanRun
from models.states import EndReason, LetterKind, LetterState, PairState, ReferralState
from models.tasks import Task
from models.vocabulary import Region
from tests.rows import NOW, a_letter, a_meeting
from tests.web.plans import asked_and_made
from tests.web.region import OwnRegion


def test_approving_offers_the_pair_to_its_mentor_and_leads_back_to_today(desks):
    region = OwnRegion(desks)
    pair = region.pair()

    answer = region.browser.post(f"/manager/pairs/{pair.id}/approval", data={"version": 1})

    with desks.session() as db:
        offered = db.get_one(Pair, pair.id)
        kinds = {letter.kind for letter in db.exec(select(Letter))}
        lines = db.exec(select(PairHistory).where(col(PairHistory.moved_by).is_not(None))).all()
    assert answer.location == "/manager/"
    assert offered.state is PairState.OFFERED
    assert offered.answer_by is not None
    assert LetterKind.OFFER in kinds
    assert len(lines) == 1


def test_approving_from_the_list_leads_back_to_the_list_so_that_one_sitting_goes_on(desks):
    region = OwnRegion(desks)
    pair, other = region.pair(), region.pair()
    approval = f"/manager/pairs/{pair.id}/approval"

    sent = 'name="then" value="list"'
    on_list, on_today = region.page("/manager/proposals"), region.page("/manager/")
    answer = region.browser.post(
        approval, data={"version": 1, "then": "list"}, follow_redirects=True
    )

    assert on_list.count(sent) == 2
    assert sent not in on_today
    assert "Approved. The offer goes to the mentor." in answer.text
    assert answer.request.path == "/manager/proposals"
    assert str(pair.id) not in answer.text
    assert f"/manager/pairs/{other.id}/approval" in answer.text


def test_a_rule_that_now_bars_the_pair_is_said_and_nothing_is_changed(desks):
    region = OwnRegion(desks)
    pair = region.pair(mentor=region.mentor(offence_free_since=None))

    answer = region.browser.post(f"/manager/pairs/{pair.id}/approval", data={"version": 1})

    with desks.session() as db:
        assert db.get_one(Pair, pair.id).state is PairState.PROPOSED
        assert db.exec(select(Letter)).all() == []
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "offence" in answer.text


def test_a_proposal_that_changed_since_the_page_was_opened_is_not_approved(desks):
    region = OwnRegion(desks)
    pair = region.pair()
    with desks.session() as db:
        db.get_one(Pair, pair.id).score = 60_000
        db.commit()

    answer = region.browser.post(f"/manager/pairs/{pair.id}/approval", data={"version": 1})

    with desks.session() as db:
        assert db.get_one(Pair, pair.id).state is PairState.PROPOSED
    assert answer.status_code == 409
    assert "Someone changed this" in answer.text


def test_the_parts_of_the_score_add_up_on_the_page_and_the_whole_story_is_told(desks):
    region = OwnRegion(desks)
    parts = {"experience": 31_250, "reach": 20_100, "time": 12_000, "risk_margin": 5_000}
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW, parts=parts, score=68_350)
    desks.keep(a_meeting(pair))

    page = region.page(f"/manager/pairs/{pair.id}")

    assert "Shared experience" in page
    assert "68.4" in page
    assert "Between Wednesday 23 December 2026 and Wednesday 20 January 2027" in page
    assert "Proposed" in page
    assert "Interests" not in page


def test_the_newest_of_a_long_story_is_read_at_once_and_all_of_it_is_there(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    days = (NOW + timedelta(days=number) for number in range(8))
    desks.keep(*(a_letter(pair_id=pair.id, state=LetterState.DEAD, state_since=at) for at in days))

    page = region.page(f"/manager/pairs/{pair.id}")

    story = page[page.index(">What happened<") : page.index(">Meetings<")]
    first, _, rest = story.partition("<details")
    assert first.count("moj-timeline__title") == 6
    assert "Before that: 3 more" in rest
    assert rest.count("moj-timeline__title") == 3
    assert "Proposed" in rest


def test_stopping_an_accepted_pair_asks_for_a_reason_and_rings_the_mentor(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    address = f"/manager/pairs/{pair.id}/ending"

    refused = region.browser.post(address, data={"version": 1, "reason": ""})
    answer = region.browser.post(address, data={"version": 1, "reason": "A worry came in."})

    with desks.session() as db:
        stopped = db.get_one(Pair, pair.id)
        letters = {letter.kind: letter.urgent for letter in db.exec(select(Letter))}
        assert db.exec(select(Task)).one().mentor_id == pair.mentor_id
    assert refused.status_code == 422
    assert 'href="#reason"' in refused.text
    assert answer.location == f"/manager/pairs/{pair.id}"
    assert stopped.end_reason is EndReason.STOOD_DOWN
    assert letters[LetterKind.STOOD_DOWN]
    assert "A worry came in." in region.page(answer.location)


def test_another_mentor_is_chosen_with_a_reason_and_waits_for_approval(desks):
    region = OwnRegion(desks)
    pair, other = region.pair(), region.mentor(first_name="Rhys")
    listed = region.page(f"/manager/referrals/{pair.referral_id}/override")
    address = f"/manager/referrals/{pair.referral_id}/override/{other.id}"

    refused = region.browser.post(address, data={"version": 1})
    region.browser.post(address, data={"version": 1, "reason": "They know each other's town."})

    with desks.session() as db:
        chosen = db.exec(select(Pair).where(Pair.mentor_id == other.id)).one()
        assert db.get_one(Pair, pair.id).end_reason is EndReason.REPLACED
    assert f'href="{address}"' in listed
    assert listed.count("Their mentor now") == 1
    assert f"override/{pair.mentor_id}" not in listed
    assert refused.status_code == 422
    assert chosen.state is PairState.PROPOSED
    assert chosen.override_reason == "They know each other's town."
    assert "They know each other's town." in region.page("/manager/")


def test_a_barred_mentor_is_listed_with_the_rule_and_no_override_gets_past_it(desks):
    region = OwnRegion(desks)
    referral, barred = region.referral(), region.mentor(first_name="Rhys", consented_on=None)
    address = f"/manager/referrals/{referral.id}/override/{barred.id}"

    listed = region.page(f"/manager/referrals/{referral.id}/override")
    answer = region.browser.post(address, data={"version": 1, "reason": "I want to."})

    with desks.session() as db:
        assert db.exec(select(Pair)).all() == []
    assert "Barred" in listed
    assert f'href="{address}"' not in listed
    assert answer.status_code == 422
    assert "I want to." in answer.text


def test_a_mentor_of_another_region_is_known_by_code_and_region_until_there_is_a_pair(desks):
    region = OwnRegion(desks)
    referral, there = region.referral(), {"region": Region.NORTH_EAST, "first_name": "Canaryrhys"}
    other = region.mentor(**there)
    barred = region.mentor(**there, consented_on=None)
    address = f"/manager/referrals/{referral.id}/override"

    listed, chosen = region.page(address), region.page(f"{address}/{other.id}")
    not_told = region.browser.post(f"{address}/{barred.id}", data={"version": 1, "reason": "Why?"})
    region.browser.post(f"{address}/{other.id}", data={"version": 1, "reason": "The nearest."})

    for page in (listed, chosen):
        assert other.code in page
        assert "Canaryrhys" not in page
        assert "The mentor came through" not in page
    assert "North East" in listed
    assert barred.code in listed
    assert "The manager of that region can say which." in listed
    assert not_told.status_code == 404
    assert "Canaryrhys" in region.page("/manager/proposals")


def test_the_plan_is_made_on_the_button_and_its_proof_shown(desks):
    region = OwnRegion(desks)
    region.referral()
    region.mentor()

    answer = asked_and_made(region)

    with desks.session() as db:
        run, pair = db.exec(select(PlanRun)).one(), db.exec(select(Pair)).one()
    assert run.total == run.bound
    assert run.recorded_by is not None
    shown, _, proof = answer.text.partition("The proof of this plan")
    assert "points" not in shown[shown.index("<h1") :]
    assert "The total is made of the score of every pair. It is not their plain sum" in proof
    assert "As high as any plan can reach" in proof
    assert "The mentor came through" in region.page(f"/manager/pairs/{pair.id}")
    assert f"/manager/pairs/{pair.id}/approval" in region.page("/manager/proposals")


def test_the_proof_says_how_many_wait_for_a_first_screening(desks):
    region = OwnRegion(desks)
    region.referral()
    region.referral(ReferralState.ENDORSED)
    region.referral(ReferralState.ENDORSED)

    answer = asked_and_made(region)

    screening = answer.text.partition("wait today for a first screening")[2]
    assert '<dd class="govuk-summary-list__value">2</dd>' in screening.partition("</div>")[0]
    assert (
        'Leavers in the plan</dt>\n    <dd class="govuk-summary-list__value">1</dd>' in answer.text
    )


def test_someone_on_hold_is_in_no_plan(desks):
    region = OwnRegion(desks)
    referral = region.referral()
    region.mentor()
    with desks.session() as db:
        db.exec(select(Screening)).one().assessor = None
        db.commit()

    asked_and_made(region)

    with desks.session() as db:
        assert db.exec(select(Pair)).all() == []
    assert "On hold" in region.page(f"/manager/referrals/{referral.id}")
    assert referral.state is ReferralState.WAITING


def test_a_paused_pair_goes_on_when_nothing_stands_in_its_way(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.SUSPENDED, accepted_at=NOW)

    page = region.page(f"/manager/pairs/{pair.id}")
    answer = region.browser.post(f"/manager/pairs/{pair.id}/resumption", data={"version": 1})

    with desks.session() as db:
        assert db.get_one(Pair, pair.id).state is PairState.ACCEPTED
    assert "Let this pair go on" in page
    assert answer.location == f"/manager/pairs/{pair.id}"


def test_a_paused_pair_that_is_still_barred_stays_paused_and_the_reason_is_said(desks):
    region = OwnRegion(desks)
    child = region.referral(ReferralState.MATCHED, leaver={"birth_date": date(2010, 1, 1)})
    pair = region.pair(PairState.SUSPENDED, referral=child, accepted_at=NOW)

    answer = region.browser.post(f"/manager/pairs/{pair.id}/resumption", data={"version": 1})

    with desks.session() as db:
        assert db.get_one(Pair, pair.id).state is PairState.SUSPENDED
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "18" in answer.text
