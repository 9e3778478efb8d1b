"""The liaison books meetings into their days and agrees the plan for the gate."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from models.gate import GatePlan
from models.meetings import Meeting
from models.outbox import Letter
from models.people import Mentor
from models.states import LetterKind, MeetingKind, MeetingState, PairState, Role
from tests.matcher.accepted import RELEASE, an_accepted_pair
from tests.web.prisons import someone_matched

GATE = {
    "starts": "9am",
    "place": "Visitors’ centre",
    "bring": "ID, travel warrant",
    "ring_name": "Pat",
    "ring_phone": "0808 157 0101",
    "home_by": "6pm",
}


def test_a_meeting_is_booked_with_hall_and_reference_and_the_mentor_is_told(desks):
    there = someone_matched(desks)
    meeting = there.meeting(MeetingKind.INTRODUCTION)

    answer = _book(there, meeting, reference="V123")

    assert answer.status_code == 302, answer.text
    after = there.now(Meeting, meeting.id)
    assert after.state is MeetingState.BOOKED
    assert after.starts_at == datetime.combine(meeting.window_last, _ten()).replace(tzinfo=UTC)
    assert (after.minutes, after.place) == (45, "Visits hall, reference V123")
    with desks.session() as db:
        kinds = {
            letter.kind for letter in db.exec(select(Letter).where(Letter.meeting_id == meeting.id))
        }
    assert kinds == {LetterKind.CALENDAR_ENTRY, LetterKind.MEETING_REMINDER}
    page = there.browser.get(there.address).text
    assert "10am" in page
    assert "Visits hall, reference V123" in page


def test_whoever_books_or_agrees_the_gate_reads_whose_meeting_it_is(desks):
    there = someone_matched(desks)
    ways = (
        _address(there.meeting(MeetingKind.INTRODUCTION)),
        f"/liaison/pairs/{there.pair.id}/gate",
    )

    captions = [there.browser.get(way).text.split("govuk-caption-l")[1] for way in ways]

    name = f"{there.leaver.first_name} {there.leaver.surname}"
    assert all(name in caption.split("</h1>")[0] for caption in captions)


def test_a_booked_meeting_is_booked_again_from_what_was_booked(desks):
    there = someone_matched(desks)
    meeting = there.meeting(MeetingKind.INTRODUCTION)
    _book(there, meeting)
    page = there.browser.get(_address(meeting)).text

    answer = _book(there, meeting, starts="2pm")

    assert "Change the booking" in page
    assert 'value="10am"' in page or 'value="10:00"' in page
    assert answer.status_code == 302
    after = there.now(Meeting, meeting.id)
    assert (after.starts_local.hour, after.generation) == (14, 2)


@pytest.mark.parametrize(
    ("typed", "sentence", "leads_to"),
    [
        ({"day": ["1", "1", "2028"]}, "The plan has other days for this meeting.", "day-day"),
        ({"day": ["1", "1", "2020"]}, "That time has passed.", "day-day"),
        ({"starts": "3"}, "Add am or pm", "starts"),
        ({"minutes": "4"}, "Write a whole number from 5 to 480.", "minutes"),
        ({"place": ""}, "Write where it is", "place"),
    ],
)
def test_a_booking_that_cannot_be_is_shown_again_with_the_reason(desks, typed, sentence, leads_to):
    there = someone_matched(desks)
    meeting = there.meeting(MeetingKind.INTRODUCTION)

    answer = _book(there, meeting, **{"reference": "KEEP ME"} | typed)

    assert answer.status_code == 422
    assert sentence.lower() in answer.text.lower()
    assert f'href="#{leads_to}"' in answer.text
    assert 'value="KEEP ME"' in answer.text
    assert there.now(Meeting, meeting.id).state is MeetingState.PLANNED


def test_a_mentor_who_is_somewhere_else_then_is_told_of_at_the_time(desks):
    there = someone_matched(desks)
    meeting = there.meeting(MeetingKind.INTRODUCTION)
    with desks.session() as db:
        mentor = db.get_one(Mentor, there.mentor.id)
        other = an_accepted_pair(db, mentor=mentor, place_number=2)
        other.plan()
        at_ten = datetime.combine(meeting.window_last, _ten())
        other.book(other.meeting(MeetingKind.INTRODUCTION), at_ten)
        db.commit()

    answer = _book(there, meeting, reference="KEEP ME", place="Hall B")

    assert answer.status_code == 422
    assert 'href="#starts">The mentor has another meeting at that time.' in answer.text
    for typed in ("10am", "45", "Hall B", "KEEP ME", str(meeting.window_last.day)):
        assert f'value="{typed}"' in answer.text


def test_a_time_at_the_gate_that_has_passed_leads_to_the_time(desks):
    there = someone_matched(desks)
    desks.now = datetime.combine(RELEASE, _ten(), tzinfo=UTC)
    there.browser = desks.browser_of(Role.LIAISON)

    answer = _agree(there)

    assert answer.status_code == 422
    assert 'href="#starts">That time has passed.' in answer.text
    for typed in GATE.values():
        assert f'value="{typed}"' in answer.text


def test_a_meeting_that_was_moved_meanwhile_is_not_booked(desks):
    there = someone_matched(desks)
    meeting = there.meeting(MeetingKind.INTRODUCTION)
    _book(there, meeting)

    answer = _book(there, meeting, starts="3pm", version="1")

    assert answer.status_code == 409
    assert 'value="3pm"' in answer.text
    assert there.now(Meeting, meeting.id).starts_local.hour == 10


def test_meetings_after_the_gate_are_no_matter_of_the_prison(desks):
    there = someone_matched(desks)

    page = there.browser.get(there.address).text

    assert "Follow-up" not in page
    assert there.browser.get(_address(there.meeting(MeetingKind.FOLLOW_UP))).status_code == 404


def test_the_gate_plan_is_agreed_and_told(desks):
    there = someone_matched(desks)

    answer = _agree(there)

    assert answer.status_code == 302, answer.text
    with desks.session() as db:
        plan = db.exec(select(GatePlan)).one()
    gate = there.now(Meeting, there.meeting(MeetingKind.GATE).id)
    assert (plan.ring_name, plan.bring) == ("Pat", "ID, travel warrant")
    assert plan.home_by == datetime(2027, 2, 3, 18, tzinfo=UTC)
    assert (gate.state, gate.starts_local.date(), gate.place) == (
        MeetingState.BOOKED,
        RELEASE,
        "Visitors’ centre",
    )


def test_the_gate_plan_is_changed_from_what_was_agreed(desks):
    there = someone_matched(desks)
    _agree(there)
    page = there.browser.get(f"/liaison/pairs/{there.pair.id}/gate").text

    answer = _agree(there, place="Gate lodge")

    assert "ID, travel warrant" in page
    assert answer.status_code == 302
    assert there.now(Meeting, there.meeting(MeetingKind.GATE).id).place == "Gate lodge"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"home_by": "8am"}, "later than the time at the gate"),
        ({"bring": "a,b,c,d,e,f,g"}, "Write at most 6 things"),
        ({"ring_phone": "12"}, "Write a phone number"),
    ],
)
def test_a_gate_plan_that_cannot_be_is_shown_again(desks, typed, sentence):
    there = someone_matched(desks)

    answer = _agree(there, **typed)

    assert answer.status_code == 422
    assert sentence.lower() in answer.text.lower()
    assert 'value="Visitors’ centre"' in answer.text
    with desks.session() as db:
        assert db.exec(select(GatePlan)).all() == []


def test_nothing_is_booked_for_a_pair_that_is_paused_or_of_another_prison(desks):
    there = someone_matched(desks, state=PairState.SUSPENDED)
    other = desks.browser_of(Role.LIAISON, prison="MDI")
    there.meetings = [one for one in there.meetings if one.kind is MeetingKind.INTRODUCTION]

    for meeting in there.meetings:
        assert _book(there, meeting).status_code == 422
        assert other.get(_address(meeting)).status_code == 404
    assert other.get(f"/liaison/pairs/{there.pair.id}/gate").status_code == 404
    assert "Change the booking" not in there.browser.get(there.address).text


def _ten():
    return datetime(2027, 1, 1, 10, tzinfo=UTC).time()


def _address(meeting):
    return f"/liaison/meetings/{meeting.id}/booking"


def _book(there, meeting, **typed):
    day: date = meeting.window_last
    told = {
        "version": str(there.now(Meeting, meeting.id).version),
        "day": [str(day.day), str(day.month), str(day.year)],
        "starts": "10am",
        "minutes": "45",
        "place": "Visits hall",
    }
    return there.browser.post(_address(meeting), data=told | typed)


def _agree(there, **typed):
    gate = there.now(Meeting, there.meeting(MeetingKind.GATE).id)
    told = GATE | {"version": str(gate.version)} | typed
    return there.browser.post(f"/liaison/pairs/{there.pair.id}/gate", data=told)


@pytest.mark.parametrize(
    ("kind", "question", "missing"),
    [
        (MeetingKind.INTRODUCTION, "For example, Visits hall.", "Write where it is"),
        (MeetingKind.VIDEO, "Which video room or booth?", "Write which room or booth it is"),
        (MeetingKind.CALL, "How will they talk?", "Write how they will talk"),
    ],
)
def test_each_kind_of_meeting_asks_for_its_own_place(desks, kind, question, missing):
    there = someone_matched(desks)
    meeting = there.meeting(MeetingKind.INTRODUCTION)
    with desks.session() as db:
        db.get_one(Meeting, meeting.id).kind = kind
        db.commit()

    page = there.browser.get(_address(meeting)).text
    refused = _book(there, meeting, place="")

    assert question in page
    assert missing in refused.text
