"""Calendar entries: read back as a calendar would, and silent about everything but the time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from matcher.calendar_entries import Appointment, calendar_entry, diary

NINE = datetime(2027, 3, 9, 9, tzinfo=UTC)
STAMPED = datetime(2027, 2, 1, 12, 30, tzinfo=UTC)
POST = "post@gatemate.example"
MENTOR = "mentor@example.org"


def entry(**changed) -> bytes:
    facts = {
        "uid": "meeting-17@gatemate.example",
        "sequence": 0,
        "starts_at": NINE,
        "minutes": 60,
        "stamped_at": STAMPED,
        "organiser": POST,
        "attendee": MENTOR,
    }
    return calendar_entry(**(facts | changed))


def only_event(ics: bytes) -> Event:
    calendar = Calendar.from_ical(ics)
    calendar.validate()
    [event] = calendar.events
    return event


def lines_of(ics: bytes) -> list[str]:
    return ics.replace(b"\r\n ", b"").decode().split("\r\n")


def test_an_entry_says_when_and_nothing_else():
    lines = lines_of(entry())

    assert sorted(lines) == sorted(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Gatemate//Appointments//EN",
            "METHOD:REQUEST",
            "BEGIN:VEVENT",
            "UID:meeting-17@gatemate.example",
            "SEQUENCE:0",
            "DTSTAMP:20270201T123000Z",
            "DTSTART:20270309T090000Z",
            "DTEND:20270309T100000Z",
            "SUMMARY:Gatemate: appointment",
            "DESCRIPTION:Gatemate: appointment",
            "CLASS:PRIVATE",
            "STATUS:CONFIRMED",
            "ORGANIZER:mailto:post@gatemate.example",
            "ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:mentor@example.org",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )


def test_a_moved_meeting_replaces_the_entry_it_had():
    first = only_event(entry())
    moved = only_event(entry(sequence=1, starts_at=NINE + timedelta(days=2)))

    assert moved.uid == first.uid
    assert moved.sequence == first.sequence + 1
    assert moved.start == NINE + timedelta(days=2)


def test_a_cancelled_meeting_is_taken_out_of_the_calendar():
    ics = entry(sequence=2, cancelled=True)

    event = only_event(ics)
    assert Calendar.from_ical(ics)["METHOD"] == "CANCEL"
    assert event.status == "CANCELLED"
    assert event.sequence == 2
    assert event.uid == "meeting-17@gatemate.example"


def test_a_time_in_summer_is_sent_as_utc():
    ten_in_london = datetime(2027, 7, 1, 10, tzinfo=ZoneInfo("Europe/London"))

    assert "DTSTART:20270701T090000Z" in lines_of(entry(starts_at=ten_in_london))


def test_a_meeting_over_the_night_of_the_clocks_lasts_as_long_as_it_lasts():
    half_past_midnight = datetime(2027, 3, 28, 0, 30, tzinfo=ZoneInfo("Europe/London"))

    event = only_event(entry(starts_at=half_past_midnight, minutes=60))

    assert event.end - event.start == timedelta(hours=1)


def test_the_same_entry_twice_is_the_same_bytes():
    assert entry() == entry()
    assert entry() != entry(sequence=1)


def test_long_lines_are_folded_as_calendars_expect():
    ics = entry(attendee="m" * 200 + "@example.org", uid="u" * 200)

    assert ics.endswith(b"\r\n")
    assert b"\n" not in ics.replace(b"\r\n", b"")
    assert max(map(len, ics.split(b"\r\n"))) <= 75
    assert "mailto:" + "m" * 200 + "@example.org" in ics.replace(b"\r\n ", b"").decode()
    assert only_event(ics).uid == "u" * 200


def test_a_diary_holds_every_appointment_and_invites_nobody():
    appointments = [
        Appointment("one@gatemate.example", 0, NINE, 60),
        Appointment("two@gatemate.example", 3, NINE + timedelta(days=7), 45),
        Appointment("three@gatemate.example", 1, NINE + timedelta(days=9), 45, cancelled=True),
    ]

    calendar = Calendar.from_ical(diary(appointments, stamped_at=STAMPED, organiser=POST))

    assert calendar["METHOD"] == "PUBLISH"
    assert [event.uid.split("@")[0] for event in calendar.events] == ["one", "two", "three"]
    assert [event.status for event in calendar.events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert {event["SUMMARY"] for event in calendar.events} == {"Gatemate: appointment"}
    assert not any("ATTENDEE" in event or "LOCATION" in event for event in calendar.events)
    assert not any(event.subcomponents for event in calendar.events)


def test_a_diary_without_appointments_is_a_calendar_without_events():
    calendar = Calendar.from_ical(diary([], stamped_at=STAMPED, organiser=POST))

    assert calendar["METHOD"] == "PUBLISH"
    assert calendar.events == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"uid": ""},
        {"uid": "two words"},
        {"uid": "x\r\nSUMMARY:you"},
        {"sequence": -1},
        {"minutes": 0},
        {"starts_at": datetime(2027, 3, 9, 9)},  # noqa: DTZ001
        {"stamped_at": datetime(2027, 3, 9, 9)},  # noqa: DTZ001
        {"attendee": "nobody"},
        {"attendee": "a@example.org\r\nLOCATION:here"},
        {"organiser": "Name <post@example.org>"},
    ],
    ids=str,
)
def test_what_no_calendar_could_take_is_refused_in_a_sentence(wrong):
    with pytest.raises(ValueError, match=r"^A calendar entry [^\n]+\.$"):
        entry(**wrong)


@given(
    starts_at=st.datetimes(
        min_value=datetime(2020, 1, 1),  # noqa: DTZ001
        max_value=datetime(2099, 12, 31),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, ZoneInfo("Europe/London"), ZoneInfo("Asia/Kolkata")]),
        allow_imaginary=False,
    ),
    minutes=st.integers(1, 24 * 60),
    sequence=st.integers(0, 10_000),
)
def test_any_time_is_read_back_as_it_was(starts_at, minutes, sequence):
    event = only_event(entry(starts_at=starts_at, minutes=minutes, sequence=sequence))

    assert event.start == starts_at.astimezone(UTC).replace(microsecond=0)
    assert event.end - event.start == timedelta(minutes=minutes)
    assert event.sequence == sequence
