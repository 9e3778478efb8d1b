"""Pairs to score by hand: districts ten kilometres apart, a leaver who states every part."""

import numpy as np
from scipy import sparse

from matcher.core.conditions import Conditions
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.places import Places
from matcher.core.similarity import MentorSimilarity
from tests.factories import TODAY

TEN_KM = 10 / 111.19508
"""In degrees along the equator."""
LINE = Conditions(
    TODAY,
    Places(
        districts={f"LS{place}": (0.0, place * TEN_KM) for place in range(7)},
        prisons={"LEI": (0.0, 0.0), "NHI": (0.0, 3 * TEN_KM)},
    ),
)
SAYS_ALL = {
    "needs": {"work": "high", "gp": "low"},
    "experiences": {"care"},
    "interests": {"chess", "art", "music"},
    "wishes": {"pl", "muslim"},
    "hours": {9, 10, 33},
    "resettling_in": "LS2",
}
HAS_ALL = {
    "home": "LS2",
    "needs": {"work", "gp"},
    "experiences": {"care"},
    "interests": {"chess", "art", "music"},
    "languages": {"pl"},
    "cultures": {"muslim"},
    "hours": range(168),
}


def every_pair(leavers, mentors):
    return sparse.csr_array(np.ones((len(leavers), len(mentors)), dtype=bool))


def scored(people, others, known=LINE, pairs=every_pair, **weights):
    """The scores of the pairs, every one of them unless told otherwise."""
    leavers, mentors = LeaverColumns.of(people, known), MentorColumns.of(others, known)
    fitted = MentorSimilarity(**weights).fit(mentors)
    return fitted.score_pairs(leavers, pairs(leavers, mentors))
