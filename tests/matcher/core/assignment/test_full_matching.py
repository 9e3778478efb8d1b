import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matcher.core.assignment import full_matching
from matcher.core.assignment.full_matching import cheapest_full_matching


@st.composite
def costs_in_parts(draw):
    """Costs of rows and columns in random order, some cells closed, parts that share nothing."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    heights = [draw(st.integers(0, 5)) for _ in range(draw(st.integers(0, 8)))]
    widths = [height + draw(st.integers(0, 2)) for height in heights]
    costs = np.full((sum(heights), sum(widths)), np.inf)
    top = left = 0
    for height, width in zip(heights, widths, strict=True):
        part = chance.integers(1, 9, (height, width)).astype(float)
        part[(chance.random(part.shape) < 0.4) & ~np.eye(height, width, dtype=bool)] = np.inf
        costs[top : top + height, left : left + width] = part
        top, left = top + height, left + width
    return chance.permutation(chance.permutation(costs, axis=0), axis=1)


@settings(max_examples=300)
@given(costs_in_parts(), st.sampled_from([1, 3, 256]))
def test_every_row_gets_a_column_of_its_own_at_the_least_cost(costs, rows_together):
    rows, columns = np.nonzero(np.isfinite(costs))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(full_matching, "ROWS_TOGETHER", rows_together)
        found = cheapest_full_matching(
            rows, columns, costs[rows, columns].astype(np.int64), costs.shape
        )

    assert np.unique(found).size == len(costs)
    assert costs[np.arange(len(costs)), found].sum() == costs[linear_sum_assignment(costs)].sum()
