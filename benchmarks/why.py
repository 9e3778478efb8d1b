"""How long answers take: why a pair, the runner-up, and the smallest change, median and worst.

Asked of a whole plan of example people, the same each time, with half as many
mentors as leavers; and of the rows of a database. Seconds of one process; they
differ from machine to machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from matcher.core.assignment import Plan
from matcher.core.changes_tried import smallest_change
from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.explanation import PairOfProfiles, strongest_parts, to_weigh
from matcher.core.gates import on_hold
from matcher.core.planning import PlanSettings, WholePlan, make_plan
from matcher.core.why import why
from matcher.example import example_people
from matcher.files.people_files import read_leavers, read_mentors, write_leavers, write_mentors
from matcher.gazetteer import england_and_wales
from matcher.intake import take_people
from matcher.plan_on_file import plan_on_file
from matcher.why import mentor_called, referral_called, why_pair
from models.audit import Hand
from models.database import make_engine, reading, sessions, upgrade
from tests.person_keys import keep_keys_of_tests

SIZES = (2_000, 20_000)
SIZE_ON_FILE = 1_000
ASKED = 40
DAY = date(2026, 11, 23)


def whole_plan(size: int) -> WholePlan:
    """Return the plan of so many leavers and half as many mentors."""
    people = example_people(size, size // 2, 1, DAY)
    conditions = Conditions(DAY, england_and_wales(), RuleSettings())
    return make_plan(people.leavers, people.mentors, conditions, PlanSettings())


def words(plan: WholePlan, leaver: int, mentor: int) -> list[str]:
    """Return why one pair stands and what to weigh of it, in words."""
    pair = PairOfProfiles.of(plan.leavers[leaver], plan.mentors[mentor], plan.conditions)
    parts = plan.scores.of_pair(leaver, mentor)
    return [*strongest_parts(pair, parts.tolist()), *to_weigh(pair)]


def asked(plan: WholePlan, leaver: int, mentor: int) -> list[str]:
    """Return the whole answer on one leaver and one mentor."""
    return why(plan, plan.leavers[leaver].code, plan.mentors[mentor].code).sentences


def one_more_place(plan: WholePlan, mentor: int) -> Plan:
    """Return the plan if one mentor took one more."""
    return plan.solved.with_one_more_place(mentor)


def told(name: str, work: Callable[..., Any], questions: Iterable[tuple[Any, ...]]) -> None:
    """Print the median and the worst of the answers to some questions."""
    seconds = []
    for question in questions:
        started = perf_counter()
        work(*question)
        seconds.append(perf_counter() - started)
    worst = max(seconds)
    print(f"  {name:32} {median(seconds) * 1000:9.1f} ms {worst * 1000:9.1f} ms", flush=True)


def on_file(size: int) -> None:
    """Print how long questions to the rows of so many leavers and mentors take, on SQLite."""
    people, now = example_people(size, size, 1, DAY), datetime.combine(DAY, time(9), UTC)
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'people.db'}")
        upgrade(engine)
        with sessions(engine, b"k" * 32)() as db:
            db.write_as(Hand(None, now))
            leavers, mentors = write_leavers(people.leavers), write_mentors(people.mentors)
            read = {"leavers": read_leavers(leavers), "mentors": read_mentors(mentors)}
            take_people(db, **read, now=now)
            db.commit()
        with reading(engine)() as db:
            plan = plan_on_file(db, now).plan
            pairs = [
                (plan.leavers[row].code, plan.mentors[mentor].code)
                for row, mentor in plan.plan.pairs
            ]
            questions = [
                (db, referral_called(db, one), mentor_called(db, other), now)
                for one, other in pairs[:ASKED]
            ]
            print(f"{size:,} leavers and as many mentors on file             median     worst")
            told("the first question", why_pair, questions[:1])
            told("the next ones", why_pair, questions[1:])
        engine.dispose()


def main() -> None:
    """Print a line for each kind of answer at each size."""
    keep_keys_of_tests()
    on_file(SIZE_ON_FILE)
    chance = np.random.default_rng(1)
    for size in SIZES:
        plan = whole_plan(size)
        pairs = chance.choice(plan.plan.pairs, ASKED, replace=False).tolist()
        places = chance.choice(len(plan.scores.row), ASKED, replace=False)
        eligible = np.stack([plan.scores.row[places], plan.scores.column[places]], axis=1).tolist()
        strangers = chance.integers(0, [size, size // 2], (ASKED, 2)).tolist()
        held = on_hold(plan.leaver_columns)
        alone = chance.permutation([row for row in plan.uncovered if not held[row]])[:ASKED]
        print(f"{size:,} leavers, {len(plan.scores.row):,} eligible pairs      median     worst")
        told("the words of one pair", words, [(plan, *pair) for pair in pairs])
        told("why a pair, with its runner-up", asked, [(plan, *pair) for pair in pairs])
        told("why an eligible mentor was not", asked, [(plan, *pair) for pair in eligible])
        told("why any two are not a pair", asked, [(plan, *pair) for pair in strangers])
        told("one more place", one_more_place, [(plan, mentor) for _, mentor in pairs])
        told("the smallest change", smallest_change, [(plan, int(row)) for row in alone])


if __name__ == "__main__":
    main()
