"""Assignment problems of the shapes that others publish, made here by formula."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from matcher.core.assignment import assign

SIZES = (1, 2, 7, 60, 150)


def orders(size):
    return np.arange(1, size + 1)


def uniform(size):
    """As in Beasley's OR-Library: whole costs from 1 to 100."""
    return np.random.default_rng(size).integers(1, 101, (size, size))


def wide(size):
    """As in the DIMACS challenge, high costs: whole numbers up to a million."""
    return np.random.default_rng(size).integers(0, 10**6, (size, size))


def two_costs(size):
    """As in the DIMACS challenge: 1 or very much, as often as not."""
    return np.where(np.random.default_rng(size).random((size, size)) < 0.5, 1, 10**6)


def geometric(size):
    """Distances in the plane, rounded: much like homes and prisons."""
    ones, others = np.random.default_rng(size).random((2, size, 2)) * 1000
    return np.rint(np.hypot(*(ones[:, None] - others[None, :]).transpose(2, 0, 1))).astype(int)


def products(size):
    """Machol and Wien: i·j, where every shortest path is as long as can be."""
    return np.outer(orders(size), orders(size))


def products_of_chance(size):
    """As in the DIMACS challenge, fixed costs: 100·i·j of chance."""
    chance = np.random.default_rng(size).random((size, size))
    return (100 * products(size) * chance).astype(int)


def remainders(size):
    """Dense costs with much structure: (i² + 3·j²) modulo 101."""
    return (orders(size)[:, None] ** 2 + 3 * orders(size)[None, :] ** 2) % 101


def equal(size):
    """Everything is as good as everything else."""
    return np.full((size, size), 7)


SHAPES = (
    uniform, wide, two_costs, geometric, products, products_of_chance, remainders, equal
)  # fmt: skip


def plan_of(costs, places=None):
    """The plan of the least cost: a pair is worth so much less than the dearest as it costs."""
    table = sparse.csr_array(np.ones(costs.shape))
    table.data = (costs.max() - costs).ravel().astype(float)
    return assign(table, np.ones(costs.shape[1], int) if places is None else places)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_least_cost_is_that_of_a_dense_solver(shape, size):
    costs = shape(size)
    least = costs[linear_sum_assignment(costs)].sum()

    plan = plan_of(costs)

    assert plan.covered == size
    assert costs[plan.pairs[:, 0], plan.pairs[:, 1]].sum() == least
    assert plan.total == plan.bound == size * costs.max() - least


@pytest.mark.parametrize("size", SIZES)
def test_the_least_sum_of_products_is_the_one_known_from_a_formula(size):
    plan = plan_of(products(size))

    assert size**3 - plan.total == size * (size + 1) * (size + 2) // 6


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_places_are_shared_out_at_the_least_cost(shape):
    costs = shape(80)[:, :40]
    places = np.random.default_rng(1).multinomial(90, np.full(40, 1 / 40))
    copies = np.repeat(costs, places, axis=1)

    plan = plan_of(costs, places)

    assert plan.covered == 80
    assert 80 * costs.max() - plan.total == copies[linear_sum_assignment(copies)].sum()


@pytest.mark.parametrize("value", [0.0, 50.0])
@pytest.mark.parametrize("places", [0, 1, 3])
def test_equal_scores_everywhere_fill_every_place_and_share_the_load(value, places):
    table = sparse.csr_array(np.ones((61, 20)))
    table.data[:] = value

    plan = assign(table, np.full(20, places), load=2.0)

    assert plan.covered == 20 * places
    assert plan.total == plan.bound == 20 * sum(value - 2 * before for before in range(places))
    assert np.unique(plan.prices, axis=0).tolist() == [[1, value - 2 * places]]
