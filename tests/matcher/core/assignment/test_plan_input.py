"""Whatever is wrong with what a plan is asked from is refused in one sentence that names it."""

import numpy as np
import pytest
from scipy import sparse

from matcher.core.assignment import assign

TABLE = sparse.csr_array(np.array([[5.0, 3, 0], [4, 0, 1]]))
"""Two leavers, three mentors."""


def with_value(value, dtype=np.float64):
    stored = (np.array([1, value], dtype=dtype), ([0, 1], [2, 0]))
    return sparse.coo_array(stored, shape=(2, 3))


TWICE = sparse.coo_array(([1.0, 2.0, 3.0], ([0, 1, 1], [2, 0, 0])), shape=(2, 3))
TWICE_IN_ROWS = sparse.csr_array(([1.0, 2.0, 3.0], [2, 0, 0], [0, 1, 3]), shape=(2, 3))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"values": [[1, 2, 3], [4, 5, 6]]}, "values must be a scipy.sparse array"),
        ({"values": np.ones((2, 3))}, "values must be a scipy.sparse array"),
        ({"values": TABLE.tolil()}, "values must be a scipy.sparse array"),
        ({"values": sparse.coo_array(np.ones(3))}, "values must be a scipy.sparse array"),
        ({"values": with_value(1j, complex)}, "values must be real numbers, not complex128"),
        ({"values": with_value(-0.0001)}, "leaver 1 with mentor 0 has -0.0001"),
        ({"values": with_value(np.nan)}, "leaver 1 with mentor 0 has nan"),
        ({"values": with_value(np.inf)}, "leaver 1 with mentor 0 has inf"),
        ({"values": with_value(1e30)}, "values, bonus and load must stay exact: with 2 leavers"),
        ({"values": TWICE}, "leaver 1 with mentor 0 is stored twice"),
        ({"values": TWICE_IN_ROWS}, "leaver 1 with mentor 0 is stored twice"),
        ({"places": [1, 1]}, r"places must be one number for each of the 3 mentors, .* \(2,\)"),
        ({"places": 1}, "places must be one number for each of the 3 mentors"),
        ({"places": [[1], [1], [1]]}, "places must be one number for each of the 3 mentors"),
        ({"places": [1, -1, 1]}, "places must be from 0 .* number 1 of the mentors has -1"),
        ({"places": [1, 1.5, 1]}, "places must be whole numbers"),
        ({"places": [1, np.nan, 1]}, "places must be whole numbers"),
        ({"places": ["1", "1", "1"]}, "places must be whole numbers"),
        ({"places": [1, None, 1]}, "places must be whole numbers"),
        ({"places": [1, np.inf, 1]}, "places must be from 0"),
        ({"places": [1, 2**60, 1]}, "places must be from 0"),
        ({"taken": [0, 0]}, "taken must be one number for each of the 3 mentors"),
        ({"taken": [0, -2, 0]}, "taken must be from 0 .* number 1 of the mentors has -2"),
        ({"taken": [0, 0.5, 0]}, "taken must be whole numbers"),
        ({"urgency": [1]}, "urgency must be one number for each of the 2 leavers"),
        ({"urgency": [1, 0]}, "urgency must be from 1 .* number 1 of the leavers has 0"),
        ({"urgency": [1, 1.5]}, "urgency must be whole numbers"),
        ({"urgency": [2**52, 2**52]}, "urgency must add up to less than 9007199254740992"),
        ({"keep": [(2, 0)]}, r"keep must lie inside .* \(2, 0\) does not"),
        ({"keep": [(0, 0), (1, 3)]}, r"keep must lie inside .* \(1, 3\) does not"),
        ({"keep": [(-1, 0)]}, r"keep must lie inside .* \(-1, 0\) does not"),
        ({"keep": [(0, 0, 0)]}, "keep must be pairs"),
        ({"keep": [(0, 0.5)]}, "keep must be pairs of whole numbers"),
        ({"bonus": -0.1}, "bonus must be finite and not negative, not -0.1"),
        ({"bonus": np.nan}, "bonus must be finite and not negative, not nan"),
        ({"bonus": np.inf}, "bonus must be finite and not negative, not inf"),
        ({"bonus": "5"}, "bonus must be a number of points, not '5'"),
        ({"bonus": None}, "bonus must be a number of points, not None"),
        ({"bonus": [5]}, r"bonus must be a number of points, not \[5\]"),
        ({"load": -1}, "load must be finite and not negative, not -1"),
        ({"load": np.nan}, "load must be finite and not negative, not nan"),
        ({"load": True}, "load must be a number of points, not True"),
        ({"load": 1e30}, "values, bonus and load must stay exact"),
        ({"load": 1e3, "taken": [0, 10**12, 0]}, "values, bonus and load must stay exact"),
        ({"bonus": 1e30, "keep": [(0, 0)]}, "values, bonus and load must stay exact"),
    ],
)
def test_what_is_wrong_is_named(changed, sentence):
    with pytest.raises(ValueError, match=sentence) as refused:
        assign(**{"values": TABLE, "places": [1, 1, 1], **changed})

    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "values",
    [
        TABLE.astype(np.float32),
        TABLE.astype(np.int8),
        TABLE.astype(np.uint64),
        sparse.csc_matrix(TABLE),
        TABLE.tocoo(),
    ],
)
def test_any_real_numbers_in_any_of_the_three_formats_are_read(values):
    assert assign(values, places=[1, 1, 1]).total == 3 + 4


def test_yes_and_no_count_as_one_point_and_none():
    values = sparse.csr_array(([True, False], [0, 1], [0, 1, 2]), shape=(2, 3))

    assert assign(values, places=[1, 1, 1]).total == 1


@pytest.mark.parametrize("places", [[1.0, 1.0, 1.0], (1, 1, 1), np.ones(3, dtype=np.uint8)])
def test_places_are_any_whole_numbers(places):
    assert assign(TABLE, places).total == 7


def test_values_as_great_as_the_sentence_says_are_planned_exactly():
    with pytest.raises(ValueError, match="up to 17592186044 points, not"):
        assign(TABLE * 1e10, places=[1, 1, 1])

    plan = assign(TABLE * 3.5e9, places=[1, 1, 1])

    assert (plan.total, plan.bound) == (24.5e9, 24.5e9)
