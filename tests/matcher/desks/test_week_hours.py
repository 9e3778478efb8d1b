"""Hours of the week in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.desks.week_hours import hours_in_words
from models.hours import read_hours


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", ""),
        ("daily 19-7", "Every day 7pm to 7am"),
        ("mon-fri 9-17; sat 10-13", "Monday to Friday 9am to 5pm; Saturday 10am to 1pm"),
        ("sat 9-12; sun 9-12", "Saturday and Sunday 9am to noon"),
        ("sun 22-2", "Sunday 10pm to 2am"),
        ("mon 9-12; mon 13-17", "Monday 9am to noon and 1pm to 5pm"),
        ("daily 0-24", "Every day all day"),
        ("fri 19-24; sat 0-24", "Friday 7pm to midnight; Saturday all day"),
        ("sat 0-24; sun 0-7", "Saturday all day; Sunday midnight to 7am"),
        ("mon 1-24; tue 0-23", "Monday 1am to midnight; Tuesday midnight to 11pm"),
    ],
)
def test_hours_are_said_as_people_say_them(written, said):
    assert hours_in_words(read_hours(written)) == said


@given(st.frozensets(st.integers(0, 167)), st.integers(0, 167))
def test_no_two_weeks_are_said_alike(hours, hour):
    assert hours_in_words(hours) != hours_in_words(hours ^ {hour})


@given(st.frozensets(st.sampled_from(range(0, 168, 12))), st.integers(0, 13))
def test_no_two_weeks_of_half_days_are_said_alike(halves, half):
    hours = {start + step for start in halves for step in range(12)}
    other = {start + step for start in halves ^ {half * 12} for step in range(12)}

    assert hours_in_words(hours) != hours_in_words(other)
