"""Does the time of a 404 say whether there is something? Foreign things beside absent ones.

    python -m benchmarks.not_found [ROUNDS]

The real application on a SQLite file, in which two prisons and two regions have people at every
stage. Each page that names a thing by id is asked for by each desk whose page it is, once about
the thing of another desk and once about none, in turns. Printed are, for each desk, the medians of
the processor's time, which a busy machine does not blur, and how far apart they are: 5% is the
promise. The page where they are furthest apart is named, with twice the rounds for it.
"""

from __future__ import annotations

import logging
import sys
from collections import defaultdict
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from models.database import make_engine, upgrade
from tests.person_keys import keep_keys_of_tests
from tests.web.access.walking import Asked, Walk, a_walk, keeping_nothing
from tests.web.desks import Desks

ROUNDS = 30
PROMISED = 0.05
WHO = ("peer", "liaison", "mentor", "manager", "administrator")
Times = dict[str, list[float]]


def main() -> None:
    """Print a line for each desk, and the page that is furthest from the promise."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    logging.disable(logging.CRITICAL)
    keep_keys_of_tests()
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/gatemate.db")
        upgrade(engine)
        walk = a_walk(Desks(engine))
        print(
            f"{'desk':14} {'pages':>5} {'foreign ms':>11} {'absent ms':>10} {'apart':>7}  furthest"
        )
        for who in WHO:
            _line(walk, who, rounds)
        engine.dispose()


def _line(walk: Walk, who: str, rounds: int) -> None:
    pages = pairs_of(walk, who)
    if not pages:
        return
    times = {page: measure(walk, two, rounds) for page, two in pages.items()}
    every: Times = defaultdict(list)
    for found in times.values():
        for about, took in found.items():
            every[about] += took
    foreign, absent = median(every["foreign"]), median(every["absent"])
    worst = max(times, key=lambda page: abs(apart(times[page])))
    again = apart(measure(walk, pages[worst], 2 * rounds))
    told = f"{who:14} {len(pages):5} {foreign:11.2f} {absent:10.2f} {foreign / absent - 1:7.1%}"
    print(f"{told}  {worst} {again:.1%}", flush=True)


def pairs_of(walk: Walk, who: str) -> dict[str, dict[str, Asked]]:
    """Return for each page and method the request about a foreign thing and that about none."""
    found: dict[str, dict[str, Asked]] = defaultdict(dict)
    for one in walk.requests(who):
        is_theirs = walk.is_theirs(who, one.endpoint)
        if one.about in ("foreign", "absent") and is_theirs and "?" not in one.address:
            found[f"{one.method} {one.endpoint}"].setdefault(one.about, one)
    return {
        page: two
        for page, two in found.items()
        if len(two) == 2 and all(walk.ask(one).status == 404 for one in two.values())
    }


def apart(times: Times) -> float:
    """Return by which share a foreign thing takes longer than one that is not there."""
    return median(times["foreign"]) / median(times["absent"]) - 1


def measure(walk: Walk, two: dict[str, Asked], rounds: int) -> Times:
    """Return how many milliseconds of processor time each request took, by what it is about."""
    chance, times = Random(1), defaultdict[str, list[float]](list)
    for number in range(rounds + 2):
        for about in chance.sample(sorted(two), 2):
            one = two[about]
            with keeping_nothing(walk):
                started = process_time()
                walk.send(one.who, one.method, one.address)
                took = (process_time() - started) * 1000
            if number >= 2:
                times[about].append(took)
    return times


if __name__ == "__main__":
    main()
