"""Small numbers are not told: which groups must be put together so that nobody is singled out.

Each group of people is split in two, such as those who have a mentor and those
who do not yet. A group is told by itself only if both halves are large enough.
The others are put together, and with them as many more as it takes that what
is told of them all is large enough too: one group that is left out by itself
could be worked out from the total and from all the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LEAST = 5
"""No number below this is told of a group; our own choice, and a common one."""

Halves = tuple[int, int]
"""How many of a group are of the one kind, and how many of the other."""


def is_large_enough(halves: Halves, least: int = LEAST) -> bool:
    """Say whether both halves of a group may be told."""
    return min(halves) >= least


def put_together(
    groups: Sequence[Halves], least: int = LEAST, most: int | None = None
) -> frozenset[int]:
    """Return the positions of the groups to be told as one; empty if each may stand alone.

    Never one group alone. At most `most` of the largest stand alone. If even
    all of them together are too few, nothing may be told of any of them: ask
    `is_large_enough` of the total.
    """
    together = {at for at, one in enumerate(groups) if not is_large_enough(one, least)}
    smallest = _smallest_first(groups)
    if most is not None:
        together.update(smallest[: max(0, len(groups) - most)])
    others = [at for at in smallest if at not in together]
    while together and others and not _hides(groups, together, least):
        together.add(others.pop(0))
    return frozenset(together)


def _hides(groups: Sequence[Halves], together: set[int], least: int) -> bool:
    """Say whether several groups are told as one, and not one that is small itself."""
    return len(together) > 1 and is_large_enough(total(groups[at] for at in together), least)


def total(groups: Iterable[Halves]) -> Halves:
    """Return the halves of some groups, added up."""
    listed = list(groups)
    return sum(one for one, _ in listed), sum(other for _, other in listed)


def _smallest_first(groups: Sequence[Halves]) -> list[int]:
    return sorted(range(len(groups)), key=lambda at: (sum(groups[at]), at))
