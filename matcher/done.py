"""What the clock did, one sentence for each thing; what failed says where, and no names."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
"""Where an error is looked for: not in the libraries, but in what called them."""


@dataclass(frozen=True)
class Done:
    """One thing done: by which job, and a sentence without names on what it was."""

    job: str
    sentence: str
    failed: bool = False


def guarded(name: str, work: Callable[[], list[Done]]) -> list[Done]:
    """Return what was done, or that it failed and where: what an error says may hold names."""
    try:
        return work()
    except Exception as wrong:  # noqa: BLE001  the next job, and the next letter, still have a turn
        frames = traceback.extract_tb(wrong.__traceback__)
        ours = [frame for frame in frames if Path(frame.filename).is_relative_to(HERE)]
        where = f"{Path(ours[-1].filename).relative_to(HERE)}:{ours[-1].lineno}"
        return [Done(name, f"failed, {type(wrong).__name__} at {where}", failed=True)]
