"""`docs/asvs.csv` read: each requirement of OWASP ASVS 5.0, levels 1 and 2, and how it is met.

`python -m tests.asvs` prints how many there are by level and status.
"""

import ast
import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
STATUSES = ("tested", "process", "not applicable", "open")

SIZES = {
    1: (2, 9, 11, 3, 2), 2: (3, 3, 4, 1), 3: (0, 2, 4, 6, 5, 0, 2), 4: (3, 1, 2, 4),
    5: (1, 3, 2, 3), 6: (3, 12, 4, 4, 5, 3, 0, 4), 7: (3, 4, 2, 5, 2, 2), 8: (2, 3, 1, 1),
    9: (3, 4), 10: (2, 2, 4, 11, 5, 2, 3), 11: (2, 3, 3, 4, 1, 1), 12: (3, 2, 4),
    13: (1, 5, 2, 5), 14: (2, 4, 3), 15: (3, 3, 7), 16: (1, 5, 4, 3, 3), 17: (1, 4, 2),
}  # fmt: skip
"""How many requirements of levels 1 and 2 each section of each chapter has, from 1 on."""


@dataclass(frozen=True)
class Requirement:
    """One row: which requirement, its level, how it stands, where that is seen, and why."""

    id: str
    level: str
    status: str
    where: str
    why: str


def requirements(place: Path = ROOT / "docs" / "asvs.csv") -> list[Requirement]:
    """Return the rows of the file."""
    with place.open(newline="", encoding="utf-8") as file:
        return [Requirement(**row) for row in csv.DictReader(file)]


def every_id() -> Iterator[str]:
    """Name every requirement of levels 1 and 2; within a section they count from 1."""
    for chapter, sections in SIZES.items():
        for section, size in enumerate(sections, start=1):
            for number in range(1, size + 1):
                yield f"{chapter}.{section}.{number}"


@cache
def what_tests_say(file: str) -> dict[str, str]:
    """Return what each test of a file says of itself."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {
        node.name: ast.get_docstring(node) or ""
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def counts(rows: list[Requirement]) -> str:
    """Return a line for each level: how many stand how."""
    counted = Counter((row.level, row.status) for row in rows)
    return "\n".join(
        f"Level {level}: "
        + ", ".join(f"{counted[level, status]} {status}" for status in STATUSES)
        + f", {sum(row.level == level for row in rows)} in all"
        for level in ("1", "2")
    )


if __name__ == "__main__":
    sys.stdout.write(f"{counts(requirements())}\n")
