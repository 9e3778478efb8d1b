"""The main job from files alone: people in, the best whole plan and its reasons out.

No database is needed. Nothing is written unless both files are whole: a plan
made without the people in bad rows would not be the best plan.
"""

from __future__ import annotations

import csv
import gc
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.planning import PlanSettings, Tell, make_plan
from matcher.files.cells import safe
from matcher.files.date_order import DateOrder
from matcher.files.mending import BadCell
from matcher.files.people_files import PeopleReading, Person, read_leavers, read_mentors
from matcher.files.refusals import IntakeRefused
from matcher.gazetteer import england_and_wales
from matcher.plan_tables import PAIR_COLUMNS, WHY_COLUMNS, ExplainedPlan

Problem = tuple[Path, BadCell | IntakeRefused | str]
"""A file and what is wrong with it."""


class FilesRefused(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """The files cannot be taken; `problems` holds each thing to mend with its file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Hold the problems."""
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


def plan_from_files(
    leavers_file: Path,
    mentors_file: Path,
    *,
    today: date,
    tell: Tell,
    date_order: DateOrder | None = None,
) -> ExplainedPlan:
    """Return the best whole plan for the people of two files, as it stands on `today`.

    Raises FilesRefused naming every bad cell of both files.
    """
    tell("Reading the files")
    with _cycles_left_alone():
        leavers, leaver_problems = _read(leavers_file, partial(read_leavers, date_order=date_order))
        mentors, mentor_problems = _read(mentors_file, partial(read_mentors, date_order=date_order))
    if leavers is None or mentors is None or leaver_problems or mentor_problems:
        raise FilesRefused([*leaver_problems, *mentor_problems])
    conditions = Conditions(today, england_and_wales(), RuleSettings())
    seen = [one.profile for one in leavers.people]
    plan = make_plan(seen, mentors.people, conditions, PlanSettings(), tell=tell)
    return ExplainedPlan(plan)


def write_plan(plan: ExplainedPlan, pairs_file: Path, why_file: Path | None) -> None:
    """Write the pairs, and why, as CSV: both files whole or neither.

    Raises OSError where a file cannot be written; nothing is left behind then.
    """
    tables: dict[Path, Iterable[Sequence[str]]] = {
        pairs_file: [PAIR_COLUMNS, *(pair.row for pair in plan.pairs)]
    }
    if why_file:
        tables[why_file] = [WHY_COLUMNS, *plan.why_rows()]
    write_together({path: _as_csv(rows) for path, rows in tables.items()})


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write several files whole, or none: each beside its place first, then all moved in."""
    ready: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            ready[path] = path.with_name(f".{path.name}.{os.getpid()}")
            with ready[path].open("xb") as aside:
                aside.write(content)
                aside.flush()
                os.fsync(aside.fileno())
        for path, aside_path in ready.items():
            aside_path.replace(path)
    finally:
        for aside_path in ready.values():
            aside_path.unlink(missing_ok=True)


@contextmanager
def _cycles_left_alone() -> Iterator[None]:
    """Keep Python from looking through everybody for cycles, again and again, as they are read.

    People hold none: with 40,000 of them a quarter of the time went there.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def _as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(safe, row) for row in rows)
    return text.getvalue().encode()


def _read(
    path: Path, read: Callable[[bytes], PeopleReading[Person]]
) -> tuple[PeopleReading[Person] | None, list[Problem]]:
    """Return the people of a file and everything that is wrong with it."""
    try:
        reading = read(path.read_bytes())
    except OSError as wrong:
        said = f"This file cannot be read ({wrong.strerror}). Check its name."
        return None, [(path, said)]
    except IntakeRefused as wrong:
        return None, [(path, wrong)]
    return reading, [(path, cell) for row in reading.bad for cell in row.problems]
