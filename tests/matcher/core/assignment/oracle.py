"""Best plans found another way: slow, simple, and sharing no code with the matcher."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import coo_array


@dataclass(frozen=True)
class Question:
    """What a plan is asked from; all points are whole thousandths."""

    pairs: dict[tuple[int, int], int]
    places: tuple[int, ...]
    urgency: tuple[int, ...]
    taken: tuple[int, ...]
    keep: frozenset[tuple[int, int]] = frozenset()
    bonus: int = 0
    load: int = 0

    def asked(self, order=None):
        """Return the arguments that `assign` takes, the entries stored in any order."""
        entries = list(self.pairs.items()) if order is None else order
        values = coo_array(
            (
                np.array([value / 1000 for _, value in entries], dtype=float),
                (
                    np.array([leaver for (leaver, _), _ in entries], dtype=int),
                    np.array([mentor for (_, mentor), _ in entries], dtype=int),
                ),
            ),
            shape=(len(self.urgency), len(self.places)),
        )
        return {
            "values": values,
            "places": list(self.places),
            "taken": list(self.taken),
            "urgency": list(self.urgency),
            "keep": sorted(self.keep),
            "bonus": self.bonus / 1000,
            "load": self.load / 1000,
        }

    def points(self, leaver, mentor):
        return self.pairs[leaver, mentor] + self.bonus * ((leaver, mentor) in self.keep)

    def with_one_more_place(self, mentor):
        places = list(self.places)
        places[mentor] += 1
        return replace(self, places=tuple(places))

    def added_up(self, pairs):
        """Return the urgency and the thousandths of a plan, once it is seen to be a plan."""
        assert set(pairs) <= set(self.pairs), "a pair that is not eligible"
        assert len({leaver for leaver, _ in pairs}) == len(pairs), "a leaver twice"
        filled = Counter(mentor for _, mentor in pairs)
        assert all(count <= self.places[mentor] for mentor, count in filled.items()), "too full"
        cost = sum(
            self.load * (k - 1)
            for mentor, count in filled.items()
            for k in range(self.taken[mentor] + 1, self.taken[mentor] + count + 1)
        )
        urgency = sum(self.urgency[leaver] for leaver, _ in pairs)
        return urgency, sum(self.points(*pair) for pair in pairs) - cost


def best_by_trying_all(question):
    """Return the greatest (urgency, thousandths), leaver after leaver over all ways to fill."""
    best = {(0,) * len(question.places): (0, 0)}
    for leaver, urgency in enumerate(question.urgency):
        mentors = [mentor for mentor in range(len(question.places))
                   if (leaver, mentor) in question.pairs]  # fmt: skip
        after = dict(best)
        for filled, (covered, points) in best.items():
            for mentor in mentors:
                if filled[mentor] == question.places[mentor]:
                    continue
                now = (*filled[:mentor], filled[mentor] + 1, *filled[mentor + 1 :])
                cost = question.load * (question.taken[mentor] + filled[mentor])
                gain = covered + urgency, points + question.points(leaver, mentor) - cost
                after[now] = max(after.get(now, gain), gain)
        best = after
    return max(best.values())


def best_by_integer_programming(question):
    """Return the greatest (urgency, thousandths) from HiGHS: one solve for each level.

    A variable for each pair, and one for each place of a mentor.
    """
    pairs = sorted(question.pairs)
    owners = [mentor for mentor, count in enumerate(question.places) for _ in range(count)]
    nth = [k for count in question.places for k in range(count)]
    leavers, size = len(question.urgency), len(pairs) + len(owners)
    each_once, no_more_than_places = (
        np.zeros((leavers, size)),
        np.zeros((len(question.places), size)),
    )
    for at, (leaver, mentor) in enumerate(pairs):
        each_once[leaver, at] = no_more_than_places[mentor, at] = 1
    for at, mentor in enumerate(owners):
        no_more_than_places[mentor, len(pairs) + at] = -1
    urgency = np.array([question.urgency[leaver] for leaver, _ in pairs] + [0] * len(owners))
    costs = [question.load * (question.taken[m] + k) for m, k in zip(owners, nth, strict=True)]
    points = np.array([question.points(*pair) for pair in pairs] + [-cost for cost in costs])
    rules = [
        LinearConstraint(each_once, ub=np.ones(leavers)),
        LinearConstraint(no_more_than_places, ub=np.zeros(len(question.places))),
    ]
    greatest = _solved(urgency, rules)
    rules.append(LinearConstraint(urgency[np.newaxis], lb=greatest - 0.5))
    return greatest, _solved(points, rules)


def best_by_dense_assignment(question):
    """Return the greatest (urgency, thousandths) from one dense solve, both levels in one cost.

    Only for urgencies, values and numbers of people so small that their products stay whole.
    """
    owners = [mentor for mentor, count in enumerate(question.places) for _ in range(count)]
    nth = [k for count in question.places for k in range(count)]
    costs = np.array(
        [question.load * (question.taken[m] + k) for m, k in zip(owners, nth, strict=True)]
    )
    leavers = len(question.urgency)
    points = np.full((leavers, len(question.places)), -np.inf)
    for leaver, mentor in question.pairs:
        points[leaver, mentor] = question.points(leaver, mentor)
    gains = points[:, owners] - costs
    factor = 1 + leavers * int(2 * np.abs(gains[np.isfinite(gains)]).max(initial=0))
    assert factor * sum(question.urgency) < 2**52
    gains += factor * np.array(question.urgency)[:, np.newaxis]
    best = np.hstack([gains, np.zeros((leavers, leavers))])
    rows, columns = linear_sum_assignment(best, maximize=True)
    chosen = [
        (row, column) for row, column in zip(rows, columns, strict=True) if column < len(owners)
    ]
    urgency = sum(question.urgency[row] for row, _ in chosen)
    return urgency, int(sum(gains[row, column] for row, column in chosen)) - factor * urgency


def _solved(gains, rules):
    if not gains.size:
        return 0
    found = milp(-gains, constraints=rules, integrality=np.ones(gains.size), bounds=(0, 1),
                 options={"mip_rel_gap": 0})  # fmt: skip
    assert found.success, found.message
    chosen = np.rint(found.x).astype(int)
    assert np.abs(found.x - chosen).max() < 1e-6
    return int(gains @ chosen)
