"""Thousands of simulated lives, in worlds of fifty: each world is replayed alone by its seed."""

import json
import subprocess
import sys
from collections.abc import Iterator

from tests.prove.places import PostgresqlPlace, SqlitePlace
from tests.prove.tally import Stopwatch, Tally
from tests.prove.tree import ROOT

LIVES = 50
AT_ONCE = 2
"""Processes, one for each core; each lives a few worlds, so that it warms up once for all."""

WORLDS = 3
LOST = ("is lost", "is gone", "no server took it", "nobody is asked")


def live_again_and_again(
    tally: Tally, place: SqlitePlace | PostgresqlPlace, *, first: int = 0
) -> None:
    """Live world after world, from the seed of the tally and `first` on, until there are enough."""
    watch = Stopwatch(tally)
    while not tally.is_done:
        lived = tally.done // LIVES
        left = -(-(tally.wanted - tally.done) // LIVES)
        worlds = min(WORLDS, -(-left // AT_ONCE))
        begins = [tally.seed + first + lived + worlds * number for number in range(AT_ONCE)]
        hands = [_begun(seed, worlds, tally.database) for seed in begins[:left]]
        for hand in hands:
            _count(tally, hand)
        watch.keep()


def _begun(seed: int, worlds: int, database: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.simulation", str(seed), "--worlds", str(worlds)]
    told = ["--lives", str(LIVES), "--database", database, "--lines"]
    return subprocess.Popen([*command, *told], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _count(tally: Tally, hand: subprocess.Popen[str]) -> None:
    said, _nothing = hand.communicate()
    worlds = list(_worlds(said))
    if not worlds:
        tally.broken.append(f"{' '.join(map(str, hand.args))} ended with {hand.returncode}")
        tally.wanted = tally.done
        return
    for world in worlds:
        tally.done += world["lives"]
        tally.duplicated += world["taken twice"]
        tally.lost += sum(any(word in one for word in LOST) for one in world["broken"])
        tally.broken += [f"seed {world['seed']}: {one}" for one in world["broken"][:5]]
        for what, count in (world["counted"] | world["faults of the post"]).items():
            tally.note(what, count)


def _worlds(said: str) -> Iterator[dict]:
    yield from (json.loads(line) for line in said.splitlines() if line.startswith("{"))
