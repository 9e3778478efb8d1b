"""The parts of the proof, a table: to add one, add a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from tests.prove.attacks import attack_again_and_again
from tests.prove.disk import fill_again_and_again
from tests.prove.faults import fail_again_and_again
from tests.prove.injections import ADDRESSES, inject_one_by_one
from tests.prove.kills import kill_again_and_again
from tests.prove.lives import live_again_and_again
from tests.prove.matrix import KINDS_OF_ACCOUNT, walk_as_each
from tests.prove.mutations import mutations, take_away_one_by_one
from tests.prove.naughty import NAUGHTY
from tests.prove.places import KINDS, PostgresqlPlace, SqlitePlace
from tests.prove.races import race_for_acceptance, race_for_places
from tests.prove.restarts import restart_again_and_again
from tests.prove.tally import Tally
from tests.prove.time_jumps import jump_again_and_again
from tests.prove.weaknesses import ROOMS, look_for_weaknesses

LEASE = 120.0
"""The lease of a service in use; other parts take 3 seconds."""

Run = Callable[[Tally, SqlitePlace | PostgresqlPlace], None]


@dataclass(frozen=True)
class Part:
    """One part: how many of what on which database or none, and its budget in minutes, below 60."""

    name: str
    database: str
    wanted: int
    minutes: int
    sentence: str
    run: Run


def _on_both(name: str, wanted: int, minutes: int, sentence: str, run: Run) -> list[Part]:
    return [Part(f"{name}-{kind}", kind, wanted, minutes, sentence, run) for kind in KINDS]


_ALL = [
    *_on_both("kills", 200, 59, "kill -9 of the whole process tree", kill_again_and_again),
    *_on_both(
        "lease", 5, 20, "kill -9 with the real lease", partial(kill_again_and_again, lease=LEASE)
    ),
    Part(
        "restarts-postgresql",
        "postgresql",
        20,
        30,
        "PostgreSQL restarted under 50 requests a second",
        restart_again_and_again,
    ),
    *_on_both("faults", 184, 50, "letters that meet faults of a mail server", fail_again_and_again),
    *_on_both("acceptance", 1000, 40, "races for one offer", race_for_acceptance),
    *_on_both("capacity", 1000, 40, "races for a mentor's last place", race_for_places),
    *_on_both("time", 10, 40, "jumps of the clock", jump_again_and_again),
    *_on_both(
        "attacks",
        len(NAUGHTY),
        59,
        "hostile strings, each in every field of every form",
        attack_again_and_again,
    ),
    *_on_both("injections", ADDRESSES, 59, "addresses given to sqlmap", inject_one_by_one),
    Part("weaknesses", "none", len(ROOMS), 5, "rooms read by bandit", look_for_weaknesses),
    *_on_both("disk", 5, 20, "disks that are full", fill_again_and_again),
    *(
        Part(
            f"{which}lives-sqlite",
            "sqlite",
            3000,
            59,
            "simulated lives",
            partial(live_again_and_again, first=first),
        )
        for which, first in (("", 0), ("more-", 100), ("yet-more-", 200))
    ),
    *_on_both(
        "matrix", len(KINDS_OF_ACCOUNT), 50, "kinds of account, each at every page", walk_as_each
    ),
    Part(
        "mutations-sqlite",
        "sqlite",
        len(mutations()),
        40,
        "guards, scopes and masks taken away",
        take_away_one_by_one,
    ),
    Part(
        "lives-postgresql",
        "postgresql",
        1000,
        59,
        "simulated lives",
        partial(live_again_and_again, first=300),
    ),
]

PARTS: Mapping[str, Part] = {part.name: part for part in _ALL}
