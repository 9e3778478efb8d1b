"""A manager records supervision, training, clearance, coach and forum dates."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from models.needs import ForumDate, MentorCoach
from models.pairs import Pair
from models.rows import newest
from models.states import MeetingKind, PairState, Role
from models.vetting import Clearance, Supervision, Training
from models.vocabulary import Module, Region
from tests.rows import NOW, a_meeting
from tests.web.region import OwnRegion, day
from tests.web.walks import booked

HELD = day("held_on", 2026, 11, 20) | day("until", 2027, 2, 20)


@pytest.fixture
def region(desks):
    desks.now = NOW + timedelta(minutes=5)
    return OwnRegion(desks)


def stands(region, kind, mentor):
    with region.desks.session() as db:
        return db.exec(newest(kind, "mentor_id").where(kind.mentor_id == mentor.id)).first()


def count_of(region, kind):
    with region.desks.session() as db:
        return len(db.exec(select(kind)).all())


def send(region, mentor, what, data):
    return region.browser.post(f"/manager/mentors/{mentor.id}/{what}", data=data)


def test_a_supervision_is_recorded_with_who_and_when_and_history_stays(region):
    mentor = region.mentor()

    answer = send(region, mentor, "supervision", HELD | day("next_on", 2027, 2, 10))

    assert answer.status_code == 302
    row = stands(region, Supervision, mentor)
    assert (row.held_on, row.supervision_until) == (date(2026, 11, 20), date(2027, 2, 20))
    assert row.next_on == date(2027, 2, 10)
    assert count_of(region, Supervision) == 2
    page = region.page(f"/manager/mentors/{mentor.id}")
    assert "Supervision on Friday 20 November 2026, counts until Saturday 20 February" in page
    assert "Robin" in page


def test_the_same_words_again_are_recorded_once(region):
    mentor = region.mentor()

    for _ in range(2):
        send(region, mentor, "supervision", HELD)

    assert count_of(region, Supervision) == 2


@pytest.mark.parametrize(
    ("wrong", "said", "field"),
    [
        (day("until", 2026, 11, 1), "Give that day or a later one.", "until"),
        (day("next_on", 2026, 11, 1), "Give a later day.", "next_on"),
        (day("held_on", 2027, 1, 1), "or an earlier day.", "held_on"),
    ],
)
def test_days_out_of_order_are_refused_and_all_that_was_typed_stays(region, wrong, said, field):
    mentor = region.mentor()

    answer = send(region, mentor, "supervision", HELD | wrong)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'href="#{field}-day"' in answer.text
    assert 'value="20"' in answer.text
    assert count_of(region, Supervision) == 1


def test_training_adds_to_what_was_done_before(region):
    mentor = region.mentor()
    before = stands(region, Training, mentor)

    typed = {"modules": ["mental_health"]} | day("done_on", 2026, 11, 2)
    send(region, mentor, "training", typed)

    row = stands(region, Training, mentor)
    assert row.modules == before.modules | {Module.MENTAL_HEALTH}
    assert row.basic_training_on == before.basic_training_on
    assert row.done_on == date(2026, 11, 2)


def test_training_of_nothing_is_asked_again(region):
    answer = send(region, region.mentor(), "training", day("done_on", 2026, 11, 2))

    assert answer.status_code == 422
    assert "Tick the basic training, or at least one module." in answer.text


def test_a_supervision_that_is_over_ends_a_proposal_at_once(region):
    mentor = region.mentor()
    pair = region.pair(PairState.PROPOSED, mentor=mentor)

    over = day("held_on", 2026, 8, 1) | day("until", 2026, 11, 22)
    send(region, mentor, "supervision", over)

    with region.desks.session() as db:
        assert db.get_one(Pair, pair.id).state is PairState.ENDED


def test_a_clearance_that_ends_early_is_recorded_anew_and_visits_after_it_are_told(region):
    mentor = region.mentor()
    pair = region.pair(PairState.ACCEPTED, mentor=mentor)
    visit = booked(date(2026, 12, 8))
    region.desks.keep(a_meeting(pair, kind=MeetingKind.PRISON_VISIT, **visit))

    typed = {"prison": "LEI"} | day("first", 2026, 1, 1) | day("last", 2026, 12, 7)
    answer = send(region, mentor, "clearance", typed)

    assert answer.status_code == 302
    assert "1 booked visit there is on a day without clearance." in region.page("/manager/mentors")
    with region.desks.session() as db:
        rows = db.exec(newest(Clearance, "mentor_id", "prison")).all()
        assert [row.cleared_until for row in rows] == [date(2026, 12, 7)]


def test_a_clearance_that_ends_before_it_begins_is_refused(region):
    typed = {"prison": "LEI"} | day("first", 2027, 1, 2) | day("last", 2027, 1, 1)

    answer = send(region, region.mentor(), "clearance", typed)

    assert answer.status_code == 422
    assert "The last day comes before the first day." in answer.text


def test_a_coach_is_named_changed_and_taken_away(region):
    mentor = region.mentor()

    send(region, mentor, "coach", {"name": "Coach Robin", "phone": "07700 900456"})
    named = region.page(f"/manager/mentors/{mentor.id}")
    send(region, mentor, "coach", {"name": "", "phone": ""})

    assert "Coach Robin, 07700 900456" in named
    assert stands(region, MentorCoach, mentor).name == ""
    assert "No coach any more" in region.page(f"/manager/mentors/{mentor.id}")


def test_half_a_coach_is_asked_for_whole(region):
    answer = send(region, region.mentor(), "coach", {"name": "Coach Robin", "phone": ""})

    assert answer.status_code == 422
    assert "Give the name and the phone number" in answer.text
    assert "Coach Robin" in answer.text


def test_a_manager_of_another_region_records_nothing(region, desks):
    mentor = region.mentor()
    elsewhere = desks.browser_of(Role.MANAGER, region=Region.WALES)

    for what in ("supervision", "training", "clearance", "coach"):
        assert elsewhere.get(f"/manager/mentors/{mentor.id}/{what}").status_code == 404


def test_a_forum_is_added_read_and_taken_away(region):
    typed = day("day", 2026, 12, 1) | {"starts": "6pm", "place": "The hub, Leeds"}

    region.browser.post("/manager/forums/", data=typed)
    twice = region.browser.post("/manager/forums/", data=typed)
    page = region.page("/manager/forums/")
    with region.desks.session() as db:
        [forum] = db.exec(select(ForumDate)).all()
    stale = region.browser.post(f"/manager/forums/{forum.id}/removal", data={"version": "0"})
    region.browser.post(f"/manager/forums/{forum.id}/removal", data={"version": "1"})

    assert stale.status_code == 409
    assert twice.status_code == 422
    assert "There is a forum at this time already." in twice.text
    assert "Tuesday 1 December 2026, 6pm" in page
    assert count_of(region, ForumDate) == 0


def test_a_forum_in_the_past_is_refused_at_its_day(region):
    typed = day("day", 2026, 11, 1) | {"starts": "6pm", "place": "The hub"}

    answer = region.browser.post("/manager/forums/", data=typed)

    assert answer.status_code == 422
    assert "This time is over." in answer.text
    assert 'href="#day-day"' in answer.text


def test_a_forum_of_another_region_is_not_there(region, desks):
    other = ForumDate(region=Region.WALES, starts_at=NOW, place="Cardiff", recorded_at=NOW)
    desks.keep(other)

    assert region.browser.post(f"/manager/forums/{other.id}/removal").status_code == 404
