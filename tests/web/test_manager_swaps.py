"""Swapping the mentors of two proposals, and standbys: seen, chosen, let go and called."""

from sqlmodel import col, select

from models.audit import AuditEntry
from models.pairs import Pair
from models.standbys import Standby
from models.states import PairState, ReferralState
from models.vocabulary import Region
from tests.rows import NOW, a_standby
from tests.web.region import OwnRegion

REASON = "They ask for each other."


def test_a_swap_shows_both_scores_first_and_then_proposes_both_pairs_anew(desks):
    region = OwnRegion(desks)
    pair, other = region.pair(), region.pair()
    address = f"/manager/pairs/{pair.id}/swap"

    asked = region.page(address)
    refused = region.browser.post(address, data={"version": 1, "other": str(other.id)})
    sent = {"version": 1, "other": str(other.id), "reason": REASON}
    answer = region.browser.post(address, data=sent)

    assert asked.count("of 100") == 2
    assert f'value="{other.id}"' in asked
    assert refused.status_code == 422
    with desks.session() as db:
        live = db.exec(select(Pair).where(Pair.state == PairState.PROPOSED)).all()
        mentors = {one.leaver_id: one.mentor_id for one in live}
    assert mentors == {pair.leaver_id: other.mentor_id, other.leaver_id: pair.mentor_id}
    assert REASON in region.page(answer.location)


def test_a_pair_that_a_rule_bars_from_a_swap_is_not_offered_and_taken_from_nobody(desks):
    region = OwnRegion(desks)
    pair = region.pair()
    far = region.referral(resettling_in="TR1", travel_km=5)
    other = region.pair(referral=far, mentor=region.mentor(home="TR1", travel_limit_km=5))
    address = f"/manager/pairs/{pair.id}/swap"

    page = region.page(address)
    sent = {"version": 1, "other": str(other.id), "reason": REASON}
    answer = region.browser.post(address, data=sent)

    assert "No other proposal of your region can be swapped" in page
    assert answer.status_code == 422
    with desks.session() as db:
        assert {one.state for one in db.exec(select(Pair))} == {PairState.PROPOSED}


def test_what_is_offered_already_is_not_swapped_and_the_page_says_what_to_do(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.OFFERED, answer_by=NOW)

    page = region.page(f"/manager/pairs/{pair.id}/swap")

    assert "Only a proposal of the plan that nobody has approved can be swapped" in page
    assert f'href="/manager/pairs/{pair.id}/ending"' in page


def test_another_regions_pair_is_neither_offered_nor_taken_for_a_swap(desks):
    region = OwnRegion(desks)
    pair = region.pair()
    other = region.pair(referral=region.referral(region=Region.WALES))
    address = f"/manager/pairs/{pair.id}/swap"

    page = region.page(address)
    region.browser.post(address, data={"version": 1, "other": str(other.id), "reason": REASON})

    assert str(other.id) not in page
    assert region.browser.get(f"/manager/pairs/{other.id}/standbys").status_code == 404
    assert region.browser.get(f"/manager/pairs/{other.id}/swap").status_code == 404
    with desks.session() as db:
        assert db.get_one(Pair, other.id).state is PairState.PROPOSED


def test_a_standby_is_chosen_let_go_and_chosen_again(desks):
    region = OwnRegion(desks)
    pair, mentor = region.pair(), region.mentor(first_name="Rhys")
    address = f"/manager/pairs/{pair.id}/standbys"
    empty = region.page(address)

    chosen = region.browser.post(address, data={"version": 1, "mentor": str(mentor.id)})
    page = region.page(chosen.location)
    with desks.session() as db:
        standby = db.exec(select(Standby)).one()
    gone = region.browser.post(
        f"{address}/letting-go", data={"version": 1, "standby": str(standby.id)}
    )

    assert "Nobody stands by for this pair" in empty
    assert "Can be called" in page
    assert f"{address}/call" in page
    assert "Nobody stands by for this pair" in region.page(gone.location)


def test_a_standby_whom_a_rule_bars_now_cannot_be_called(desks):
    region = OwnRegion(desks)
    pair, barred = region.pair(), region.mentor(first_name="Rhys", offence_free_since=None)
    desks.keep(a_standby(pair, barred))
    address = f"/manager/pairs/{pair.id}/standbys"

    page, call = region.page(address), region.page(f"{address}/call")

    assert "Cannot be called" in page
    assert "has not been offence-free" in page
    assert "Nobody who stands by can be called now" in call


def test_calling_a_standby_makes_the_offer_and_leads_to_the_new_pair(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    standby = a_standby(pair, region.mentor(first_name="Rhys"))
    desks.keep(standby)
    address = f"/manager/pairs/{pair.id}/standbys/call"

    asked = region.page(address)
    refused = region.browser.post(address, data={"version": 1, "standby": str(standby.id)})
    sent = {"version": 1, "standby": str(standby.id), "reason": "The first mentor is ill."}
    answer = region.browser.post(address, data=sent)

    assert "is told at once not to set out" in asked
    assert refused.status_code == 422
    with desks.session() as db:
        live = db.exec(select(Pair).where(col(Pair.end_reason).is_(None))).one()
    assert (live.mentor_id, live.state) == (standby.mentor_id, PairState.OFFERED)
    assert answer.location == f"/manager/pairs/{live.id}"
    assert "The first mentor is ill." in region.page(answer.location)


def test_a_standby_of_another_region_is_known_by_code_and_region(desks):
    region = OwnRegion(desks)
    pair = region.pair()
    there = region.mentor(region=Region.NORTH_EAST, first_name="Canaryrhys")

    page = region.page(f"/manager/pairs/{pair.id}/standbys")

    assert there.code in page
    assert "North East" in page
    assert "Canaryrhys" not in page


def test_who_could_stand_by_is_kept_as_read(desks):
    region = OwnRegion(desks)
    pair, other = region.pair(), region.mentor()
    region.referral(ReferralState.WAITING)

    region.page(f"/manager/pairs/{pair.id}/standbys")

    with desks.session() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all()
    assert ("mentor", str(other.id)) in {(one.noun, one.row_id) for one in entries}
