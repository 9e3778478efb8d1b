"""One world again, by its seed: `python -m tests.simulation SEED [--until DAY] [--trace]`."""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import sys
import time

from models.database import make_engine
from tests.databases import PostgresqlDatabases, SqliteDatabases
from tests.no_way_out import keep_sockets_on_this_machine
from tests.person_keys import keep_keys_of_tests
from tests.quick_folders import quick_folder
from tests.simulation.world import Scale, World

KINDS = {"sqlite": SqliteDatabases, "postgresql": PostgresqlDatabases}


def main(arguments: list[str] | None = None) -> int:
    """Live one world or several; print what they came to, and return 1 if anything is broken."""
    told = _told(arguments)
    logging.disable(logging.CRITICAL)
    keep_sockets_on_this_machine()
    keep_keys_of_tests()
    databases, engines = KINDS[told.database](), {}
    folder = quick_folder("gatemate-world-")
    scale, broken = Scale(told.lives, told.lives * 4 // 5), False
    try:
        for seed in range(told.seed, told.seed + told.worlds):
            with databases.migrated(same=True) as url:
                engine = engines.setdefault(url, make_engine(url))
                begun = time.process_time()
                world = World(seed, engine, folder, scale).run(told.until)
                seconds = time.process_time() - begun
                engine.dispose()
            broken |= bool(world.broken)
            if told.trace:
                print("\n".join(world.trace))
            said = figures(world, seconds)
            print(json.dumps(said, indent=None if told.lines else 1, sort_keys=True), flush=True)
    finally:
        databases.close()
        shutil.rmtree(folder)
    return int(broken)


def figures(world: World, seconds: float) -> dict[str, object]:
    """What a world came to."""
    lives = [one for one in world.lives if one.leaver_id]
    return {
        "seed": world.seed,
        "lives": len(lives),
        "least touchpoints": min((len(one.touchpoints) for one in lives), default=0),
        "least troubles": min((len(one.troubles) for one in lives), default=0),
        "counted": dict(world.counted),
        "faults of the post": dict(world.server.by_fault),
        "taken": len(world.server.taken),
        "taken twice": sum(world.server.times.values()) - len(world.server.times),
        "hash": world.hash,
        "broken": world.broken,
        "processor seconds": round(seconds, 2),
    }


def _told(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--until", type=int, help="the last day that is lived")
    parser.add_argument("--trace", action="store_true", help="print all that happens")
    parser.add_argument("--worlds", type=int, default=1, help="this seed and those after it")
    parser.add_argument("--lines", action="store_true", help="the figures of a world on one line")
    parser.add_argument("--lives", type=int, default=50)
    parser.add_argument("--database", choices=sorted(KINDS), default="sqlite")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
