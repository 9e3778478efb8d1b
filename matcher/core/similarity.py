"""The score: visible parts that add up exactly to 0–100 points.

Six are weighed. The seventh is the leaver's own say: some points more for the
mentor they chose, and never more than 100 in all.

`MentorSimilarity` follows scikit-learn: `fit(mentors)` learns how rare each
tick is among them, `score_pairs(leavers, eligible)` scores the eligible pairs
only. Every part is kept in whole thousandths of a point, and every sum runs
over whole numbers that a 32-bit float holds exactly (ticks weigh under 2^24
together), so that the same pair scores the same in a block of any size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from matcher.core.blocks import Rows, neighbours, on_threads, spans
from matcher.core.columns import Flags, PairArray
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.parts import PART_VALUES, STATED, ScoredPairs, Values, own_say
from matcher.core.rarity import TickRarity
from matcher.core.readings import Numbers

MODEL_VERSION = "2026-11-2"
"""Changes with every change of how a part's value is worked out; stored with each pair."""

Parts = NDArray[np.int32]
"""Pairs × seven parts, in thousandths of a point: the six that are weighed, then the own say."""

FULL_SCORE = 100_000
"""The greatest score, in thousandths of a point."""


@dataclass(frozen=True)
class Part:
    """One visible part of the score: its name, its label, its weight in points."""

    name: str
    label: str
    weight: int


@dataclass(frozen=True)
class Weights:
    """The six parts and their weights, with the version that every pair stores.

    `own_say` is worth its points on top of the six. Raises ValueError unless
    they are the six, in order, and add up to 100 points, some of them on a
    part that every leaver has.
    """

    version: str = "2026-11-2"
    parts: tuple[Part, ...] = (
        Part("experience", "Shared experience", 35),
        Part("reach", "Reach", 25),
        Part("time", "Time", 15),
        Part("risk_margin", "Risk margin", 10),
        Part("culture", "Culture and language", 10),
        Part("interests", "Interests", 5),
    )
    own_say: Part = Part("own_say", "Asked for by the leaver", 5)

    def __post_init__(self) -> None:
        """Refuse weights that do not add up, or could leave a leaver with none."""
        names = [value.__name__ for value in PART_VALUES]
        if [part.name for part in self.parts] != names:
            raise ValueError(f"the parts of the score are {', '.join(names)}, in this order")
        if not any(part.weight for index, part in enumerate(self.parts) if index not in STATED):
            raise ValueError("reach and the risk margin cannot both weigh nothing")
        total = sum(part.weight for part in self.parts)
        if total != 100 or any(part.weight < 0 for part in (*self.parts, self.own_say)):
            raise ValueError(f"the weights of the score must add up to 100; these give {total}")


@dataclass(frozen=True, eq=False)
class Scores:
    """The scored pairs: indices of leaver and mentor, and the parts of each.

    `row` and `column` have one entry per pair, by leaver and then mentor;
    `parts` is pairs × seven, in thousandths of a point, the own say last;
    `left_out` is leavers × six, True where the leaver ticked or wished nothing
    and the part does not count.
    """

    shape: tuple[int, int]
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    parts: Parts
    left_out: Flags

    @property
    def points(self) -> NDArray[np.float64]:
        """Return the score of each pair, 0 to 100."""
        points: NDArray[np.float64] = self.parts.sum(axis=1, dtype=np.int64) / 1000
        return points

    def as_array(self) -> PairArray:
        """Return the scores as a sparse array, leavers × mentors, stored zeros kept."""
        starts = np.searchsorted(self.row, np.arange(self.shape[0] + 1))
        return sparse.csr_array((self.points, self.column, starts), shape=self.shape)

    def of_pair(self, leaver: int, mentor: int) -> Parts:
        """Return the seven parts of one pair; KeyError if it is not among the scored."""
        start, end = np.searchsorted(self.row, [leaver, leaver + 1])
        place = start + np.searchsorted(self.column[start:end], mentor)
        if place == end or self.column[place] != mentor:
            raise KeyError((leaver, mentor))
        parts: Parts = self.parts[place]
        return parts


class MentorSimilarity(BaseEstimator):  # type: ignore[misc]
    """How well each eligible mentor would fit each leaver.

    Attributes after `fit`: `mentors_`, the fitted columns, and `rarity_`, the
    fitted `TickRarity`.
    """

    def __init__(self, weights: Weights | None = None) -> None:
        """Hold the weights of the six parts; None stands for the ones in force."""
        self.weights = weights

    def fit(self, mentors: MentorColumns, y: None = None) -> Self:
        """Learn from the mentors how rare each tick is."""
        self.mentors_ = mentors
        self.rarity_ = TickRarity().fit(mentors.ticks) if len(mentors) else None
        return self

    def with_rarity(self, mentors: MentorColumns, rarity: TickRarity) -> Self:
        """Score these mentors with what was learnt from more of them."""
        self.mentors_ = mentors
        self.rarity_ = rarity
        return self

    def score_pairs(self, leavers: LeaverColumns, eligible: PairArray) -> Scores:
        """Return the parts of the score for each stored entry of leavers × mentors.

        Raises ValueError if `eligible` is not of these leavers and the fitted mentors.
        """
        check_is_fitted(self)
        if eligible.shape != (len(leavers), len(self.mentors_)):
            raise ValueError(f"eligible pairs of {eligible.shape} are of other people")
        pairs = eligible.tocsr()
        pairs.sort_indices()
        country = _Scoring(
            leavers,
            self.mentors_,
            self._tick_weights(leavers),
            *self._shares(leavers),
            pairs.indptr.astype(np.int64),
            pairs.indices,
            np.empty((len(PART_VALUES) + 1, pairs.nnz), dtype=np.int32),
            (self.weights or Weights()).own_say.weight * 1000,
        )
        rows = np.flatnonzero(np.diff(pairs.indptr))
        on_threads(country.score, neighbours(leavers, rows))
        row = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))
        column = pairs.indices.astype(np.intp)
        return Scores(pairs.shape, row, column, country.parts.T, country.left_out)

    def _tick_weights(self, leavers: LeaverColumns) -> Numbers:
        """Return what each tick weighs to each leaver, in whole numbers."""
        if self.rarity_ is None:
            return leavers.importance
        return leavers.importance * self.rarity_.rarity_.astype(np.float32)

    def _shares(self, leavers: LeaverColumns) -> tuple[NDArray[np.float64], Flags]:
        """Return the weight of each part for each leaver, in thousandths, and what is left out.

        What is left out is shared among the rest in proportion; the shares
        are whole thousandths and add up to 100,000.
        """
        parts = (self.weights or Weights()).parts
        left_out = np.zeros((len(leavers), len(parts)), dtype=np.bool_)
        for index, said in STATED.items():
            left_out[:, index] = ~said(leavers)
        full = np.where(left_out, 0, [part.weight for part in parts])
        exact = full * (100_000 / full.sum(axis=1, keepdims=True))
        shares = np.floor(exact)
        spare = np.rint(100_000 - shares.sum(axis=1)).astype(int)
        order = np.argsort(shares - exact, axis=1, kind="stable")
        places = np.argsort(order, axis=1, kind="stable")
        return shares + (places < spare[:, None]), left_out


@dataclass(frozen=True, eq=False)
class _Scoring:
    """All eligible pairs, leaver by leaver, and the table that their parts are written into.

    `starts` and `mentor` are those of a sparse array; `parts` is seven × pairs.
    `said` is what the leaver's own say is worth, in thousandths of a point.
    """

    leavers: LeaverColumns
    mentors: MentorColumns
    tick_weights: Numbers
    weights: NDArray[np.float64]
    left_out: Flags
    starts: NDArray[np.int64]
    mentor: NDArray[np.int32]
    parts: Parts
    said: int

    def score(self, some: Rows) -> None:
        """Write the parts of the pairs of these leavers; what they say themselves comes on top."""
        counts = self.starts[some + 1] - self.starts[some]
        places = spans(self.starts[some], counts)
        mentor = self.mentor[places]
        others, column = self._block(mentor)
        row = np.repeat(np.arange(len(some)), counts)
        leavers, mentors = self.leavers.take(some), self.mentors.take(others)
        pairs = ScoredPairs(leavers, mentors, row, column, self.tick_weights[some])
        for part, value in enumerate(PART_VALUES):
            weights = self.weights[some, part]
            self.parts[part, places] = _thousandths(pairs, value, weights)
        weighed = self.parts[:-1, places].sum(axis=0)
        self.parts[-1, places] = np.minimum(own_say(pairs) * self.said, FULL_SCORE - weighed)

    def _block(self, mentor: NDArray[np.int32]) -> tuple[Rows, Rows]:
        """Return the mentors of some pairs, each once, and the place of each pair's among them."""
        among = np.zeros(len(self.mentors), dtype=np.bool_)
        among[mentor] = True
        others = np.flatnonzero(among)
        place = np.empty(len(among), dtype=np.intp)
        place[others] = np.arange(len(others))
        return others, place[mentor]


def _thousandths(
    pairs: ScoredPairs, value: Callable[[ScoredPairs], Values], weights: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Return one part of each pair; 0 where it does not count for the leaver."""
    counts = weights > 0
    if counts.all():
        return np.floor(value(pairs) * weights[pairs.row] + 0.5).astype(np.int32)
    points = np.zeros(len(pairs.row), dtype=np.int32)
    if counts.any():
        points[counts[pairs.row]] = _thousandths(pairs.of(counts), value, weights[counts])
    return points
