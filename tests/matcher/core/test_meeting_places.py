"""Rule 5, first half, on a line of districts ten kilometres apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.conditions import Conditions
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.meeting_places import can_meet_somewhere
from matcher.core.places import Places
from tests.factories import TODAY, a_leaver, a_mentor

TEN_KM = 10 / 111.19508
"""In degrees along the equator."""
LINE = ("LS1", "LS2", "LS3", "LS4", "LS5")
CONDITIONS = Conditions(
    TODAY,
    Places(
        districts={code: (0.0, place * TEN_KM) for place, code in enumerate(LINE)},
        prisons={"LEI": (0.0, 0.0)},
    ),
)


def grid(people, others):
    leavers = LeaverColumns.of(people, CONDITIONS).down()
    return can_meet_somewhere(leavers, MentorColumns.of(others, CONDITIONS).across()).tolist()


def going(to, km, zone=()):
    return a_leaver(resettling_in=to, travel_km=km, exclusion_zone=zone)


def living(at, km, zone=()):
    return a_mentor(home=at, travel_limit_km=km, exclusion_zone=zone)


def test_the_line_is_ten_kilometres_from_district_to_district():
    assert CONDITIONS.places.km[0].tolist() == [0, 10, 20, 30, 40]


@pytest.mark.parametrize(
    ("leaver", "mentor", "can"),
    [
        (going("LS1", 0), living("LS1", 0), True),
        (going("LS1", 0), living("LS2", 10), True),
        (going("LS1", 0), living("LS2", 9), False),
        (going("LS1", 10), living("LS3", 10), True),
        (going("LS1", 10), living("LS3", 9), False),
        (going("LS1", 9), living("LS3", 10), False),
        (going("LS1", 20), living("LS5", 20), True),
        (going("LS1", 20), living("LS5", 20, {"LS3"}), False),
        (going("LS1", 20, {"LS3"}), living("LS5", 20), False),
        (going("LS1", 20, {"LS3"}), living("LS5", 30), True),
        (going("LS1", 20, {"LS2"}), living("LS5", 30, {"LS3"}), False),
        (going("LS1", 0, {"LS1"}), living("LS1", 40), False),
        (going("LS1", 0), living("LS2", 40, {"LS1"}), False),
        (going("LS1", 10), living("LS2", 40, {"LS1"}), True),
        (going("LS5", 40, {"LS1"}), living("LS1", 0), False),
        (going("LS5", 40, {"LS2"}), living("LS1", 0), True),
        (going("LS3", 40, LINE), living("LS3", 40), False),
        (going("LS3", 40), living("LS3", 40, LINE[:-1]), True),
    ],
)
def test_two_people_meet_where_both_may_go(leaver, mentor, can):
    assert grid([leaver], [mentor]) == [[can]]


def test_one_persons_zone_leaves_the_others_free():
    people = [going("LS1", 0), going("LS1", 0, {"LS1"}), going("LS2", 0, {"LS1", "LS3"})]
    others = [living("LS1", 40), living("LS1", 40, {"LS2"}), living("LS2", 40, {"LS1", "LS5"})]

    assert grid(people, others) == [
        [True, True, False],
        [False, False, False],
        [True, False, True],
    ]


zones = st.integers(0, 31).map(lambda n: {code for i, code in enumerate(LINE) if n >> i & 1})
wheres = st.sampled_from(LINE)
reaches = st.sampled_from([0, 9, 10, 25, 40])


@given(
    st.lists(st.builds(going, wheres, reaches, zones), max_size=4),
    st.lists(st.builds(living, wheres, reaches, zones), max_size=4),
)
@settings(max_examples=150)
def test_a_block_says_what_looking_at_every_district_says(people, others):
    def place(code):
        return LINE.index(code) * 10

    def can(leaver, mentor):
        barred = leaver.exclusion_zone | mentor.exclusion_zone
        return any(
            abs(place(code) - place(leaver.resettling_in)) <= leaver.travel_km
            and abs(place(code) - place(mentor.home)) <= mentor.travel_limit_km
            for code in LINE
            if code not in barred
        )

    assert grid(people, others) == [[can(p, o) for o in others] for p in people]
