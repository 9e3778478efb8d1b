"""The manager's morning: what waits for a person today, the most pressing first."""

from datetime import date, timedelta

from models.desk_words import TaskKind
from models.gate import GatePlan
from models.states import MeetingKind, MeetingState, PairState, ReferralState, Role
from models.vocabulary import Region
from tests.factories import TODAY
from tests.rows import BOOKED, NOW, a_meeting, a_screening, a_standby, a_task
from tests.web.region import OwnRegion

PLANNED = ("Unbooked", "Agreed")
"""Whose gate plan is agreed."""


def test_a_proposal_is_laid_out_with_its_reason_what_to_weigh_and_the_standby(desks):
    region = OwnRegion(desks)
    pair, second = region.pair(), region.mentor(first_name="Rhys")
    desks.keep(a_standby(pair, second, score=63_000))

    page = region.page("/manager/")

    assert "Both came through a first time in prison." in page
    assert "High risk to staff: weigh it." in page
    assert f'Rhys (<span class="gm-code">{second.code}</span>), 63.0 of 100' in page
    assert "In 72 days" in page
    assert f'action="/manager/pairs/{pair.id}/approval"' in page
    assert "<details" not in page
    assert "<details" in region.page("/manager/proposals")


def test_a_proposal_is_overdue_two_working_days_after_it_was_made_and_not_before(desks):
    region = OwnRegion(desks)
    soon = region.referral(leaver={"release_date": TODAY + timedelta(weeks=7)})
    # The Friday before: due on the Tuesday.
    region.pair(referral=soon, proposed_at=NOW - timedelta(days=3))

    in_time = region.page("/manager/")
    desks.now = NOW + timedelta(days=1)
    overdue = OwnRegion(desks).page("/manager/")

    assert "Overdue" not in in_time
    assert "Overdue" in overdue


def test_a_proposal_is_held_until_eight_weeks_before_the_release_and_is_not_overdue(desks):
    region = OwnRegion(desks)
    region.pair(proposed_at=NOW - timedelta(days=30))

    page = region.page("/manager/")

    assert "From Wednesday 9 December 2026. Until then the plan may still find someone" in page
    assert "Overdue" not in page


def test_who_is_new_and_who_is_on_hold_wait_to_be_screened_and_nobody_else(desks):
    region = OwnRegion(desks)
    new = region.referral(ReferralState.ENDORSED, leaver={"first_name": "Newcomer"})
    held = region.referral(leaver={"first_name": "Held"})
    region.referral(leaver={"first_name": "Ready"})
    desks.keep(
        a_screening(region.leaver(held), recorded_at=NOW + timedelta(minutes=1), content_by=None)
    )

    page = region.page("/manager/")

    assert f"/manager/referrals/{new.id}/screening" in page
    assert f"/manager/referrals/{held.id}/screening" in page
    assert "Probation has not said" in page
    assert "Ready" not in page


def test_leaving_within_14_days_without_a_mentor_who_said_yes_is_without_cover(desks):
    region = OwnRegion(desks)
    alone = region.referral(leaver={"first_name": "Alone", "release_date": date(2026, 12, 7)})
    region.referral(leaver={"first_name": "Later", "release_date": date(2026, 12, 8)})
    soon = {"release_date": date(2026, 12, 2)}
    covered = region.referral(ReferralState.MATCHED, leaver=soon | {"first_name": "Covered"})
    region.pair(PairState.ACCEPTED, referral=covered, accepted_at=NOW)
    asked = region.referral(leaver=soon | {"first_name": "Asked"})
    offered = region.pair(PairState.OFFERED, referral=asked, answer_by=NOW + timedelta(days=3))

    page = region.page("/manager/")

    assert "2 people leaving soon without certain gate cover" in page
    assert f"/manager/referrals/{alone.id}/override" in page
    assert f"/manager/pairs/{offered.id}" in page
    assert "Later" not in page
    assert "Covered" not in page


def test_from_7_days_before_cover_is_certain_only_with_a_gate_plan_and_a_booked_gate(desks):
    region = OwnRegion(desks)
    pairs = {
        name: _accepted(region, name, date(2026, 11, day))
        for name, day in {"Bare": 30, "Unbooked": 30, "Agreed": 30, "Planless": 29}.items()
    }
    gate = {"kind": MeetingKind.GATE, "window_first": date(2026, 11, 30)}
    booked = BOOKED | gate | {"state": MeetingState.BOOKED}
    desks.keep(
        a_meeting(pairs["Unbooked"], **gate),
        a_meeting(pairs["Agreed"], **booked),
        a_meeting(pairs["Planless"], **booked),
        *(GatePlan(pair_id=pairs[name].id, home_by=NOW, recorded_at=NOW) for name in PLANNED),
    )

    page = region.page("/manager/")

    assert page.count("no gate plan agreed yet") == 3
    assert "Agreed (" not in page


def test_who_is_to_be_rung_comes_before_all_else_and_no_home_safe_before_the_rest(desks):
    region = OwnRegion(desks)
    region.referral(leaver={"first_name": "Alone", "release_date": date(2026, 12, 7)})
    region.pair()
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    ring = a_task(kind=TaskKind.RING, pair_id=pair.id, due_on=date(2026, 11, 2))
    unsafe = a_task(kind=TaskKind.NO_HOME_SAFE, pair_id=pair.id)
    desks.keep(ring, unsafe, a_task())

    page = region.page("/manager/")

    places = [f'tasks/{unsafe.id}"', f'tasks/{ring.id}"', 'id="cover"', 'id="proposals"']
    found = [page.index(place) for place in [*places, 'id="tasks"']]
    assert found == sorted(found)
    assert "2 people to ring now" in page
    assert 'govuk-tag--red">No word that they are home safe' in page
    assert "1 other thing to do" in page


def test_five_proposals_are_laid_out_and_the_rest_is_a_page_away(desks):
    region = OwnRegion(desks)
    for _ in range(11):
        region.pair()

    page = region.page("/manager/")

    assert page.count("govuk-summary-card__title-wrapper") == 5
    assert "See all 11" in page


def test_a_task_that_says_what_the_page_lists_already_does_not_stand_there_twice(desks):
    region = OwnRegion(desks)
    soon = region.referral(leaver={"release_date": TODAY + timedelta(days=3)})
    proposed, gone = region.pair(referral=soon), region.pair(PairState.OFFERED)
    desks.keep(
        a_task(kind=TaskKind.FIRST_OFFER, pair_id=proposed.id),
        a_task(kind=TaskKind.NO_GATE_COVER, leaver_id=proposed.leaver_id),
    )

    once = region.page("/manager/")
    desks.keep(
        a_task(kind=TaskKind.FIRST_OFFER, pair_id=gone.id),
        a_task(kind=TaskKind.NO_GATE_COVER, leaver_id=gone.leaver_id),
    )
    with_others = region.page("/manager/")

    assert "1 offer to approve" in once
    assert "1 person leaving soon without certain gate cover" in once
    assert "other thing" not in once.lower()
    assert "2 other things to do" in with_others
    assert "2 things to do" in region.page("/manager/tasks/?kind=first_offer")


def test_a_morning_without_work_says_what_comes_next(desks):
    page = OwnRegion(desks).page("/manager/")

    assert "Nothing waits for you." in page
    assert 'href="/manager/proposals"' in page


def test_another_regions_work_is_nowhere(desks):
    region = OwnRegion(desks)
    pair = region.pair()
    task = a_task()
    desks.keep(task)
    stranger = desks.browser_of(Role.MANAGER, region=Region.WALES)

    addresses = [
        f"/manager/pairs/{pair.id}",
        f"/manager/pairs/{pair.id}/ending",
        f"/manager/referrals/{pair.referral_id}",
        f"/manager/referrals/{pair.referral_id}/screening",
        f"/manager/referrals/{pair.referral_id}/override",
        f"/manager/leavers/{pair.leaver_id}",
        f"/manager/mentors/{pair.mentor_id}",
        f"/manager/tasks/{task.id}",
    ]

    assert "Sam" not in stranger.get("/manager/").text
    assert {address: stranger.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 404
    )
    assert stranger.post(f"/manager/pairs/{pair.id}/approval").status_code == 404


def test_the_home_manager_of_a_mentor_sees_the_pair_and_does_not_approve_it(desks):
    region = OwnRegion(desks)
    pair = region.pair(mentor=region.mentor(region=Region.WALES))
    home = desks.browser_of(Role.MANAGER, region=Region.WALES)

    page = home.get(f"/manager/pairs/{pair.id}")

    assert page.status_code == 200
    assert "Approve</button>" not in page.text.replace("Approve<span", "Approve</button>")
    assert home.post(f"/manager/pairs/{pair.id}/approval").status_code == 404
    assert home.get(f"/manager/referrals/{pair.referral_id}").status_code == 404
    assert f"/manager/pairs/{pair.id}/ending" in page.text


def _accepted(region, name, release_date):
    told = {"first_name": name, "release_date": release_date}
    referral = region.referral(ReferralState.MATCHED, leaver=told)
    return region.pair(PairState.ACCEPTED, referral=referral, accepted_at=NOW)
