"""How rare a tick is: a transformer by the rules of scikit-learn, in whole numbers."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from matcher.core.features import LeaverColumns
from matcher.core.rarity import TickRarity
from models.vocabulary import Experience, Need
from tests.factories import a_leaver
from tests.matcher.core.scored_pairs import LINE


@parametrize_with_checks([TickRarity()])
def test_rarity_is_a_transformer_like_any_of_scikit_learn(estimator, check, monkeypatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")

    assert check(estimator) is None


def test_rarity_is_the_smoothed_inverse_frequency_in_whole_thousandths():
    ticked = np.array([[1, 0, 0], [1, 2, 0], [1, 0, 0]])

    fitted = TickRarity().fit(ticked)

    assert fitted.rarity_.tolist() == [1000, 1693, 2386]
    assert fitted.transform([[1, 1, 3]]).tolist() == [[1, 1.693, pytest.approx(7.158)]]


def test_the_heaviest_leaver_there_can_be_is_still_added_up_exactly():
    everything = {"needs": dict.fromkeys(Need, "high"), "experiences": set(Experience)}
    leavers = LeaverColumns.of([a_leaver(**everything)], LINE)
    nobody_ticked = TickRarity().fit(np.zeros((100_000, leavers.importance.shape[1])))

    heaviest = (leavers.importance[0].astype(int) * nobody_ticked.rarity_).sum()

    assert heaviest < 2**24
