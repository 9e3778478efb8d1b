"""What a plan is asked from, checked: each wrong thing named in one sentence.

Every check raises `ValueError`. Leavers and mentors are named by their place
in what was given, counted from 0.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

Integers = NDArray[np.int64]
Points = NDArray[np.float64]
Pairs = Iterable[Collection[int]]
Sparse = Any
"""A scipy.sparse array or matrix, leavers by mentors."""

STORED = (
    sparse.csr_array,
    sparse.csc_array,
    sparse.coo_array,
    sparse.csr_matrix,
    sparse.csc_matrix,
    sparse.coo_matrix,
)
"""The sparse formats that tell a stored zero from a pair that is not there."""

WHOLE_IN_A_FLOAT = 2**53
"""As far as a float64 holds every whole number (IEEE 754)."""

THOUSANDTHS = 1000
"""What a point is counted in."""


def thousandths(points: ArrayLike) -> Integers:
    """Return points as whole thousandths, a half to the even one."""
    counted: Integers = np.rint(np.asarray(points) * THOUSANDTHS).astype(np.int64)
    return counted


def eligible_values(values: Sparse) -> sparse.csr_array[np.float64, tuple[int, int]]:
    """Return the values in one order, by leaver and then by mentor, stored zeros included."""
    if not isinstance(values, STORED) or values.ndim != 2:
        raise ValueError(
            "values must be a scipy.sparse array of leavers by mentors, in CSR, CSC or COO format."
        )
    if values.dtype.kind not in "biuf":
        raise ValueError(f"values must be real numbers, not {values.dtype}.")
    entries = values.tocoo()
    stored = (entries.data.astype(np.float64), (entries.row, entries.col))
    table = sparse.csr_array(stored, shape=values.shape)
    if table.nnz != entries.nnz:
        leaver, mentor = _stored_twice(entries.row, entries.col)
        raise ValueError(
            "values must hold each pair once: "
            f"leaver {leaver} with mentor {mentor} is stored twice."
        )
    wrong = np.flatnonzero(~(np.isfinite(entries.data) & (entries.data >= 0)))
    if wrong.size:
        leaver, mentor, value = (each[wrong[0]] for each in (entries.row, entries.col, stored[0]))
        raise ValueError(
            "values must be finite and not negative: "
            f"leaver {leaver} with mentor {mentor} has {value}."
        )
    return table


def _stored_twice(leavers: NDArray[Any], mentors: NDArray[Any]) -> tuple[int, int]:
    pairs, times = np.unique(np.stack([leavers, mentors]), axis=1, return_counts=True)
    leaver, mentor = pairs[:, times > 1][:, 0]
    return leaver, mentor


def counts(name: str, given: ArrayLike, people: str, size: int, least: int) -> Integers:
    """Return one whole number, `least` or more, for each of `size` people."""
    numbers = np.asarray(given)
    if numbers.shape != (size,):
        raise ValueError(
            f"{name} must be one number for each of the {size} {people}, "
            f"not of shape {numbers.shape}."
        )
    if numbers.dtype.kind not in "iuf" or np.any(numbers != np.floor(numbers)):
        raise ValueError(f"{name} must be whole numbers.")
    wrong = np.flatnonzero((numbers < least) | (numbers >= WHOLE_IN_A_FLOAT))
    if wrong.size:
        raise ValueError(
            f"{name} must be from {least} to {WHOLE_IN_A_FLOAT - 1}: "
            f"number {wrong[0]} of the {people} has {numbers[wrong[0]]}."
        )
    return numbers.astype(np.int64)


def amount(name: str, points: float) -> float:
    """Return a number of points that is finite and not negative."""
    number = np.asarray(points)
    if number.ndim or number.dtype.kind not in "iuf":
        raise ValueError(f"{name} must be a number of points, not {points!r}.")
    if not (np.isfinite(number) and number >= 0):
        raise ValueError(f"{name} must be finite and not negative, not {points}.")
    return float(number)


def kept_pairs(keep: Pairs, leavers: int, mentors: int) -> Integers:
    """Return the pairs to keep as n × 2; each must lie inside leavers × mentors."""
    named = [tuple(pair) for pair in keep]
    if any(len(pair) != 2 for pair in named):
        raise ValueError("keep must be pairs, (leaver, mentor).")
    pairs = np.array(named or np.zeros((0, 2), dtype=np.int64))
    if pairs.dtype.kind not in "iu":
        raise ValueError("keep must be pairs of whole numbers, (leaver, mentor).")
    outside = np.flatnonzero(((pairs < 0) | (pairs >= (leavers, mentors))).any(axis=1))
    if outside.size:
        leaver, mentor = pairs[outside[0]]
        raise ValueError(
            f"keep must lie inside the {leavers} leavers and {mentors} mentors: "
            f"({leaver}, {mentor}) does not."
        )
    return pairs.astype(np.int64)
