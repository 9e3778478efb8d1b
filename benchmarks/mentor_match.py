"""How long `gatemate match` takes beside the PyPI package mentor-match, on the same people.

Both read two files of people and give each leaver one mentor. mentor-match
gets Gatemate's own rules and scores as a table to look up, for nothing: what
it is timed for is its own work alone, without starting Python. Gatemate is
timed from files to files, as a whole process and without its start: importing
scikit-learn alone takes a second. Everybody has one place.
Needs the benchmark extra: `make bench`.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.planning import PlanSettings, WholePlan, make_plan
from matcher.example import example_people
from matcher.files.people_files import write_leavers, write_mentors
from matcher.gazetteer import england_and_wales

SIZES = (100, 200, 500)
SEED = 3
TODAY = date(2026, 11, 23)
GATEMATE = Path(sys.executable).with_name("gatemate")
COLUMNS = ("email", "first name", "last name", "role", "organisation", "grade", "profession")

PEER = Path(__file__).parent / "peers" / "mentor_match.py"


def prepared(folder: Path, size: int) -> WholePlan:
    """Write the same people for both, and return the plan whose scores the peer looks up."""
    people = example_people(leavers=size, mentors=size, seed=SEED, today=TODAY)
    mentors = [mentor.model_copy(update={"places": 1, "taken": 0}) for mentor in people.mentors]
    (folder / "gatemate-leavers.csv").write_bytes(write_leavers(people.leavers))
    (folder / "gatemate-mentors.csv").write_bytes(write_mentors(mentors))
    conditions = Conditions(TODAY, england_and_wales(), RuleSettings())
    plan = make_plan(people.leavers, mentors, conditions, PlanSettings())
    for name, group in (("mentees", plan.leavers), ("mentors", plan.mentors)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            table.writerows((one.code, "", "", "", "", 1, "") for one in group)
    scores = plan.scores.as_array().tocoo()
    told = [
        (plan.mentors[mentor].code, plan.leavers[leaver].code, round(1000 * float(score)))
        for leaver, mentor, score in zip(scores.row, scores.col, scores.data, strict=True)
    ]
    (folder / "scores.json").write_text(json.dumps(told))
    return plan


def seconds_of(*command: str | Path) -> tuple[float, str]:
    """Return the processor's seconds of a command, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, done.stdout


def matched(folder: Path) -> float:
    """Return the seconds of `gatemate match` from files to files."""
    files = [f"--{name}={folder / f'gatemate-{name}.csv'}" for name in ("leavers", "mentors")]
    outputs = [f"--out={folder / 'pairs.csv'}", f"--why={folder / 'why.csv'}"]
    used, _ = seconds_of(GATEMATE, "match", *files, *outputs, f"--today={TODAY}")
    return used


def main() -> None:
    """Print a line for each size."""
    print("people x people  mentor-match  covered  gatemate  covered  ratio  without start  ratio")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            plan = prepared(folder, size)
            loaded, _ = seconds_of(sys.executable, "-c", "import json, csv, matching.process")
            theirs, answer = seconds_of(sys.executable, PEER, place)
            ours = matched(folder)
            start = (sys.executable, "-c", "import matcher.match_files")
            begun = min(seconds_of(*start)[0] for _ in range(3))
        covered, _total = json.loads(answer)
        theirs -= loaded
        work = ours - begun
        print(
            f"{f'{size} x {size}':15} {theirs:11.1f} s {covered:8} {ours:7.1f} s "
            f"{plan.plan.covered:8} {theirs / ours:6.0f} {work:12.1f} s {theirs / work:6.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
