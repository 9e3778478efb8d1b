from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.working_days import YEARS, WorkingDays, official_calendar

CALENDAR = official_calendar()
DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))
COUNTS = st.integers(0, 80)

# As published for England and Wales.
PUBLISHED = {
    2019: ["01-01", "04-19", "04-22", "05-06", "05-27", "08-26", "12-25", "12-26"],
    2020: ["01-01", "04-10", "04-13", "05-08", "05-25", "08-31", "12-25", "12-28"],
    2021: ["01-01", "04-02", "04-05", "05-03", "05-31", "08-30", "12-27", "12-28"],
    2022: [
        *("01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29"),
        *("09-19", "12-26", "12-27"),
    ],
    2023: ["01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"],
    2024: ["01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"],
    2025: ["01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"],
    2026: ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"],
    2027: ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"],
    2028: ["01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"],
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_working_days_of_a_year_are_its_weekdays_less_the_published_bank_holidays(year):
    published = {date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year]}
    every = [date(year, 1, 1) + timedelta(days=step) for step in range(365 + (year % 4 == 0))]

    free = {day for day in every if day.weekday() < 5 and not CALENDAR.includes(day)}

    assert free == published
    assert not any(CALENDAR.includes(day) for day in every if day.weekday() >= 5)


def test_wales_has_the_bank_holidays_of_england():
    wales = holidays.country_holidays("GB", subdiv="WLS", years=YEARS)

    assert CALENDAR.bank_holidays == frozenset(wales)


def test_a_bank_holiday_proclaimed_later_is_a_day_off():
    proclaimed = date(2031, 6, 12)

    assert CALENDAR.includes(proclaimed)
    assert not official_calendar(frozenset({proclaimed})).includes(proclaimed)
    assert not official_calendar(frozenset({proclaimed})).includes(date(2031, 12, 25))


def test_days_are_counted_over_christmas_and_new_year():
    thursday = date(2026, 12, 24)

    assert CALENDAR.after(thursday) == date(2026, 12, 29)
    assert CALENDAR.add(thursday, 3) == date(2026, 12, 31)
    assert CALENDAR.add(thursday, 4) == date(2027, 1, 4)
    assert CALENDAR.before(date(2027, 1, 4)) == date(2026, 12, 31)
    assert CALENDAR.add(date(2027, 1, 4), -4) == thursday


def test_days_are_counted_over_easter():
    assert CALENDAR.after(date(2027, 3, 25)) == date(2027, 3, 30)
    assert CALENDAR.before(date(2027, 3, 30)) == date(2027, 3, 25)
    assert CALENDAR.on_or_after(date(2027, 3, 26)) == date(2027, 3, 30)
    assert CALENDAR.on_or_before(date(2027, 3, 29)) == date(2027, 3, 25)


def test_the_leap_day_counts_like_any_other():
    assert CALENDAR.includes(date(2028, 2, 29))
    assert CALENDAR.after(date(2028, 2, 28)) == date(2028, 2, 29)
    assert CALENDAR.add(date(2028, 2, 28), 2) == date(2028, 3, 1)


def test_counting_from_a_weekend_starts_with_the_monday():
    assert CALENDAR.add(date(2026, 11, 21), 1) == date(2026, 11, 23)
    assert CALENDAR.add(date(2026, 11, 21), -1) == date(2026, 11, 20)
    assert CALENDAR.add(date(2026, 11, 21), 0) == date(2026, 11, 21)


def test_a_year_whose_bank_holidays_are_not_known_is_refused():
    with pytest.raises(ValueError, match="9999-12-31 is outside 2000 to 2099"):
        CALENDAR.includes(date(9999, 12, 31))


def test_a_window_upside_down_holds_no_day():
    assert CALENDAR.between(date(2027, 3, 2), date(2027, 3, 1)) == []


@given(DAYS)
def test_next_and_previous_are_the_nearest_working_days(day):
    later, earlier = CALENDAR.after(day), CALENDAR.before(day)

    assert earlier < day < later
    assert CALENDAR.between(earlier, later) == sorted(
        {earlier, later} | ({day} if CALENDAR.includes(day) else set())
    )


@given(DAYS, COUNTS)
def test_adding_and_taking_away_the_same_count_comes_back(day, count):
    start = CALENDAR.on_or_after(day)

    end = CALENDAR.add(start, count)

    assert CALENDAR.add(end, -count) == start
    assert len(CALENDAR.between(start, end)) == count + 1


def test_without_bank_holidays_only_weekends_are_free():
    assert WorkingDays(frozenset()).includes(date(2026, 12, 25))
