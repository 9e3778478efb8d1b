"""What sealing costs a match: the same people read sealed and plain, side by side in one run.

Lifelike people on a SQLite file, as many mentors as leavers. The plain
database is a copy of the sealed one with every value opened, read by columns
that open nothing. Both are read in turn, and the keys are forgotten before
each reading, as in a new process. Processor time, the median of `RUNS`; the
plan made from what was read is the same for both and is made once. Sealing is
at most 10% of a match: of reading plainly and planning.

    python -m benchmarks.sealing [leavers]
"""

from __future__ import annotations

import gc
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine
from sqlmodel import Session

from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.planning import PlanSettings, make_plan
from matcher.core.sending import local_day
from matcher.example import example_people
from matcher.files.people_files import PeopleReading
from matcher.gazetteer import england_and_wales
from matcher.people_intake import take_people
from matcher.profiles import mentors_in_plan, waiting_leavers
from models.database import make_engine, upgrade
from models.key_ring import KeyRing, keys, use_keys
from models.migrations.sealing import open_rows
from models.person_store import PersonStore
from models.profiles import SIGNED
from models.sealed import SealedColumn

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = local_day(NOW)
SIZE, RUNS = 5_000, 5
MASTER = secrets.token_bytes(32)


def filled(folder: Path, size: int) -> Engine:
    """Return a database with so many leavers, and as many mentors."""
    engine = make_engine(f"sqlite:///{folder / 'sealed.db'}")
    upgrade(engine)
    people = example_people(size, size, 1, TODAY)
    with Session(engine) as db:
        take_people(
            db,
            leavers=PeopleReading(tuple(people.leavers), (), (), {}),
            mentors=PeopleReading(tuple(people.mentors), (), (), {}),
            now=NOW,
        )
        db.commit()
    engine.dispose()
    return engine


def opened_copy(folder: Path) -> Engine:
    """Return a copy of the database in which everything stands as it is."""
    shutil.copyfile(folder / "sealed.db", folder / "plain.db")
    engine = make_engine(f"sqlite:///{folder / 'plain.db'}")
    with engine.begin() as connection:
        open_rows(connection, import_module("models.migrations.versions.0024_sealed").TOLD)
    return engine


@contextmanager
def columns_that_open_nothing() -> Iterator[None]:
    """Read a sealed column as if it were one of plain values."""

    def as_it_is(column: SealedColumn, value: Any, _dialect: Any) -> Any:
        return None if value is None else column.inner.read(value)

    with patch.object(SealedColumn, "process_result_value", as_it_is):
        yield


def read(engine: Engine) -> tuple[float, list[Any], list[Any]]:
    """Return the seconds of reading everyone, and who they are."""
    keys().store.close()
    use_keys(partial(KeyRing, keys().store, [MASTER]))  # as a new process, which holds no key yet
    gc.collect()
    begun = process_time()
    with Session(engine) as db:
        leavers = [one.profile for one in waiting_leavers(db, TODAY)]
        mentors = list(mentors_in_plan(db, TODAY, {}).values())
    return process_time() - begun, leavers, mentors


def measured(folder: Path, size: int) -> None:
    """Print what reading takes sealed and plain, what the plan takes, and the shares."""
    sealed, plain = filled(folder, size), opened_copy(folder)
    seconds: dict[str, list[float]] = {"sealed": [], "plain": []}
    for _ in range(RUNS):
        took, leavers, mentors = read(sealed)
        seconds["sealed"].append(took)
        with columns_that_open_nothing():
            took, same_leavers, same_mentors = read(plain)
        seconds["plain"].append(took)
        for both in zip([*leavers, *mentors], [*same_leavers, *same_mentors], strict=True):
            one, other = (profile.model_dump(exclude=SIGNED) for profile in both)
            assert one == other
    begun = process_time()
    conditions = Conditions(TODAY, england_and_wales(), RuleSettings())
    make_plan(leavers, mentors, conditions, PlanSettings())
    planned = process_time() - begun
    costly, cheap = (median(seconds[kind]) for kind in ("sealed", "plain"))
    print(f"{len(leavers):,} leavers and {len(mentors):,} mentors who may be matched")
    print(f"read sealed {costly:.2f} s, plain {cheap:.2f} s; plan {planned:.2f} s")
    print(f"sealing: {costly / cheap - 1:.1%} of reading, ", end="")
    print(f"{(costly - cheap) / (cheap + planned):.1%} of the match", flush=True)


def main() -> None:
    """Measure with as many leavers as were told."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with tempfile.TemporaryDirectory() as folder:
        use_keys(partial(KeyRing, PersonStore(f"sqlite:///{folder}/keys.db"), [MASTER]))
        measured(Path(folder), size)


if __name__ == "__main__":
    main()
