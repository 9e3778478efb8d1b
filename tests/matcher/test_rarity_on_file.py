"""How rare a tick is among the mentors on file, counted in the database and not read."""

from matcher.core.rarity import TickRarity
from matcher.core.readings import TICKS
from matcher.mentors_for import rarity_of_ticks
from models.vocabulary import Experience, Need
from tests.matcher.people_waiting import ready


def test_what_is_counted_in_the_database_is_what_is_learnt_from_everybody_read(db):
    told = [
        (frozenset({Need.WORK, Need.GP}), frozenset({Experience.CARE, Experience.FIRST_TIME})),
        (frozenset({Need.WORK}), frozenset()),
        (frozenset(), frozenset({Experience.FIRST_TIME})),
    ]
    for needs, experiences in told:
        ready(db, needs=needs, experiences=experiences)
    db.flush()
    ticks = [[tick in (*needs, *lived) for tick in TICKS] for needs, lived in told]

    counted = rarity_of_ticks(db)

    assert counted.rarity_.tolist() == TickRarity().fit(ticks).rarity_.tolist()
    assert len(set(counted.rarity_.tolist())) == 3
