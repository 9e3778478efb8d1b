"""What would happen if: every answer is the best plan of the changed problem, proved so."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matcher.core.assignment import assign, solve
from tests.matcher.core.assignment.cohorts import ORDINARY, of_hundreds, questions
from tests.matcher.core.assignment.oracle import best_by_trying_all

SMALL = st.one_of(
    questions(),
    questions(least_leavers=4, most_leavers=7, most_mentors=5, urgencies=st.integers(1, 2)),
    questions(values=st.just(1000), urgencies=st.sampled_from([1, 8])),
    questions(values=st.integers(0, 10**12), urgencies=st.integers(1, 10**6)),
)


CHANCE = st.randoms(use_true_random=False)


def without(question, *pairs):
    return replace(question, pairs={k: v for k, v in question.pairs.items() if k not in pairs})


def with_the_pair_fixed(question, leaver, mentor):
    """What is left to decide once a pair is fixed, and what that pair adds."""
    places, taken = list(question.places), list(question.taken)
    places[mentor] -= 1
    taken[mentor] += 1
    rest = without(question, *((leaver, other) for other in range(len(places))))
    own = question.points(leaver, mentor) - question.load * question.taken[mentor]
    return (
        replace(rest, places=tuple(places), taken=tuple(taken)),
        (question.urgency[leaver], own),
    )


def best_with_the_pair(question, leaver, mentor):
    rest, own = with_the_pair_fixed(question, leaver, mentor)
    return tuple(map(sum, zip(best_by_trying_all(rest), own, strict=True)))


def fair(plan, question):
    """The urgency and thousandths of a plan, once it is seen to be one and proved the best."""
    pairs = [tuple(pair) for pair in plan.pairs.tolist()]
    urgency, thousandths = question.added_up(pairs)
    assert pairs == sorted(pairs)
    assert plan.covered == len(pairs)
    assert plan.bound == plan.total == thousandths / 1000
    assert plan.urgency == urgency
    return urgency, thousandths


def a_few(chance, people):
    """Some of so many people, each at most once."""
    return chance.sample(range(people), min(people, 3))


def pairs_of_people(chance, question):
    leavers, mentors = len(question.urgency), len(question.places)
    return [(pair // mentors, pair % mentors) for pair in a_few(chance, leavers * mentors)]


@settings(max_examples=250)
@given(SMALL)
def test_a_solved_problem_holds_the_plan_that_assign_makes(question):
    plan, again = solve(**question.asked()).plan, assign(**question.asked())

    assert fair(plan, question) == best_by_trying_all(question)
    assert np.array_equal(plan.pairs, again.pairs)
    assert np.array_equal(plan.prices, again.prices)


@settings(max_examples=250)
@given(SMALL, CHANCE)
def test_the_best_plan_with_a_pair_has_it_and_is_the_best_that_has(question, chance):
    solved = solve(**question.asked())

    for leaver, mentor in pairs_of_people(chance, question):
        plan = solved.if_paired(leaver, mentor)
        if (leaver, mentor) not in question.pairs or not question.places[mentor]:
            assert plan is None
        else:
            assert [leaver, mentor] in plan.pairs.tolist()
            assert fair(plan, question) == best_with_the_pair(question, leaver, mentor)
            if [leaver, mentor] not in solved.plan.pairs.tolist():
                rest, _own = with_the_pair_fixed(question, leaver, mentor)
                assert np.array_equal(plan.prices, assign(**rest.asked()).prices)


@settings(max_examples=250)
@given(SMALL, CHANCE)
def test_the_best_plan_without_a_pair_lacks_it_and_is_the_best_that_does(question, chance):
    solved = solve(**question.asked())

    for pair in pairs_of_people(chance, question):
        others = without(question, pair)
        plan = solved.if_apart(*pair)
        assert fair(plan, others) == best_by_trying_all(others)
        assert np.array_equal(plan.prices, assign(**others.asked()).prices)


@settings(max_examples=250)
@given(SMALL, CHANCE)
def test_the_runner_up_is_the_mentor_whose_best_plan_is_best_and_who_stands_first(question, chance):
    solved = solve(**question.asked())
    own = dict(solved.plan.pairs.tolist())

    for leaver in a_few(chance, len(question.urgency)):
        others = [
            mentor
            for mentor, places in enumerate(question.places)
            if (leaver, mentor) in question.pairs and places and own.get(leaver) != mentor
        ]
        ranked = sorted(
            others, key=lambda mentor: best_with_the_pair(question, leaver, mentor), reverse=True
        )
        expected = ranked[0] if leaver in own and ranked else None
        assert solved.runner_up(leaver) == expected


@settings(max_examples=250)
@given(SMALL, CHANCE)
def test_one_more_place_of_a_mentor_gives_the_best_plan_with_it(question, chance):
    solved = solve(**question.asked())

    for mentor in a_few(chance, len(question.places)):
        more = question.with_one_more_place(mentor)
        plan = solved.with_one_more_place(mentor)
        assert fair(plan, more) == best_by_trying_all(more)
        assert np.array_equal(plan.prices, assign(**more.asked()).prices)


@settings(max_examples=250)
@given(SMALL, CHANCE, st.lists(ORDINARY, min_size=5, max_size=5))
def test_more_pairs_of_a_leaver_give_the_best_plan_with_them(question, chance, values):
    solved = solve(**question.asked())

    for leaver in a_few(chance, len(question.urgency)):
        chosen = a_few(chance, len(question.places))
        new = {(leaver, mentor): values[mentor] for mentor in chosen}
        more = replace(question, pairs=question.pairs | new)
        plan = solved.with_pairs(leaver, chosen, [value / 1000 for value in new.values()])
        assert fair(plan, more) == best_by_trying_all(more)
        assert np.array_equal(plan.prices, assign(**more.asked()).prices)


@settings(max_examples=8)
@given(
    st.integers(0, 2**32 - 1), st.sampled_from([0.7, 0.95, 1.2]), st.sampled_from([3, 9]), st.data()
)
def test_answers_for_hundreds_are_those_of_a_plan_made_afresh(seed, supply, degree, data):
    question = of_hundreds(100, np.random.default_rng(seed), supply, degree)
    solved = solve(**question.asked())

    for _ in range(5):
        leaver, mentor = pair = data.draw(st.sampled_from(sorted(question.pairs)))
        worth = data.draw(ORDINARY)
        more = replace(question, pairs=question.pairs | {(leaver, (mentor + 1) % 100): worth})
        for plan, changed in [
            (solved.if_apart(*pair), without(question, pair)),
            (solved.with_one_more_place(mentor), question.with_one_more_place(mentor)),
            (solved.with_pairs(leaver, (mentor + 1) % 100, worth / 1000), more),
        ]:
            afresh = assign(**changed.asked())
            assert fair(plan, changed) == fair(afresh, changed)
            assert np.array_equal(plan.prices, afresh.prices)
        if question.places[mentor]:
            rest, own = with_the_pair_fixed(question, *pair)
            afresh = fair(assign(**rest.asked()), rest)
            expected = tuple(map(sum, zip(afresh, own, strict=True)))
            assert fair(solved.if_paired(*pair), question) == expected


def test_questions_leave_the_plan_as_it_was_and_get_the_same_answer_again():
    question = of_hundreds(40, np.random.default_rng(5), 0.9, 4)
    solved = solve(**question.asked())
    [leaver, mentor] = solved.plan.pairs[0].tolist()

    def answers():
        plans = (
            solved.plan,
            solved.if_apart(leaver, mentor),
            solved.if_paired(leaver, solved.runner_up(leaver)),
            solved.with_one_more_place(mentor),
            solved.with_pairs(leaver, [0, 1], [99, 98]),
        )
        return [(plan.pairs.tolist(), plan.prices.tolist()) for plan in plans]

    assert answers() == answers()
    assert np.array_equal(solve(**question.asked()).plan.pairs, solved.plan.pairs)


@pytest.fixture
def two_by_three():
    values = sparse.csr_array(([5.0, 3.0, 4.0, 1.0], [0, 1, 0, 2], [0, 2, 4]), shape=(2, 3))
    return solve(values, places=[1, 1, 0])


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (lambda solved: solved.if_paired(2, 0), "leaver must be from 0 to 1, not 2"),
        (lambda solved: solved.if_apart(0, -1), "mentor must be from 0 to 2, not -1"),
        (lambda solved: solved.runner_up(-1), "leaver must be from 0 to 1, not -1"),
        (lambda solved: solved.with_one_more_place(3), "mentor must be from 0 to 2, not 3"),
        (lambda solved: solved.with_pairs(2, [0], [1]), "leaver must be from 0 to 1, not 2"),
        (lambda solved: solved.with_pairs(0, [3], [1]), "mentor must be from 0 to 2, not 3"),
        (lambda solved: solved.with_pairs(0, [-1], [1]), "mentor must be from 0 to 2, not -1"),
        (lambda solved: solved.with_pairs(0, [0.5], [1]), "mentors must be whole numbers"),
        (lambda solved: solved.with_pairs(0, [0, 1], [1]), "one value for each mentor"),
        (lambda solved: solved.with_pairs(0, [1, 1], [1, 2]), "mentor 1 is stored twice"),
        (lambda solved: solved.with_pairs(0, [1], [np.nan]), "mentor 1 has nan"),
        (lambda solved: solved.with_pairs(0, [1], [-1.0]), "mentor 1 has -1"),
        (lambda solved: solved.with_pairs(0, [1], [1e30]), "values, bonus and load must stay"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_in_one_sentence(
    two_by_three, question, sentence
):
    with pytest.raises(ValueError, match=sentence):
        question(two_by_three)


def test_no_new_pairs_leave_a_plan_as_good_as_it_was(two_by_three):
    assert two_by_three.with_pairs(0, [], []).total == two_by_three.plan.total


def test_a_pair_without_a_place_or_not_eligible_is_answered_with_none(two_by_three):
    assert two_by_three.if_paired(1, 2) is None
    assert two_by_three.if_paired(1, 1) is None


def test_a_pair_of_the_plan_is_answered_with_the_plan(two_by_three):
    assert two_by_three.plan.pairs.tolist() == [[0, 1], [1, 0]]
    assert two_by_three.if_paired(0, 1) is two_by_three.plan


def test_a_pair_to_keep_gets_its_bonus_when_it_becomes_eligible():
    solved = solve(sparse.csr_array([[50.0, 0]]), [1, 1], keep=[(0, 1)], bonus=5)

    assert solved.with_pairs(0, [1], [46]).total == 51


@pytest.mark.parametrize("shape", [(1, 1), (2, 3)])
def test_where_nobody_is_eligible_there_is_nothing_to_change(shape):
    solved = solve(sparse.csr_array(shape), places=[1] * shape[1])

    assert solved.if_paired(0, 0) is None
    assert solved.runner_up(0) is None
    assert solved.if_apart(0, 0) is solved.plan
    assert solved.with_one_more_place(0).covered == 0
    assert solved.with_pairs(0, [0], [60]).pairs.tolist() == [[0, 0]]


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_without_people_there_is_nobody_to_ask_about(shape):
    solved = solve(sparse.csr_array(shape), places=[1] * shape[1])

    with pytest.raises(ValueError, match=r"must (exist: there is none|be from 0 to 2)"):
        solved.if_paired(0, 5)
