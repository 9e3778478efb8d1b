"""Proof by violence, in parts: `python -m tests.prove [PART ...] [--resume]`.

Each part takes less than an hour on two cores, keeps its figures after each step, and writes its
row of the table. Ctrl-C loses at most the step in hand: the same command with `--resume` goes on
there, and leaves out the parts that are finished. Without it they begin anew.
"""

import argparse
import sys
from pathlib import Path

from tests.no_way_out import keep_sockets_on_this_machine
from tests.person_keys import keep_keys_of_tests
from tests.prove.parts import PARTS, Part
from tests.prove.places import place_of
from tests.prove.table import HEAD, PROOF, RULE, row_of, write_row
from tests.prove.tally import Tally, tally_for
from tests.prove.tree import ROOT

SEED = 20261122


def main(arguments: list[str] | None = None) -> int:
    """Run the parts that are named, or all; return 1 if any did not show what it should."""
    told = _told(arguments)
    keep_sockets_on_this_machine()
    keep_keys_of_tests()
    if told.list:
        for part in PARTS.values():
            print(f"{part.name:<22} {part.minutes:>3} minutes  {part.sentence}")
        return 0
    tallies = [_run(PARTS[name], told) for name in told.parts or PARTS]
    print("\n".join([HEAD, RULE, *map(row_of, tallies)]))
    return 0 if all(tally.is_good for tally in tallies) else 1


def _run(part: Part, told: argparse.Namespace) -> Tally:
    wanted = told.many or part.wanted
    place = told.state / f"{part.name}.json"
    tally = tally_for(place, part.name, part.database, wanted, told.seed, resume=told.resume)
    tally.limit = part.minutes * 60
    if tally.is_done:
        return tally
    print(f"{part.name}: {part.sentence}, {tally.done} of {wanted} done so far", file=sys.stderr)
    try:
        with place_of(part.database) as databases:
            part.run(tally, databases)
    finally:
        tally.keep()
        if tally.done and not told.no_row:
            write_row(told.proof, tally)
    for sentence in tally.broken:
        print(f"  {sentence}", file=sys.stderr)
    return tally


def _told(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--resume", action="store_true", help="go on where it was")
    parser.add_argument("--many", type=int, help="how many, instead of the part's own number")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--state", type=Path, default=ROOT / "var" / "prove")
    parser.add_argument("--proof", type=Path, default=ROOT / PROOF)
    parser.add_argument("--no-row", action="store_true", help="leave the table as it is")
    parser.add_argument("--list", action="store_true", help="name the parts")
    told = parser.parse_args(arguments)
    if unknown := set(told.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return told


if __name__ == "__main__":
    sys.exit(main())
