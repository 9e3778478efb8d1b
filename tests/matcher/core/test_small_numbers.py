"""Small numbers stay untold, also to somebody who knows how they are hidden."""

from collections import defaultdict
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from matcher.core.small_numbers import LEAST, is_large_enough, put_together, total

halves = st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(any)
groups = st.lists(halves, min_size=1, max_size=9)


def test_groups_that_are_large_enough_stand_alone():
    assert put_together([(5, 5), (40, 7), (6, 90)]) == frozenset()


def test_one_small_group_takes_the_smallest_of_the_others_with_it():
    assert put_together([(20, 30), (2, 9), (9, 9), (50, 8)]) == {1, 2}


def test_small_groups_that_are_too_few_even_together_take_another_with_them():
    assert put_together([(1, 1), (2, 2), (9, 9), (50, 50)]) == {0, 1, 2}


def test_of_many_groups_only_the_largest_stand_alone():
    assert put_together([(10, 10), (30, 30), (20, 20), (9, 9)], most=2) == {0, 3}


@given(groups, st.one_of(st.none(), st.integers(1, 5)))
def test_no_number_below_five_is_told_and_no_group_is_left_out_by_itself(listed, most):
    together = put_together(listed, most=most)

    alone = [one for at, one in enumerate(listed) if at not in together]
    rest = [listed[at] for at in together]
    assert all(min(one) >= LEAST for one in alone)
    assert len(rest) != 1 or len(listed) == 1
    if rest and alone:
        assert min(total(rest)) >= LEAST
    assert total([*alone, *rest]) == total(listed)
    assert most is None or len(alone) <= most


def test_who_knows_all_that_is_told_and_the_way_it_is_hidden_works_out_no_hidden_number():
    """Every set of three groups there is, up to a size; alike are those of which the same is told.

    A hidden number could be worked out if it were the same in all that look alike. Those are left
    out whose hidden groups may be larger than the sets that were tried.
    """
    least, most = 2, 4
    sizes = [one for one in product(range(most + 1), repeat=2) if any(one)]
    alike = defaultdict(list)
    for three in product(sizes, repeat=3):
        if is_large_enough(total(three), least):
            hidden = put_together(three, least)
            told = tuple(None if at in hidden else one for at, one in enumerate(three))
            alike[total(three), told].append(three)

    tried = 0
    for (_, told), worlds in alike.items():
        hidden = [at for at, one in enumerate(told) if one is None]
        if not hidden or max(total(worlds[0][at] for at in hidden)) > most:
            continue
        tried += 1
        for at, half in product(hidden, (0, 1)):
            assert len({world[at][half] for world in worlds}) > 1, (told, worlds[0])

    assert tried > 100
