from datetime import date, time

import pytest

from matcher.core.words import (
    counted,
    day_in_words,
    listed,
    lower_first,
    name_in_words,
    time_in_words,
)


def test_a_day_reads_as_people_say_it():
    assert day_in_words(date(2027, 3, 9)) == "Tuesday 9 March 2027"


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], ""),
        (["football"], "football"),
        (["football", "chess"], "football and chess"),
        (["football", "chess", "art"], "football, chess and art"),
        (["a", "b", "c", "d", "e", "f"], "a, b, c, d and 2 more"),
    ],
)
def test_a_list_reads_as_a_sentence_does(items, said):
    assert listed(items) == said


def test_one_is_singular_and_many_are_plural_with_thousands_parted():
    assert counted(1, "mentor") == "1 mentor"
    assert counted(1250, "mentor fits", "mentors fit") == "1,250 mentors fit"


@pytest.mark.parametrize(
    ("label", "inside_a_sentence"),
    [
        ("Finding work", "finding work"),
        ("ID papers", "ID papers"),
        ("LGBT+", "LGBT+"),
        ("Gypsy, Roma or Traveller", "Gypsy, Roma or Traveller"),
        ("Buses, trains and getting about", "buses, trains and getting about"),
        ("A course or training", "a course or training"),
    ],
)
def test_a_label_inside_a_sentence_keeps_only_the_capitals_of_names(label, inside_a_sentence):
    assert lower_first(label) == inside_a_sentence


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(10), "10am"),
        (time(14, 5), "2:05pm"),
        (time(12), "noon"),
        (time(0), "midnight"),
        (time(0, 30), "12:30am"),
        (time(12, 30), "12:30pm"),
    ],
)
def test_a_time_reads_as_people_say_it(at, said):
    assert time_in_words(at) == said


@pytest.mark.parametrize(
    ("reported", "shown"),
    [
        (("DAVID", "OKORO"), ("David", "Okoro")),
        (("MARY-ANN", "O'BRIEN"), ("Mary-Ann", "O'Brien")),
        (("SIÂN", "O’NEILL"), ("Siân", "O’Neill")),
        (("David", "OKORO"), ("David", "OKORO")),
        (("", ""), ("", "")),
    ],
)
def test_a_name_all_in_capitals_is_shown_as_a_name_and_any_other_as_it_is(reported, shown):
    assert name_in_words(*reported) == shown
