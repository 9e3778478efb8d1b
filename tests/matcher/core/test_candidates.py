"""Blocks, single pairs and plain words say the same of everyone."""

from dataclasses import fields, replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core import blocks
from matcher.core.candidates import allowed, broken_rules, eligible_pairs
from matcher.core.eligibility import RULES
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.gates import GATES, on_hold
from tests.factories import a_leaver, a_mentor
from tests.matcher.core.rules_in_plain_words import Pair
from tests.strategies import (
    FEW_PLACES,
    MODULES,
    cohorts,
    conditions,
    days_to_ask_on,
    leavers,
    mentors,
)

CODES = [gate.code for gate in GATES] + [rule.code for rule in RULES]

cohorts_on_a_day = days_to_ask_on.flatmap(
    lambda today: st.tuples(cohorts(today), st.just(conditions(today)))
)
pairs_on_a_day = days_to_ask_on.flatmap(
    lambda today: st.tuples(leavers(today=today), mentors(today=today), st.just(today))
)


def columns_of(cohort, known):
    people, others = cohort
    return LeaverColumns.of(people, known), MentorColumns.of(others, known)


def marked(pairs):
    return pairs.toarray().tolist()


@given(pairs_on_a_day)
@settings(max_examples=400)
def test_each_rule_says_of_a_pair_what_plain_words_say(drawn):
    leaver, mentor, today = drawn
    pair = Pair(leaver, mentor, today, FEW_PLACES, MODULES)

    broken = broken_rules(leaver, mentor, conditions(today))

    assert [each.code for each in broken] == [code for code in CODES if getattr(pair, code)()]


@given(pairs_on_a_day)
@settings(max_examples=100)
def test_no_rule_is_broken_exactly_when_the_pair_is_eligible(drawn):
    leaver, mentor, today = drawn

    eligible = eligible_pairs(*columns_of(([leaver], [mentor]), conditions(today)))

    assert (broken_rules(leaver, mentor, conditions(today)) == []) == (eligible.nnz == 1)


@given(cohorts_on_a_day)
@settings(max_examples=60)
def test_the_eligible_pairs_are_those_with_nothing_in_the_way_in_plain_words(drawn):
    (people, others), known = drawn

    eligible = eligible_pairs(*columns_of((people, others), known))

    pairs = [[Pair(p, o, known.today, FEW_PLACES, MODULES) for o in others] for p in people]
    assert marked(eligible) == [
        [not any(getattr(pair, code)() for code in CODES) for pair in row] for row in pairs
    ]


@given(cohorts_on_a_day)
@settings(max_examples=50)
def test_each_rule_says_of_a_block_and_of_a_list_what_it_says_of_each_pair(drawn):
    (people, others), known = drawn
    its, theirs = columns_of((people, others), known)
    size = (len(people), len(others))
    row, column = (where.ravel() for where in np.indices(size))
    pairs = [[columns_of(([p], [o]), known) for o in others] for p in people]

    for rule in RULES:
        block = np.broadcast_to(rule.block(its, theirs), size)
        listed = np.broadcast_to(rule.holds(its.take(row), theirs.take(column)), row.size)

        alone = [[bool(rule.holds(*pair).all()) for pair in line] for line in pairs]
        assert block.tolist() == alone, rule.code
        assert listed.reshape(size).tolist() == alone, rule.code


@given(cohorts_on_a_day, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_rows_makes_no_difference(drawn, shuffled):
    (people, others), known = drawn
    rows, columns = list(range(len(people))), list(range(len(others)))
    shuffled.shuffle(rows)
    shuffled.shuffle(columns)

    eligible = eligible_pairs(*columns_of((people, others), known)).toarray()
    reordered = ([people[row] for row in rows], [others[column] for column in columns])

    assert marked(eligible_pairs(*columns_of(reordered, known))) == (
        eligible[np.ix_(rows, columns)].tolist()
    )


@pytest.mark.parametrize("leavers_at_once", range(1, 7))
@pytest.mark.parametrize("threads", [1, 3])
def test_neither_the_size_of_a_block_nor_threads_make_a_difference(
    leavers_at_once, threads, monkeypatch
):
    people = [a_leaver(code=f"L{n}", ruled_out={f"M{n}"}) for n in range(5)]
    others = [a_mentor(code=f"M{n}", declined={f"L{n + 1}"}) for n in range(2)]
    columns = columns_of((people, others), conditions())
    whole = marked(eligible_pairs(*columns))

    monkeypatch.setattr(blocks, "LEAVERS_AT_ONCE", leavers_at_once)
    monkeypatch.setattr(blocks, "THREADS", threads)

    assert marked(eligible_pairs(*columns)) == whole
    assert whole == [[False, True], [False, False], [True, False], [True, True], [True, True]]


KEYED = [
    [column.name for column in fields(kind) if "meets" in column.metadata]
    for kind in (LeaverColumns, MentorColumns)
]


@pytest.mark.parametrize(("its", "theirs"), list(product(*KEYED)))
def test_a_key_that_a_rule_finds_on_both_sides_is_never_left_out(its, theirs):
    leavers, mentors = columns_of(([a_leaver()], [a_mentor()]), conditions())
    leavers, mentors = with_key(leavers, its), with_key(mentors, theirs)

    left = leavers.with_keys_met(mentors), mentors.with_keys_met(leavers)

    for rule in RULES:
        assert rule.block(*left).all() == rule.block(leavers, mentors).all(), rule.code


def with_key(columns, name):
    """The columns with one and the same key in the column named."""
    table = getattr(columns, name)
    return replace(columns, **{name: np.full((1, 2)[: table.ndim], 7, dtype=table.dtype)})


@given(cohorts())
@settings(max_examples=30)
def test_what_is_eligible_is_what_is_allowed_less_those_on_hold(cohort):
    columns = columns_of(cohort, conditions())

    open_to = allowed(*columns) & ~on_hold(columns[0])[:, None]

    assert marked(eligible_pairs(*columns)) == open_to.tolist()


@pytest.mark.parametrize(("people", "others"), [([], []), ([a_leaver()], []), ([], [a_mentor()])])
def test_an_empty_side_gives_no_pairs_and_keeps_its_shape(people, others):
    eligible = eligible_pairs(*columns_of((people, others), conditions()))

    assert (eligible.shape, eligible.nnz) == ((len(people), len(others)), 0)


def test_a_leaver_on_hold_is_paired_with_nobody_and_the_gate_is_told_first():
    held = a_leaver(risk=None, no_one_to_one=True)

    eligible = eligible_pairs(*columns_of(([held, a_leaver()], [a_mentor()]), conditions()))
    broken = broken_rules(held, a_mentor(), conditions())

    assert marked(eligible) == [[False], [True]]
    assert [(each.number, each.code) for each in broken] == [
        (0, "screening_complete"),
        (4, "one_to_one_allowed"),
        (9, "within_assessed_risk"),
    ]


def test_the_pairs_come_sorted_by_leaver_and_then_mentor():
    people = [a_leaver(code=f"L{n}", resettling_in=home) for n, home in enumerate(("LS7", "LS6"))]
    others = [a_mentor(code=f"M{n}") for n in range(3)]

    eligible = eligible_pairs(*columns_of((people, others), conditions()))

    assert eligible.indices.tolist() == [0, 1, 2, 0, 1, 2]
    assert eligible.indptr.tolist() == [0, 3, 6]
