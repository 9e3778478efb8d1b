"""From when a proposal is ready, and by when its first offer is out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.rolling import decision_days
from matcher.core.working_days import official_calendar
from matcher.plans.through_the_gate import THROUGH_THE_GATE

CALENDAR = official_calendar()
RELEASE = date(2027, 6, 9)
"""A Wednesday; six weeks before it is 28 April, eight weeks 14 April."""

FIRST_DAY = date(2027, 3, 17)


def days_of(release, proposed_on, *, referred_on=None):
    referred_on = referred_on or proposed_on
    return decision_days(THROUGH_THE_GATE, release, referred_on, proposed_on, CALENDAR)


def test_a_proposal_is_held_until_eight_weeks_before_the_release_and_no_longer():
    days = days_of(RELEASE, FIRST_DAY)

    assert days == (date(2027, 4, 14), date(2027, 4, 26), date(2027, 4, 28))


@pytest.mark.parametrize("notice", [55, 41, 20, 6, 1, 0])
def test_what_comes_late_is_ready_at_once(notice):
    proposed_on = RELEASE - timedelta(days=notice)

    assert days_of(RELEASE, proposed_on).ready_on == proposed_on


def test_after_a_no_the_next_proposal_is_ready_at_once_and_pressing_when_the_day_is_near():
    proposed_on = date(2027, 4, 27)

    days = days_of(RELEASE, proposed_on, referred_on=FIRST_DAY)

    assert days == (proposed_on, proposed_on, date(2027, 4, 28))


@given(st.integers(0, 400), st.integers(0, 84))
def test_whoever_is_approved_in_time_is_offered_six_weeks_before_or_at_short_notice(shift, notice):
    release = CALENDAR.on_or_after(FIRST_DAY + timedelta(days=shift + notice))
    proposed_on = CALENDAR.on_or_before(release - timedelta(days=notice))

    days = days_of(release, proposed_on)

    at_short_notice = CALENDAR.on_or_after(CALENDAR.add(proposed_on, 2))
    assert proposed_on <= days.ready_on <= max(release - timedelta(days=56), proposed_on)
    assert days.ready_on <= days.offer_by <= max(release - timedelta(days=42), at_short_notice)
