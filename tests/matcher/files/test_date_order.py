import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.files.date_order import DateOrder, day_in, decide, read_day
from matcher.files.refusals import ChoiceNeeded

DAY_FIRST, MONTH_FIRST = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST
FEBRUARY_3 = date(2027, 2, 3)


@pytest.mark.parametrize(
    "cell",
    [
        *("2027-02-03", "2027/02/03", "2027-2-3", "2027-02-03T00:00:00", "2027-02-03 09:30"),
        *("3 Feb 2027", "3-Feb-27", "3rd February 2027", "Wed 3 Feb 2027", "03 FEB 2027"),
    ],
)
def test_a_day_with_one_reading_needs_no_order(cell):
    assert read_day(cell, None) == FEBRUARY_3
    assert read_day(cell, DAY_FIRST) == read_day(cell, MONTH_FIRST) == FEBRUARY_3


@pytest.mark.parametrize("sign", ["/", "-", ".", " "])
@pytest.mark.parametrize("year", ["2027", "27"])
def test_a_day_with_two_readings_is_read_in_the_order_of_the_file(sign, year):
    cell = sign.join(["03", "02", year])

    assert read_day(cell, DAY_FIRST) == FEBRUARY_3
    assert read_day(cell, MONTH_FIRST) == date(2027, 3, 2)


def test_one_day_that_can_only_be_read_one_way_settles_the_whole_file():
    assert decide(["03/02/2027", "23/04/2027", "2027-02-03"]) is DAY_FIRST
    assert decide(["03/02/27", "04/23/27"]) is MONTH_FIRST


def test_a_file_of_days_with_one_reading_needs_no_order_at_all():
    assert decide(["2027-02-03", "3 Feb 2027", "05/05/2027", "NULL", "", "no date yet"]) is None


def test_a_file_that_stays_ambiguous_is_a_question_to_a_person():
    with pytest.raises(ChoiceNeeded) as asked:
        decide(["03/02/2027", "05/05/2027"])

    assert asked.value.argument == "date_order"
    assert asked.value.choices == (DAY_FIRST, MONTH_FIRST)
    assert str(asked.value) == (
        'The dates in this file can be read two ways: "03/02/2027" is 3 February 2027 or '
        "2 March 2027. Say whether the day or the month comes first."
    )


def test_a_file_that_contradicts_itself_is_a_question_too():
    with pytest.raises(ChoiceNeeded, match=r"1 can only be read day first .*23/04/2027.*; 2 can"):
        decide(["23/04/2027", "04/23/2027", "04/24/2027"])


def test_what_a_person_has_told_is_not_questioned():
    assert decide(["03/02/2027"], MONTH_FIRST) is MONTH_FIRST
    assert decide(["23/04/2027"], MONTH_FIRST) is MONTH_FIRST


def test_the_daily_and_the_bulk_snapshot_of_one_feed_are_each_read_in_their_own_order():
    daily, bulk = ["14-05-2027", "03-02-2027"], ["05/14/27", "02/03/27"]

    assert [read_day(cell, decide(daily)) for cell in daily] == [
        read_day(cell, decide(bulk)) for cell in bulk
    ]


def test_without_an_order_a_day_with_two_readings_is_never_guessed():
    with pytest.raises(ValueError, match="can be read two ways"):
        read_day("03/02/2027", None)
    assert read_day("05/05/2027", None) == date(2027, 5, 5)


@pytest.mark.parametrize(
    "cell", ["", "NULL", "null", "(null)", "N/A", "********", "-", "9999-12-31", "31/12/9999"]
)
def test_a_cell_that_says_no_date_gives_none(cell):
    assert read_day(cell, DAY_FIRST) is None


@pytest.mark.parametrize(
    ("cell", "order", "sentence"),
    [
        (
            "31/02/2027",
            DAY_FIRST,
            "there is no such day. Check it with the prison's record; write it like 28/03/1990.",
        ),
        (
            "02-30-27",
            MONTH_FIRST,
            "there is no such day. Check it with the prison's record; write it like 03/28/1990.",
        ),
        (
            "2027-02-30",
            None,
            "there is no such day. Check it with the prison's record; write it like 1990-03-28.",
        ),
        ("01/02/2525", DAY_FIRST, "the year 2525 cannot be right. Give the date with the"),
        ("0207-02-03", None, "the year 0207 cannot be right. Give the date with the right year."),
        ("04/23/2027", DAY_FIRST, "there is no month 23; this file is read day first"),
        (
            "soon",
            None,
            "this is not a date. Check it with the prison's record; write it like 1990-03-28.",
        ),
        (
            "46421",
            DAY_FIRST,
            "this is not a date. Check it with the prison's record; write it like 28/03/1990.",
        ),
        ("3 Smarch 2027", None, '"3 Smarch 2027" is not a date. Check it with the'),
    ],
)
def test_a_day_that_cannot_be_is_named_with_what_to_write(cell, order, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        read_day(cell, order)

    assert str(day_in(cell, order)).startswith(sentence)


@pytest.mark.parametrize("year", ["1990", "1991", "1992"])
def test_what_is_wrong_with_a_day_is_said_without_naming_one_to_put_in_its_place(year):
    assert day_in(f"31/02/{year}", DAY_FIRST) == day_in("31/04/1985", DAY_FIRST)


def test_a_moment_with_a_time_zone_is_the_day_it_has_in_london():
    assert read_day("2027-06-30T23:00:00Z", None) == date(2027, 7, 1)
    assert read_day("2027-01-31T23:00:00+00:00", None) == date(2027, 1, 31)


days = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@given(st.lists(days, min_size=1), st.sampled_from(list(DateOrder)), st.sampled_from("/-. "))
def test_a_file_is_read_as_it_was_written_or_a_person_is_asked(file, order, sign):
    form = sign.join(("%d", "%m", "%Y") if order is DAY_FIRST else ("%m", "%d", "%Y"))
    cells = [day.strftime(form) for day in file]
    settled = any(day.day > 12 for day in file)
    open_question = any(day.day != day.month for day in file)

    try:
        decided = decide(cells)
    except ChoiceNeeded:
        assert open_question
        assert not settled
    else:
        assert decided is (order if settled else None)
        assert [read_day(cell, decided) for cell in cells] == file


@given(st.text(max_size=20))
def test_any_text_is_a_day_or_nothing_or_named(text):
    for order in (None, *DateOrder):
        found = day_in(text, order)
        assert found is None or isinstance(found, date) or found.endswith(".")


@given(days, st.integers(0, 27))
def test_an_order_is_never_taken_from_days_on_which_nothing_hangs(day, shift):
    same = (day + timedelta(days=shift)).replace(month=6, day=6)

    assert decide([same.strftime("%d/%m/%Y")]) is None
