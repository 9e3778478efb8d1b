"""Overnight few people lose the mentor who was proposed to them, and little is lost for it."""

from benchmarks.stability import LEAVERS_NEW, TODAY, nights
from matcher.core.planning import PlanSettings
from matcher.example import example_people

SIZE = 1_500


def test_of_a_hundred_pairs_at_most_two_change_unforced_for_a_four_hundredth_of_the_total():
    people = example_people(SIZE + round(SIZE * LEAVERS_NEW), SIZE, seed=1, today=TODAY)

    [night] = nights(people, seed=1, count=1, settings=PlanSettings())

    assert night.forced > SIZE * LEAVERS_NEW
    assert 0 < night.beyond <= 0.02
    assert night.loss <= 0.0025


def test_without_the_bonus_many_more_would_change():
    people = example_people(600 + 6, 600, seed=1, today=TODAY)

    [kept] = nights(people, seed=1, count=1, settings=PlanSettings())
    [churned] = nights(people, seed=1, count=1, settings=PlanSettings(bonus=0))

    assert churned.beyond > 3 * kept.beyond
