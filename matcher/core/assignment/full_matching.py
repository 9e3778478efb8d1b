"""The cheapest way to give every row a column of its own, solved part by part.

scipy's sparse Jonker–Volgenant solver inserts row after row along a shortest
augmenting path, and each insertion looks through all columns: so parts that
share no column are solved apart. Parts so small that the call would cost more
than its work are solved together.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from matcher.core.assignment.components import Parts, Table, parts_of
from matcher.core.assignment.plan_input import Integers

ROWS_TOGETHER = 256
"""Rows that are worth a call of the solver."""


def cheapest_full_matching(
    rows: Integers, columns: Integers, costs: Integers, shape: tuple[int, int]
) -> Integers:
    """Return the column of each row: every row matched, the sum of costs the least.

    Costs are whole numbers, 1 or more (scipy drops stored zeros), and a full
    matching exists. Rows are inserted in their order, which changes how long
    it takes and nothing else.

    Exact, though scipy counts in float64: a dual is the difference of two
    alternating paths from the row inserted last, a distance is a path and a
    dual, and what the solver compares is made of no more than seven paths, all
    of them whole numbers. `cohort` refuses costs whose paths could be too long,
    and the proof in `prices` takes nothing from here on trust.
    """
    table: Table = sparse.csr_array((costs.astype(np.float64), (rows, columns)), shape=shape)
    if shape[0] <= ROWS_TOGETHER:
        return _matched(table)
    row_parts, column_parts = parts_of(table)
    row_order = np.argsort(row_parts, kind="stable")
    column_order = np.argsort(column_parts, kind="stable")
    table = _reordered(table, row_order, column_order)
    matched = [
        column_order[left + _matched(_block(table, top, bottom, left, right))]
        for top, bottom, left, right in _blocks(row_parts, column_parts)
    ]
    found = np.empty(shape[0], dtype=np.int64)
    found[row_order] = np.concatenate(matched)
    return found


def _matched(table: Table) -> Integers:
    _, columns = min_weight_full_bipartite_matching(table)
    return columns.astype(np.int64)


def _reordered(table: Table, row_order: Integers, column_order: Integers) -> Table:
    ranks = np.empty(column_order.size, dtype=table.indices.dtype)
    ranks[column_order] = np.arange(column_order.size)
    table = table[row_order]
    table.indices = ranks[table.indices]
    return table


def _blocks(row_parts: Parts, column_parts: Parts) -> Iterator[tuple[int, int, int, int]]:
    """Yield the rows and columns, from and up to, of parts that are solved in one call.

    Rows and columns stand in the order of their parts. Parts with rows come
    first; the columns behind them have no row that could take them.
    """
    parts = row_parts.max() + 1
    bottoms = np.cumsum(np.bincount(row_parts, minlength=parts))
    rights = np.cumsum(np.bincount(column_parts, minlength=parts)[:parts])
    last = np.flatnonzero(np.diff(bottoms // ROWS_TOGETHER, append=-1))
    top = left = 0
    for bottom, right in zip(bottoms[last].tolist(), rights[last].tolist(), strict=True):
        yield top, bottom, left, right
        top, left = bottom, right


def _block(table: Table, top: int, bottom: int, left: int, right: int) -> Table:
    start, end = table.indptr[top], table.indptr[bottom]
    return sparse.csr_array(
        (
            table.data[start:end],
            table.indices[start:end] - left,
            table.indptr[top : bottom + 1] - start,
        ),
        shape=(bottom - top, right - left),
    )
