"""What is to happen in each life, and on which day after it begins."""

from __future__ import annotations

from random import Random

from tests.simulation.happenings import OFTEN, TELLINGS
from tests.simulation.people import Life

HAPPENINGS = 9
"""In each life beside those that are dealt by name; faults come on top."""

IN_TURN = [what for what in TELLINGS if what in OFTEN]
"""One after another is dealt to some life, so that none is left to chance."""

RARE = ("mentor ends", "mentor withdraws", "mentor pauses")
"""Dealt to every few lives by name."""

ENDS = ("withdraws", "died", "withdraws", "", "withdraws", "died", "mentor ends", "withdraws")
"""How a life ends once enough has happened; "" goes on to its closing report, or the last day."""


def lives_of(count: int, days: int, chance: Random) -> list[Life]:
    """As many lives, each long enough to see the first weeks after the release."""
    return [_life(number, days, chance) for number in range(count)]


def _life(number: int, days: int, chance: Random) -> Life:
    arrives, leaves_after = chance.randint(0, min(days - 57, 50)), chance.randint(24, 34)
    to_come = [(arrives + chance.randint(4, 38), chance.choice(OFTEN)) for _ in range(HAPPENINGS)]
    to_come.append((arrives + chance.randint(8, 34), IN_TURN[number % len(IN_TURN)]))
    if number % 7 == 0:
        to_come.append((arrives + chance.randint(12, 40), RARE[number // 7 % len(RARE)]))
    if number % 4 == 1:
        to_come.append((arrives + chance.randint(5, 40), "merged"))
    to_come.sort(reverse=True)
    return Life(number + 1, arrives, leaves_after, to_come, ENDS[number % len(ENDS)])
