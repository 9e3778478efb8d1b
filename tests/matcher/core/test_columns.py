"""Words, names, hours and days as columns: nothing is lost and nothing is made up."""

from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.columns import (
    NEVER,
    NOT_YET,
    bit_type,
    bits,
    day_number,
    day_of,
    district_rows,
    first_day,
    hour_bits,
    in_common,
    last_day,
    multi_hot,
)
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.keys import any_shared, key, key_rows
from matcher.core.readings import TICKS, WISHES
from models.languages import Language
from models.vocabulary import Companion, Experience, Group, Interest, Module, Need
from tests.factories import a_leaver, a_mentor
from tests.strategies import FEW_PLACES, cohorts, conditions

texts = st.sampled_from(["A", "B", "C", "D", "E", "F"])
key_sets = st.lists(st.frozensets(texts, max_size=3), max_size=5)
week = st.frozensets(st.integers(0, 167))


@given(key_sets, key_sets)
def test_keys_are_shared_exactly_where_texts_are(some, others):
    shared = any_shared(key_rows(some)[:, None], key_rows(others)[None])

    everywhere = np.broadcast_to(shared, (len(some), len(others)))
    assert everywhere.tolist() == [[bool(one & other) for other in others] for one in some]


def test_the_filling_of_rows_is_nobodys_key():
    some, others = key_rows([{"A", "B"}, {"C"}, set()]), key_rows([{"D"}, set(), {"E", "F"}])

    assert (some == 0).sum() == 3
    assert not any_shared(some[:, None], others[None]).any()
    assert not any_shared(others[:, None], some[None]).any()


@pytest.mark.parametrize("empty", [[], [frozenset()], [frozenset(), frozenset()]])
def test_without_a_single_key_nothing_is_shared(empty):
    assert not any_shared(key_rows(empty)[:, None], key_rows([{"A"}])[None]).any()
    assert not any_shared(key_rows([{"A"}])[:, None], key_rows(empty)[None]).any()


def test_a_key_is_the_same_on_every_machine_and_never_0():
    assert key("A1234BC").to_bytes(8, "little").hex() == "05924f6750afe35e"
    assert len({key(str(number)) for number in range(10_000)} - {0}) == 10_000


@given(st.lists(week, max_size=4), st.lists(week, max_size=4))
@settings(max_examples=50)
def test_hours_are_shared_exactly_where_people_share_them(some, others):
    one, other = hour_bits(some), hour_bits(others)

    shared = np.bitwise_count(one[:, None, :] & other[None, :, :]).sum(axis=2)

    assert one.shape == (len(some), 3)
    assert shared.tolist() == [[len(a & b) for b in others] for a in some]


@pytest.mark.parametrize("words", [Need, Language, Companion, Group, Module])
def test_every_word_of_a_list_has_a_bit_of_its_own(words):
    each = np.array([bits({word}) for word in words], dtype=bit_type(words))

    assert in_common(each[:, None], each).tolist() == np.eye(len(each), dtype=bool).tolist()


def test_the_longest_list_still_fits_into_64_bits():
    assert bits(Language) < 2**63
    assert bits([]) == 0


def test_no_two_ticks_and_no_two_wishes_are_written_alike():
    assert len(set(map(str, TICKS))) == len(TICKS) == len(Need) + len(Experience)
    assert len(set(map(str, WISHES))) == len(WISHES)


def test_each_tick_stands_in_its_own_column():
    table = multi_hot([{Interest.FOOTBALL}, set(), {Interest.DANCE, Interest.GYM}], [*Interest])

    assert [np.flatnonzero(row).tolist() for row in table] == [
        [Interest.FOOTBALL.rank],
        [],
        [Interest.GYM.rank, Interest.DANCE.rank],
    ]


def test_districts_fill_up_with_no_district():
    rows = district_rows([{"LS6", "LS1"}, set(), {"NE1"}], FEW_PLACES)

    index = FEW_PLACES.district_index
    assert rows.tolist() == [
        [index["LS1"], index["LS6"]],
        [-1, -1],
        [index["NE1"], -1],
    ]


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_a_day_that_nobody_recorded_never_lies_on_the_side_that_passes(day):
    number = day_number(day)

    assert day_of(number) == day
    assert first_day(day) == last_day(day) == number
    assert NEVER < number < NOT_YET
    assert (first_day(None), last_day(None)) == (NOT_YET, NEVER)


def test_1970_is_where_days_begin():
    assert day_number(date(1970, 1, 1)) == 0
    assert day_number(date(2026, 11, 23)) == np.datetime64("2026-11-23").astype(int)


def same(one, other):
    """Whether two sets of columns hold the same, rows of keys filled up wider or not."""
    columns = (column.name for column in fields(one) if column.name != "conditions")
    return [name for name in columns if not np.array_equal(*_as_wide(one, other, name))] == []


def _as_wide(one, other, name):
    tables = (getattr(one, name), getattr(other, name))
    filling = -1 if name == "zone" else 0
    widest = max(table.shape[1] if table.ndim > 1 else 0 for table in tables)
    return [
        np.pad(t, ((0, 0), (0, widest - t.shape[1])), constant_values=filling) if t.ndim > 1 else t
        for t in tables
    ]


@given(cohorts(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_taking_some_people_is_reading_only_them(cohort, chance):
    for kind, people in zip((LeaverColumns, MentorColumns), cohort, strict=True):
        chosen = [n for n in range(len(people)) if chance.random() < 0.6]
        chance.shuffle(chosen)

        taken = kind.of(people, conditions()).take(np.array(chosen, dtype=int))

        assert len(taken) == len(chosen)
        assert same(taken, kind.of([people[n] for n in chosen], conditions()))


def test_every_column_has_one_row_for_each_person():
    leavers = LeaverColumns.of([a_leaver(), a_leaver()], conditions())
    mentors = MentorColumns.of([a_mentor()] * 3, conditions())

    for columns, count in ((leavers, 2), (mentors, 3)):
        assert len(columns) == count
        tables = {name: table for name, table in vars(columns).items() if name != "conditions"}
        assert [name for name, table in tables.items() if len(table) != count] == []


@pytest.mark.parametrize("told", [{"resettling_in": "ZE1"}, {"prison": "XXX"}])
def test_a_place_that_is_not_known_is_an_error_that_names_it(told):
    with pytest.raises(KeyError, match=next(iter(told.values()))):
        LeaverColumns.of([a_leaver(**told)], conditions())
