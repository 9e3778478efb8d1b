import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.alike import names_alike, nearly, one_sign_apart

NUMBERS = st.from_regex(r"[A-Z][0-9]{4}[A-Z]{2}", fullmatch=True)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("jon smith", "john smith", True),
        ("ann marie smith", "ann smith", True),
        ("jo smith", "kim brown", False),
        ("", "", False),
        ("", "jo smith", False),
    ],
)
def test_a_name_spelt_otherwise_is_alike_and_no_name_is_like_nobodys(one, other, alike):
    assert names_alike(one, other) is names_alike(other, one) is alike


@pytest.mark.parametrize(
    ("other", "apart"),
    [
        ("A1234BD", True),
        ("A1243BC", True),
        ("A1234BC", False),
        ("A1235BD", False),
        ("A4231BC", False),
        (None, False),
    ],
)
def test_a_number_mistyped_by_one_sign_is_known(other, apart):
    assert one_sign_apart("A1234BC", other) is apart


@given(one=NUMBERS, other=NUMBERS, data=st.data())
def test_numbers_one_sign_apart_are_always_looked_at(one, other, data):
    place = data.draw(st.integers(0, 5))
    wrong = one[:place] + other[place] + one[place + 1 :]
    swapped = one[:place] + one[place + 1] + one[place] + one[place + 2 :]

    for number in (wrong, swapped, other):
        if one_sign_apart(one, number):
            assert set(nearly(one)) & set(nearly(number))
