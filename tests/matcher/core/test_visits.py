"""Rule 3: visits in a prison only while the clearance covers it to the last visit."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings

from matcher.core.candidates import broken_rules
from matcher.core.columns import day_of
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.visits import last_visit_on, may_visit
from tests.factories import TODAY, a_leaver, a_mentor
from tests.strategies import cohorts, conditions

CONDITIONS = conditions()
RECONNECT = {"pathway": "reconnect"}


def visits(leaver, mentor):
    leavers = LeaverColumns.of([leaver], CONDITIONS)
    mentors = MentorColumns.of([mentor], CONDITIONS)
    first = np.array([0])
    return may_visit(leavers, mentors, first, first).tolist() == [True]


@pytest.mark.parametrize(
    ("release", "last"),
    [
        (date(2027, 2, 3), date(2027, 1, 20)),
        (date(2026, 12, 14), date(2026, 11, 30)),
        (date(2026, 12, 13), date(2026, 12, 13)),
        (date(2026, 11, 24), date(2026, 11, 24)),
        (TODAY, TODAY),
        (date(2026, 11, 22), TODAY),
        (None, TODAY),
    ],
)
def test_visits_end_a_fortnight_before_release_or_at_it_on_short_notice(release, last):
    leavers = LeaverColumns.of([a_leaver(release_date=release)], CONDITIONS)

    assert day_of(int(last_visit_on(leavers.release_or_today, leavers.today)[0])) == last


@pytest.mark.parametrize(
    ("told", "until", "may"),
    [
        ({}, date(2027, 1, 20), True),
        ({}, date(2027, 1, 19), False),
        ({"release_date": date(2026, 12, 14)}, date(2026, 11, 30), True),
        ({"release_date": date(2026, 12, 14)}, date(2026, 11, 29), False),
        ({"release_date": date(2026, 12, 13)}, date(2026, 12, 13), True),
        ({"release_date": date(2026, 12, 13)}, date(2026, 12, 12), False),
        (RECONNECT | {"release_date": date(2026, 11, 2)}, TODAY, True),
        (RECONNECT | {"release_date": date(2026, 11, 2)}, date(2026, 11, 22), False),
        ({"release_date": None}, date(2026, 11, 22), False),
    ],
)
def test_the_clearance_covers_the_last_visit_or_there_is_none(told, until, may):
    assert visits(a_leaver(**told), a_mentor(clearances={"lei": until})) is may


def test_clearance_for_one_prison_opens_no_other():
    mentor = a_mentor(clearances={"NHI": date(2030, 1, 1), "DMI": date(2030, 1, 1)})

    assert not visits(a_leaver(prison="LEI"), mentor)
    assert visits(a_leaver(prison="NHI"), mentor)


def test_a_mentor_without_clearance_may_be_paired_but_not_visit():
    mentor = a_mentor(clearances={})

    assert not visits(a_leaver(), mentor)
    assert broken_rules(a_leaver(), mentor, CONDITIONS) == []


def test_a_licence_that_bars_serving_prisoners_bars_visits_and_not_the_pair():
    mentor = a_mentor(licence_bars_prisons=True)

    assert not visits(a_leaver(), mentor)
    assert broken_rules(a_leaver(), mentor, CONDITIONS) == []


@given(cohorts())
@settings(max_examples=40)
def test_many_pairs_at_once_are_answered_as_each_alone(cohort):
    people, others = cohort
    leavers = LeaverColumns.of(people, CONDITIONS)
    mentors = MentorColumns.of(others, CONDITIONS)
    row, column = np.indices((len(people), len(others))).reshape(2, -1)

    together = may_visit(leavers, mentors, row, column).tolist()

    assert together == [visits(leaver, mentor) for leaver in people for mentor in others]


def test_a_prison_in_the_mentors_exclusion_zone_is_not_visited():
    barred = a_mentor(exclusion_zone={"LS12"})
    elsewhere = a_mentor(exclusion_zone={"LS1"})

    assert not visits(a_leaver(), barred)
    assert visits(a_leaver(), elsewhere)
    assert broken_rules(a_leaver(), barred, CONDITIONS) == []


def test_the_leavers_own_zone_does_not_keep_a_mentor_out_of_the_prison():
    assert visits(a_leaver(exclusion_zone={"LS12"}), a_mentor())
