import re

from hypothesis import given
from hypothesis import strategies as st

from matcher.files.shifted_rows import MOST_EXTRA, mended

FORMS = {
    0: re.compile(r"[A-Z]\d{4}[A-Z]{2}").fullmatch,
    2: re.compile(r"([A-Z]\d{6})?").fullmatch,
    5: re.compile(r"\d{4}-\d\d-\d\d").fullmatch,
}
READ = (0, 1, 5)

numbers = st.sampled_from(["A1234BC", "A1235BC"])
case_numbers = st.sampled_from(["X123456", ""])
days = st.sampled_from(["2027-02-03", "2027-02-04"])
words = st.sampled_from(["Sam", "ORDINARY", "curfew", ""]) | numbers | case_numbers | days
texts = st.lists(words, min_size=1, max_size=3).map(", ".join)


def cells_of(fields):
    """What a reader sees of fields that were joined by commas without one quotation mark."""
    return [cell.strip() for cell in ",".join(fields).split(",")]


def mended_row(cells):
    forms = {place: lambda cell, fits=fits: bool(fits(cell)) for place, fits in FORMS.items()}
    return mended(cells, forms, 6, read=READ, delimiter=",")


@given(st.tuples(numbers, texts, case_numbers, texts, texts, days))
def test_a_row_is_put_together_as_it_was_or_not_at_all(fields):
    found = mended_row(cells_of(fields))

    if found is not None:
        assert [found[place] for place in READ] == [fields[place] for place in READ]


def test_a_comma_where_nothing_hangs_on_it_is_mended():
    cells = cells_of(["A1234BC", "ORDINARY, SAM", "X123456", "OK", "a, b, c", "2027-02-03"])

    found = mended_row(cells)

    assert found[:3] == ("A1234BC", "ORDINARY, SAM", "X123456")
    assert found[5] == "2027-02-03"


def test_a_comma_that_could_be_in_either_of_two_columns_that_count_is_not_mended():
    cells = cells_of(["A1234BC", "ORDINARY, SAM", "", "", "OK, fine", "2027-02-03"])

    assert mended_row(cells) is None


def test_a_row_with_far_too_many_cells_is_not_even_tried():
    cells = cells_of(["A1234BC", "SAM", "X123456", "OK", "a," * (MOST_EXTRA + 1), "2027-02-03"])

    assert mended_row(cells) is None
