"""Many lives at once, whatever happens: nothing is lost, nothing goes twice without a reason."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models.database import make_engine, reading
from tests.quick_folders import quick_folder
from tests.simulation.aiming import unmet
from tests.simulation.calendar import LEAP_DAY, NIGHTS, SPANS, span_of
from tests.simulation.lots import Lots
from tests.simulation.mail_server import FAULTS
from tests.simulation.people import TOUCHPOINTS, TROUBLES
from tests.simulation.turns import Turns
from tests.simulation.world import Scale, World

ROOT = Path(__file__).parents[2]
LIVES = 25
ON_SQLITE = (5,)
ON_POSTGRESQL = (7,)
"""The seeds of the worlds: fifty lives. `make prove` lives ten thousand."""


def live(seed: int, databases, engines: dict[str, Engine], scale: Scale) -> World:
    """One world from its first day to its last; one engine for all, with what it has compiled."""
    with databases.migrated(same=True) as url, a_folder() as folder:
        engine = engines.setdefault(url, make_engine(url))
        try:
            return World(seed, engine, folder, scale).run()
        finally:
            engine.dispose()


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder for the journal of a world."""
    folder = quick_folder("gatemate-world-")
    yield folder
    shutil.rmtree(folder)


def complaints(seed: int, databases, engines: dict[str, Engine]) -> list[str]:
    """What is wrong with one world; the last line says how to live it again alone."""
    world = live(seed, databases, engines, Scale(LIVES, LIVES * 4 // 5))
    short = [
        f"{life.code}: {len(life.touchpoints)} touchpoints, {len(life.troubles)} troubles"
        for life in world.lives
        if len(life.touchpoints) < TOUCHPOINTS or len(life.troubles) < TROUBLES
    ]
    short += unmet(world, (), list(FAULTS))
    again = f"python -m tests.simulation {seed} --lives {LIVES} --trace"
    return [*world.broken, *short, again] if world.broken or short else []


@pytest.mark.long
@pytest.mark.parametrize("seed", ON_SQLITE)
def test_nothing_is_lost_in_a_world_of_lives_on_sqlite(seed, sqlite_databases, engines):
    assert complaints(seed, sqlite_databases, engines) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", ON_POSTGRESQL)
def test_nothing_is_lost_in_a_world_of_lives_on_postgresql(seed, postgresql_databases, engines):
    assert complaints(seed, postgresql_databases, engines) == []


def figures_of(seed: int, *told: str, hash_seed: int) -> dict:
    """What the command prints of a small world, in a process of its own."""
    command = [sys.executable, "-m", "tests.simulation", str(seed), "--lives", "4", *told]
    clean = {name: value for name, value in os.environ.items() if "GATEMATE" not in name}
    variables = clean | {"PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.long
def test_the_same_seed_gives_the_same_trace_and_another_seed_another():
    until = ("--until", "20")

    first = figures_of(31, *until, hash_seed=1)
    again = figures_of(31, *until, hash_seed=2)
    other = figures_of(33, *until, hash_seed=1)

    assert first["hash"] == again["hash"]
    assert first["counted"] == again["counted"]
    assert first["hash"] != other["hash"]


def test_the_worlds_have_both_odd_nights_and_the_leap_day():
    numbers = {name: span.always for name, span in SPANS.items()}

    assert len(numbers["whole"]) == len({LEAP_DAY, *NIGHTS})
    assert len(numbers["autumn"]) == 1
    assert len(numbers["spring"]) == 2
    assert {span_of(seed) for seed in range(1, 11)} == set(SPANS.values())


def test_workers_take_turns_in_the_order_of_the_seed():
    said: dict[int, list[str]] = {}
    for run, seed in enumerate((1, 1, 2)):
        turns = Turns(Lots(seed).of("turns"))
        said[run] = []

        def work(name: str, turns: Turns = turns, heard: list[str] = said[run]) -> None:
            for number in range(5):
                heard.append(f"{name}{number}")
                turns.point()

        turns.run([lambda work=work, name=name: work(name) for name in "abc"])

    assert said[0] == said[1]
    assert said[0] != said[2]
    assert sorted(said[0]) == sorted(f"{name}{number}" for name in "abc" for number in range(5))


def test_the_oracle_complains_of_a_letter_gone_taken_twice_or_taken_by_nobody(
    sqlite_databases, engines
):
    with sqlite_databases.migrated(same=True) as url, a_folder() as folder:
        engine = engines.setdefault(url, make_engine(url))
        world = World(35, engine, folder, Scale(5, 6)).run(until=40)
        with reading(engine)() as db:
            sound = world.oracle.complaints(db, world)
            told = {what: _spoilt(db, world, spoil) for what, spoil in SPOILS.items()}
        engine.dispose()

    assert not world.broken
    assert not sound
    for what, found in told.items():
        assert what in found


def _forget(world: World) -> None:
    del world.server.times[_sent(world)]


def _take_again(world: World) -> None:
    world.server.times[_sent(world)] += 1


def _add_a_letter(world: World) -> None:
    nowhere = UUID("00000000-0000-4000-8000-000000000000")
    world.oracle.letters[nowhere] = ("digest:x", "planned", None)


SPOILS = {
    "no server took it": _forget,
    "was taken 2 times": _take_again,
    "letter digest:x is gone": _add_a_letter,
}
"""What is made untrue in a sound world, by what the oracle must say of it."""


def _sent(world: World) -> str:
    """The key of a letter that the post took, with no doubt about it."""
    sent = {key for key, state, _at in world.oracle.letters.values() if state == "sent"}
    taken = sorted(sent & world.server.times.keys())
    return next(key for key in taken if not world.server.doubtful[key])


def _spoilt(db: Session, world: World, spoil: Callable[[World], None]) -> str:
    """What the oracle says once something in a world is made untrue, which is then put right."""
    times, letters = Counter(world.server.times), dict(world.oracle.letters)
    spoil(world)
    found = world.oracle.complaints(db, world)
    world.server.times, world.oracle.letters = times, letters
    return " ".join(found)
