"""The manager's morning: what waits for a person today, and a task that is done."""

from datetime import date, timedelta

from sqlalchemy import event

from models.desk_words import TaskKind
from models.states import LetterState, PairState, ReferralState, Role
from models.tasks import Task
from models.vocabulary import Region
from tests.rows import NOW, a_letter, a_screening, a_standby, a_task
from tests.web.region import OwnRegion


def test_a_proposal_is_laid_out_with_its_reason_what_to_weigh_and_the_standby(desks):
    region = OwnRegion(desks)
    pair, second = region.pair(), region.mentor(first_name="Rhys")
    desks.keep(a_standby(pair, second, score=63_000))

    page = region.page("/manager/")

    assert "Both came through a first time in prison." in page
    assert "High risk to staff: weigh it." in page
    assert f"Rhys ({second.code}), 63.0 of 100" in page
    assert f'action="/manager/pairs/{pair.id}/approval"' in page


def test_a_proposal_is_overdue_two_working_days_after_it_was_made_and_not_before(desks):
    region = OwnRegion(desks)
    region.pair(proposed_at=NOW - timedelta(days=3))  # the Friday before: due on the Tuesday

    in_time = region.page("/manager/")
    desks.now = NOW + timedelta(days=1)
    overdue = OwnRegion(desks).page("/manager/")

    assert "Overdue" not in in_time
    assert "Overdue" in overdue


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
    soon = {"release_date": date(2026, 12, 1)}
    covered = region.referral(ReferralState.MATCHED, leaver=soon | {"first_name": "Covered"})
    region.pair(PairState.ACCEPTED, referral=covered, accepted_at=NOW)
    asked = region.referral(leaver=soon | {"first_name": "Asked"})
    offered = region.pair(PairState.OFFERED, referral=asked, answer_by=NOW + timedelta(days=3))

    page = region.page("/manager/")

    assert f"/manager/referrals/{alone.id}/override" in page
    assert f"/manager/pairs/{offered.id}" in page
    assert "Later" not in page
    assert "Covered" not in page


def test_open_tasks_of_the_region_are_listed_with_the_late_ones_marked(desks):
    region = OwnRegion(desks)
    pair = region.pair(PairState.ACCEPTED, accepted_at=NOW)
    late = a_task(kind=TaskKind.NO_HOME_SAFE, pair_id=pair.id, due_on=date(2026, 11, 20))
    letter = a_letter(state=LetterState.DEAD, pair_id=pair.id)
    dead = a_task(kind=TaskKind.DEAD_LETTER, letter_id=letter.id, leaver_id=pair.leaver_id)
    done = a_task(kind=TaskKind.RING, done_at=NOW, done_by=desks.account(Role.MANAGER).id)
    elsewhere = a_task(kind=TaskKind.FIRST_MEETING, region=Region.WALES)
    desks.keep(late, letter, dead, done, elsewhere)

    page = region.page("/manager/")

    assert f"/manager/tasks/{late.id}" in page
    assert "Late" in page
    assert "A letter could not be sent</a>: Offer to a mentor" in page
    assert str(done.id) not in page
    assert str(elsewhere.id) not in page


def test_a_morning_without_work_says_what_comes_next(desks):
    page = OwnRegion(desks).page("/manager/")

    assert "Nothing waits for you." in page
    assert 'href="/manager/proposals"' in page


def test_the_number_of_queries_does_not_grow_with_the_rows(desks):
    region = OwnRegion(desks)

    def fill():
        pair = region.pair()
        desks.keep(a_standby(pair, region.mentor()), a_task(pair_id=pair.id))
        region.referral(ReferralState.ENDORSED)
        region.referral(leaver={"release_date": date(2026, 12, 1)})

    fill()
    region.page("/manager/")
    few = _queries(region, "/manager/")
    for _ in range(3):
        fill()

    assert _queries(region, "/manager/") == few


def test_a_task_is_done_with_what_was_done(desks):
    region = OwnRegion(desks)
    task = a_task(mentor_id=region.mentor().id, kind=TaskKind.RING)
    desks.keep(task)

    answer = region.browser.post(
        f"/manager/tasks/{task.id}", data={"version": 1, "outcome": "Rang Alex, all is well."}
    )

    with desks.session() as db:
        done = db.get_one(Task, task.id)
    assert answer.location == "/manager/"
    assert (done.outcome, done.done_at) == ("Rang Alex, all is well.", NOW)
    assert "Rang Alex" in region.page(f"/manager/tasks/{task.id}")


def test_a_task_is_not_done_without_a_word_on_it(desks):
    region = OwnRegion(desks)
    task = a_task()
    desks.keep(task)

    answer = region.browser.post(f"/manager/tasks/{task.id}", data={"version": 1, "outcome": " "})

    with desks.session() as db:
        assert db.get_one(Task, task.id).done_at is None
    assert answer.status_code == 422
    assert 'href="#outcome"' in answer.text


def test_a_task_that_changed_meanwhile_keeps_what_was_typed(desks):
    region = OwnRegion(desks)
    task = a_task()
    desks.keep(task)
    with desks.session() as db:
        db.get_one(Task, task.id).due_on = date(2026, 12, 1)
        db.commit()

    answer = region.browser.post(
        f"/manager/tasks/{task.id}", data={"version": 1, "outcome": "Rang them."}
    )

    assert answer.status_code == 409
    assert "Rang them." in answer.text


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


def _queries(region, address):
    count = 0

    def note(*_told):
        nonlocal count
        count += 1

    event.listen(region.desks.engine, "before_cursor_execute", note)
    region.page(address)
    event.remove(region.desks.engine, "before_cursor_execute", note)
    return count
