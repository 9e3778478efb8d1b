"""Many example people together look like the published figures.

Each share is compared with its figure to within four standard errors, so
that a table that is not followed fails and chance does not.
"""

from collections import Counter
from datetime import date
from math import sqrt

import numpy as np
import pytest

from matcher.core.candidates import eligible_pairs
from matcher.core.conditions import Conditions
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.gates import on_hold
from matcher.example import example_people, figures
from matcher.example.country import whole_country
from matcher.example.nationalities import ALSO_SPEAK_ENGLISH, ETHNIC_GROUPS, NATIONALITIES
from matcher.example.ticks import EXPERIENCE_TICKS, NEED_TICKS
from matcher.example.traits import TRAITS
from matcher.gazetteer import england_and_wales
from models.languages import Language
from models.reference import districts, prisons
from models.vocabulary import Experience, Importance, Need, Risk, Sex

TODAY = date(2026, 11, 23)
COUNT = 8000


@pytest.fixture(scope="module")
def leavers():
    return example_people(COUNT, 0, seed=11, today=TODAY).leavers


@pytest.fixture(scope="module")
def mentors():
    return example_people(0, 4000, seed=11, today=TODAY).mentors


@pytest.fixture(scope="module")
def people():
    return example_people(2000, 2000, seed=11, today=TODAY)


def near(share, count):
    """Return `share` as an expectation for `count` people, give or take four standard errors."""
    return pytest.approx(share, abs=4 * sqrt(share * (1 - share) / count) + 1e-9)


def test_seven_in_a_hundred_are_women(leavers):
    women = sum(leaver.sex is Sex.FEMALE for leaver in leavers)

    assert women / COUNT == near(figures.share("women among leavers"), COUNT)


@pytest.mark.parametrize("group", ETHNIC_GROUPS)
def test_ethnic_groups_are_as_many_as_among_people_in_prison(leavers, group):
    theirs = sum(leaver.ethnic_group is group for leaver in leavers)

    assert theirs / COUNT == near(ETHNIC_GROUPS[group].share, COUNT)


def test_ages_follow_the_bands(leavers):
    ages = [int((TODAY - leaver.birth_date).days / 365.25) for leaver in leavers]

    for (first, last), figure in figures.AGES.items():
        inside = sum(first <= age <= last for age in ages)
        assert inside / COUNT == near(figure.share, COUNT)


def test_homes_follow_the_regions(leavers):
    homes = Counter(districts()[leaver.resettling_in].region for leaver in leavers)

    for region, figure in figures.HOMES.items():
        assert homes[region] / COUNT == near(figure.share, COUNT)


def test_each_prison_releases_its_part(leavers):
    country = whole_country()
    released = Counter(leaver.prison for leaver in leavers)

    for prison, releases in zip(country.prisons, country.releases, strict=True):
        expected = releases / country.releases.sum()
        assert released[prison.code] / COUNT == near(expected, COUNT)


def test_a_third_resettle_outside_the_region_of_the_prison(leavers):
    outside = sum(
        prisons()[leaver.prison].region is not districts()[leaver.resettling_in].region
        for leaver in leavers
    )

    assert outside / COUNT == near(1 / 3, COUNT)


def test_those_who_move_region_mostly_stay_near(leavers):
    places = england_and_wales()
    km = [
        places.prison_km[places.prison_index[p.prison], places.district_index[p.resettling_in]]
        for p in leavers
        if prisons()[p.prison].region is not districts()[p.resettling_in].region
    ]

    assert np.median(km) < 150


def test_homes_lie_mostly_where_districts_lie_close(leavers):
    km = england_and_wales().km
    crowd = (km <= 8).sum(axis=1)
    index = england_and_wales().district_index
    theirs = np.mean([crowd[index[leaver.resettling_in]] for leaver in leavers])

    assert theirs > 1.3 * crowd.mean()


def test_risk_follows_the_released(leavers):
    screened = [leaver.risk for leaver in leavers if leaver.risk]
    levels = Counter(screened)

    for risk, figure in figures.RISKS.items():
        assert levels[risk] / len(screened) == near(figure.share, len(screened))


def test_most_at_high_risk_have_their_approval(leavers):
    high = [p for p in leavers if p.risk in (Risk.HIGH, Risk.VERY_HIGH)]
    approved = sum(bool(p.high_risk_approved_by and p.high_risk_approved_on) for p in high)

    assert 0.98 < approved / len(high) < 1


def single(rows):
    """Return the rows whose word no other row leads to."""
    words = Counter(row.word for row in rows)
    return [row for row in rows if words[row.word] == 1]


PUBLISHED = {trait.name: trait for trait in TRAITS}
CHANGED = {"in prison young"}
"""Traits that are given to more people than their figure says: all under 25."""


@pytest.mark.parametrize("row", single(NEED_TICKS), ids=lambda row: row.word)
def test_needs_follow_the_table(row, leavers):
    for sex, count in Counter(leaver.sex for leaver in leavers).items():
        trait = PUBLISHED[row.trait]
        figure = trait.women if sex is Sex.FEMALE else trait.men
        ticked = sum(row.word in p.needs for p in leavers if p.sex is sex)

        assert ticked / count == near(figure.share * row.percent / 100, count)


@pytest.mark.parametrize(
    "row",
    [r for r in single(EXPERIENCE_TICKS) if r.trait in PUBLISHED and r.trait not in CHANGED],
    ids=lambda row: row.word,
)
def test_experiences_follow_the_table(row, leavers):
    for sex, count in Counter(leaver.sex for leaver in leavers).items():
        trait = PUBLISHED[row.trait]
        figure = trait.women if sex is Sex.FEMALE else trait.men
        ticked = sum(row.word in p.experiences for p in leavers if p.sex is sex)

        assert ticked / count == near(figure.share * row.percent / 100, count)


def test_someone_who_wants_off_drugs_more_often_tells_of_recovery(leavers):
    with_need = [p for p in leavers if Need.DRUG_RECOVERY in p.needs]
    without = [p for p in leavers if Need.DRUG_RECOVERY not in p.needs]

    told, others = (
        sum(Experience.DRUG_RECOVERY in p.experiences for p in some) / len(some)
        for some in (with_need, without)
    )

    assert told > 2 * others


def test_troubles_go_together(leavers):
    roof = [Need.HOME_ON_RELEASE in p.needs for p in leavers]
    drugs = [Need.DRUG_RECOVERY in p.needs for p in leavers]

    assert np.corrcoef(roof, drugs)[0, 1] > 0.05


def test_not_everything_true_is_told(leavers):
    women = [p for p in leavers if p.sex is Sex.FEMALE]
    told = sum(Experience.WOMENS_ESTATE in p.experiences for p in women)

    assert 0 < told < len(women)
    assert all(Experience.WOMENS_ESTATE not in p.experiences for p in leavers if p.sex is Sex.MALE)


def test_a_roof_matters_more_than_a_course(leavers):
    def matters_most(need):
        levels = [p.needs[need] for p in leavers if need in p.needs]
        return levels.count(Importance.HIGH) / len(levels)

    assert matters_most(Need.HOME_ON_RELEASE) > 1.5 * matters_most(Need.TRAINING)


def test_few_speak_no_english_and_most_foreign_nationals_do(leavers):
    no_english = sum(Language.ENGLISH not in p.languages for p in leavers)
    other_first = sum(
        nation.of_foreign_nationals.share
        for nation in NATIONALITIES
        if nation.language is not Language.ENGLISH
    )
    expected = figures.share("foreign nationals") * other_first * (1 - ALSO_SPEAK_ENGLISH.share)

    assert no_english / COUNT == pytest.approx(expected, abs=0.006)


def test_the_largest_nationality_speaks_the_commonest_other_language_or_near_it(leavers):
    spoken = Counter(language for p in leavers for language in p.languages)

    assert Language.ALBANIAN in [language for language, _ in spoken.most_common(6)]


def test_an_interpreter_is_arranged_only_for_those_without_english(leavers):
    arranged = [p for p in leavers if p.interpreter]

    assert arranged
    assert all(Language.ENGLISH not in p.languages for p in arranged)


def test_a_few_percent_are_on_hold_and_only_they(people):
    leavers = LeaverColumns.of(people.leavers, Conditions(TODAY, england_and_wales()))

    assert on_hold(leavers).mean() == near(figures.share("on hold"), len(people.leavers))


def test_a_leaver_is_eligible_with_some_tens_of_mentors_and_hardly_anyone_with_none(people):
    conditions = Conditions(TODAY, england_and_wales())
    leavers = LeaverColumns.of(people.leavers, conditions)
    mentors = MentorColumns.of(people.mentors, conditions)

    pairs = eligible_pairs(leavers, mentors)

    waiting = ~on_hold(leavers)
    each = np.diff(pairs.indptr)[waiting]
    assert 50 < each.mean() < 150
    assert (each == 0).mean() < 0.05


def test_mentors_travel_less_where_people_live_close(mentors):
    crowd = (england_and_wales().km <= 8).sum(axis=1)
    index = england_and_wales().district_index
    example = example_people(COUNT, 2000, seed=5, today=TODAY).mentors
    around = np.array([crowd[index[mentor.home]] for mentor in example])
    limits = np.array([mentor.travel_limit_km for mentor in example])

    assert np.median(limits[around > 30]) < np.median(limits[around < 5])
    assert limits.min() >= 3
    assert limits.max() <= 60


def test_mentors_tell_more_of_what_they_lived_than_leavers_do(leavers, mentors):
    told, shared = (
        np.mean([len(p.needs) + len(p.experiences) for p in some]) for some in (leavers, mentors)
    )

    assert told > 5
    assert shared > 1.2 * told


def test_one_mentor_in_five_is_a_woman(mentors):
    women = sum(mentor.sex is Sex.FEMALE for mentor in mentors)

    assert women / len(mentors) == near(figures.share("women among mentors"), len(mentors))
