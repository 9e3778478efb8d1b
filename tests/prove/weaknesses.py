"""bandit over the three rooms, where it is installed: nothing of medium weight or more.

It is a program of its own and no part of this project. A unit is one room.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.prove.places import Place
from tests.prove.tally import Stopwatch, Tally
from tests.prove.tree import ROOT

ROOMS = ("models", "matcher", "web")
OPTIONS = ("-r", "-ll", "-q", "-f", "json")
"""The whole folder, of medium weight and more, told in a form that is read."""


def look_for_weaknesses(tally: Tally, _place: Place) -> None:
    """Have each room read; without bandit say so, and count nothing."""
    program = shutil.which("bandit")
    if program is None:
        print(f"  {tally.part}: bandit is not installed, nothing was read", file=sys.stderr)
        return
    watch = Stopwatch(tally)
    for room in ROOMS[tally.done : tally.wanted]:
        lines, found = read_by(program, ROOT / room)
        tally.note("lines read", lines)
        tally.broken += found
        if not lines:
            tally.broken.append(f"{room}: nothing was read")
        tally.done += 1
        watch.keep()


def read_by(program: str, folder: Path) -> tuple[int, list[str]]:
    """Return how many lines of code bandit read in a folder, and a sentence for each finding."""
    done = subprocess.run(
        [program, *OPTIONS, str(folder)], check=False, capture_output=True, text=True
    )
    told = json.loads(done.stdout)
    found = [
        f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}"
        for one in told["results"]
    ]
    return told["metrics"]["_totals"]["loc"], found + [str(one) for one in told["errors"]]
