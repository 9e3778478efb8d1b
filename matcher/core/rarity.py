"""How rare each tick is among the mentors: the learned step of the score."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

THOUSANDTHS = 1000


class TickRarity(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Weigh each ticked column by its inverse document frequency.

    The frequency is ln((1 + people) / (1 + people who ticked)) + 1, the
    smoothed form of scikit-learn's TfidfTransformer, kept in whole
    thousandths so that sums of weights come out the same whatever the order
    or the size of the block they are taken in.

    Attributes after `fit`: `rarity_`, whole thousandths, one per column;
    `n_features_in_`.
    """

    def fit(self, X: ArrayLike, y: Any = None) -> Self:  # noqa: N803 - scikit-learn's own name
        """Learn the rarity of each column from people × columns; not 0 is ticked."""
        checked = validate_data(self, X, dtype=np.float64)
        return self.fit_counts(len(checked), (checked != 0).sum(axis=0))

    def fit_counts(self, people: int, ticked: ArrayLike) -> Self:
        """Learn the same from how many people there are, and how many ticked each column."""
        frequency = np.log((1 + people) / (1 + np.asarray(ticked))) + 1
        self.rarity_: NDArray[np.int64] = np.rint(frequency * THOUSANDTHS).astype(np.int64)
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.float64]:  # noqa: N803 - scikit-learn's own name
        """Return people × columns, each column times its rarity."""
        check_is_fitted(self)
        checked = validate_data(self, X, dtype=np.float64, reset=False)
        weighed: NDArray[np.float64] = checked * (self.rarity_ / THOUSANDTHS)
        return weighed
