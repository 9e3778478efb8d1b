"""Calendar months back from a day, and how fresh an assessment must be."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.columns import Columns, day_number
from matcher.core.conditions import Conditions, RuleSettings, months_before
from tests.matcher.core.rules_in_plain_words import passed_on
from tests.strategies import FEW_PLACES

days = st.dates(date(1950, 1, 1), date(2100, 12, 31))
months = st.integers(0, 240)


@pytest.mark.parametrize(
    ("day", "back", "before"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 6, date(2026, 5, 23)),
        (date(2026, 11, 23), 24, date(2024, 11, 23)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
        (date(2026, 12, 31), 1, date(2026, 11, 30)),
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2028, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2028, 2, 29), 48, date(2024, 2, 29)),
        (date(2026, 3, 30), 1, date(2026, 2, 28)),
        (date(2000, 2, 29), 1200, date(1900, 2, 28)),
    ],
)
def test_so_many_months_before_is_the_same_day_or_the_last_of_its_month(day, back, before):
    assert months_before(day, back) == before


@given(days, months)
def test_the_months_have_passed_since_every_day_up_to_then_and_no_later_one(day, back):
    before = months_before(day, back)

    assert passed_on(before, back) <= day < passed_on(before + timedelta(days=1), back)


@given(days, days, months)
def test_a_later_day_never_lies_before_an_earlier_ones_months(one, other, back):
    earlier, later = sorted([one, other])

    assert months_before(earlier, back) <= months_before(later, back)


def fresh(assessed, today, after=6):
    people = Columns(Conditions(today, FEW_PLACES, RuleSettings(assessment_months=after)))
    return people.fresh(np.array([day_number(assessed)])).tolist() == [True]


@pytest.mark.parametrize(
    ("assessed", "today", "still"),
    [
        (date(2026, 5, 23), date(2026, 11, 23), True),
        (date(2026, 5, 22), date(2026, 11, 23), False),
        (date(2026, 2, 28), date(2026, 8, 28), True),
        (date(2026, 2, 28), date(2026, 8, 29), False),
        (date(2026, 2, 28), date(2026, 8, 31), False),
        (date(2026, 3, 1), date(2026, 8, 31), True),
        (date(2026, 8, 31), date(2027, 3, 1), True),
        (date(2026, 8, 31), date(2027, 3, 2), False),
        (date(2026, 11, 23), date(2026, 11, 23), True),
        (date(2026, 11, 24), date(2026, 11, 23), False),
    ],
)
def test_an_assessment_is_stale_once_its_months_had_passed_by_yesterday(assessed, today, still):
    assert fresh(assessed, today) is still


@given(days, st.integers(-3, 400))
def test_an_assessment_is_fresh_through_the_day_its_months_pass(assessed, later):
    today = assessed + timedelta(days=later)

    assert fresh(assessed, today) is (assessed <= today <= passed_on(assessed, 6))
