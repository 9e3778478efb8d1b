"""People who live near each other, block by block, on threads, in a fixed order.

A block is a few leavers who resettle near each other with the mentors who
matter to them: small enough to stay in a processor's own memory, and large
enough that most of the time goes into the work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from matcher.core.features import LeaverColumns

THREADS = 2
"""How many blocks are worked on at a time; numpy lets threads run side by side."""

LEAVERS_AT_ONCE = 128
"""How many leavers make a block."""

Rows = NDArray[np.intp]
"""Indices of people."""

Done = TypeVar("Done")


def neighbours(leavers: LeaverColumns, rows: Rows) -> list[Rows]:
    """Return the leavers at `rows` in blocks of those who resettle near each other."""
    rank = leavers.conditions.places.rank[leavers.district[rows]]
    ordered = rows[np.argsort(rank, kind="stable")]
    return [
        ordered[start : start + LEAVERS_AT_ONCE]
        for start in range(0, len(ordered), LEAVERS_AT_ONCE)
    ]


def on_threads(work: Callable[[Rows], Done], blocks: Sequence[Rows]) -> list[Done]:
    """Return what `work` makes of each block, in the order of the blocks."""
    with _products().limit(limits=1), ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(work, blocks))


@cache
def _products() -> ThreadpoolController:
    """Return what keeps matrix products to the thread that asks for them.

    Else each thread's products would want all processors, and stand in each other's way.
    """
    return ThreadpoolController().select(user_api="blas")


def spans(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return so many whole numbers from each start on, one span after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(counts.sum())
