"""What a part has found so far, kept after each step so that it can go on where it was."""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path


class OutOfTime(Exception):  # noqa: N818  the word of the house
    """A part took longer than its budget; it is kept, and can go on with --resume."""


@dataclass
class Tally:
    """The figures of one part: how many of how many, and what came of them.

    `worst` is the longest recovery in seconds, `seconds` how long it all took,
    `broken` one sentence for each invariant found broken; `limit` is the
    budget of one run in seconds.
    """

    part: str
    database: str
    wanted: int
    seed: int
    done: int = 0
    lost: int = 0
    duplicated: int = 0
    worst: float | None = None
    broken: list[str] = field(default_factory=list)
    acknowledged: int = 0
    notes: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    place: Path | None = None
    limit: float | None = None

    def took(self, seconds: float) -> None:
        """Note how long a recovery took."""
        self.worst = max(self.worst or 0.0, seconds)

    def note(self, what: str, count: int = 1) -> None:
        """Count something worth telling beside the table."""
        self.notes[what] = self.notes.get(what, 0) + count

    def keep(self) -> None:
        """Write it down, whole or not at all."""
        if self.place is None:
            return
        self.place.parent.mkdir(parents=True, exist_ok=True)
        aside = self.place.with_suffix(".part")
        told = {name: what for name, what in asdict(self).items() if name not in {"place", "limit"}}
        with aside.open("w") as file:
            json.dump(told, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self.place)

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to do."""
        return self.done >= self.wanted

    @property
    def is_good(self) -> bool:
        """Whether all that was to be shown is shown."""
        return self.is_done and not self.lost and not self.broken


def tally_for(
    place: Path, part: str, database: str, wanted: int, seed: int, *, resume: bool
) -> Tally:
    """Return the tally to go on with, or a new one."""
    if resume and place.exists():
        told = json.loads(place.read_text())
        if (told["wanted"], told["seed"]) == (wanted, seed):
            return Tally(**told, place=place)
    return Tally(part, database, wanted, seed, place=place)


class Stopwatch:
    """Adds the time since it was last asked to a tally, and keeps the tally."""

    def __init__(self, tally: Tally) -> None:
        self.tally, self.last = tally, time.monotonic()
        self.begun = self.last

    def keep(self) -> None:
        """Add, keep and tell."""
        self._add()
        self.tally.keep()
        self.tell()

    def _add(self) -> None:
        now = time.monotonic()
        self.tally.seconds += now - self.last
        self.last = now

    def tell(self) -> None:
        """Add and tell how far it is; OutOfTime once the budget is spent."""
        self._add()
        told = self.tally
        print(
            f"  {told.part}: {told.done} of {told.wanted}, lost {told.lost}, "
            f"broken {len(told.broken)}, {told.seconds / 60:.1f} minutes",
            file=sys.stderr,
        )
        if told.limit is not None and self.last - self.begun > told.limit:
            raise OutOfTime(told.part)
