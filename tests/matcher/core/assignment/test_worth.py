import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from matcher.core.assignment import worth


@pytest.mark.parametrize(("score", "points"), [(0, 0), (100, 100), (50, 75), (10, 19), (90, 99)])
def test_a_score_is_worth_what_the_formula_says(score, points):
    assert worth(score) == pytest.approx(points, abs=1e-12)
    assert isinstance(worth(score), float)


@given(st.floats(0, 98), st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_point_more_counts_for_more_where_the_match_is_worse(low, step, apart):
    high = min(low + apart, 99)

    assert worth(low + step) - worth(low) > worth(high + step) - worth(high) - 1e-9
    assert worth(low + step) > worth(low)


@given(st.lists(st.floats(0, 100)))
def test_many_scores_are_worth_what_each_is_worth(scores):
    assert worth(np.array(scores)).tolist() == [worth(score) for score in scores]
    assert worth(scores).tolist() == [worth(score) for score in scores]


@pytest.mark.parametrize("form", ["csr", "csc", "coo"])
@pytest.mark.parametrize("kind", [sparse.coo_array, sparse.coo_matrix])
def test_sparse_scores_keep_their_stored_entries_zeros_included(form, kind):
    stored = (np.array([0, 50, 100]), ([0, 1, 1], [1, 0, 2]))
    scores = kind(stored, shape=(2, 3)).asformat(form)

    worths = worth(scores)

    assert (worths.format, type(worths)) == (form, type(scores))
    assert (worths.nnz, worths.shape) == (3, (2, 3))
    assert worths.toarray().tolist() == [[0, 0, 0], [75, 0, 100]]
    assert sorted(scores.data.tolist()) == [0, 50, 100]


@pytest.mark.parametrize("wrong", [-0.001, 100.001, np.nan, np.inf, -np.inf])
def test_scores_outside_nought_to_a_hundred_are_refused_by_value(wrong):
    sentence = f"scores must be from 0 to 100, not {wrong}"

    for scores in (wrong, [50, wrong], np.array([[wrong]]), sparse.csr_array([[5, wrong]])):
        with pytest.raises(ValueError, match=sentence):
            worth(scores)


def test_sparse_scores_in_a_format_without_stored_zeros_are_refused():
    with pytest.raises(ValueError, match="sparse scores must be in CSR, CSC or COO format"):
        worth(sparse.lil_array((2, 2)))
