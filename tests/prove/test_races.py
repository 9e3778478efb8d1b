"""The short form of the races: a hundred on each database, half of them for an offer."""

import pytest

from tests.prove.places import KINDS, place_of
from tests.prove.races import race_for_acceptance, race_for_places
from tests.prove.tally import Tally

RACES = 50


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "race", [race_for_acceptance, race_for_places], ids=["an offer", "a last place"]
)
def test_those_who_press_at_once_find_one_winner_and_a_plain_refusal(race, kind):
    tally = Tally("races", kind, RACES, seed=20261122)

    with place_of(kind) as place:
        race(tally, place)

    assert not tally.broken, "\n".join(tally.broken)
    assert tally.done == RACES
    assert tally.notes["answered 302"] >= RACES
