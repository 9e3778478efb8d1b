"""A link finds the person it names however it was typed, and one that names nobody is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.person_keys import link_keys, name_key, own_keys, person_key, person_keys
from tests.factories import a_leaver, a_mentor

BORN = date(1985, 2, 1)
letters = st.sampled_from("aÀçłøß'’-. ZéÜ")


@pytest.mark.parametrize(
    ("surname", "first_name"),
    [
        ("O’Brien-Łukasz", "Zoë"),
        ("O'BRIEN  LUKASZ", "ZOE"),
        (" obrien lukasz", "zoe "),
        ("O`Brien\u2010Łukasz", "Zoe\u0308"),
        ("Zoe", "O\u00b4Brien-Lukasz"),
    ],
)
def test_one_name_is_one_key_however_it_was_typed(surname, first_name):
    assert name_key(first_name, surname, BORN) == "lukasz obrien zoe 1985-02-01"


@pytest.mark.parametrize(
    ("text", "one"),
    [
        (" a1234bc ", "A1234BC"),
        ("m-17", "M-17"),
        ("Zoë  O'Brien\t1985-02-01", "obrien zoe 1985-02-01"),
        ("O'BRIEN ZOE 1985-02-01", "obrien zoe 1985-02-01"),
        ("1985-02-01", "1985-02-01"),
    ],
)
def test_each_key_has_one_form(text, one):
    assert person_key(text) == one
    assert person_key(one) == one


@pytest.mark.parametrize(
    "text",
    ["", " ", "Sam Ordinary", "Sam Ordinary 17/05/1990", "Sam Ordinary 1990-02-30", "A1234 BC",
     "?? 1990-05-17", "\uff21\uff11\uff12\uff13\uff14BC", "A_1", "M" * 21],
)  # fmt: skip
def test_a_key_that_names_nobody_is_refused(text):
    with pytest.raises(ValueError, match=r"names nobody|day is out of range"):
        person_key(text)


def test_a_profile_refuses_a_link_that_names_nobody_and_says_how_to_write_it():
    with pytest.raises(ValidationError, match="or SURNAME FIRST-NAME 1980-01-31"):
        a_leaver(no_contact={"Sam Ordinary"})


@given(st.text(letters, max_size=12), st.text(letters, max_size=12))
def test_a_link_by_name_finds_whoever_bears_the_name(surname, first_name):
    mentor = a_mentor(surname=surname, first_name=first_name, birth_date=BORN)
    try:
        link = person_key(f"{surname} {first_name} 1985-02-01")
    except ValueError:
        assert not any(map(str.isalpha, surname + first_name))
    else:
        assert person_keys(mentor) & link_keys(frozenset({link}))


def test_a_person_answers_to_code_number_and_name_with_birth_date():
    leaver = a_leaver(code="l7", crn="x123456")

    assert person_keys(leaver) == {"L7", "A1234BC", "X123456", "ordinary sam 1990-05-17"}
    assert own_keys(leaver) == {"A1234BC", "ordinary sam 1990-05-17"}


@pytest.mark.parametrize(
    ("first_name", "link"),
    [
        ("Zoë", "O'BRIEN ZOE ANN 1985-02-01"),
        ("Zoë Ann", "O'Brien Zoe 1985-02-01"),
        ("Zoë Ann", "Zoe Ann May O'Brien 1985-02-01"),
        ("Ann Zoë May", "O'Brien-Zoe 1985-02-01"),
        ("Z\u200do\u00eb", "O\u00adBrien Zoe 1985-02-01"),
    ],
)
def test_a_middle_name_or_a_sign_that_nobody_sees_hides_nobody(first_name, link):
    mentor = a_mentor(surname="O'Brien", first_name=first_name, birth_date=BORN)

    assert person_keys(mentor) & link_keys(frozenset({person_key(link)}))


@pytest.mark.parametrize(
    "link",
    [
        "O'BRIEN ZOE ANN 1985-02-02",
        "O'Brien Ida 1985-02-01",
        "O'Brien Ann 1985-02-01",
        "Moor Zoe Ann 1985-02-01",
        "Zoe 1985-02-01",
    ],
)
def test_a_link_by_name_finds_nobody_with_another_name_or_birth_date(link):
    mentor = a_mentor(surname="O'Brien", first_name="Zoë", birth_date=BORN)

    assert not person_keys(mentor) & link_keys(frozenset({person_key(link)}))


def test_a_name_of_very_many_words_is_compared_whole():
    name = " ".join("abcdefg")
    mentor = a_mentor(surname=name, first_name="h", birth_date=BORN)

    assert person_keys(mentor) == {"M1", "a b c d e f g h 1985-02-01"}
    assert person_keys(mentor) & link_keys(frozenset({person_key(f"h {name} 1985-02-01")}))


@pytest.mark.parametrize("told", [{"first_name": ""}, {"surname": " "}])
def test_without_a_full_name_a_person_answers_to_the_birth_date_alone(told):
    mentor = a_mentor(**told, birth_date=BORN)

    assert person_keys(mentor) == {"M1", "1985-02-01"}
    assert own_keys(mentor) == frozenset()


def test_a_link_by_name_also_asks_for_the_birth_date_alone_and_a_number_does_not():
    links = frozenset({"obrien zoe 1985-02-01", "A1234BC"})

    assert link_keys(links) == links | {"1985-02-01", "+obrien zoe 1985-02-01"}


@pytest.mark.parametrize(
    "number",
    ["A\u0661\u0662\u0663\u0664BC", "\uff211234BC", "A\uff11\uff12\uff13\uff14BC", "\u017f1234BC"],
)
def test_a_number_in_other_letters_or_digits_is_refused_for_it_would_match_nobody(number):
    with pytest.raises(ValidationError):
        a_leaver(prison_number=number)


@pytest.mark.parametrize("hour", [-1, 168])
def test_an_hour_outside_the_week_is_refused_for_it_would_bar_nothing(hour):
    with pytest.raises(ValidationError):
        a_mentor(curfew={hour})
    with pytest.raises(ValidationError):
        a_leaver(hours={hour})


def test_gang_tags_are_codes_so_that_case_and_blanks_make_no_difference():
    leaver = a_leaver(gangs={" Red-1"}, opposed_gangs={"blue "})

    assert (leaver.gangs, leaver.opposed_gangs) == ({"RED-1"}, {"BLUE"})
