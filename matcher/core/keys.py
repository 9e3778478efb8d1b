"""Names, numbers, codes and tags as 64-bit keys: who is linked with whom.

A key is the same on every machine. The keys of one person stand in a row,
filled up with 0, which is never a key.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Shared = NDArray[np.bool_]

MARKS = 1 << 22
"""How many marks tell one key from another; each third of a key sets one."""


def key(text: str) -> int:
    """Return the 64-bit key of a code or name; 0 is never a key."""
    return int.from_bytes(_digest(text), "little") or 1


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()


def key_rows(people: Sequence[Collection[str]]) -> Keys:
    """Return the keys of each collection as a row, filled up with 0: people × widest."""
    counts = np.array([len(collection) for collection in people], dtype=np.intp)
    digests = b"".join(_digest(text) for collection in people for text in sorted(collection))
    keys = np.frombuffer(digests, dtype="<u8")
    table = np.zeros((len(people), counts.max(initial=0)), dtype=np.uint64)
    table[np.arange(table.shape[1]) < counts[:, None]] = np.maximum(keys, 1)
    return table


def any_shared(some: Keys, others: Keys) -> Shared:
    """Return where any key of one person is a key of the other; keys stand along the last axis.

    Keys are rarely shared: people who have none in common are passed over at once.
    """
    shared: Shared = np.zeros((1,) * (some.ndim - 1), dtype=np.bool_)
    for common in set(some[some != 0].tolist()).intersection(others[others != 0].tolist()):
        shared = shared | ((some == common).any(axis=-1) & (others == common).any(axis=-1))
    return shared


def kept_keys(table: Keys, known: Keys) -> Keys:
    """Return the table without nearly every key that is not among the known, as narrow as can be.

    In a table, keys come first in their rows and 0 fills them up.
    """
    kept = table != 0
    for shift in (0, 21, 42):
        marked = np.zeros(MARKS, dtype=np.bool_)
        marked[known >> shift & MARKS - 1] = True
        kept &= marked[table >> shift & MARKS - 1]
    left = np.where(kept, table, np.uint64(0))
    if left.ndim == 1:
        return left
    widest = int(kept.sum(axis=1).max(initial=0))
    return np.sort(left, axis=1)[:, ::-1][:, :widest]
