"""Who hangs together with whom over eligible pairs: no part has a say in another."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from matcher.core.assignment.plan_input import Integers, Sparse

Table = sparse.csr_array[np.float64, tuple[int, int]]
Parts = NDArray[np.int32]


def parts_of(table: Table) -> tuple[Parts, Parts]:
    """Return for each row and each column the number of the part it belongs to."""
    rows, columns = table.shape
    nodes = rows + columns
    ends = np.append(table.indptr, np.full(columns, table.nnz, dtype=table.indptr.dtype))
    graph = sparse.csr_array((table.data, table.indices + rows, ends), shape=(nodes, nodes))
    _, parts = connected_components(graph, directed=False)
    return parts[:rows], parts[rows:]


def component_of(
    values: Sparse, leavers: ArrayLike = (), mentors: ArrayLike = ()
) -> tuple[Integers, Integers]:
    """Return the leavers and the mentors who hang together with any of these, both sorted.

    Two people hang together where eligible pairs, one after the other, lead
    from one to the other.
    """
    entries = values.tocoo()
    table = sparse.csr_array((np.ones(entries.nnz), (entries.row, entries.col)), shape=values.shape)
    of_leavers, of_mentors = parts_of(table)
    asked = np.concatenate(
        [
            of_leavers[np.asarray(leavers, dtype=np.int64)],
            of_mentors[np.asarray(mentors, dtype=np.int64)],
        ]
    )
    return np.flatnonzero(np.isin(of_leavers, asked)), np.flatnonzero(np.isin(of_mentors, asked))
