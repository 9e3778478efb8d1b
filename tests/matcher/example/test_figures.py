"""The tables that example people are drawn from: whole, sourced, and worked out right."""

import pytest

from matcher.example import figures, nationalities, ticks, traits
from matcher.example.country import whole_country
from matcher.example.figures import Basis, Figure
from models.reference import prisons
from models.vocabulary import Culture, Experience, Need, Region, Sex

DIVISIONS = {
    "ages": figures.AGES.values(),
    "homes": figures.HOMES.values(),
    "weekdays": figures.WEEKDAYS,
    "risks": figures.RISKS.values(),
    "nationalities": [nation.of_foreign_nationals for nation in nationalities.NATIONALITIES],
    "faiths": nationalities.FAITHS.values(),
}
"""Tables whose shares divide everybody: they add up to 100."""


def every_figure():
    yield from figures.FIGURES.values()
    for division in DIVISIONS.values():
        yield from division
    yield from nationalities.BACKGROUNDS.values()
    for trait in traits.TRAITS:
        yield from (trait.men, trait.women)


def test_every_figure_is_a_percentage_with_its_source():
    for figure in every_figure():
        assert 0 < figure.percent < 100, figure
        assert len(figure.source) > 5, figure


def test_only_an_assumption_says_that_it_was_not_looked_up():
    for figure in every_figure():
        unsure = "recalled" in figure.source or "no published figure" in figure.source
        assert figure.basis is Basis.ASSUMPTION or not unsure, figure


@pytest.mark.parametrize("name", DIVISIONS)
def test_shares_that_divide_everybody_add_up_to_a_hundred(name):
    assert sum(figure.percent for figure in DIVISIONS[name]) == pytest.approx(100)


def test_backgrounds_divide_everybody_but_for_rounding_at_the_source():
    assert sum(f.percent for f in nationalities.BACKGROUNDS.values()) == pytest.approx(100, abs=0.2)


def test_what_is_called_computed_can_be_computed_again():
    quarters = {"releases": [14920, 15730, 13296, 14946], "recalls": [9975, 10401, 10101, 11041]}
    after_recall = figures.RELEASES + figures.RECALLS
    high, very_high = list(figures.RISKS.values())[2:]

    assert sum(quarters["releases"]) == figures.RELEASES
    assert sum(quarters["recalls"]) == figures.RECALLS
    assert high.percent == pytest.approx(100 * 38435 / after_recall, abs=0.05)
    assert very_high.percent == pytest.approx(100 * 2765 / after_recall, abs=0.06)
    assert figures.FIGURES["transgender"].percent == pytest.approx(100 * 339 / 87465, abs=0.05)
    assert share_of("short sentence, men") == pytest.approx(45 / 96, abs=0.001)
    assert share_of("short sentence, women") == pytest.approx(61 / 96, abs=0.001)
    assert share_of("long sentence, men") == pytest.approx(16 / 96, abs=0.001)
    assert share_of("long sentence, women") == pytest.approx(8 / 96, abs=0.001)


def share_of(what):
    return figures.share(what)


def test_men_and_women_together_stay_in_their_region_in_two_cases_of_three():
    women = figures.share("women among leavers")
    stay = (1 - women) * share_of("stay in the region, men")
    stay += women * share_of("stay in the region, women")

    assert stay == pytest.approx(2 / 3, abs=0.005)


def test_every_need_and_every_experience_can_come_about():
    assert {row.word for row in ticks.NEED_TICKS} == set(Need)
    assert {row.word for row in ticks.EXPERIENCE_TICKS} == set(Experience)


def test_every_tick_comes_from_a_trait_that_is_drawn():
    drawn = {trait.name for trait in traits.TRAITS}
    drawn |= {"short sentences", "long sentence", "foreign national", "women's prison"}

    named = {row.trait for row in (*ticks.NEED_TICKS, *ticks.EXPERIENCE_TICKS)}

    assert named <= drawn
    assert drawn - named == set()


def test_every_region_has_a_home_share_and_every_region_is_drawn():
    assert set(figures.HOMES) == set(Region)


def test_a_faith_or_background_with_languages_is_one_of_ours():
    assert set(nationalities.MOTHER_TONGUES) <= set(Culture)


def test_every_prison_has_its_releases_and_seven_in_a_hundred_leave_womens_prisons():
    country = whole_country()
    womens = [p.sex is Sex.FEMALE for p in country.prisons]

    assert [p.code for p in country.prisons] == list(prisons())
    assert country.releases.sum() == pytest.approx(figures.RELEASES, rel=0.001)
    assert country.releases[womens].sum() / country.releases.sum() == pytest.approx(0.07, abs=0.005)


def test_a_figure_is_read_as_a_share_of_one():
    assert Figure(12, "a source").share == 0.12
