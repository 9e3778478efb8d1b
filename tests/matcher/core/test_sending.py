from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.sending import (
    LONDON,
    TERMS,
    closing_of,
    local_day,
    next_opening,
    opening_of,
    reminder_window,
    sending_window,
)
from matcher.core.working_days import official_calendar
from models.states import LetterKind

CALENDAR = official_calendar()
URGENT = {
    LetterKind.STOOD_DOWN,
    LetterKind.GATE_CHANGED,
    LetterKind.RING_US,
    LetterKind.SIGN_IN_CHANGED,
    LetterKind.WORRY,
}
MOMENTS = st.integers(0, 11 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def utc(year, month, day, hour, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_every_kind_of_letter_has_its_terms():
    assert set(TERMS) == set(LetterKind)
    assert {kind for kind, terms in TERMS.items() if terms.urgent} == URGENT


@pytest.mark.parametrize("kind", sorted(URGENT))
def test_an_urgent_letter_goes_at_once_even_on_christmas_night(kind):
    wanted = utc(2026, 12, 25, 3)

    window = sending_window(kind, wanted, CALENDAR)

    assert window.urgent
    assert window.not_before == wanted
    assert window.not_after == utc(2026, 12, 28, 3)
    assert next_opening(kind, wanted, CALENDAR) == wanted


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (utc(2027, 2, 3, 8, 59), utc(2027, 2, 3, 9)),  # winter: 09:00 is 09:00 UTC
        (utc(2027, 2, 3, 9), utc(2027, 2, 3, 9)),
        (utc(2027, 2, 3, 16, 59), utc(2027, 2, 3, 16, 59)),
        (utc(2027, 2, 3, 17), utc(2027, 2, 4, 9)),  # five o'clock is too late
        (utc(2027, 7, 7, 7), utc(2027, 7, 7, 8)),  # summer: 09:00 is 08:00 UTC
        (utc(2027, 7, 7, 16), utc(2027, 7, 8, 8)),
        (utc(2027, 7, 7, 23, 30), utc(2027, 7, 8, 8)),  # half past midnight on the 8th
        (utc(2027, 2, 6, 12), utc(2027, 2, 8, 9)),  # Saturday waits for Monday
        (utc(2026, 12, 24, 18), utc(2026, 12, 29, 9)),  # over Christmas
        (utc(2026, 10, 23, 17), utc(2026, 10, 26, 9)),  # the weekend the clocks go back
        (utc(2026, 10, 23, 7), utc(2026, 10, 23, 8)),  # the Friday before, still summer
        (utc(2026, 10, 25, 0, 30), utc(2026, 10, 26, 9)),  # in the hour that comes twice
        (utc(2026, 10, 25, 1, 30), utc(2026, 10, 26, 9)),
        (utc(2028, 3, 24, 18), utc(2028, 3, 27, 8)),  # the weekend they go forward
        (utc(2028, 3, 26, 1), utc(2028, 3, 27, 8)),  # the moment they do
    ],
)
def test_an_ordinary_letter_waits_for_nine_o_clock_on_a_working_day(wanted, expected):
    window = sending_window(LetterKind.DIGEST, wanted, CALENDAR)

    assert window.not_before == expected
    assert not window.urgent


def test_a_letter_lasts_its_working_days_over_the_night_the_clocks_change():
    window = sending_window(LetterKind.DIGEST, utc(2026, 10, 23, 10), CALENDAR)

    assert window.not_after == utc(2026, 10, 27, 17)


def test_an_offer_made_before_easter_waits_until_after_it():
    window = sending_window(LetterKind.OFFER, utc(2027, 3, 25, 17, 1), CALENDAR)

    assert window.not_before == utc(2027, 3, 30, 8)
    assert window.not_after == utc(2027, 4, 1, 16)


@pytest.mark.parametrize(
    ("starts_at", "opens", "closes"),
    [
        (utc(2027, 2, 3, 10), utc(2027, 2, 2, 9), utc(2027, 2, 2, 17)),
        (utc(2027, 2, 8, 10), utc(2027, 2, 7, 9), utc(2027, 2, 7, 17)),  # Monday: on the Sunday
        (utc(2026, 10, 26, 10), utc(2026, 10, 25, 9), utc(2026, 10, 25, 17)),  # clocks go back
        (utc(2026, 10, 25, 10), utc(2026, 10, 24, 8), utc(2026, 10, 24, 16)),
        (utc(2027, 3, 29, 9), utc(2027, 3, 28, 8), utc(2027, 3, 28, 16)),  # clocks go forward
        (utc(2027, 3, 28, 9), utc(2027, 3, 27, 9), utc(2027, 3, 27, 17)),
        (utc(2027, 6, 30, 23, 30), utc(2027, 6, 30, 8), utc(2027, 6, 30, 16)),  # 1 July, local
    ],
)
def test_a_reminder_goes_the_day_before_the_meeting(starts_at, opens, closes):
    window = reminder_window(starts_at)

    assert (window.not_before, window.not_after) == (opens, closes)


def test_a_reminder_may_go_on_a_sunday_and_no_other_ordinary_letter_may():
    sunday_noon = utc(2027, 2, 7, 12)

    open_then = {kind for kind in TERMS if next_opening(kind, sunday_noon, CALENDAR) == sunday_noon}

    assert open_then == {*URGENT, LetterKind.MEETING_REMINDER}


def test_every_day_of_ten_years_is_open_for_eight_hours_from_nine_local():
    for step in range(4018):
        day = date(2024, 1, 1) + timedelta(days=step)

        assert closing_of(day) - opening_of(day) == timedelta(hours=8)
        assert opening_of(day).astimezone(LONDON).hour == 9
        assert local_day(opening_of(day)) == day


@given(st.sampled_from(sorted(set(LetterKind) - URGENT)), MOMENTS)
def test_no_ordinary_letter_opens_out_of_hours_or_too_soon(kind, wanted):
    window = sending_window(kind, wanted, CALENDAR)
    local = window.not_before.astimezone(LONDON)

    assert window.not_before >= wanted
    assert 9 <= local.hour < 17
    assert TERMS[kind].any_day or CALENDAR.includes(local.date())
    assert window.not_before < window.not_after
    assert window.not_before.tzinfo is UTC


@given(st.sampled_from(LetterKind), MOMENTS)
def test_an_opening_is_open(kind, moment):
    opening = next_opening(kind, moment, CALENDAR)

    assert next_opening(kind, opening, CALENDAR) == opening
