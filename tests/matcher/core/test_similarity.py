"""The score: its parts add up, and it is the same in every order and every block."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from matcher.core import blocks
from matcher.core.candidates import eligible_pairs
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.similarity import MentorSimilarity, Part, Weights
from models.vocabulary import Culture, Experience, Interest, Need
from tests.factories import a_leaver, a_mentor
from tests.matcher.core.scored_pairs import HAS_ALL, SAYS_ALL, every_pair, scored
from tests.strategies import cohorts, conditions

NAMES = [part.name for part in Weights().parts]


def test_the_weights_are_those_of_the_panel():
    assert [(each.name, each.weight) for each in Weights().parts] == [
        ("experience", 35),
        ("reach", 25),
        ("time", 15),
        ("risk_margin", 10),
        ("culture", 10),
        ("interests", 5),
    ]


def perfect(**told):
    """The scores of a leaver at the prison's gate and a mentor next door who has it all."""
    leaver = a_leaver(**(SAYS_ALL | {"resettling_in": "LS0"} | told))
    return scored([leaver], [a_mentor(**(HAS_ALL | {"home": "LS0"}))])


def test_the_best_of_pairs_scores_exactly_100():
    scores = perfect()

    assert scores.of_pair(0, 0).tolist() == [35_000, 25_000, 15_000, 10_000, 10_000, 5_000, 0]
    assert scores.points.tolist() == [100]


def test_what_the_leaver_left_empty_is_left_out_and_the_rest_weighs_more():
    # Reach 25 and margin 10 of 35 remain: 71,428.57 and 28,571.43 thousandths. The odd one goes to
    # the larger remainder.
    scores = perfect(needs={}, experiences=(), interests=(), wishes=(), hours=())

    assert scores.left_out.tolist() == [[True, False, True, False, True, True]]
    assert scores.of_pair(0, 0).tolist() == [0, 71_429, 0, 28_571, 0, 0, 0]


def test_the_mentor_whom_the_leaver_chose_is_worth_five_points_more_and_nobody_else():
    mentors = [a_mentor(code=code, experiences=(), needs=()) for code in ("M1", "M2")]

    plain = scored([a_leaver()], mentors, known=conditions())
    chosen = scored([a_leaver(chosen={"M2"})], mentors, known=conditions())

    assert plain.points[1] <= 95
    assert (chosen.parts - plain.parts).tolist() == [[0] * 7, [0, 0, 0, 0, 0, 0, 5_000]]


def test_the_own_say_never_lifts_a_score_above_100_and_the_parts_still_add_up():
    scores = perfect(chosen={a_mentor().code})

    assert scores.points.tolist() == [100]
    assert scores.of_pair(0, 0).sum() == 100_000


def test_what_only_the_mentor_left_empty_is_not_left_out():
    silent = a_mentor(home="LS2", needs=(), experiences=(), interests=(), languages=())

    scores = scored([a_leaver(**SAYS_ALL)], [silent])

    assert not scores.left_out.any()
    assert scores.of_pair(0, 0)[[0, 4, 5]].tolist() == [0, 0, 0]


@pytest.mark.parametrize("silent", list(product([False, True], repeat=4)))
def test_what_is_left_out_is_shared_among_the_rest_to_the_thousandth(silent):
    said = ({"needs": {}, "experiences": ()}, {"hours": ()}, {"wishes": ()}, {"interests": ()})
    empty = [fields for fields, quiet in zip(said, silent, strict=True) if quiet]

    scores = perfect(**{name: nothing for fields in empty for name, nothing in fields.items()})

    weights = [each.weight for each in Weights().parts]
    kept = [0 if out else weight for out, weight in zip(scores.left_out[0], weights, strict=True)]
    exact = [Fraction(100_000 * weight, sum(kept)) for weight in kept]
    *shares, _ = scores.of_pair(0, 0).tolist()
    assert scores.left_out.sum() == sum(silent)
    assert sum(shares) == 100_000
    assert all(abs(share - whole) < 1 for share, whole in zip(shares, exact, strict=True))
    assert [share for share, weight in zip(shares, kept, strict=True) if not weight] == (
        [0] * sum(silent)
    )


@given(cohorts())
@settings(max_examples=50)
def test_the_parts_add_up_to_the_score_which_lies_from_0_to_100(cohort):
    scores = scored(*cohort, known=conditions())

    thousandths = [sum(parts) for parts in scores.parts.tolist()]

    assert (scores.parts >= 0).all()
    assert all(0 <= whole <= 100_000 for whole in thousandths)
    assert scores.points.tolist() == [whole / 1000 for whole in thousandths]
    assert not scores.parts[:, :-1][scores.left_out[scores.row]].any()


@given(cohorts(), st.integers(1, 5), st.integers(1, 3))
@settings(max_examples=40)
def test_neither_the_size_of_a_block_nor_threads_make_a_difference(cohort, at_once, threads):
    whole = scored(*cohort, known=conditions()).parts.tolist()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "LEAVERS_AT_ONCE", at_once)
        patch.setattr(blocks, "THREADS", threads)
        piecemeal = scored(*cohort, known=conditions()).parts.tolist()

    assert piecemeal == whole


@given(cohorts(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_people_and_pairs_makes_no_difference(cohort, chance):
    people, others = cohort
    rows, columns = list(range(len(people))), list(range(len(others)))
    chance.shuffle(rows)
    chance.shuffle(columns)

    scores = scored(people, others, known=conditions()).as_array().toarray()
    reordered = [people[n] for n in rows], [others[n] for n in columns]

    shuffled = scored(*reordered, known=conditions()).as_array().toarray()
    assert shuffled.tolist() == scores[np.ix_(rows, columns)].tolist()


@given(cohorts())
@settings(max_examples=40)
def test_a_pair_alone_scores_as_it_does_among_others(cohort):
    people, others = cohort
    leavers = LeaverColumns.of(people, conditions())
    mentors = MentorColumns.of(others, conditions())
    fitted = MentorSimilarity().fit(mentors)

    whole = fitted.score_pairs(leavers, every_pair(leavers, mentors)).as_array().toarray()

    for row, column in np.ndindex(whole.shape):
        alone = sparse.csr_array(([True], ([row], [column])), shape=whole.shape)
        assert fitted.score_pairs(leavers, alone).points.tolist() == [whole[row, column]]


@given(cohorts(), st.data())
@settings(max_examples=60)
def test_a_mentor_who_ticks_more_never_scores_lower(cohort, data):
    people, others = cohort
    if not others:
        return
    mentors = MentorColumns.of(others, conditions())
    leavers = LeaverColumns.of(people, conditions())
    more = {
        "needs": data.draw(st.frozensets(st.sampled_from(Need))),
        "experiences": data.draw(st.frozensets(st.sampled_from(Experience))),
        "interests": data.draw(st.frozensets(st.sampled_from(Interest))),
        "cultures": data.draw(st.frozensets(st.sampled_from(Culture))),
    }
    richer = [
        other.model_copy(
            update={name: getattr(other, name) | words for name, words in more.items()}
        )
        for other in others
    ]
    fitted = MentorSimilarity().fit(mentors)

    before = fitted.score_pairs(leavers, every_pair(leavers, mentors)).parts
    fitted.mentors_ = MentorColumns.of(richer, conditions())
    after = fitted.score_pairs(leavers, every_pair(leavers, mentors)).parts

    assert (after >= before).all()


def test_the_order_of_ticks_makes_no_difference():
    ticks, likes = ["work", "gp", "money", "debt"], ["chess", "art", "music", "gym"]
    needs = {"work": "high", "gp": "low", "money": "medium"}

    one = scored(
        [a_leaver(needs=needs, interests=likes, resettling_in="LS2")],
        [a_mentor(needs=ticks, interests=likes, home="LS2")],
    )
    other = scored(
        [a_leaver(needs=dict(reversed(needs.items())), interests=likes[::-1], resettling_in="LS2")],
        [a_mentor(needs=ticks[::-1], interests=likes[::-1], home="LS2")],
    )

    assert one.parts.tolist() == other.parts.tolist()


@given(cohorts())
@settings(max_examples=40)
def test_only_the_eligible_pairs_are_scored(cohort):
    scores = scored(*cohort, known=conditions(), pairs=eligible_pairs)

    people, others = cohort
    eligible = eligible_pairs(
        LeaverColumns.of(people, conditions()), MentorColumns.of(others, conditions())
    )
    kept = scores.as_array()
    assert (kept.indptr.tolist(), kept.indices.tolist()) == (
        eligible.indptr.tolist(),
        eligible.indices.tolist(),
    )


def test_a_score_of_nothing_is_kept_as_a_stored_zero():
    only_experience = Weights(parts=tuple(
        Part(each.name, each.label, {"experience": 99, "reach": 1}.get(each.name, 0))
        for each in Weights().parts
    ))  # fmt: skip
    leaver = a_leaver(**SAYS_ALL)
    far = a_mentor(home="LS0", travel_limit_km=20, clearances={}, needs=(), experiences=())

    scores = scored([leaver], [far], weights=only_experience).as_array()

    assert (scores.nnz, scores.data.tolist()) == (1, [0])


def test_a_pair_that_was_not_scored_is_an_error_that_names_it():
    people, others = [a_leaver(), a_leaver()], [a_mentor()] * 3
    pairs = sparse.csr_array(([True, True], ([0, 1], [1, 2])), shape=(2, 3))

    scores = scored(people, others, known=conditions(), pairs=lambda *_: pairs)

    assert scores.of_pair(1, 2).tolist() == scores.parts[1].tolist()
    for missing in ((0, 0), (0, 2), (1, 1), (1, 0)):
        with pytest.raises(KeyError, match=str(missing[1])):
            scores.of_pair(*missing)


@pytest.mark.parametrize(("people", "others"), [(0, 0), (2, 0), (0, 2)])
def test_with_nobody_on_a_side_there_are_no_scores(people, others):
    scores = scored([a_leaver()] * people, [a_mentor()] * others, known=conditions())

    assert scores.as_array().shape == (people, others)
    assert scores.parts.shape == (0, 7)


def weights(*points, names=NAMES):
    return tuple(Part(name, name, given) for name, given in zip(names, points, strict=True))


@pytest.mark.parametrize(
    "parts",
    [
        weights(35, 25, 15, 10, 10, 6),
        weights(135, 25, -75, 10, 0, 5),
        weights(65, 0, 20, 0, 10, 5),
        weights(35, 25, 15, 10, 10, 5, names=NAMES[::-1]),
        weights(50, 50, names=NAMES[:2]),
    ],
)
def test_weights_that_would_not_make_a_score_of_100_are_refused(parts):
    with pytest.raises(ValueError, match=r"score|weigh"):
        Weights(parts=parts)


def test_other_weights_move_the_points():
    parts = weights(0, 100, 0, 0, 0, 0)

    scores = scored([a_leaver(**SAYS_ALL)], [a_mentor(home="LS2")], weights=Weights("x", parts))

    # The prison is 20 km away and the limit 30: (30 / 50 + 1) / 2.
    assert scores.points.tolist() == [80]


def test_the_estimator_keeps_to_the_conventions_of_scikit_learn():
    chosen = Weights("chosen")
    mentors = MentorColumns.of([a_mentor()], conditions())
    estimator = MentorSimilarity(weights=chosen)

    assert estimator.get_params() == {"weights": chosen}
    assert vars(MentorSimilarity()) == {"weights": None}
    assert estimator.fit(mentors) is estimator
    assert vars(clone(estimator)) == {"weights": chosen}
    assert estimator.set_params(weights=None).weights is None


def test_scoring_before_fitting_or_other_people_than_fitted_is_an_error():
    leavers = LeaverColumns.of([a_leaver()], conditions())
    mentors = MentorColumns.of([a_mentor()] * 2, conditions())

    with pytest.raises(NotFittedError):
        MentorSimilarity().score_pairs(leavers, every_pair(leavers, mentors))
    with pytest.raises(ValueError, match="other people"):
        MentorSimilarity().fit(mentors).score_pairs(leavers, every_pair(leavers, leavers))
