"""Example people keep to the forms, to each other and to the seed."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.readings import RECOVERIES
from matcher.core.working_days import official_calendar
from matcher.example import example_people
from matcher.example.lots import Lots
from matcher.files.people_files import read_leavers, read_mentors, write_leavers, write_mentors
from models.person_keys import link_keys, person_keys
from models.profiles import LeaverInFile, MentorProfile
from models.reference import PrisonFunction, districts, prisons
from models.states import MentorState
from models.vocabulary import Companion, Pool, Region, Sex

TODAY = date(2026, 11, 23)
EIGHTEEN_YEARS = timedelta(days=6574)


@pytest.fixture(scope="module")
def people():
    return example_people(4000, 1600, seed=7, today=TODAY)


def test_the_same_seed_gives_the_same_people():
    once, again = (example_people(60, 30, seed=3, today=TODAY) for _ in range(2))

    assert once == again


def test_another_seed_gives_other_people():
    some, others = (example_people(60, 30, seed=seed, today=TODAY) for seed in (3, 4))

    assert [p.birth_date for p in some.leavers] != [p.birth_date for p in others.leavers]
    assert [p.home for p in some.mentors] != [p.home for p in others.mentors]


def test_a_topic_draws_the_same_whatever_else_is_drawn():
    alone = Lots(5, "leavers: hours", 100).between(0, 9)
    Lots(5, "leavers: something else", 1000).between(0, 9)

    assert (Lots(5, "leavers: hours", 100).between(0, 9) == alone).all()
    assert (Lots(5, "mentors: hours", 100).between(0, 9) != alone).any()


@settings(max_examples=25)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 10**6), st.dates(
    date(2024, 1, 1), date(2035, 1, 1)))  # fmt: skip
def test_any_number_of_people_on_any_day_passes_every_check(leavers, mentors, seed, today):
    people = example_people(leavers, mentors, seed, today)

    assert (len(people.leavers), len(people.mentors)) == (leavers, mentors)
    assert people.leavers == [LeaverInFile.model_validate(p.model_dump()) for p in people.leavers]
    assert people.mentors == [MentorProfile.model_validate(p.model_dump()) for p in people.mentors]


def test_example_people_come_back_the_same_from_their_files(people):
    leavers, mentors = people.leavers[:500], people.mentors[:500]

    from_leavers = read_leavers(write_leavers(leavers))
    from_mentors = read_mentors(write_mentors(mentors))

    assert (list(from_leavers.people), list(from_leavers.bad)) == (leavers, [])
    assert (list(from_mentors.people), list(from_mentors.bad)) == (mentors, [])


@settings(max_examples=40)
@given(st.integers(0, 200), st.integers(1, 200))
def test_free_places_are_five_percent_short_of_the_leavers(leavers, mentors):
    people = example_people(leavers, mentors, seed=1, today=TODAY)

    free = [mentor.places - mentor.taken for mentor in people.mentors]

    assert sum(free) == min(round(0.95 * leavers), 4 * mentors)
    assert all(0 <= places <= 4 for places in free)
    assert all(mentor.places <= 4 for mentor in people.mentors)


def test_with_as_many_mentors_as_leavers_nearly_all_have_one_place():
    people = example_people(1000, 1000, seed=1, today=TODAY)

    free = Counter(mentor.places - mentor.taken for mentor in people.mentors)

    assert free == {1: 950, 0: 50}


def test_mentors_who_are_not_active_carry_nobody_while_the_active_can(people):
    idle = [m for m in people.mentors if m.state is not MentorState.ACTIVE]

    assert idle
    assert all(m.places == m.taken == 0 for m in idle)


def test_with_fewer_mentors_some_carry_more_than_others(people):
    free = Counter(mentor.places - mentor.taken for mentor in people.mentors)

    assert len(free) >= 3
    assert sum(places * number for places, number in free.items()) == 3800


@pytest.mark.parametrize("wrong", [(-1, 5, 1), (5, -1, 1), (5, 5, -1)])
def test_a_negative_number_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match="is -1: give 0 or more"):
        example_people(*wrong, today=TODAY)


def test_more_people_than_numbers_are_refused():
    with pytest.raises(ValueError, match="too many"):
        example_people(7_000_000, 1, seed=1, today=TODAY)


def test_codes_are_of_one_width_and_in_order(people):
    codes = [leaver.code for leaver in people.leavers]

    assert codes[0] == "L-00001"
    assert people.mentors[-1].code == "M-01600"
    assert codes == sorted(codes)


def test_numbers_are_nobodys_and_no_two_people_share_one(people):
    numbers = [p.prison_number for p in (*people.leavers, *people.mentors) if p.prison_number]
    cases = [p.crn for p in people.leavers if p.crn]

    assert len(set(numbers)) == len(numbers)
    assert len(set(cases)) == len(cases)
    assert {number[0] for number in numbers + cases} == {"Z"}


def test_women_leave_womens_prisons_and_men_mens(people):
    assert all(prisons()[leaver.prison].sex is leaver.sex for leaver in people.leavers)


def test_women_resettle_in_wales_though_no_prison_there_holds_them(people):
    in_wales = [
        leaver
        for leaver in people.leavers
        if leaver.sex is Sex.FEMALE and districts()[leaver.resettling_in].region is Region.WALES
    ]

    assert in_wales
    assert all(prisons()[leaver.prison].region is not Region.WALES for leaver in in_wales)


def test_whoever_leaves_a_childrens_prison_is_under_18_that_day_and_nobody_else_is():
    leavers = example_people(12_000, 0, seed=2, today=TODAY).leavers

    held = [prisons()[leaver.prison].function is PrisonFunction.CHILDREN for leaver in leavers]
    under_18 = [leaver.release_date - leaver.birth_date < EIGHTEEN_YEARS for leaver in leavers]

    assert held == under_18
    assert 5 <= sum(held) <= 60
    assert all(
        TODAY - p.birth_date >= EIGHTEEN_YEARS for p, h in zip(leavers, held, strict=True) if not h
    )


def test_people_leave_on_working_days_of_the_next_twelve_weeks_and_seldom_on_fridays(people):
    days = Counter(leaver.release_date for leaver in people.leavers)
    fridays = sum(number for day, number in days.items() if day.weekday() == 4)

    assert all(timedelta(0) < day - TODAY <= timedelta(weeks=12) for day in days)
    assert all(official_calendar().includes(day) for day in days)
    assert 0.03 < fridays / len(people.leavers) < 0.08


def test_nobody_is_kept_out_of_the_district_they_live_in(people):
    zones = [(p.resettling_in, p.exclusion_zone) for p in people.leavers]
    zones += [(p.home, p.exclusion_zone) for p in people.mentors]

    assert all(home not in zone for home, zone in zones)
    assert any(zone for _, zone in zones)
    assert all(zone <= set(districts()) for _, zone in zones)


def test_a_gang_tag_comes_with_the_tag_opposed_to_it_and_someone_carries_that(people):
    tagged = [leaver for leaver in people.leavers if leaver.gangs]
    carried = frozenset().union(*(leaver.gangs for leaver in tagged))

    assert tagged
    assert all(len(p.opposed_gangs) == 1 and not p.gangs & p.opposed_gangs for p in tagged)
    assert any(leaver.opposed_gangs <= carried for leaver in tagged)


def test_some_leavers_are_linked_to_a_mentor_by_number_or_by_name_from_either_side(people):
    keys = {key: mentor.code for mentor in people.mentors for key in person_keys(mentor)}
    mine = {key: leaver.code for leaver in people.leavers for key in person_keys(leaver)}
    from_leavers = [link_keys(leaver.no_contact) & set(keys) for leaver in people.leavers]
    from_mentors = [link_keys(mentor.no_contact) & set(mine) for mentor in people.mentors]

    found = [link for links in from_leavers + from_mentors for link in links]

    assert 0.01 < len(found) / len(people.leavers) < 0.02
    assert any(" " in link for link in found)
    assert any(from_leavers)
    assert any(from_mentors)


def test_a_few_have_already_said_no_to_each_other(people):
    mentors, leavers = ({p.code for p in side} for side in (people.mentors, people.leavers))
    ruled_out = [code for leaver in people.leavers for code in leaver.ruled_out]
    declined = [code for mentor in people.mentors for code in mentor.declined]

    assert ruled_out
    assert declined
    assert set(ruled_out) <= mentors
    assert set(declined) <= leavers


def test_women_mentors_are_cleared_for_womens_prisons_and_men_are_not(people):
    womens = {code for code, prison in prisons().items() if prison.sex is Sex.FEMALE}
    men = [set(m.clearances) for m in people.mentors if m.sex is Sex.MALE]
    women = [set(m.clearances) for m in people.mentors if m.sex is Sex.FEMALE]

    assert not any(cleared & womens for cleared in men)
    assert sum(bool(cleared & womens) for cleared in women) > len(women) / 2
    assert sum(bool(cleared) for cleared in men) > len(men) * 0.8


def test_mentors_for_children_hold_the_check_and_no_others_do(people):
    pools = [(m.pool, m.children_check_until) for m in people.mentors]

    assert any(pool is Pool.CHILDREN for pool, _ in pools)
    assert all((pool is Pool.CHILDREN) == bool(check and check > TODAY) for pool, check in pools)


def test_most_mentors_are_active_and_whoever_told_of_a_recovery_gave_its_date(people):
    active = [m.state is MentorState.ACTIVE for m in people.mentors]
    recovering = [m for m in people.mentors if m.experiences & RECOVERIES]

    assert 0.93 < sum(active) / len(active) < 0.98
    assert recovering
    assert all(m.past_addiction and m.substance_free_since for m in recovering)


def test_people_ask_only_for_company_of_their_own_sex(people):
    asked = {(p.sex, *p.wants) for p in (*people.leavers, *people.mentors) if p.wants}

    assert asked == {(Sex.FEMALE, Companion.FEMALE), (Sex.MALE, Companion.MALE)}
