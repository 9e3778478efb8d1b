from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from matcher.bookings import Booking, book
from matcher.core.words import day_in_words
from matcher.meeting_days import in_utc, local_time
from matcher.outcomes import held
from matcher.refusing import NotAllowed
from matcher.ringing import why_to_ring
from matcher.tasks import raise_due
from models.desk_words import RingReason, TaskKind
from models.moves import IllegalMove
from models.states import Channel, LetterKind, LetterState, MeetingKind, MeetingState, Move, Role
from models.vetting import Clearance
from tests.matcher.accepted import RELEASE, an_accepted_pair, at, contents, on, send
from tests.rows import NOW, an_account

A_DAY = timedelta(days=1)
TUESDAY = date(2026, 12, 29)
"""A day of the introduction."""

ENTRY, REMINDER = LetterKind.CALENDAR_ENTRY, LetterKind.MEETING_REMINDER


@pytest.fixture
def there(db):
    there = an_accepted_pair(db)
    there.plan()
    return there


@pytest.fixture
def introduction(there):
    return there.meeting(MeetingKind.INTRODUCTION)


def refused(there, meeting, local, now=NOW):
    """What stands in the way of a booking, which changes nothing."""
    before = contents(there.db)
    with pytest.raises(NotAllowed) as no:
        there.book(meeting, local, now=now)
    assert contents(there.db) == before
    return no.value.sentences


def test_a_booked_meeting_has_its_time_twice_its_place_and_who_booked_it(there, introduction):
    there.book(introduction, on(TUESDAY, 10))

    assert introduction.state is MeetingState.BOOKED
    assert introduction.starts_at == datetime(2026, 12, 29, 10, tzinfo=UTC)
    assert (introduction.starts_local, introduction.zone) == (on(TUESDAY, 10), "Europe/London")
    assert (introduction.minutes, introduction.place) == (60, "Visits hall")
    assert (introduction.booked_at, introduction.booked_by) == (NOW, there.liaison.id)


def test_the_mentor_gets_a_calendar_entry_now_and_a_text_the_day_before(there, introduction):
    there.book(introduction, on(TUESDAY, 10))

    [entry], [reminder] = there.letters(ENTRY), there.letters(REMINDER)
    assert (entry.channel, reminder.channel) == (Channel.CALENDAR, Channel.TEXT)
    assert {entry.recipient, reminder.recipient} == {f"mentor:{there.mentor.id}"}
    assert entry.due_at == NOW
    assert (reminder.due_at, reminder.not_after) == (
        at(date(2026, 12, 28), 9, 0),
        at(date(2026, 12, 28), 17, 0),
    )


def test_a_calendar_entry_is_pointless_once_the_meeting_has_begun(there, introduction):
    there.book(introduction, on(TUESDAY, 10), now=at(TUESDAY - A_DAY, 15))

    [entry] = there.letters(ENTRY)
    assert entry.not_after == at(TUESDAY, 10, 0)


def test_a_meeting_booked_again_takes_back_what_was_told_and_tells_it_anew(there, introduction):
    there.book(introduction, on(TUESDAY, 10))
    send(there.letters(ENTRY)[0], NOW)

    there.book(introduction, on(TUESDAY, 14), now=NOW + A_DAY)

    assert (introduction.state, introduction.generation) == (MeetingState.BOOKED, 2)
    assert [one.state for one in there.letters(ENTRY)] == [LetterState.SENT, LetterState.PLANNED]
    assert [one.state for one in there.letters(REMINDER)] == [
        LetterState.CANCELLED,
        LetterState.PLANNED,
    ]
    assert [one.generation for one in there.letters(ENTRY)] == [1, 2]


def test_the_same_booking_again_changes_nothing(there, introduction):
    there.book(introduction, on(TUESDAY, 10))
    before = contents(there.db)

    there.book(introduction, on(TUESDAY, 10), now=NOW + A_DAY)

    assert contents(there.db) == before


def test_a_meeting_cannot_be_booked_outside_its_days(there, introduction):
    [before] = refused(there, introduction, on(date(2026, 12, 22)))
    [after] = refused(there, introduction, on(date(2027, 1, 5)))

    assert before == after
    assert before == (
        "The plan has other days for this meeting. "
        "Choose a day from Wednesday 23 December 2026 to Monday 4 January 2027."
    )
    there.book(introduction, on(date(2026, 12, 23)))
    there.book(introduction, on(date(2027, 1, 4)))
    assert introduction.generation == 2


def test_the_gate_is_booked_on_the_day_of_release_and_no_other(there):
    gate = there.meeting(MeetingKind.GATE)

    [said] = refused(there, gate, on(RELEASE + A_DAY))

    assert said == "This meeting must be on Wednesday 3 February 2027."


def test_a_time_that_has_passed_cannot_be_booked(there, introduction):
    [said] = refused(there, introduction, on(TUESDAY, 10), now=at(TUESDAY, 10, 0))

    assert said == "That time has passed. Choose a time that is still ahead."


def test_a_prison_visit_needs_clearance_on_its_day(there, introduction):
    cleared = {"prison": "LEI", "cleared_from": date(2026, 1, 1)}
    until = {"cleared_until": TUESDAY, "recorded_at": NOW + A_DAY}
    there.db.add(Clearance(mentor_id=there.mentor.id, **cleared, **until))

    [said] = refused(there, introduction, on(TUESDAY + A_DAY))

    assert said.startswith("The mentor's clearance for the prison does not cover Wednesday 30")
    there.book(introduction, on(TUESDAY))
    assert introduction.state is MeetingState.BOOKED


def test_clearance_for_another_prison_opens_no_door(there, introduction):
    there.leaver.prison = "NHI"

    assert len(refused(there, introduction, on(TUESDAY))) == 1


def test_outside_the_prison_no_clearance_is_asked_for(there):
    there.leaver.prison = "NHI"
    gate = there.meeting(MeetingKind.GATE)

    there.book(gate, on(RELEASE))

    assert gate.state is MeetingState.BOOKED


def test_a_mentor_is_never_booked_twice_at_one_time(there, introduction):
    other = an_accepted_pair(there.db, mentor=there.mentor, place_number=2)
    other.plan()
    there.book(introduction, on(TUESDAY, 10))
    theirs = other.meeting(MeetingKind.INTRODUCTION)

    for local in (on(TUESDAY, 10), on(TUESDAY, 10) + timedelta(minutes=59)):
        assert refused(other, theirs, local) == (
            "The mentor has another meeting at that time. Choose another time.",
        )
    [said] = refused(other, theirs, on(TUESDAY, 9) + timedelta(minutes=1))
    assert "another meeting" in said
    other.book(theirs, on(TUESDAY, 9))
    other.book(theirs, on(TUESDAY, 11))
    assert theirs.starts_local == on(TUESDAY, 11)


def test_what_is_in_the_way_says_what_it_is_about(there, introduction):
    with pytest.raises(NotAllowed) as no:
        there.book(introduction, on(date(2026, 11, 22)), now=NOW)

    about = {reason.sentence: reason.about for reason in no.value.reasons}
    assert set(about.values()) == {"day"}
    assert any("has passed" in sentence for sentence in about)


def test_a_meeting_does_not_clash_with_itself(there, introduction):
    there.book(introduction, on(TUESDAY, 10))

    there.book(introduction, on(TUESDAY, 10) + timedelta(minutes=30))

    assert introduction.generation == 2


def test_all_that_is_in_the_way_is_said_at_once(there, introduction):
    there.leaver.prison = "NHI"

    assert len(refused(there, introduction, on(NOW.date() - A_DAY))) == 3


def test_nothing_is_booked_for_a_pair_on_hold(there, introduction):
    there.pair.move(Move.SUSPEND, by=None, now=NOW, reason="The risk has changed.")

    [said] = refused(there, introduction, on(TUESDAY))

    assert said == "This pair is on hold, so nothing can be booked for it now."


def test_a_meeting_that_was_held_cannot_be_booked(there, introduction):
    there.book(introduction, on(TUESDAY))
    held(there.db, introduction, by=None, now=at(TUESDAY, 15))

    with pytest.raises(IllegalMove):
        there.book(introduction, on(TUESDAY + A_DAY), now=at(TUESDAY, 15))


def test_a_mentor_whom_no_letter_can_reach_in_time_is_rung(there):
    introduction = there.meeting(MeetingKind.INTRODUCTION)

    there.book(introduction, on(TUESDAY, 8), now=at(TUESDAY - 3 * A_DAY, 18))

    assert not there.letters(ENTRY)
    [ring] = there.tasks(TaskKind.RING)
    assert (ring.region, ring.mentor_id) == (there.referral.region, there.mentor.id)
    assert (why_to_ring(ring), ring.meeting_id) == (RingReason.BOOKED_LATE, introduction.id)
    [reminder] = there.letters(REMINDER)
    assert reminder.due_at == at(TUESDAY - A_DAY, 9, 0)


def test_a_mentor_who_books_a_meeting_today_needs_no_ring(there):
    account = an_account(Role.MENTOR, mentor_id=there.mentor.id)
    there.db.add(account)
    contact = there.meeting(MeetingKind.FIRST_CONTACT)
    day = contact.window_first
    told = Booking(starts_local=on(day, 8), minutes=30, place="By phone")

    book(there.db, contact, told, by=account.id, now=at(day, 7))

    assert not there.letters(ENTRY)
    assert not there.letters(REMINDER)
    assert not there.tasks(TaskKind.RING)


def test_a_booking_settles_the_task_to_book(there, introduction):
    day = introduction.book_by
    [task] = [one for one in raise_due(there.db, now=at(day)) if one.meeting_id == introduction.id]

    there.book(introduction, on(TUESDAY, 10), now=at(day))

    assert (task.done_by, task.outcome) == (there.liaison.id, "It is booked.")


@pytest.mark.parametrize(
    "told",
    [
        {"minutes": 4},
        {"minutes": 481},
        {"place": "  "},
        {"place": "x" * 201},
        {"starts_local": NOW},
        {"hall": "A"},
    ],
)
def test_a_booking_that_makes_no_sense_is_refused(told):
    whole = {"starts_local": on(TUESDAY), "minutes": 60, "place": "Visits hall"}

    with pytest.raises(ValidationError):
        Booking(**whole | told)


def test_in_winter_and_summer_a_local_time_is_another_moment():
    assert in_utc(on(date(2027, 3, 27), 10)) == datetime(2027, 3, 27, 10, tzinfo=UTC)
    assert in_utc(on(date(2027, 3, 28), 10)) == datetime(2027, 3, 28, 9, tzinfo=UTC)


def test_the_hour_that_the_clocks_leap_over_is_refused():
    for minute in (0, 30, 59):
        with pytest.raises(NotAllowed, match="the clocks go forward"):
            in_utc(on(date(2027, 3, 28), 1) + timedelta(minutes=minute))
    assert in_utc(on(date(2027, 3, 28), 2)) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_of_the_hour_that_comes_twice_the_first_is_meant():
    assert in_utc(on(date(2027, 10, 31), 1)) == datetime(2027, 10, 31, 0, tzinfo=UTC)
    assert in_utc(on(date(2027, 10, 31), 2)) == datetime(2027, 10, 31, 2, tzinfo=UTC)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2034, 12, 31)))  # noqa: DTZ001  local times
def test_a_local_time_comes_back_from_its_moment_or_was_never_on_a_clock(local):
    try:
        moment = in_utc(local)
    except NotAllowed:
        assert (local.month, local.hour, local.weekday()) == (3, 1, 6)
    else:
        assert local_time(moment) == local


@pytest.mark.parametrize("hour", [0, 1, 3, 6, 20, 23])
def test_a_meeting_in_prison_is_not_at_night(there, introduction, hour):
    [said] = refused(there, introduction, on(TUESDAY, hour))

    assert said.startswith("A meeting in prison starts at 7am or later and ends by 8pm.")


@pytest.mark.parametrize("hour", [0, 3, 6, 22, 23])
def test_a_meeting_outside_is_not_at_night(there, hour):
    follow_up = there.meeting(MeetingKind.FOLLOW_UP)

    [said] = refused(there, follow_up, on(follow_up.window_first, hour))

    assert said == "A meeting starts at 7am or later and ends by 10pm. Choose another time."


@pytest.mark.parametrize("hour", [7, 19])
def test_the_first_and_the_last_hour_of_the_day_can_be_booked(there, introduction, hour):
    there.book(introduction, on(TUESDAY, hour))

    assert introduction.starts_local == on(TUESDAY, hour)


def test_the_night_is_said_at_the_time(there, introduction):
    with pytest.raises(NotAllowed) as no:
        there.book(introduction, on(TUESDAY, 1))

    assert [reason.about for reason in no.value.reasons] == ["starts"]


def test_a_meeting_inside_is_never_after_the_release_though_its_days_say_so(there):
    visit = there.meeting(MeetingKind.PRISON_VISIT, 2)
    there.leaver.release_date = visit.window_last

    [said] = refused(there, visit, on(visit.window_last, 10))

    assert said.endswith(f" to {day_in_words(visit.window_last - A_DAY)}.")


def test_a_meeting_whose_days_all_come_after_the_release_cannot_be_booked(there):
    visit = there.meeting(MeetingKind.PRISON_VISIT, 2)
    there.leaver.release_date = visit.window_first

    [said] = refused(there, visit, on(visit.window_first, 10))

    assert said == "They leave prison before the days of this meeting, so it cannot be booked."
