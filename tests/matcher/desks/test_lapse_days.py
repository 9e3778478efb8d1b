"""What of a mentor lapses when, and whose days reach past it."""

from datetime import date, timedelta

import pytest

from matcher.core.conditions import RuleSettings
from matcher.desks.lapse_days import (
    Days,
    Lapse,
    LapseKind,
    Soon,
    Vetted,
    days_met,
    days_planned,
    depends,
    lapses_of,
)
from models.states import MeetingKind
from models.vocabulary import Module

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
RULES = RuleSettings()


def whole(**told):
    """A mentor with all in date, and nothing else to lapse."""
    later = TODAY + timedelta(days=300)
    own = {"assessed_on": TODAY, "supervision_until": later, "term_ends_on": later}
    return Vetted(**own | {"basic_training_on": TODAY} | told)


def test_an_assessment_lapses_after_the_months_of_the_rules():
    found = {
        months: next(iter(lapses_of(whole(), RuleSettings(assessment_months=months)))).until
        for months in (6, 12)
    }

    assert found == {6: date(2027, 5, 23), 12: date(2027, 11, 23)}


def test_what_is_not_on_file_is_missing_of_those_alone_who_walk_with_people():
    nothing = {"assessed_on": None, "supervision_until": None, "term_ends_on": None}
    nothing |= {"basic_training_on": None, "with_children": True}

    walking = [one.kind for one in lapses_of(Vetted(**nothing), RULES)]
    not_yet = list(lapses_of(Vetted(walks_on=False, **nothing), RULES))

    assert sorted(walking) == sorted(set(LapseKind) - {LapseKind.CLEARANCE})
    assert not_yet == []


def test_each_prison_and_each_module_that_is_lacking_has_a_line_of_its_own():
    mentor = whole(
        clearances={"LEI": TODAY, "MDI": TODAY + DAY},
        modules=frozenset({Module.MENTAL_HEALTH}),
        demanded=frozenset({Module.MENTAL_HEALTH, Module.DOMESTIC_ABUSE}),
    )

    found = list(lapses_of(mentor, RULES))[3:]

    assert found == [
        Lapse(LapseKind.CLEARANCE, TODAY, "LEI"),
        Lapse(LapseKind.CLEARANCE, TODAY + DAY, "MDI"),
        Lapse(LapseKind.TRAINING, None, module=Module.DOMESTIC_ABUSE),
    ]


def test_what_lapses_today_is_in_date_today():
    assert not Lapse(LapseKind.TERM, TODAY).is_over(TODAY)
    assert Lapse(LapseKind.TERM, TODAY - DAY).is_over(TODAY)
    assert Lapse(LapseKind.TERM, None).is_over(TODAY)


@pytest.mark.parametrize(
    ("until", "last", "depends_on_it"),
    [
        (TODAY + DAY, TODAY + DAY, False),
        (TODAY + DAY, TODAY + 2 * DAY, True),
        (TODAY + DAY, None, True),
        (TODAY - 9 * DAY, TODAY, True),
        (TODAY - 9 * DAY, TODAY - DAY, False),
        (None, TODAY, True),
        (None, TODAY - DAY, False),
    ],
)
def test_a_pair_depends_on_what_lapses_before_its_last_day(until, last, depends_on_it):
    days = Days("LEI", last, None)

    assert depends(Lapse(LapseKind.TERM, until), days, TODAY) is depends_on_it


@pytest.mark.parametrize(
    ("prison", "last_visit", "depends_on_it"),
    [
        ("LEI", TODAY + 2 * DAY, True),
        ("LEI", TODAY + DAY, False),
        ("LEI", None, False),
        ("MDI", TODAY + 2 * DAY, False),
    ],
)
def test_on_a_clearance_depends_who_is_visited_in_that_prison_past_its_day(
    prison, last_visit, depends_on_it
):
    days = Days(prison, TODAY + 90 * DAY, last_visit)
    lapse = Lapse(LapseKind.CLEARANCE, TODAY + DAY, "LEI")

    assert depends(lapse, days, TODAY) is depends_on_it


def test_on_the_check_for_children_only_people_under_18_depend():
    lapse = Lapse(LapseKind.CHILDREN, None)

    assert depends(lapse, Days("LEI", None, None, under_18=True), TODAY)
    assert not depends(lapse, Days("LEI", None, None), TODAY)


def test_the_days_of_a_pair_are_those_of_its_meetings_still_to_be_held():
    gate = (MeetingKind.GATE, TODAY + 30 * DAY)
    visit = (MeetingKind.PRISON_VISIT, TODAY + 9 * DAY)
    video = (MeetingKind.VIDEO, TODAY + 12 * DAY)

    assert days_met("LEI", [visit, gate, video]) == Days("LEI", gate[1], visit[1])
    assert days_met("LEI", [gate, video]) == Days("LEI", gate[1], None)


def test_the_days_of_a_pair_without_meetings_are_those_of_its_plan():
    release = date(2027, 3, 1)

    planned = days_planned("LEI", release, TODAY, goes_in=True)
    outside = days_planned("LEI", release, TODAY, goes_in=False)
    late = days_planned("LEI", TODAY + 20 * DAY, TODAY, goes_in=True)
    unknown = days_planned("LEI", None, TODAY, goes_in=True)

    assert planned == Days("LEI", date(2027, 6, 1), date(2027, 2, 15))  # 24 May + 5 working days
    assert outside.last_visit is None
    assert late.last_visit == TODAY + 20 * DAY
    assert unknown == Days("LEI", None, date.max)


def test_so_soon_is_counted_in_weeks_to_the_day():
    days = {one.value: (one.last_day(TODAY) - TODAY).days for one in Soon}

    assert days == {"2": 14, "4": 28, "12": 84}
