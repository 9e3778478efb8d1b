"""The short form of the proof: the real process tree killed ten times on each database."""

import pytest

from tests.prove.kills import kill_again_and_again
from tests.prove.places import KINDS, place_of
from tests.prove.tally import Tally

KILLS = 10


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_tree_killed_under_traffic_loses_nothing(kind):
    tally = Tally(f"kills-{kind}", kind, KILLS, seed=20261122)

    with place_of(kind) as place:
        kill_again_and_again(tally, place)

    assert not tally.broken, "\n".join(tally.broken)
    assert (tally.done, tally.lost) == (KILLS, 0)
    assert tally.duplicated <= KILLS
    assert tally.worst is not None
    assert tally.worst < 150
    assert tally.acknowledged > KILLS
    assert tally.notes["killed in a talk"] > 0
