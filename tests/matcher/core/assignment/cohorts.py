"""Small cohorts for hypothesis: few people, many ties, every kind of shortage."""

import numpy as np
from hypothesis import strategies as st

from tests.matcher.core.assignment.oracle import Question

ORDINARY = st.one_of(st.sampled_from([0, 1, 1000, 1001, 99_999]), st.integers(0, 100_000))
"""Values in thousandths: ties and stored zeros are common."""


URGENCIES = st.integers(1, 16)


@st.composite
def questions(
    draw,
    least_leavers=0,
    most_leavers=6,
    most_mentors=4,
    most_places=3,
    values=ORDINARY,
    urgencies=URGENCIES,
):
    leavers, mentors = (
        draw(st.integers(least_leavers, most_leavers)),
        draw(st.integers(0, most_mentors)),
    )
    cells = [(leaver, mentor) for leaver in range(leavers) for mentor in range(mentors)]
    density = draw(st.sampled_from([0.3, 0.6, 1.0]))
    chances = st.floats(0, 1, exclude_max=True)
    eligible = [cell for cell in cells if draw(chances) < density]
    return Question(
        pairs={cell: draw(values) for cell in eligible},
        places=tuple(draw(st.integers(0, most_places)) for _ in range(mentors)),
        urgency=tuple(draw(urgencies) for _ in range(leavers)),
        taken=tuple(draw(st.integers(0, 3)) for _ in range(mentors)),
        keep=frozenset(draw(st.lists(st.sampled_from(cells), max_size=4)))
        if cells
        else frozenset(),
        bonus=draw(st.sampled_from([0, 0, 5000, 1])),
        load=draw(st.sampled_from([0, 0, 2000, 1, 60_000])),
    )


def of_hundreds(leavers, chance, supply, degree):
    """A cohort drawn by a numpy generator: `supply` places a leaver, `degree` mentors eligible."""
    wanted = chance.integers(0, leavers, (leavers, degree))
    places = np.bincount(chance.integers(0, leavers, int(supply * leavers)), minlength=leavers)
    return Question(
        pairs={
            (leaver, mentor): int(chance.integers(0, 100_000))
            for leaver, mentors in enumerate(wanted.tolist())
            for mentor in mentors
        },
        places=tuple(places.tolist()),
        urgency=tuple(chance.choice([1, 2, 4, 8, 16], leavers).tolist()),
        taken=tuple(chance.integers(0, 3, leavers).tolist()),
        load=2000,
    )
