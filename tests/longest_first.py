"""The tests marked as long are begun first, so that none of them runs on alone at the end.

Each worker is given an even share of the tests, in their order, and takes from the others once
its own are done. So the long ones are dealt out to the heads of the shares.
"""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests into an order in which each worker's share begins with long ones."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    left = len(items)
    items.clear()
    for number in range(workers):
        head = long[number::workers]
        share = left // (workers - number)
        rest = max(share - len(head), 0)
        items += [*head, *others[:rest]]
        left -= len(head) + len(others[:rest])
        del others[:rest]
    items += others
